"""The alignment map: organization key results, key results of teams and their work, in lanes."""

from hub.core.lanes.layout import lay_out
from hub.report.map_svg import map_svg
from hub.web.page import Asked, Page
from hub.web.viewer import Viewer
from hub.web.window import Window


def map_page(window: Window, _viewer: Viewer, _asked: Asked) -> Page:
    """Every sheet of the map."""
    sheets = lay_out(window.portfolio)
    return Page("map.html", "Alignment map", {"pictures": [map_svg(one, len(sheets)) for one in sheets]})
