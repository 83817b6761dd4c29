"""Which tickets count in the cycle, and which are set aside with a reason."""

from datetime import date

import pytest

from hub.core.mapping.scope import exempt_reason, is_active_in
from hub.model.initiative import StatusCategory
from hub.model.okr import ExemptKind
from tests.builders import CYCLE, a_team, an_initiative

IN, AFTER, BEFORE = date(2026, 11, 1), date(2027, 1, 1), date(2026, 9, 30)
TO_DO, DOING, DONE, CANCELLED = StatusCategory


@pytest.mark.parametrize(
    ("status", "start", "due", "active"),
    [
        (DOING, None, None, True),
        (TO_DO, None, None, False),
        (DONE, IN, IN, False),
        (CANCELLED, IN, IN, False),
        (TO_DO, None, IN, True),
        (TO_DO, IN, None, True),
        (TO_DO, BEFORE, None, True),
        (TO_DO, BEFORE, BEFORE, False),
        (TO_DO, None, AFTER, False),
        (TO_DO, AFTER, None, False),
        (DOING, AFTER, AFTER, True),
        (DOING, None, BEFORE, True),
        (DOING, BEFORE, AFTER, True),
        (TO_DO, CYCLE.end, None, True),
        (TO_DO, None, CYCLE.start, True),
    ],
)
def test_progress_decides_and_before_it_dates_do(
    status: StatusCategory, start: date | None, due: date | None, active: bool
) -> None:
    assert is_active_in(an_initiative(status=status, start=start, due=due), CYCLE) is active


@pytest.mark.parametrize(
    ("span", "active"),
    [((BEFORE, IN), True), ((None, IN), True), ((AFTER, None), False), ((None, BEFORE), False), ((None, None), False)],
)
def test_an_iteration_that_overlaps_the_cycle_commits_a_ticket(
    span: tuple[date | None, date | None], active: bool
) -> None:
    assert is_active_in(an_initiative(status=TO_DO, iteration=span), CYCLE) is active


@pytest.mark.parametrize("label", ["okr-exempt", "OKR-Exempt"])
def test_the_label_of_people_exempts_a_ticket_in_any_case(label: str) -> None:
    assert exempt_reason(an_initiative(labels=frozenset({label})), None) == "it carries the label okr-exempt"


def test_a_team_exempts_by_label_or_by_kind_with_its_own_words() -> None:
    team = a_team(exempt=(ExemptKind("defects", label="Bug"), ExemptKind("upkeep", kind="Chore")))
    assert exempt_reason(an_initiative(labels=frozenset({"bug"})), team) == "defects"
    assert exempt_reason(an_initiative(kind="chore"), team) == "upkeep"
    assert exempt_reason(an_initiative(kind="Epic"), team) is None


def test_a_ticket_of_no_team_is_not_exempt() -> None:
    assert exempt_reason(an_initiative(labels=frozenset({"bug"})), None) is None
