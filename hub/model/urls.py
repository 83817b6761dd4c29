"""URLs: of the hub's own pages, and which URLs of sites can be called."""

import re
from ipaddress import ip_address
from urllib.parse import quote, unquote, urlencode, urlsplit, urlunsplit

HELP_PAGE = "/help/comments"
"""What the comments on tickets are, and how people answer them."""


def ticket_page(ref: str) -> str:
    """Of a ticket by `connector:key`; the key's slashes stay as they are, its number sign does not."""
    connector, _, key = ref.partition(":")
    return f"/tickets/{quote(connector, safe='')}/{quote(key)}"


def key_result_page(id_: str) -> str:
    """Of a key result that may be named."""
    return f"/key-results/{quote(id_, safe='')}"


_KEY_RESULT_PAGE = re.compile(r"https?://[^\s?#]*/key-results/(?P<id>[^/?#\s]+)/?(?:[?#]\S*)?", re.IGNORECASE)


def key_result_of_page(url: str) -> str:
    """The id that such an address ends with, on whatever site; empty for any other address."""
    match = _KEY_RESULT_PAGE.fullmatch(url)
    return unquote(match["id"]) if match else ""


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


SENDABLE = re.compile(r"[\x21-\x7e]+")
UNSENDABLE = (
    "holds a blank, a line break or a letter that no token has: expected the token alone, as the site showed it"
)


def is_site(url: str) -> bool:
    """Whether a site can be asked at an address: http or https, a name, a port that exists; no user and no query."""
    if not re.fullmatch(r"https?://[^\s/?#@\\]+(/[^\s?#@\\]*)?", url):
        return False
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").encode("idna").decode("ascii")
    except (ValueError, UnicodeError):
        return False
    return bool(host) and _port(url) is not None


def is_jira_cloud(url: str) -> bool:
    """Whether the address is that of a Jira Cloud site, as far as its name tells."""
    return (urlsplit(url).hostname or "").rstrip(".").endswith(".atlassian.net")


def is_sendable(token: str) -> bool:
    """Whether a header can carry it."""
    return SENDABLE.fullmatch(token) is not None


def cleartext_warning(url: str) -> str:
    """What to say of a site whose credentials anybody on the way can read; empty where nobody can."""
    parts = urlsplit(url)
    host = (parts.hostname or "").rstrip(".")
    if parts.scheme != "http" or _is_loopback(host):
        return ""
    return f"credentials are sent to {host} over plain http, where anybody on the way can read them"


def display_url(url: str) -> str:
    """The address of a database without its password and parameters, for messages."""
    try:
        parts = urlsplit(url)
        user = f"{parts.username}@" if parts.username else ""
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return "the database"
    return urlunsplit((parts.scheme, f"{user}{parts.hostname or ''}{port}", parts.path, "", ""))


def _port(url: str) -> int | None:
    try:
        port = urlsplit(url).port
    except ValueError:
        return None
    return None if port == 0 else port or 1


def _is_loopback(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
