"""What the hub says on a ticket, as data: no tracker's markup, so that text never passes through a parser."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Text:
    """Words; whatever stands in them is shown as it is."""

    text: str


@dataclass(frozen=True, slots=True)
class Strong:
    """Words that matter."""

    text: str


@dataclass(frozen=True, slots=True)
class Code:
    """An exact value to type."""

    text: str


@dataclass(frozen=True, slots=True)
class Link:
    """A link that the hub makes itself; `url` never comes from a ticket's text."""

    text: str
    url: str


Span = Text | Strong | Code | Link
Line = tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Advice:
    """One finding in words: what is wrong, why it matters, what to do, what to do if it does not apply."""

    what: Line
    why: Line
    do: tuple[Line, ...]
    unless: Line = ()


@dataclass(frozen=True, slots=True)
class Section:
    """One finding on the ticket, under the name of its rule; `links` follow that name."""

    rule: str
    severity: str
    advice: Advice
    links: Line = ()


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under a title; `more` further rows are only counted."""

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[Line, ...], ...]
    more: int = 0


@dataclass(frozen=True, slots=True)
class Message:
    """The one comment of a ticket: most severe section first; `folded` further findings are only counted.

    A message without sections says that everything is resolved. `heard` says which commands of people count here.
    A dashboard has `tables`, and `boxes` that people tick to ask for something. A `loud` one may notify people where it
    is edited in: something got worse.
    """

    headline: str
    sections: tuple[Section, ...] = ()
    folded: int = 0
    footer: Line = ()
    heard: tuple[Line, ...] = ()
    tables: tuple[Table, ...] = ()
    boxes: tuple[Line, ...] = ()
    loud: bool = False

    @property
    def resolved(self) -> bool:
        """Whether nothing is wrong any more."""
        return not (self.sections or self.tables or self.boxes)


def plain(line: Line) -> str:
    """A line as plain words; code in quotes, links by their text."""
    return "".join(f"“{span.text}”" if isinstance(span, Code) else span.text for span in line)
