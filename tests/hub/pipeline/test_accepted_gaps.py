"""Whole runs with a row that stays unread: told once, and after it is accepted the runs are as if it were not there."""

import json

from hub.cli.output import DONE, PARTIAL, outcome_code
from hub.core.insight.run_summary import RunResult
from hub.report.run_json import overview_document, run_document
from hub.report.sync_screen import SyncView, sync_lines
from hub.usecases.assess import run_overview
from rules.registry import ALL_RULES
from tests.builders import an_initiative
from tests.hub.pipeline.workspace import Desk, a_desk

ROW, OTHER = an_initiative("jira:ACME-7"), an_initiative("jira:ACME-8")
NAME, LINE = "unclear:ACME-7", '[connectors.jira] accepted_gaps = ["unclear:ACME-7"]'
RULE = "key-result-without-work"


def a_desk_with_a_gap() -> Desk:
    desk = a_desk(an_initiative("jira:ACME-1", serves="revenue"), ROW, OTHER, rules=ALL_RULES)
    desk.jira.trouble.unreadable.add("ACME-7")
    return desk


def said(outcome: RunResult) -> str:
    report = {**run_document(outcome), "overview": overview_document(run_overview(outcome))}
    return "\n".join(line.text for line in sync_lines(SyncView(report)))


def test_a_gap_is_told_with_the_line_that_accepts_it_and_then_by_its_name() -> None:
    desk = a_desk_with_a_gap()
    first, second = desk.run(), desk.run()
    assert LINE in said(first)
    assert "a row could not be read" in said(first)
    assert LINE not in said(second)
    assert "a row could not be read" not in said(second)
    assert f"not read, as before: {NAME}" in said(second)
    assert [outcome_code(run_result, "never") for run_result in (first, second)] == [PARTIAL, PARTIAL]


def test_another_gap_is_told_again_with_a_line_for_both() -> None:
    desk = a_desk_with_a_gap()
    desk.run()
    desk.jira.accepted_gaps = (NAME,)
    desk.jira.trouble.unreadable.add("ACME-8")
    outcome = desk.run()
    assert '[connectors.jira] accepted_gaps = ["unclear:ACME-7", "unclear:ACME-8"]' in said(outcome)
    assert outcome_code(outcome, "never") == PARTIAL


def test_an_accepted_gap_changes_no_exit_code_and_silences_no_rule() -> None:
    desk = a_desk_with_a_gap()
    blind = desk.run()
    assert RULE in {not_judged.rule for not_judged in blind.judgement.not_judged}
    desk.jira.accepted_gaps = (NAME,)
    outcome = desk.run()
    assert outcome_code(outcome, "never") == DONE
    assert RULE in {finding.rule for finding in outcome.judgement.findings}
    assert outcome.judgement.not_judged == ()
    assert f"not read, and accepted: {NAME}" in said(outcome)
    (source, _) = json.loads(json.dumps(run_document(outcome)))["sources"]
    assert source["gaps"] == []
    assert [item["name"] for item in source["accepted"]] == [NAME]


def test_what_is_accepted_no_longer_counts_again() -> None:
    desk = a_desk_with_a_gap()
    desk.jira.accepted_gaps = (NAME,)
    assert outcome_code(desk.run(), "never") == DONE
    desk.jira.accepted_gaps = ()
    assert outcome_code(desk.run(), "never") == PARTIAL


def test_a_source_that_fails_is_not_accepted_by_any_name() -> None:
    desk = a_desk_with_a_gap()
    desk.run()
    desk.jira.trouble.cut_short = "page 2 did not come"
    desk.jira.accepted_gaps = (NAME, "page 2 did not come", "")
    outcome = desk.run()
    assert outcome_code(outcome, "never") == PARTIAL
    assert [gap.reason for gap in outcome.failures] == ["page 2 did not come"]


def test_what_is_remembered_tells_accepted_gaps_from_others() -> None:
    desk = a_desk_with_a_gap()
    desk.jira.trouble.unreadable.add("ACME-8")
    desk.jira.accepted_gaps = (NAME,)
    desk.run()
    source = next(source for source in desk.store.sources() if source.connector == "jira")
    assert [gap.name for gap in source.gaps] == ["unclear:ACME-8"]
    assert [gap.name for gap in source.accepted] == [NAME]
