"""What the drawing of the map links to, the names of its places, and its texts as XML."""

from dataclasses import dataclass, field
from hashlib import blake2s
from html import escape

from hub.report.map.shapes import Box, Fold, Lane, WorkLine
from hub.report.map.text_width import cut_text
from hub.report.text import safe_url


@dataclass(frozen=True)
class MapLinks:
    """Link targets of boxes, lanes and lines of work, or None; a new object for each page.

    Boxes and tickets are numbered in the order in which they are met, so that what belongs together can be told
    without naming a private key result.
    """

    numbers: dict[str, int] = field(default_factory=dict)

    def number(self, key: str) -> int:
        """The same for the same key on all sheets of a page."""
        return self.numbers.setdefault(key, len(self.numbers))

    def box(self, box: Box) -> str | None:
        """None: boxes in documents are no links."""
        return None

    def lane(self, lane: Lane) -> str | None:
        """None in documents."""
        return None

    def row(self, row: WorkLine) -> str | None:
        """The ticket in its tracker."""
        return safe_url(row.ticket.url) if row.ticket else None

    def fold(self, fold: Fold) -> str | None:
        """The page with that part opened or folded; documents stay as they are."""
        return None

    def reachable(self, box: Box) -> bool:
        """Whether a box without a link can be focused; documents have nothing to highlight."""
        return False

    def finding_badge(self, box: Box) -> tuple[int, str]:
        """How many findings there are about the box, and the worst severity; documents list them elsewhere."""
        return 0, ""


def fold_anchor(fold: Fold) -> str:
    """Where on the page it is: the same whatever else is open."""
    return f"fold-{_digest(fold.key)}"


def lane_anchor(lane: str) -> str:
    """Where on the page an organization key result is, by the key of its lane."""
    return f"lane-{_digest(lane)}"


def _digest(key: str) -> str:
    return blake2s(key.encode(), digest_size=6).hexdigest()


def fit_text(text: str, width: float, kind: str) -> str:
    """As much as fits, escaped."""
    return escape_text(cut_text(text, width, kind))


def escape_text(text: str) -> str:
    """Escaped, and without the signs that XML forbids."""
    return escape("".join(sign if sign.isprintable() else " " for sign in text), quote=False)


def escape_attribute(text: str) -> str:
    """Escaped within quotes."""
    return escape(text, quote=True)


def css_name(text: str) -> str:
    """A class name: letters and dashes only."""
    return "".join(sign for sign in text if sign.isalnum() or sign == "-")
