"""Dates and times as reports and pages show them; JSON, SARIF and the API keep ISO 8601."""

from datetime import date, datetime

from hub.core.planning.names import day

__all__ = ["day", "format_day", "format_time"]


def format_day(value: date | datetime | None) -> str:
    """`11 Dec 2026`; nothing for none."""
    return day(value) if value else ""


def format_time(value: datetime | None) -> str:
    """`11 Dec 2026, 09:30 UTC`; nothing for none."""
    return f"{day(value)}, {value:%H:%M} UTC" if value else ""
