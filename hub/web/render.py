"""Turns pages into HTML: the frame around, the template within, every text escaped."""

from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

from jinja2 import ChoiceLoader, Environment, PackageLoader, PrefixLoader, StrictUndefined

from hub.model import addresses
from hub.report.audit.addresses import safe_url
from hub.report.audit.paper import SYMBOLS
from hub.report.days import format_day, format_time
from hub.web.page import Page
from hub.web.viewer import Viewer

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
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(safe_url=safe_url, asset=asset, links=LINKS, to=addresses, symbols=SYMBOLS, kind=_kind)
    environment.globals.update(format_day=format_day, format_time=format_time)
    return environment


def _kind(value: object) -> str:
    return type(value).__name__


def static() -> Traversable:
    """The folder of the files that pages load."""
    return files("hub.web") / "static"


@cache
def asset(name: str) -> str:
    """The address of a file of ours, which changes with what is in it."""
    return f"/static/{name}?{sha256((static() / name).read_bytes()).hexdigest()[:12]}"


def render_body(page: Page, variables: Mapping[str, Any]) -> str:
    """The body of a page: the same for all viewers of one audience and role."""
    return templates().get_template(page.template).render({**variables, **page.context})


def render_frame(content: str, *, title: str, path: str, viewer: Viewer, workspace: str) -> str:
    """The whole page: name, ways to the other pages, who looks."""
    current_link = max((link for link, _ in LINKS if path == link or path.startswith(f"{link}/")), key=len, default="")
    frame = templates().get_template("frame.html")
    return frame.render(content=content, title=title, current_link=current_link, viewer=viewer, workspace=workspace)
