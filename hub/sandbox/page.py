"""The pages on which a sandbox shows its tickets: one look for all trackers, made of plain values."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from starlette.responses import HTMLResponse

HUB_LABELS = frozenset({"okr-unaligned", "okr-dependency", "okr-stale"})


@dataclass(frozen=True, slots=True)
class Row:
    """One ticket in a list; `status_kind` is `new`, `active` or `done`."""

    key: str
    title: str
    href: str
    status: str
    status_kind: str
    labels: tuple[str, ...] = ()
    comments: int = 0


@dataclass(frozen=True, slots=True)
class Relation:
    """How a ticket stands to another, in words, and that other."""

    kind: str
    row: Row


@dataclass(frozen=True, slots=True)
class CommentView:
    """A comment; `body` is HTML that has been made safe."""

    id: str
    author: str
    created_at: str
    body: Markup
    edited: bool = False
    bot: bool = False


@dataclass(frozen=True, slots=True)
class Ticket:
    """A ticket as an engineer sees it; `facts` are short names and values, `labels_at` takes the label form."""

    row: Row
    body: Markup
    labels_at: str
    facts: tuple[tuple[str, str], ...] = ()
    relations: tuple[Relation, ...] = ()
    comments: tuple[CommentView, ...] = ()


def ticket_page(tracker: str, ticket: Ticket) -> HTMLResponse:
    """The page of one ticket; `tracker` is the name in the head of the page."""
    return _page("ticket.html", tracker=tracker, ticket=ticket)


def index_page(tracker: str, rows: Sequence[Row], total: int) -> HTMLResponse:
    """The list of tickets; `total` counts those that are not shown too."""
    return _page("index.html", tracker=tracker, rows=rows, total=total)


def missing_page(tracker: str, key: str) -> HTMLResponse:
    """Says that there is no such ticket."""
    return _page("missing.html", status=404, tracker=tracker, key=key)


@cache
def _templates() -> Environment:
    loader = PackageLoader("hub.sandbox", "templates")
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)


def _page(name: str, *, status: int = 200, **values: Any) -> HTMLResponse:
    text = _templates().get_template(name).render(hub_labels=HUB_LABELS, **values)
    policy = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'"
    return HTMLResponse(text, status, {"content-security-policy": policy})
