"""What a rule observed of a private key result never reaches its words, whatever the rule does."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.core.checking.check import check
from hub.core.checking.redacted_portfolio import strip_private_content
from hub.core.mapping.build_portfolio import build_portfolio
from hub.model.finding import Fact, Facts, Finding, KeyResultId, Subject, SubjectKind, Verdict, fingerprint
from hub.model.initiative import Initiative, PullResult, Snapshot
from hub.model.message import Advice, Text
from hub.model.okr import CheckIn, KeyResult, Okrs, Visibility
from hub.model.portfolio import DependencyHistory
from hub.model.private_names import PRIVATE_NAME, PRIVATE_OBJECTIVE
from rules.registry import all_rules
from tests.builders import TODAY, a_key_result, a_portfolio, a_team, an_objective, some_okrs
from tests.fakes.rule import a_rule
from tests.hub.pipeline.portfolios import okrs, tickets
from tests.rules.rule_runner import said

RULES = all_rules()
SECRET = some_okrs(
    objectives=(an_objective(),),
    key_results=(a_key_result("merger", visibility=Visibility.PRIVATE), a_key_result("dau")),
)
MERGER = KeyResultId("merger")
OF_IT = Subject(SubjectKind.KEY_RESULT, "merger")
OF_OTHER = Subject(SubjectKind.KEY_RESULT, "dau")
FIGURES: Facts = {
    "value": 86421357,
    "ratio": 0.8642,
    "on": date(2026, 7, 31),
    "blocker": "the board",
    "owners": ("owls", "elks"),
    "met": True,
    "shares": ({"team": "owls", "share": 86.42},),
    "by": {"owls": 86.42},
}
LEFT = {
    "value": None,
    "ratio": None,
    "on": None,
    "blocker": None,
    "owners": (),
    "met": None,
    "shares": (),
    "by": None,
}
DEEP = {"deep": ({"id": PRIVATE_NAME, "n": None},)}


def found(verdict: Verdict, **changes: Any) -> Finding:
    made = replace(a_rule(answers=[verdict]), **changes)
    (finding,) = check(a_portfolio(okrs=SECRET), [made]).findings
    return finding


@pytest.mark.parametrize(
    ("verdict", "more"),
    [
        (Verdict(OF_IT, FIGURES), {}),
        (Verdict(OF_OTHER, {**FIGURES, "key_result": MERGER}), {"key_result": PRIVATE_NAME}),
        (Verdict(OF_OTHER, {**FIGURES, "ids": ("x", MERGER, KeyResultId("dau"))}), {"ids": (PRIVATE_NAME, "dau")}),
        (
            Verdict(OF_OTHER, {**FIGURES, "deep": ({"id": MERGER, "n": 3},)}),
            {"deep": ({"id": PRIVATE_NAME, "n": None},)},
        ),
        (Verdict(OF_OTHER, FIGURES, affects=(MERGER,)), {}),
        (Verdict(Subject(SubjectKind.DEPENDENCY, f"{PRIVATE_NAME} -> sales"), FIGURES), {}),
    ],
)
def test_of_a_private_key_result_a_rule_tells_what_it_says_it_may_and_nothing_else(
    verdict: Verdict, more: Mapping[str, Fact]
) -> None:
    assert found(verdict).facts == {**LEFT, **more}
    told = found(verdict, public_facts=frozenset({"met", "owners"})).facts
    assert told == {**LEFT, **more, "met": True, "owners": ("owls", "elks")}


def test_a_record_that_names_one_keeps_its_ids_alone_though_its_fact_is_told() -> None:
    pairs: Fact = ({"waiting": MERGER, "at": 1}, {"waiting": KeyResultId("dau"), "at": 4})
    facts = found(Verdict(OF_OTHER, {"pairs": pairs}), public_facts=frozenset({"pairs"})).facts
    assert facts == {"pairs": ({"waiting": PRIVATE_NAME, "at": None}, {"waiting": "dau", "at": 4})}


def test_an_objective_with_private_key_results_alone_is_as_private() -> None:
    okrs_ = some_okrs(
        teams=(a_team("product"), a_team("speed")),
        objectives=(
            an_objective("take-over", "product"),
            an_objective("speed", "speed"),
            an_objective("open", "product"),
        ),
        key_results=(
            a_key_result("merger", "take-over", visibility=Visibility.PRIVATE),
            a_key_result("p99", "speed", visibility=Visibility.PRIVATE),
            a_key_result("dau", "open"),
        ),
    )
    facts: Facts = {"objective": "take-over", "objectives": ("take-over", "open"), "team": "speed", "n": 3}
    verdict = Verdict(Subject(SubjectKind.OBJECTIVE, "take-over"), facts)
    made = a_rule(answers=[verdict], public_facts=frozenset({"objective", "objectives", "team"}))
    portfolio = replace(a_portfolio(okrs=okrs_), fingerprint_key=b"k" * 32)
    (finding,) = check(portfolio, [made]).findings
    assert finding.subject.id == PRIVATE_OBJECTIVE
    told = (PRIVATE_OBJECTIVE, "open")
    assert finding.facts == {"objective": PRIVATE_OBJECTIVE, "objectives": told, "team": "speed", "n": None}
    assert finding.fingerprint != fingerprint("some-fault", "objective", "take-over")
    shown = strip_private_content(portfolio).okrs.objectives
    assert (shown["take-over"].title, shown["open"].title) == (PRIVATE_OBJECTIVE, okrs_.objectives["open"].title)


def test_facts_of_a_public_key_result_are_told_whole() -> None:
    assert found(Verdict(OF_OTHER, FIGURES)).facts == FIGURES


def test_a_rule_that_cannot_do_without_the_figures_is_given_words() -> None:
    def say(facts: Facts) -> Advice:
        return Advice((Text(f"{facts['value']:,}"),), (), ())

    told = said(found(Verdict(OF_IT, FIGURES), advise=say))
    assert PRIVATE_NAME in told
    assert "86,421,357" in said(found(Verdict(OF_OTHER, FIGURES), advise=say))


def judged(known: Okrs, some: tuple[Initiative, ...]) -> dict[str, Finding]:
    pulled = tuple(
        PullResult(name, tuple(ticket for ticket in some if ticket.ref.connector == name))
        for name in ("github", "jira")
    )
    snapshot = Snapshot(pulled, datetime(2026, 11, 16, 9, tzinfo=UTC), pulled)
    portfolio = build_portfolio(snapshot, known, TODAY, DependencyHistory(key=b"k" * 32), "acme")
    judgement = check(portfolio, RULES)
    assert not judgement.failed
    return {f"{finding.rule} {finding.fingerprint}": finding for finding in judgement.findings}


def other_content(key_result: KeyResult, at: int) -> KeyResult:
    """The same key result with other figures, words and owners: `at` is 1 or 2."""
    if not key_result.private:
        return key_result
    day = TODAY - timedelta(days=at)
    return replace(
        key_result,
        start=float(at),
        target=1000.0 * at,
        current=10.0 * at,
        unit=f"unit{at}",
        confidence=0.31 * at,
        metric="",
        owners=tuple(f"gone{at}" for _ in range(1)),
        contributions=tuple(replace(c, share=40.0 + at) if c.share else c for c in key_result.contributions),
        blocker=f"blocker {at}",
        cadence_days=20 + at,
        check_ins=(CheckIn(day, 10.0 * at, 0.31 * at, (), f"note {at}", f"blocker {at}"),),
        depends_on=tuple(replace(need, priority=None, needed_by=None) for need in key_result.depends_on),
        priority=None,
    )


def with_content(known: Okrs, at: int, private: frozenset[str]) -> Okrs:
    goals = (
        replace(key_result, visibility=Visibility.PRIVATE if key_result.id in private else Visibility.PUBLIC)
        for key_result in known.key_results.values()
    )
    return replace(known, key_results={key_result.id: other_content(key_result, at) for key_result in goals})


@given(okrs(), tickets(), st.frozensets(st.sampled_from(("revenue", "dau", "p99", "nps", "merger")), min_size=1))
@settings(max_examples=60, deadline=None)
def test_findings_tell_the_same_whatever_stands_in_a_private_key_result(
    known: Okrs, some: tuple[Initiative, ...], private: frozenset[str]
) -> None:
    row, other = (judged(with_content(known, at, private), some) for at in (1, 2))
    for name in row.keys() & other.keys():
        assert row[name].facts == other[name].facts
        assert said(row[name]) == said(other[name])
