"""Whether the value that people state and the one that a tracker holds contradict each other."""

from dataclasses import replace
from datetime import date
from enum import StrEnum

from hub.model.finding import Facts
from hub.model.message import day
from hub.model.okr import KeyResult
from hub.model.portfolio import Portfolio
from hub.model.progress import is_limit, is_met, latest_value, measured_progress, unmeasured_reason
from rules.shared.verdicts import texts


class Contradiction(StrEnum):
    """Which way a stated value is off."""

    OVERSTATED = "overstated"
    UNDERSTATED = "understated"


def value_date(key_result: KeyResult) -> date | None:
    """The last check-in that states the value; None where the value stands in the file alone."""
    value = latest_value(key_result)
    return max((c.date for c in key_result.check_ins if value is not None and c.value == value), default=None)


def contradiction(portfolio: Portfolio, key_result: KeyResult, tolerance_percent: float) -> Contradiction | None:
    """How the stated value is off; None where it is not, and where one of the two is not known or not comparable.

    For a limit, one holds and the other does not; otherwise they are further apart than `tolerance_percent` of the way
    from start to target. A value that looks too good counts at once; one that lags behind the tracker only when the
    cadence has passed since it was stated, for the next check-in brings it up to date. What was stated after the
    tracker was read is not compared.
    """
    answer, value = portfolio.okrs.measured.get(key_result.id), latest_value(key_result)
    if answer is None or answer.error or answer.value is None or answer.read_at is None or value is None:
        return None
    unit = answer.measure.unit.strip()
    if (unit and unit != key_result.unit.strip()) or unmeasured_reason(key_result):
        return None
    stated_on = value_date(key_result)
    if stated_on is not None and stated_on > answer.read_at.date():
        return None
    difference = _difference(key_result, replace(key_result, current=answer.value), tolerance_percent / 100)
    if difference > 0:
        return Contradiction.OVERSTATED
    lags = stated_on is not None and (portfolio.today - stated_on).days > key_result.cadence_days
    return Contradiction.UNDERSTATED if difference < 0 and lags else None


def _difference(stated: KeyResult, in_tracker: KeyResult, tolerance: float) -> float:
    """Above 0 where the stated value is better, below where it is worse; 0 within the tolerance."""
    if is_limit(stated):
        return int(is_met(stated)) - int(is_met(in_tracker))
    progress, in_fact = measured_progress(stated), measured_progress(in_tracker)
    if progress is None or in_fact is None or abs(progress - in_fact) <= tolerance + 1e-9:
        return 0
    return progress - in_fact


def is_contradicted(facts: Facts) -> bool:
    """Whether one of a verdict's `faults` is that the two values contradict each other."""
    return not {*texts(facts["faults"])}.isdisjoint(Contradiction)


def contradiction_texts(facts: Facts) -> dict[str, str]:
    """What is said of each way, by its name in `faults`; both values have one unit, or they would not be compared."""
    stated, in_tracker = _stated(facts), _in_tracker(facts)
    return {
        Contradiction.OVERSTATED: f"Its value{stated} is better than {in_tracker}.",
        Contradiction.UNDERSTATED: f"Its value{stated} is behind {in_tracker}.",
    }


def _stated(facts: Facts) -> str:
    """The value that people stated and when, as far as they may be told."""
    stated_on = facts["value_date"]
    on = f" ({day(stated_on)})" if isinstance(stated_on, date) else ""
    value = _amount(facts, "value")
    return f" {value}{on}" if value else on


def _in_tracker(facts: Facts) -> str:
    value = _amount(facts, "tracker_value")
    return f"the {value or 'one'} in {facts['tracker'] or 'its tracker'}"


def _amount(facts: Facts, name: str) -> str:
    unit = f" {facts['unit']}" if facts["unit"] else ""
    return f"{facts[name]:,.12g}{unit}" if isinstance(facts[name], int | float) else ""
