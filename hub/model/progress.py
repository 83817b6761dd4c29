"""How far a key result has come, and how far it should be: two numbers that are never mixed."""

from datetime import date

from hub.model.okr import CheckIn, Cycle, KeyResult


def latest_check_in(key_result: KeyResult) -> CheckIn | None:
    """The last one by date; of several on one day, the one written last."""
    return max(reversed(key_result.check_ins), key=lambda one: one.date, default=None)


def latest_value(key_result: KeyResult) -> float | None:
    """The value that stands in the file, else that of the last check-in that measured one."""
    if key_result.current is not None:
        return key_result.current
    measured = [one for one in key_result.check_ins if one.value is not None]
    return max(reversed(measured), key=lambda one: one.date).value if measured else None


def latest_confidence(key_result: KeyResult) -> float | None:
    """What was said at the last check-in that told it, else what stands in the file."""
    told = [one for one in key_result.check_ins if one.confidence is not None]
    return max(reversed(told), key=lambda one: one.date).confidence if told else key_result.confidence


def measured_progress(key_result: KeyResult) -> float | None:
    """The part of the way from start to target: 0 at the start, 1 at the target, beyond either as it is.

    None where no value was measured, or where start and target are the same.
    """
    value, way = latest_value(key_result), key_result.target - key_result.start
    return None if value is None or way == 0 else (value - key_result.start) / way


def expected_progress(cycle: Cycle, day: date) -> float:
    """The part of the cycle that has passed by the end of the day: 0 before it begins, 1 from its last day on."""
    passed, whole = (day - cycle.start).days + 1, (cycle.end - cycle.start).days + 1
    return min(max(passed / whole, 0.0), 1.0)
