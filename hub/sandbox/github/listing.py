"""What all lists of the REST API share: pages with a Link header, and `since`."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from hub.sandbox.github.paging import PageArguments, TypedError, page_down
from hub.sandbox.github.paging import page as page_up
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
    return visible, _link_header(call, {rel: {"page": to} for rel, to in links.items()})


def page_with_cursor(
    call: Call, rows: Sequence[Any], key: Callable[[Any], Any], *, down: bool = False
) -> tuple[list[Any], dict[str, str]]:
    """The page after the cursor `after`, else the one of that number; the Link header names both, as the vendor's does.

    The cursor holds its place when rows, which rise by `key`, come or go.
    """
    size, number, after = min(100, _number(call, "per_page", 30)), _number(call, "page", 1), call.query.get("after")
    page_args = PageArguments(first=size, after=after) if after else PageArguments(first=number * size)
    try:
        connection = (page_down if down else page_up)(rows, page_args, key)
    except TypedError:
        raise invalid("Issue", "after", "invalid") from None
    visible = list(connection.rows[0 if after else (number - 1) * size :])
    links: dict[str, Mapping[str, Any]] = {}
    if number > 1:
        links = {"prev": {"page": number - 1, "after": None}, "first": {"page": 1, "after": None}}
    if connection.has_next:
        links["next"] = {"page": number + 1, "after": connection.end}
    return visible, _link_header(call, links)


def _link_header(call: Call, links: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    """Every link is the called address with these parameters instead; None leaves one out."""
    queries = {
        rel: {name: value for name, value in {**call.query, **changed}.items() if value is not None}
        for rel, changed in links.items()
    }
    link = ", ".join(f'<{call.url}?{urlencode(query)}>; rel="{rel}"' for rel, query in queries.items())
    return {"link": link} if link else {}
