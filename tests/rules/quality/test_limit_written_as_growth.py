from typing import Any

import pytest

from hub.model.finding import Severity
from hub.model.okr import Direction, Okrs, Visibility
from rules.quality.limit_written_as_growth import limit_written_as_growth as rule
from tests.builders import a_key_result, acme_okrs, an_objective
from tests.rules.rule_runner import judged, said, the_finding


def okrs_with(title: str = "Fewer than 5 open bugs", **dau: Any) -> Okrs:
    numbers: dict[str, Any] = {"start": 0, "target": 5} | dau
    return acme_okrs(
        objectives=(an_objective("adoption", "product"),),
        key_results=(a_key_result("dau", "adoption", title=title, **numbers),),
    )


def test_a_limit_with_growing_numbers_is_a_note_with_a_step() -> None:
    finding = the_finding(judged(rule, okrs=okrs_with()))
    assert (finding.severity, finding.subject.id, finding.on_tickets) == (Severity.INFO, "dau", ())
    assert 'direction = "at_most"' in said(finding)


@pytest.mark.parametrize(
    "okrs",
    [
        okrs_with(direction=Direction.AT_MOST),
        okrs_with(direction=Direction.INCREASE),
        okrs_with(start=20),
        okrs_with("Undergraduate orders at 5"),
        okrs_with("5 more orders"),
    ],
)
def test_a_stated_direction_falling_numbers_and_other_titles_are_fine(okrs: Okrs) -> None:
    assert judged(rule, okrs=okrs).findings == ()


def test_a_private_key_result_is_not_named() -> None:
    finding = the_finding(judged(rule, okrs=okrs_with(visibility=Visibility.PRIVATE)))
    assert "dau" not in said(finding) + str(finding.facts) + finding.subject.id


def test_the_files_are_enough_for_it() -> None:
    assert rule.needs_tickets is False
