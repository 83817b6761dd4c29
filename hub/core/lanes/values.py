"""The alignment map: boxes, lines of work and links with their places, in CSS pixels; nothing here draws."""

from dataclasses import dataclass

from hub.core.audit.values import Shown, Ticket


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle with words: `kind` is organization, key-result, missing or loose; `bad` says what is wrong.

    `key` may be the id of a private key result: it is for look-ups and never drawn.
    """

    key: str
    kind: str
    x: float
    y: float
    width: float
    height: float
    shown: Shown
    note: str = ""
    bad: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of work; without a ticket it says how many more are folded away.

    `from_x` and `from_y` are where the line to its key result starts.
    """

    from_x: float
    from_y: float
    x: float
    y: float
    width: float
    ticket: Ticket | None
    text: str
    active: bool


@dataclass(frozen=True, slots=True)
class Curve:
    """A link between two boxes, by its ends; `kind` is direct, indirect or supports, `state` how it stands."""

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


@dataclass(frozen=True, slots=True)
class Sheet:
    """One picture: lanes from top to bottom, and what links them."""

    number: int
    width: float
    height: float
    lanes: tuple[Lane, ...]
    boxes: tuple[Box, ...]
    rows: tuple[Row, ...]
    curves: tuple[Curve, ...]


MISSING = "missing"
"""The state of a link that should be there: a share without a key result behind it, or a target that is nowhere."""
