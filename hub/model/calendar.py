"""Days as teams count them: Monday to Friday."""

from datetime import date, timedelta

FRIDAY = 4


def working_days_between(start: date, end: date) -> int:
    """Working days after `start` up to and including `end`; 0 when `end` is not later."""
    if end <= start:
        return 0
    weeks, extra_days = divmod((end - start).days, 7)
    tail = sum(1 for n in range(1, extra_days + 1) if (start + timedelta(days=n)).weekday() <= FRIDAY)
    return weeks * 5 + tail
