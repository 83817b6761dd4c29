"""The printed audit as one HTML page that needs nothing else: own style, no script, readable on paper."""

from collections.abc import Sequence

from hub.report.audit.addresses import safe_address
from hub.report.audit.paper import SIGNS, Paper
from hub.report.map.svg import STYLE, map_svg
from hub.report.map.values import Sheet


def html_page(paper: Paper, sheets: Sequence[Sheet]) -> str:
    """The whole page; the template escapes every text, only our own drawing is taken as it is."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    # `include` is the only use of the style sheet: it holds nothing that people wrote.
    world = Environment(
        loader=PackageLoader("hub.report", "audit"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    world.globals.update(kind=_kind, address=safe_address, signs=SIGNS)
    page = world.get_template("page.html")
    return page.render(paper=paper, style=STYLE, pictures=[map_svg(one, len(sheets)) for one in sheets])


def _kind(one: object) -> str:
    return type(one).__name__
