"""The addresses of the pages about one thing, and of findings that are filtered: the only place that spells them."""

from urllib.parse import quote, urlencode

HELP_PAGE = "/help/comments"
"""What the comments on tickets are, and how people answer them."""


def ticket_page(ref: str) -> str:
    """Of a ticket by `connector:key`; the key's slashes stay as they are, its number sign does not."""
    connector, _, key = ref.partition(":")
    return f"/tickets/{quote(connector, safe='')}/{quote(key)}"


def key_result_page(id_: str) -> str:
    """Of a key result that may be named."""
    return f"/key-results/{quote(id_, safe='')}"


def team_page(id_: str) -> str:
    """Of a team."""
    return f"/teams/{quote(id_, safe='')}"


def rule_page(name: str) -> str:
    """Of a rule."""
    return f"/rules/{quote(name, safe='')}"


def with_query(path: str, **params: str) -> str:
    """A page with what is asked of it; what is empty is left out."""
    query = {name: value for name, value in params.items() if value}
    return f"{path}?{urlencode(query)}" if query else path
