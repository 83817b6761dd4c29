"""What the hub writes on a ticket, as data without markup, and how one tracker names key results."""

from dataclasses import dataclass
from datetime import date

from hub.model.initiative import MentionSource
from hub.model.value import Value

TITLE = "OKR check"
HEADLINE = f"{TITLE}:"
"""What every comment of the hub begins with for people's eyes, and so what a quotation of it holds."""


class Text(Value, frozen=True):
    """Words; whatever stands in them is shown as it is."""

    text: str


class Strong(Value, frozen=True):
    """Words that matter."""

    text: str


class Code(Value, frozen=True):
    """An exact value to type."""

    text: str


class Link(Value, frozen=True):
    """A link that the hub makes itself; `url` never comes from a ticket's text."""

    text: str
    url: str


Span = Text | Strong | Code | Link
Line = tuple[Span, ...]


class Advice(Value, frozen=True):
    """One finding in words: what is wrong, why it matters, what to do, what to do if it does not apply."""

    what: Line
    why: Line
    do: tuple[Line, ...]
    unless: Line = ()


class Point(Value, frozen=True):
    """One open point of a ticket, for the people who can end it there.

    `topic` is its name in a few words, `what` one sentence of fact, `step` what to do now. `commands` answer it: one
    without a name, or several by their names (`Yes`), each complete but for one placeholder. `alternative` is a real
    other way. `listing` is what can be chosen from, folded under `listing_title`. `request` names an answer that
    somebody newly owes, so that a new comment tells them.
    """

    topic: str
    what: Line
    step: Line = ()
    commands: tuple[tuple[str, str], ...] = ()
    alternative: Line = ()
    listing: tuple[Line, ...] = ()
    listing_title: str = ""
    request: str = ""

    @property
    def title(self) -> str:
        """The topic as a sentence, such as `Key result not found.`."""
        return f"{self.topic[:1].upper()}{self.topic[1:]}."


class Table(Value, frozen=True):
    """Rows under a head; `omitted_rows` further rows are only counted."""

    head: tuple[str, ...]
    rows: tuple[tuple[Line, ...], ...]
    omitted_rows: int = 0


class Fold(Value, frozen=True):
    """What a dashboard shows folded: tables, then lines of a list. A tracker that cannot fold leaves it out."""

    title: str
    tables: tuple[Table, ...] = ()
    lines: tuple[Line, ...] = ()


class Message(Value, frozen=True):
    """The one comment of a ticket: its points in view, the rest `folded`, and what was recorded of people's commands.

    A message without points says that everything is resolved, or that people asked for silence (`is_mute`). What is in
    `lead` follows the headline on the same line. `folded_summary` names what is folded where a tracker cannot fold. A
    dashboard has `tables`, a `fold`, and `checkboxes` that people tick to ask for something. A `notify` one may notify
    people where it is edited in: something got worse. A `closed` one stays where people answered it, and is no live
    comment.
    """

    headline: str
    points: tuple[Point, ...] = ()
    folded: tuple[Point, ...] = ()
    recorded: tuple[Line, ...] = ()
    footer: Line = ()
    lead: Line = ()
    folded_summary: Line = ()
    tables: tuple[Table, ...] = ()
    fold: Fold | None = None
    checkboxes: tuple[Line, ...] = ()
    notify: bool = False
    is_mute: bool = False
    closed: bool = False

    @property
    def resolved(self) -> bool:
        """Whether nothing is wrong any more."""
        return not (self.points or self.tables or self.fold or self.checkboxes or self.is_mute)


MONTHS = ("", "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def day(value: date) -> str:
    """`11 Dec 2026`."""
    return f"{value.day} {MONTHS[value.month]} {value.year}"


def plain(line: Line) -> str:
    """A line as plain words; code in quotes, links by their text."""
    return "".join(f"“{span.text}”" if isinstance(span, Code) else span.text for span in line)


def in_one_line(point: Point) -> Line:
    """A point as one line of a list."""
    spans: list[Span] = [Strong(point.title), Text(" "), *point.what]
    for part in (point.step, answers_of(point), point.alternative):
        spans += (Text(" "), *part) if part else ()
    return tuple(spans)


def answers_of(point: Point) -> Line:
    """The point's commands in one line, each under its name."""
    spans: list[Span] = []
    for at, (name, command) in enumerate(point.commands):
        lead = f"{' · ' if at else ''}{name}: " if name else ""
        spans += (*((Text(lead),) if lead else ()), Code(command))
    return tuple(spans)


@dataclass(frozen=True, slots=True)
class Wording:
    """The places that a connector reads, as people write them there; an empty one is switched off.

    `label` and `text` are patterns with `{id}`, `field` is a field's name. `commands` tells whether comment commands
    are heard, `labels` whether tickets have labels at all. `lists` tells whether a long list may stand folded in a
    comment. `reacts` tells whether a command is acknowledged by a reaction, so that no comment is needed for that.
    """

    label: str = "kr-{id}"
    field: str = "Key Result"
    text: str = "KR: {id}"
    commands: bool = True
    lists: bool = True
    reacts: bool = False
    labels: bool = True

    def format_id(self, source: MentionSource, id_: str) -> str:
        """The key result's id as it is written in that place; the bare id where there is no pattern."""
        pattern = {
            MentionSource.LABEL: self.label,
            MentionSource.TEXT: self.text,
            MentionSource.COMMAND: "/okr kr {id}",
        }.get(source, "")
        return pattern.replace("{id}", id_) if pattern else id_
