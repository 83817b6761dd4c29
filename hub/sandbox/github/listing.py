"""What all lists of the REST API share: pages with a Link header, and `since`."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from hub.sandbox.github.request import Call, invalid
from hub.sandbox.github.result_cache import since_text


def since(call: Call) -> str:
    """The moment from which on changes are asked for; 422 where it is none."""
    try:
        return since_text(call.query["since"]) if "since" in call.query else ""
    except ValueError:
        raise invalid("Issue", "since", "invalid") from None


def _number(call: Call, name: str, default: int) -> int:
    text = call.query.get(name, "")
    return max(1, int(text)) if text.isdecimal() else default


def page(call: Call, rows: Sequence[Any], *, down: bool = False) -> tuple[list[Any], dict[str, str]]:
    """The asked page, at most 100 rows, and the Link header that leads on."""
    size, number = min(100, _number(call, "per_page", 30)), _number(call, "page", 1)
    last = max(1, -(-len(rows) // size))
    start = (number - 1) * size
    indexes = range(start, min(start + size, len(rows)))
    visible = [rows[len(rows) - 1 - index] if down else rows[index] for index in indexes]
    links = {"prev": number - 1, "first": 1} if number > 1 else {}
    links |= {"next": number + 1, "last": last} if number < last else {}
    link = ", ".join(f'<{call.url}?{urlencode({**call.query, "page": to})}>; rel="{rel}"' for rel, to in links.items())
    return visible, {"link": link} if link else {}
