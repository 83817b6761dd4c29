"""A page before it is rendered, its HTML with every text escaped, and for whom it is."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from hashlib import sha256
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

from jinja2 import ChoiceLoader, Environment, PackageLoader, PrefixLoader, StrictUndefined

from hub.model import urls
from hub.report.audit.blocks import SYMBOLS
from hub.report.text import format_day, format_time, safe_url
from hub.web.snapshot import PortfolioSnapshot


class Role(StrEnum):
    """What a person may do: a viewer reads, an admin also starts runs."""

    VIEWER = "viewer"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class Viewer:
    """Somebody who was let in; `teams` are those whose private key results they may see, `name` is for the page."""

    name: str = ""
    role: Role = Role.VIEWER
    teams: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class PageParams:
    """The parameters of a request: the names in the path, and the last value of each name in the query."""

    path: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)

    def read_number(self, name: str, default: int, *, maximum: int) -> int:
        """A count from the query, from 1 to `most`; anything else is as if it were not there."""
        text = self.query.get(name, "")
        value = int(text[:9]) if text.isascii() and text.isdigit() else 0
        return min(value, maximum) if value > 0 else default


@dataclass(frozen=True, slots=True)
class Page:
    """`context` holds the template's variables; `status` is 404 for what doesn't exist or this viewer may not see."""

    template: str
    title: str
    context: Mapping[str, object] = field(default_factory=dict)
    status: int = 200


MakePage = Callable[[PortfolioSnapshot, Viewer, PageParams], Page]


def not_found(noun: str) -> Page:
    """Says that there is nothing of that name, in the same words whether it is unknown or private."""
    return Page("missing.html", "Not found", {"noun": noun}, status=404)


LINKS = (
    ("/", "Map"),
    ("/findings", "Findings"),
    ("/teams", "Teams"),
    ("/key-results", "Key results"),
    ("/tickets", "Tickets"),
    ("/trends", "Trends"),
    ("/runs", "Runs"),
    ("/rules", "Rules"),
    ("/audit", "Audit"),
)


@cache
def templates() -> Environment:
    """The templates; a name that is not there is an error, not an empty text."""
    environment = Environment(
        # Words of the rules and blocks of the audit look the same here and in the printed audit.
        loader=ChoiceLoader(
            [
                PackageLoader("hub.web", "templates"),
                PrefixLoader({"audit": PackageLoader("hub.report", "audit")}),
            ]
        ),
        autoescape=True,
        undefined=StrictUndefined,
        # The templates of a process never change: no look at the files for every page.
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(safe_url=safe_url, asset=asset, links=LINKS, to=urls, symbols=SYMBOLS, kind=_kind)
    environment.globals.update(anchors="")
    environment.globals.update(format_day=format_day, format_time=format_time)
    environment.filters.update(number=format_number, seconds=format_seconds)
    return environment


def format_number(value: object) -> str:
    """`1,234` and `0.5`; a text, and what is not known, as it is."""
    return f"{value:,}" if isinstance(value, int | float) else str(value)


def format_seconds(value: object) -> str:
    """`1,234.50`; what is not known as it is."""
    return f"{value:,.2f}" if isinstance(value, int | float) else str(value)


def _kind(value: object) -> str:
    return type(value).__name__


def static() -> Traversable:
    """The folder of the files that pages load."""
    return files("hub.web") / "static"


@cache
def asset(name: str) -> str:
    """The address of a file of ours, which changes with what is in it."""
    return f"/static/{name}?{sha256((static() / name).read_bytes()).hexdigest()[:12]}"


def render_part(template: str, variables: Mapping[str, Any]) -> str:
    """A part of a page that is sent by itself."""
    return templates().get_template(template).render(variables)


def render_body(page: Page, variables: Mapping[str, Any]) -> str:
    """The body of a page: the same for all viewers of one audience and role."""
    return templates().get_template(page.template).render({**variables, **page.context})


def render_frame(
    content: str,
    *,
    title: str,
    path: str,
    viewer: Viewer,
    workspace: str,
    version: str = "",
    search: str = "",
) -> str:
    """The whole page: name, ways to the other pages, the search box, who looks; with a `version` it stays up to date.

    `search` is what was searched for.
    """
    current_link = max((link for link, _ in LINKS if path == link or path.startswith(f"{link}/")), key=len, default="")
    frame = templates().get_template("frame.html")
    return frame.render(
        content=content,
        title=title,
        current_link=current_link,
        viewer=viewer,
        workspace=workspace,
        version=version,
        search=search,
    )
