"""Tickets that a key result's query finds serve it, over HTTP; a query that fails is no empty answer."""

import pytest

from hub.cli.demo import TODAY
from hub.cli.why import explain_ticket
from hub.config.settings import load
from hub.core.insight.run_summary import RunResult
from hub.model.initiative import Gap, Ref
from hub.pipeline.run_context import Mode
from hub.pipeline.sync import sync
from hub.pipeline.unchanged_run import UnchangedRun, pull_early
from hub.report.run_json import run_document
from hub.usecases.check import replay_rule
from hub.wiring import open_run_context
from rules.work.initiative_without_key_result import initiative_without_key_result
from tests.end_to_end.workspace import Desk
from tests.sandbox_support.faults import Fault

FOUND, OTHER = "jira:ACME-5", "jira:BIZ-7"
"""Both are linked to nothing in the example; the query is to find the first."""
NO_WORK = "key-result-without-work"
UNLINKED = "initiative-without-key-result"


def declare(desk: Desk, query: str, connector: str = "jira", *, id_: str = "launch-conversion") -> None:
    line = f'id = "{id_}"'
    desk.okrs(line, f"work = [{{ connector = \"{connector}\", query = '{query}' }}]\n{line}")


def run(desk: Desk, mode: Mode = Mode.PUBLISH, only: tuple[str, ...] = ()) -> RunResult:
    with open_run_context(load(desk.config, {}), mode=mode, confirmed=True, today=TODAY, only=only) as job:
        return sync(job, run_document)


def spoken_of(outcome: RunResult, rule: str) -> set[str]:
    return {finding.subject.id for finding in outcome.judgement.findings if finding.rule == rule}


def skipped(outcome: RunResult, rule: str) -> set[str]:
    return {not_judged.subject.id for not_judged in outcome.judgement.not_judged if not_judged.rule == rule}


def gaps(outcome: RunResult) -> list[Gap]:
    return [gap for pull_result in outcome.snapshot.pulled for gap in pull_result.gaps]


def served(desk: Desk, ticket: str = FOUND) -> list[tuple[str, str]]:
    return [
        (served_key_result.key_result, served_key_result.description)
        for served_key_result in explain_ticket(load(desk.config, {}), ticket, TODAY).serves
    ]


@pytest.fixture
def growing(desk: Desk) -> Desk:
    """The first ticket carries the label that the query is about."""
    desk.jira.edit("ACME-5", labels=["ux-debt", "growth"])
    declare(desk, "labels = growth")
    return desk


def fail_the_query(desk: Desk) -> None:
    """The two searches for changes are answered; the one after them asks for the key result's tickets."""
    desk.sandbox["jira"].faults.add(Fault("status", path="search/jql", after=2, status=404, times=None))


def test_what_the_query_finds_serves_the_key_result(growing: Desk) -> None:
    outcome = run(growing)
    (link,) = outcome.portfolio.serves[Ref.parse(FOUND)]
    assert (link.key_result, link.source) == ("launch-conversion", "query")
    assert FOUND not in spoken_of(outcome, UNLINKED)
    assert OTHER in spoken_of(outcome, UNLINKED)
    assert "launch-conversion" not in spoken_of(outcome, NO_WORK) | skipped(outcome, NO_WORK)
    assert gaps(outcome) == []


def test_another_query_is_asked_anew_and_the_old_answer_is_forgotten(growing: Desk) -> None:
    run(growing)
    growing.okrs("labels = growth", "labels = nobody")
    assert FOUND in spoken_of(run(growing), UNLINKED)


def test_why_and_the_audit_know_it_without_a_tracker(growing: Desk) -> None:
    run(growing)
    assert served(growing) == [("launch-conversion", "by query “launch-conversion”")]
    assert "by query" in growing.hub("why", FOUND, "--today", TODAY.isoformat()).out
    assert "not be read" not in growing.hub("audit", "--today", TODAY.isoformat()).out
    pictures = replay_rule(load(growing.config, {}), initiative_without_key_result, 1)
    assert FOUND not in {finding.subject.id for finding in pictures[0].findings}


