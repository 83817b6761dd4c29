"""Points in time as JQL writes them: epoch milliseconds, quoted dates in the account's zone, periods back from now."""

import re
from datetime import datetime
from zoneinfo import ZoneInfo

from hub.sandbox.jira.jql_parse import JqlRefused, Value

FORMATS = ("%Y/%m/%d %H:%M", "%Y-%m-%d %H:%M", "%Y/%m/%d", "%Y-%m-%d")
PERIOD = re.compile(r"([+-]?)(\d+)([wdhm])")
MINUTES = {"w": 7 * 24 * 60, "d": 24 * 60, "h": 60, "m": 1}


def parse_time(field: str, value: Value, zone: str, now: int) -> int:
    """The point in time as epoch milliseconds; raises JqlRefused."""
    if value.call:
        if value.text.lower() == "now()":
            return now
        raise JqlRefused(f"Unable to find JQL function '{value.text}'.")
    if not value.quoted and value.text.isdigit() and len(value.text) > 8:
        return int(value.text)
    if PERIOD.fullmatch(value.text):
        sign, number, unit = PERIOD.fullmatch(value.text).groups()  # type: ignore[union-attr]
        return now + (-1 if sign == "-" else 1) * int(number) * MINUTES[unit] * 60_000
    for pattern in FORMATS:
        try:
            local = datetime.strptime(value.text, pattern).replace(tzinfo=ZoneInfo(zone))
        except ValueError:
            continue
        return int(local.timestamp() * 1000)
    raise JqlRefused(
        f"Date value '{value.text}' for field '{field}' is invalid. Valid formats include: 'yyyy/MM/dd HH:mm', "
        "'yyyy-MM-dd HH:mm', 'yyyy/MM/dd', 'yyyy-MM-dd', or a period format e.g. '-5d', '4w 2d'."
    )
