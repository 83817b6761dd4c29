from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from hub.model.finding import Severity
from hub.model.initiative import Gap
from hub.model.okr import Alignment, Contribution, Cycle, LinkKind, Okrs, Phase, Visibility
from rules.shared.metrics import similar_titles
from rules.vertical.split_goal import split_goal as rule
from tests.builders import CYCLE, a_key_result, a_portfolio, acme_okrs, an_initiative, an_objective
from tests.rules.rule_runner import judged, said, the_finding

SAME = "500,000 daily active users"


def okrs_with(row: dict[str, Any] | None = None, other: dict[str, Any] | None = None, **changes: Any) -> Okrs:
    """Product holds `dau`, Platform `load`; both state one metric unless said otherwise."""
    first, second = ({"metric": "DAU", "title": SAME} | (x or {}) for x in (row, other))
    base: dict[str, Any] = {
        "objectives": (an_objective("growth"), an_objective("a", "product"), an_objective("b", "platform")),
        "key_results": (
            a_key_result("revenue", "growth", contributions=(Contribution("product", share=50),)),
            a_key_result("profit", "growth"),
            a_key_result("dau", "a", **first),
            a_key_result("load", "b", **second),
        ),
    }
    return acme_okrs(**(base | changes))


def asked(okrs: Okrs) -> list[list[str]]:
    """What the audit may ask because of words alone."""
    return [[key_result.id for key_result in group] for group in similar_titles(a_portfolio(okrs=okrs))]


def test_one_stated_metric_of_two_teams_is_a_warning_in_reports_alone() -> None:
    work = an_initiative("jira:ACME-1", serves="dau")
    finding = the_finding(judged(rule, work, okrs=okrs_with()))
    assert finding.severity is Severity.WARNING
    assert (finding.facts["key_results"], finding.facts["teams"]) == (("dau", "load"), ("platform", "product"))
    assert (finding.affects, finding.on_tickets, finding.label) == (("dau", "load"), (), None)
    assert "platform and product track the same metric (DAU)" in said(finding)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ({"metric": "DAU"}, {"metric": " dau ", "title": "Something else", "unit": "people"}, True),
        ({"metric": "checkout-conversion"}, {"metric": "Checkout conversion"}, True),
        ({"metric": "DAU"}, {"metric": "MAU"}, False),
        ({"metric": "DAU"}, {"metric": ""}, False),
        ({"metric": ""}, {"metric": ""}, False),
    ],
)
def test_only_a_stated_metric_decides(one: Any, other: Any, same: bool) -> None:
    assert bool(judged(rule, okrs=okrs_with(one, other)).findings) is same


@pytest.mark.parametrize(
    ("title", "same"),
    [
        ("Reach 300k daily active users", True),
        ("Daily active users: 20 % more", True),
        ("Over 1.5M of our daily active user", True),
        ("500,000 daily active users of the free version", False),
        ("500,000 weekly active users", False),
        ("500,000", False),
    ],
)
def test_similar_words_alone_are_a_question_for_the_audit(title: str, same: bool) -> None:
    okrs = okrs_with({"metric": ""}, {"metric": "", "title": title})
    assert asked(okrs) == ([["dau", "load"]] if same else [])
    assert judged(rule, okrs=okrs).findings == ()


def test_another_unit_or_a_stated_metric_is_no_question() -> None:
    assert asked(okrs_with({"metric": "", "unit": "h"}, {"metric": "", "unit": "min"})) == []
    assert asked(okrs_with()) == []


def test_a_shared_okr_is_no_split() -> None:
    okrs = okrs_with(
        objectives=(an_objective("growth"), an_objective("a", "product"), an_objective("b", "platform", "product"))
    )
    assert judged(rule, okrs=okrs).findings == ()


def test_two_key_results_of_one_team_are_no_split() -> None:
    okrs = okrs_with(objectives=(an_objective("growth"), an_objective("a", "product"), an_objective("b", "product")))
    assert judged(rule, okrs=okrs).findings == ()


@pytest.mark.parametrize(("upper", "same"), [("revenue", False), ("profit", True)])
def test_parts_of_one_key_result_are_no_split_if_it_states_shares(upper: str, same: bool) -> None:
    part = {"aligns_to": (Alignment(upper, LinkKind.INDIRECT),)}
    assert bool(judged(rule, okrs=okrs_with(part, part)).findings) is same


@pytest.mark.parametrize(("kind", "same"), [(LinkKind.DIRECT, False), (LinkKind.INDIRECT, True)])
def test_a_part_that_is_summed_into_the_other_is_no_split(kind: LinkKind, same: bool) -> None:
    assert bool(judged(rule, okrs=okrs_with({"aligns_to": (Alignment("load", kind),)})).findings) is same


def test_three_teams_with_one_metric_make_one_finding_that_stays_the_same() -> None:
    okrs = okrs_with()
    three = replace(
        okrs,
        objectives={**okrs.objectives, "c": an_objective("c", "sales")},
        key_results={**okrs.key_results, "leads": a_key_result("leads", "c", metric="dau")},
    )
    finding = the_finding(judged(rule, okrs=three))
    assert finding.facts["key_results"] == ("dau", "leads", "load")
    assert finding.fingerprint == the_finding(judged(rule, okrs=okrs)).fingerprint


@pytest.mark.parametrize(("start", "same"), [(date(2026, 1, 1), True), (date(2027, 1, 1), False)])
def test_a_key_result_of_another_cycle_splits_a_goal_if_they_overlap(start: date, same: bool) -> None:
    okrs = replace(
        okrs_with(other={"metric": ""}),
        cycles={CYCLE.id: CYCLE, "year": Cycle("year", start, date(start.year, 12, 31))},
        other_key_results={"yearly": a_key_result("yearly", "y", cycle="year", metric="DAU")},
        other_objectives={("year", "y"): an_objective("y", "platform", cycle="year")},
    )
    found = judged(rule, okrs=okrs).findings
    assert [finding.facts["key_results"] for finding in found] == ([("dau", "yearly")] if same else [])


def test_what_a_private_key_result_measures_stays_unsaid() -> None:
    assert judged(rule, okrs=okrs_with({"visibility": Visibility.PRIVATE})).findings == ()


def test_a_gap_changes_nothing_about_the_goals() -> None:
    found = judged(rule, okrs=okrs_with(), gaps=(Gap("jira", "is down"),))
    assert the_finding(found)
    assert found.not_judged == ()


def test_a_waiver_may_name_the_key_result() -> None:
    found = judged(rule, okrs=okrs_with(), waived="dau")
    assert (found.findings, len(found.waived)) == ((), 1)


def test_in_draft_the_warning_is_a_note() -> None:
    okrs = okrs_with(cycle=replace(CYCLE, phase=Phase.DRAFT))
    assert the_finding(judged(rule, okrs=okrs)).severity is Severity.INFO
