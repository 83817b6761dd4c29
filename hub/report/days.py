"""Dates and times as reports and pages show them; JSON, SARIF and the API keep ISO 8601."""

from datetime import date, datetime

from hub.core.planning.names import day

__all__ = ["day", "day_of", "moment"]


def day_of(when: date | datetime | None) -> str:
    """`11 Dec 2026`; nothing for none."""
    return day(when) if when else ""


def moment(when: datetime | None) -> str:
    """`11 Dec 2026, 09:30 UTC`; nothing for none."""
    return f"{day(when)}, {when:%H:%M} UTC" if when else ""
