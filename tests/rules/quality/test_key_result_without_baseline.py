from typing import Any

import pytest

from hub.model.finding import Severity
from hub.model.okr import Direction, Okrs, Visibility
from rules.quality.key_result_without_baseline import key_result_without_baseline as rule
from tests.builders import a_key_result, acme_okrs, an_objective
from tests.rules.rule_runner import judged, said, the_finding


def okrs_with(*stated: str, **dau: Any) -> Okrs:
    return acme_okrs(
        objectives=(an_objective("adoption", "product"),),
        key_results=(a_key_result("dau", "adoption", stated=frozenset(stated), **dau),),
    )


@pytest.mark.parametrize(
    ("stated", "missing"),
    [(("start", "target"), ()), (("start",), ("target",)), (("target",), ("start",)), ((), ("start", "target"))],
)
def test_what_is_not_stated_is_named(stated: tuple[str, ...], missing: tuple[str, ...]) -> None:
    found = judged(rule, okrs=okrs_with(*stated)).findings
    assert [finding.facts["missing"] for finding in found] == ([missing] if missing else [])


def test_it_is_a_note_on_no_ticket_with_a_step() -> None:
    finding = the_finding(judged(rule, okrs=okrs_with()))
    assert (finding.severity, finding.subject.id, finding.on_tickets) == (Severity.INFO, "dau", ())
    assert "dau has no stated start and no stated target." in said(finding)


@pytest.mark.parametrize("direction", [Direction.AT_MOST, Direction.AT_LEAST, Direction.KEEP])
def test_a_limit_needs_no_start_but_a_target(direction: Direction) -> None:
    assert judged(rule, okrs=okrs_with("target", direction=direction)).findings == ()
    assert the_finding(judged(rule, okrs=okrs_with(direction=direction))).facts["missing"] == ("target",)


def test_a_direction_alone_is_no_start() -> None:
    assert judged(rule, okrs=okrs_with("target", direction=Direction.INCREASE)).findings != ()


def test_a_limit_that_is_written_as_growth_is_said_by_its_own_rule() -> None:
    assert judged(rule, okrs=okrs_with("target", title="Fewer than 5 bugs", target=5)).findings == ()


def test_a_private_key_result_is_not_named() -> None:
    finding = the_finding(judged(rule, okrs=okrs_with(visibility=Visibility.PRIVATE)))
    assert "dau" not in said(finding) + str(finding.facts) + finding.subject.id


def test_the_files_are_enough_for_it() -> None:
    assert rule.needs_tickets is False
