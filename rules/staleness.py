"""What makes the picture of a key result stale, from its check-ins, its progress and the state of its work."""

from collections.abc import Iterator
from typing import NamedTuple

from hub.model.calendar import working_days_between
from hub.model.initiative import StatusCategory
from hub.model.okr import KeyResult
from hub.model.portfolio import Portfolio
from hub.model.progress import (
    expected_progress,
    latest_check_in,
    latest_confidence,
    measured_progress,
)
from rules.base import Options
from rules.doubts import doubt


class Picture(NamedTuple):
    """A key result as its people tell it and as it is measured, side by side; progress in percent."""

    confidence: float | None
    measured: int | None
    expected: int
    quiet_days: int
    blocker: str


def picture_of(portfolio: Portfolio, one: KeyResult) -> Picture:
    """Days are counted from the last check-in, or from the cycle's first day."""
    last, measured = latest_check_in(one), measured_progress(one)
    since = max(last.date, portfolio.cycle.start) if last else portfolio.cycle.start
    return Picture(
        confidence=latest_confidence(one),
        measured=None if measured is None else round(100 * measured),
        expected=round(100 * expected_progress(portfolio.cycle, portfolio.today)),
        quiet_days=(portfolio.today - since).days,
        blocker=(last.blocker if last else "").strip() or one.blocker.strip(),
    )


def faults_of(portfolio: Portfolio, one: KeyResult, seen: Picture, options: Options) -> Iterator[str]:
    """What the files alone tell, in one word each."""
    if seen.quiet_days > options["cadences"] * one.cadence_days:
        yield "quiet"
    if seen.confidence is not None:
        young = working_days_between(portfolio.cycle.start, portfolio.today) < options["after_days"]
        behind = not young and seen.measured is not None and seen.measured < seen.expected * options["behind"] / 100
        if seen.confidence >= options["on_track"] and behind:
            yield "behind"
        if seen.confidence < options["low"] and not seen.blocker:
            yield "unexplained"


def moved_too_little(portfolio: Portfolio, one: KeyResult, seen: Picture, moved: float) -> bool:
    """Whether all work on it that is known of is done, and it has moved under so many percent of its way."""
    if seen.measured is None or seen.measured >= moved:
        return False
    refs = {link.initiative for link in portfolio.served_by.get(one.id, ())}
    states = {portfolio.initiatives[ref].status for ref in refs if ref not in portfolio.exempt}
    return states == {StatusCategory.DONE}


def more_work_unread(portfolio: Portfolio) -> bool:
    """Whether work on a key result may be open that was not read."""
    partly = any(doubt(portfolio, one) for one in portfolio.initiatives.values() if one.unread)
    return bool(portfolio.gaps or portfolio.unread or portfolio.unread_keys or portfolio.uncertain) or partly
