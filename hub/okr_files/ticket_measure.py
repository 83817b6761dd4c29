"""A key result's `measure` as people write it on a ticket, where a table of an OKR file has no place."""

import re
from typing import Any

_MEASURE = re.compile(
    r"(?:(?P<count>count)|(?P<how>sum|value)\s+of\s+(?P<field>[^:]+?))"
    r"(?:\s+in\s+(?P<connector>[a-z][a-z0-9_]*))?\s*:\s*(?P<query>\S.*)",
    re.IGNORECASE | re.DOTALL,
)
EXAMPLE = "count: labels = growth, or sum of Story points: project = ACME"


def parse_measure(text: str, connector: str) -> dict[str, Any]:
    """`count: <query>`, `sum of <field>: <query>` or `value of <field>: <query>`; `in <connector>` before the colon.

    Without a connector the ticket's own is asked. Raises ValueError for another form.
    """
    match = _MEASURE.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"{text.strip()!r} is no measure such as {EXAMPLE}")
    table: dict[str, Any] = {"connector": match["connector"] or connector, "query": match["query"].strip()}
    if match["count"]:
        return table | {"count": True}
    return table | {{"sum": "sum", "value": "field"}[match["how"].casefold()]: match["field"].strip()}
