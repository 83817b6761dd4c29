"""What is drawn on a sheet of the alignment map: boxes, headings of teams, lines and work, each with its place."""

from dataclasses import dataclass
from typing import NamedTuple

from hub.core.insight.audit.rows import KeyResultRef, TicketRef


class Progress(NamedTuple):
    """How far a key result has come, and how far the cycle has: parts of the way, side by side and never mixed."""

    measured: float
    expected: float


class BoxLine(NamedTuple):
    """One line of words in a box: `kind` is its style; `part` is the width of a bar behind it, from 0 to 1."""

    kind: str
    text: str
    part: float | None = None


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle with words; `problem` says what is wrong.

    `kind` is organization, continued, unlinked-lane, key-result, repeat, missing or unlinked. `key` may be the id of a
    private key result: it is for look-ups and never drawn. `lane` is the key of the organization key result beside
    which it stands, `group` that of its team there. `faded` is what a filter leaves out.
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
    lines: tuple[BoxLine, ...] = ()
    lane: str = ""
    group: str = ""
    faded: bool = False


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
    faded: bool = False


@dataclass(frozen=True, slots=True)
class MapEdge:
    """A link between two boxes, by their keys and its ends; `kind` is direct or indirect, `state` its state.

    The upper box may be missing.
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
    faded: bool = False


@dataclass(frozen=True, slots=True)
class Lane:
    """The heading over the key results of a team, or of the teams of a shared OKR, beside an organization key result.

    The line to it is that of an owner, of a contribution, or of neither; `width` is that of the share. `to` is the
    key of the organization key result, empty where there is no line; `role` says the same in words.
    """

    name: str
    y: float
    shared: bool
    teams: tuple[str, ...]
    key: str = ""
    lane: str = ""
    to: str = ""
    role: str = ""
    owner: bool = False
    contribution: str = ""
    width: float = 0.0
    faded: bool = False


@dataclass(frozen=True, slots=True)
class Fold:
    """What opens or folds the part of the sheet with that `key`; `lines` say what is folded."""

    key: str
    lane: str
    x: float
    y: float
    width: float
    height: float
    lines: tuple[str, ...]
    opened: bool
    name: str
    faded: bool = False


@dataclass(frozen=True, slots=True)
class MapPage:
    """One sheet: organization key results from top to bottom, and beside each what is linked to it."""

    number: int
    width: float
    height: float
    lanes: tuple[Lane, ...]
    boxes: tuple[Box, ...]
    rows: tuple[WorkLine, ...]
    edges: tuple[MapEdge, ...]
    folds: tuple[Fold, ...] = ()
