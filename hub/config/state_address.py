"""Where the state is: a file, or a database whose password never stands in the configuration's file."""

from collections.abc import Iterator
from contextlib import suppress
from urllib.parse import unquote, urlsplit

from hub.model.errors import Problem
from hub.toml.document import TomlFile

SQLITE = "sqlite:///"
POSTGRES = ("postgresql://", "postgres://")
SECRET_PARAMETERS = ("password", "sslpassword")
STATE_EXPECTED = f"expected {SQLITE}FILE or postgresql://USER@HOST/DATABASE"


def checked_address(state: str) -> str:
    """The address; ValueError where it names neither a file nor a database."""
    if state.startswith(POSTGRES):
        passwords(state)
    elif not state.startswith(SQLITE) or state in (SQLITE, f"{SQLITE}:memory:"):
        raise ValueError(STATE_EXPECTED)
    return state


def passwords(url: str) -> tuple[str, ...]:
    """The password in the address, as it is written there and as it is; nothing where there is none."""
    try:
        parts = urlsplit(url)
        written = [parts.password, *(value for name, _, value in _parameters(parts.query) if name in SECRET_PARAMETERS)]
    except ValueError:
        raise ValueError(STATE_EXPECTED) from None
    return tuple(dict.fromkeys(text for value in written if value for text in (value, unquote(value))))


def _parameters(query: str) -> Iterator[tuple[str, str, str]]:
    """Names with their values as they are written; libpq takes a password there as well."""
    return (pair.partition("=") for pair in query.split("&"))


def password_problems(file: TomlFile) -> list[Problem]:
    """A problem where the file holds the password of the database."""
    state = file.data.get("state")
    if not (isinstance(state, str) and state.startswith(POSTGRES) and _has_password(state)):
        return []
    remedy = "Set HUB_STATE to the whole address, or leave the password out and name a PGPASSFILE."
    return [Problem(file.location(("state",)), "state", "a password has no place in this file", remedy)]


def _has_password(url: str) -> bool:
    """Whatever is no address is told as that."""
    with suppress(ValueError):
        return bool(passwords(url))
    return False
