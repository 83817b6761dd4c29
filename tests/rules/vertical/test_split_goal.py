from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from hub.model.finding import Severity
from hub.model.initiative import Gap
from hub.model.okr import Alignment, Contribution, Cycle, LinkKind, Okrs, Phase, Visibility
from rules.vertical.split_goal import split_goal as rule
from tests.builders import CYCLE, a_key_result, a_ref, acme_okrs, an_initiative, an_objective
from tests.rules.running import judged, said, the_finding

SAME = "500,000 daily active users"


def okrs_with(one: str | dict[str, Any] = SAME, other: str | dict[str, Any] = SAME, **changes: Any) -> Okrs:
    """Product holds `dau`, Platform `load`; each by its title or by more."""
    first, second = ({"title": x} if isinstance(x, str) else {"title": SAME} | x for x in (one, other))
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


def test_one_metric_of_two_teams_is_a_warning() -> None:
    finding = the_finding(judged(rule, okrs=okrs_with()))
    assert finding.severity is Severity.WARNING
    assert (finding.facts["key_results"], finding.facts["teams"]) == (("dau", "load"), ("platform", "product"))
    assert 'teams = ["platform", "product"]' in said(finding)


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
def test_titles_are_the_same_but_for_numbers_and_small_words(title: str, same: bool) -> None:
    assert bool(judged(rule, okrs=okrs_with(other=title)).findings) is same


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Churn in the north of 3 %", "Churn in the south of 3 %", False),
        ("Latency p99 under 200ms", "Latency p50 under 200ms", False),
        ("Latency p99 under 200ms", "p99 latency under 300ms", True),
        ({"unit": "h"}, {"unit": "min"}, False),
        ({"metric": "DAU"}, {"metric": "dau", "title": "Something else", "unit": "people"}, True),
        ({"metric": "DAU"}, {"metric": "MAU"}, False),
        ({"metric": "DAU"}, {}, False),
        ("5 %", "6 %", False),
    ],
)
def test_a_stated_metric_decides_before_titles_and_units(one: Any, other: Any, same: bool) -> None:
    assert bool(judged(rule, okrs=okrs_with(one, other)).findings) is same


def test_it_is_said_on_the_ticket_of_each_team_that_has_run_longest() -> None:
    tickets = (
        an_initiative("jira:ACME-1", serves="dau", start=date(2026, 10, 12)),
        an_initiative("jira:ACME-2", serves="dau", start=date(2026, 10, 5)),
        an_initiative("jira:ACME-3", serves="dau", start=date(2026, 10, 1), labels=frozenset({"okr-exempt"})),
        an_initiative("github:acme/app#2", serves="load"),
        an_initiative("github:acme/app#1", serves="load"),
        an_initiative("github:acme/app#3", serves="dau", start=date(2026, 9, 1)),
    )
    leads = (a_ref("github:acme/app#1"), a_ref("jira:ACME-2"))
    assert the_finding(judged(rule, *tickets, okrs=okrs_with())).tickets == leads
    assert the_finding(judged(rule, *reversed(tickets), okrs=okrs_with())).tickets == leads


def test_without_active_work_it_stands_in_reports_alone() -> None:
    assert the_finding(judged(rule, okrs=okrs_with())).tickets == ()


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


def test_three_teams_with_one_metric_make_one_finding() -> None:
    okrs = okrs_with()
    three = replace(
        okrs,
        objectives={**okrs.objectives, "c": an_objective("c", "sales")},
        key_results={**okrs.key_results, "leads": a_key_result("leads", "c", title=SAME)},
    )
    assert the_finding(judged(rule, okrs=three)).facts["key_results"] == ("dau", "leads", "load")


def test_a_key_result_of_the_year_can_split_a_goal_too() -> None:
    okrs = replace(
        okrs_with(other="Something else"),
        cycles={CYCLE.id: CYCLE, "2026": Cycle("2026", date(2026, 1, 1), CYCLE.end)},
        others={"yearly": a_key_result("yearly", "y", cycle="2026", title=SAME)},
        other_objectives={("2026", "y"): an_objective("y", "platform", cycle="2026")},
    )
    assert the_finding(judged(rule, okrs=okrs)).facts["key_results"] == ("dau", "yearly")


def test_what_a_private_key_result_measures_stays_unsaid() -> None:
    assert judged(rule, okrs=okrs_with({"visibility": Visibility.PRIVATE})).findings == ()


def test_a_gap_changes_nothing_about_the_goals() -> None:
    found = judged(rule, okrs=okrs_with(), gaps=(Gap("jira", "is down"),))
    assert the_finding(found)
    assert found.not_judged == ()


def test_the_fault_stays_the_same_under_other_titles_and_tickets() -> None:
    one = judged(rule, okrs=okrs_with())
    other = judged(rule, an_initiative(serves="dau"), okrs=okrs_with("1 metric", "2 metric"))
    assert the_finding(one).fingerprint == the_finding(other).fingerprint


@pytest.mark.parametrize("subject", ["dau", "jira:ACME-1"])
def test_a_waiver_may_name_the_key_result_or_a_ticket(subject: str) -> None:
    found = judged(rule, an_initiative(serves="dau"), okrs=okrs_with(), waived=subject)
    assert (found.findings, len(found.waived)) == ((), 1)


def test_in_draft_the_warning_is_a_note() -> None:
    okrs = okrs_with(cycle=replace(CYCLE, phase=Phase.DRAFT))
    assert the_finding(judged(rule, okrs=okrs)).severity is Severity.INFO
