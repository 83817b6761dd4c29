"""What a page is before it is drawn: which template, under which title, with what on it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from hub.web.snapshot import PortfolioSnapshot
from hub.web.viewer import Viewer


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
