from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from hub.model.finding import Severity
from hub.model.initiative import Gap
from hub.model.okr import Alignment, Cycle, LinkState, Okrs, Phase, Visibility
from rules.vertical.broken_alignment_graph import broken_alignment_graph as rule
from rules.vertical.broken_alignment_graph import find_link_cycles
from tests.builders import CYCLE, a_key_result, a_portfolio, acme_okrs, an_initiative, an_objective
from tests.rules.rule_runner import judge, judged, said, the_finding

YEAR = Cycle("2026", date(2026, 1, 1), date(2026, 12, 31))
# Ten working days before the tests' Monday, 16 November 2026.
TEN_DAYS_AGO = date(2026, 11, 2)


def okrs_of(others: tuple[Cycle, ...] = (), changes: dict[str, Any] | None = None, **links: Any) -> Okrs:
    """Product's key results by name, each with what it is linked to; `other` is held in each further cycle."""
    made = {
        name: tuple(Alignment(link) if isinstance(link, str) else link for link in to) for name, to in links.items()
    }
    return acme_okrs(
        objectives=(an_objective("growth"), an_objective("adoption", "product")),
        key_results=(
            a_key_result("revenue", "growth"),
            *(a_key_result(name, "adoption", aligns_to=to, **(changes or {})) for name, to in made.items()),
        ),
        others=tuple(a_key_result("other", "yearly", cycle=cycle.id) for cycle in others),
        other_objectives=tuple(an_objective("yearly", cycle=cycle.id) for cycle in others),
        cycles=others,
    )


def proposed(since: date | None, to: str = "revenue") -> Alignment:
    return Alignment(to, state=LinkState.PROPOSED, since=since)


def test_a_circle_is_one_error_that_names_every_member() -> None:
    finding = the_finding(judged(rule, okrs=okrs_of(b=["c"], a=["b"], c=["a"], leaf=["a"])))
    assert (finding.severity, finding.subject.id, finding.tickets) == (Severity.ERROR, "a", ())
    assert finding.facts["key_results"] == ("a", "b", "c")
    assert "linked in a circle" in said(finding)


def test_links_that_meet_again_are_no_circle() -> None:
    assert judged(rule, okrs=okrs_of(a=["b", "c"], b=["top"], c=["top"], top=["revenue"])).findings == ()


def test_a_declined_link_closes_no_circle() -> None:
    assert judged(rule, okrs=okrs_of(a=["b"], b=[Alignment("a", state=LinkState.DECLINED)])).findings == ()


def test_a_key_result_that_is_its_own_parent_is_an_error() -> None:
    finding = the_finding(judged(rule, okrs=okrs_of(a=["a"])))
    assert (finding.severity, finding.facts["fault"]) == (Severity.ERROR, "itself")


@pytest.mark.parametrize(
    ("cycle", "fault"),
    [
        (replace(YEAR, phase=Phase.CLOSED), "closed"),
        (replace(YEAR, end=date(2026, 9, 30)), "no_overlap"),
        (replace(YEAR, start=date(2027, 1, 1), end=date(2027, 12, 31)), "no_overlap"),
        (None, "unknown"),
    ],
)
def test_a_parent_that_is_not_open_is_an_error(cycle: Cycle | None, fault: str) -> None:
    finding = the_finding(judged(rule, okrs=okrs_of(() if cycle is None else (cycle,), a=["other"])))
    assert (finding.severity, finding.subject.id, finding.facts["fault"]) == (Severity.ERROR, "a", fault)
    assert "other" in said(finding)


def test_a_parent_of_the_year_is_sound() -> None:
    assert judged(rule, okrs=okrs_of((YEAR,), a=["other"])).findings == ()


def test_a_circle_over_a_key_result_of_the_year_is_found() -> None:
    okrs = okrs_of((YEAR,), a=["other"])
    back = replace(okrs.other_key_results["other"], aligns_to=(Alignment("a"),))
    assert the_finding(judged(rule, okrs=replace(okrs, other_key_results={"other": back}))).facts["key_results"] == (
        "a",
        "other",
    )


@pytest.mark.parametrize(("since", "told"), [(TEN_DAYS_AGO, False), (date(2026, 10, 30), True), (None, False)])
def test_a_proposal_may_wait_for_ten_working_days(since: date | None, told: bool) -> None:
    found = judged(rule, okrs=okrs_of(a=[proposed(since)])).findings
    assert [finding.severity for finding in found] == ([Severity.WARNING] if told else [])


