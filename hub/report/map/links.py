"""Link targets of the map: in documents the trackers, in the web interface its pages."""

from dataclasses import dataclass, field

from hub.report.audit.addresses import safe_url
from hub.report.map.values import Box, Lane, WorkLine


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

    def reachable(self, box: Box) -> bool:
        """Whether a box without a link can be focused; documents have nothing to highlight."""
        return False

    def finding_badge(self, box: Box) -> tuple[int, str]:
        """How many findings there are about the box, and the worst severity; documents list them elsewhere."""
        return 0, ""
