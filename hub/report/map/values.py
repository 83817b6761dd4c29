"""The alignment map: boxes, lines of work and links with their places, in CSS pixels; nothing here draws."""

from dataclasses import dataclass
from typing import NamedTuple

from hub.core.audit.values import KeyResultRef, TicketRef


class Progress(NamedTuple):
    """How far a key result has come, and how far the cycle has: parts of the way, side by side and never mixed."""

    measured: float
    expected: float


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle with words: `kind` is organization, key-result, missing or unlinked; `problem` says what is wrong.

    `key` may be the id of a private key result: it is for look-ups and never drawn.
    """

    key: str
    kind: str
    x: float
    y: float
    width: float
    height: float
    key_result: KeyResultRef
    note: str = ""
    problem: str = ""
    progress: Progress | None = None


@dataclass(frozen=True, slots=True)
class WorkLine:
    """One line of work; without a ticket it says how many more are folded away.

    `of` is the key of its box, and `named` whether that may be shown; `from_x` and `from_y` are where the line to
    the box starts.
    """

    of: str
    from_x: float
    from_y: float
    x: float
    y: float
    width: float
    ticket: TicketRef | None
    text: str
    active: bool
    named: bool = True


@dataclass(frozen=True, slots=True)
class MapEdge:
    """A link between two boxes, by their keys and its ends; `kind` is direct or indirect, `state` its state.

    The upper box may be on another sheet, or missing.
    """

    of: str
    to: str
    x1: float
    y1: float
    x2: float
    y2: float
    kind: str
    state: str
    share: float | None
    width: float
    label: str


@dataclass(frozen=True, slots=True)
class Lane:
    """The name over the key results of one holder: a team, or the teams of a shared OKR."""

    name: str
    y: float
    shared: bool
    teams: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MapPage:
    """One sheet: lanes from top to bottom, and the links between them."""

    number: int
    width: float
    height: float
    lanes: tuple[Lane, ...]
    boxes: tuple[Box, ...]
    rows: tuple[WorkLine, ...]
    edges: tuple[MapEdge, ...]


MISSING = "missing"
"""The state of a link that should be there: a share without a key result behind it, or a target that doesn't exist."""
UNLINKED = "unlinked"
"""The kind of the box that holds work without a key result."""