@pytest.mark.parametrize(("seen", "told"), [(TEN_DAYS_AGO, False), (date(2026, 10, 30), True)])
def test_without_a_day_in_the_file_the_day_it_was_first_seen_counts(seen: date, told: bool) -> None:
    portfolio = a_portfolio(okrs=okrs_of(a=[proposed(None)]))
    first_seen = {**portfolio.first_seen, ("link", "2026-Q4/a -> revenue"): seen}
    found = judge(rule, replace(portfolio, first_seen=first_seen)).findings
    assert [finding.facts["since"] for finding in found] == ([seen] if told else [])


def test_an_unknown_parent_leaves_the_rest_to_be_judged() -> None:
    finding = the_finding(judged(rule, okrs=okrs_of(a=["revenue", "left-over"])))
    assert finding.facts["parent"] == "left-over"
    assert "doesn't exist" in said(finding)


def test_another_patience_may_be_set() -> None:
    assert the_finding(judged(rule, okrs=okrs_of(a=[proposed(TEN_DAYS_AGO)]), proposed_days=9))


def test_an_old_proposal_to_a_closed_parent_is_one_fault() -> None:
    okrs = okrs_of((replace(YEAR, phase=Phase.CLOSED),), a=[proposed(date(2026, 10, 1), "other")])
    assert the_finding(judged(rule, okrs=okrs)).facts["fault"] == "closed"


def test_two_broken_links_of_one_key_result_are_two_faults() -> None:
    found = judged(rule, okrs=okrs_of(a=["gone", "lost"])).findings
    assert len({finding.fingerprint for finding in found}) == 2


def test_exempt_tickets_and_gaps_play_no_part() -> None:
    exempt = an_initiative("jira:ACME-1", serves="a", labels=frozenset({"okr-exempt"}))
    found = judged(rule, exempt, okrs=okrs_of(a=["a"]), gaps=(Gap("jira", "is down"),))
    assert the_finding(found)
    assert found.not_judged == ()


def test_the_fault_stays_the_same_under_other_titles_and_order() -> None:
    judgement = judged(rule, okrs=okrs_of(a=["b"], b=["a"]))
    other = judged(rule, okrs=okrs_of(b=["a"], a=["b"], changes={"title": "Other"}))
    assert the_finding(judgement).fingerprint == the_finding(other).fingerprint


def test_a_waived_key_result_is_kept_apart() -> None:
    found = judged(rule, okrs=okrs_of(a=["a"]), waived="a")
    assert (found.findings, len(found.waived)) == ((), 1)


def test_in_draft_the_error_is_a_warning() -> None:
    okrs = replace(okrs_of(a=["a"]), cycle=replace(CYCLE, phase=Phase.DRAFT))
    assert the_finding(judged(rule, okrs=okrs)).severity is Severity.WARNING


def test_private_key_results_are_not_named() -> None:
    okrs = okrs_of(merger=["talks"], talks=["merger"], changes={"visibility": Visibility.PRIVATE})
    finding = the_finding(judged(rule, okrs=okrs))
    assert not any(name in said(finding) + str(finding.facts) + finding.subject.id for name in ("merger", "talks"))


@pytest.mark.parametrize(
    ("graph", "found"),
    [
        ({}, []),
        ({"a": ["b"], "b": []}, []),
        ({"a": ["a"]}, []),
        ({"a": ["elsewhere"]}, []),
        ({"a": ["b"], "b": ["a"]}, [("a", "b")]),
        ({"c": ["a"], "a": ["b"], "b": ["c"], "tail": ["a"], "top": []}, [("a", "b", "c")]),
        ({"a": ["b"], "b": ["a", "c"], "c": ["d"], "d": ["c"]}, [("a", "b"), ("c", "d")]),
        ({"a": ["b", "c"], "b": ["a"], "c": ["a"]}, [("a", "b", "c")]),
        ({"a": ["b", "c"], "b": ["d"], "c": ["d"], "d": []}, []),
    ],
)
def test_each_circle_is_found_once_and_nothing_else_is(
    graph: dict[str, list[str]], found: list[tuple[str, ...]]
) -> None:
    assert find_link_cycles(graph) == found
    assert find_link_cycles(dict(reversed(graph.items()))) == found


def test_a_circle_of_many_thousand_is_followed_without_recursion() -> None:
    ring = {f"{n:05}": [f"{(n + 1) % 20_000:05}"] for n in range(20_000)}
    assert find_link_cycles(ring) == [tuple(sorted(ring))]
