"""The audit document as one self-contained HTML page: own style, no script, printable."""

from collections.abc import Sequence

from hub.report.audit.addresses import safe_url
from hub.report.audit.paper import SYMBOLS, Document
from hub.report.map.svg import STYLE, map_svg
from hub.report.map.values import MapPage


def render_html(document: Document, map_pages: Sequence[MapPage]) -> str:
    """The whole page; the template escapes all text, only our own SVG is inserted as it is."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    # `include` is the only use of the style sheet: it holds nothing that people wrote.
    environment = Environment(
        loader=PackageLoader("hub.report", "audit"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(kind=_type_name, safe_url=safe_url, symbols=SYMBOLS)
    page = environment.get_template("page.html")
    return page.render(
        document=document, style=STYLE, map_svgs=[map_svg(map_page, len(map_pages)) for map_page in map_pages]
    )


def _type_name(value: object) -> str:
    return type(value).__name__