def test_a_query_that_was_not_asked_yet_is_no_empty_answer(desk: Desk) -> None:
    run(desk)
    declare(desk, "labels = growth")
    answer = explain_ticket(load(desk.config, {}), OTHER, TODAY)
    (ruling,) = [rule_verdict for rule_verdict in answer.verdicts if rule_verdict.rule == UNLINKED]
    assert (ruling.finding, ruling.not_judged) == (None, "a work query at jira has not been run yet")


def test_a_source_that_is_left_out_keeps_its_answer(growing: Desk) -> None:
    run(growing)
    outcome = run(growing, only=("github",))
    assert [gap for gap in gaps(outcome) if gap.of_query] == []
    assert served(growing) == [("launch-conversion", "by query “launch-conversion”")]


def test_a_query_that_fails_keeps_what_it_found_last(growing: Desk) -> None:
    run(growing)
    fail_the_query(growing)
    outcome = run(growing)
    (gap,) = gaps(outcome)
    assert (gap.connector, gap.key) == ("jira", "query of launch-conversion")
    assert "HTTP 404" in gap.reason
    assert FOUND not in spoken_of(outcome, UNLINKED) | skipped(outcome, UNLINKED)
    assert OTHER in spoken_of(outcome, UNLINKED)
    assert served(growing) == [("launch-conversion", "by query “launch-conversion”")]
    growing.sandbox["jira"].faults.clear()
    assert gaps(run(growing)) == []


def test_a_query_that_the_tracker_refuses_leaves_its_work_open(desk: Desk) -> None:
    declare(desk, "labels =")
    outcome = run(desk)
    (gap,) = gaps(outcome)
    assert (gap.connector, gap.key) == ("jira", "query of launch-conversion")
    assert "launch-conversion" not in gap.reason
    assert {"launch-conversion"} <= skipped(outcome, NO_WORK)
    assert "report-adoption" in spoken_of(outcome, NO_WORK)
    assert {FOUND, OTHER} <= skipped(outcome, UNLINKED)
    assert "github:acme/app#4" in spoken_of(outcome, UNLINKED)
    assert FOUND not in desk.marks()
    assert desk.sync().code == 3
    assert "query of launch-conversion" in desk.hub("audit", "--today", TODAY.isoformat()).out


def test_one_query_that_fails_takes_no_other_with_it(growing: Desk) -> None:
    declare(growing, "labels =", id_="report-adoption")
    outcome = run(growing)
    assert [gap.key for gap in gaps(outcome)] == ["query of report-adoption"]
    assert [link.key_result for link in outcome.portfolio.serves[Ref.parse(FOUND)]] == ["launch-conversion"]


def test_a_tracker_that_cannot_answer_says_so(desk: Desk) -> None:
    declare(desk, "label:growth", "github")
    outcome = run(desk)
    notes = [note for pull_result in outcome.snapshot.pulled for note in pull_result.notes]
    assert notes == ["github cannot answer queries: `work` of launch-conversion finds nothing there"]
    assert gaps(outcome) == []
    assert "launch-conversion" in skipped(outcome, NO_WORK)
    assert skipped(outcome, UNLINKED) == set()


def test_a_connector_that_nobody_configured_is_named(desk: Desk) -> None:
    declare(desk, "labels = growth", "jria")
    snapshot = run(desk, Mode.PREVIEW).snapshot
    assert snapshot.notes == ("no connector is called jria: `work` of launch-conversion names it",)
    assert not any(pull_result.notes for pull_result in snapshot.pulled)


def test_a_private_key_result_is_not_named_where_its_query_fails(desk: Desk) -> None:
    with open_run_context(load(desk.config, {}), mode=Mode.PREVIEW, today=TODAY) as job:
        private = next(key_result.id for key_result in job.okrs.private if key_result.id in job.okrs.key_results)
    declare(desk, "labels =", id_=private)
    (gap,) = gaps(run(desk, Mode.PREVIEW))
    assert private not in f"{gap.key} {gap.reason}"


@pytest.mark.parametrize("query", ["labels = growth", None])
def test_no_run_is_unchanged_where_work_is_declared_by_query(desk: Desk, query: str | None) -> None:
    if query:
        declare(desk, query)
    for _ in range(3):
        run(desk)
    with open_run_context(load(desk.config, {}), mode=Mode.PUBLISH, today=TODAY) as job:
        assert isinstance(pull_early(job), UnchangedRun) is (query is None)
