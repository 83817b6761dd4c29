"""The printed audit before it is rendered: sections, tables and text as data, and phrases that all its parts share."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from hub.core.insight.audit.rows import KeyResultRef, Measure, TeamRef, TicketRef, Work
from hub.model.finding import Finding, Severity, SubjectKind
from hub.model.initiative import StatusCategory
from hub.model.message import Code, Link, Span, Strong, Text, day
from hub.report.text import tracker_value_text


@dataclass(frozen=True, slots=True)
class Badge:
    """A short verdict; `level` is good, warn, bad or dim, and its symbol says the same without colour."""

    text: str
    level: str


@dataclass(frozen=True, slots=True)
class Reference:
    """A link to a place: `#anchor` in the document itself, else an address of the hub; without one only the words."""

    text: str
    url: str


@dataclass(frozen=True, slots=True)
class Blank:
    """Room to write in, by hand or in a word processor; `label` says for whom cannot see it what belongs there."""

    label: str

    @property
    def text(self) -> str:
        """A line to write on."""
        return "_" * 20


Inline = Span | Badge | Reference | Blank
Words = tuple[Inline, ...]
Row = tuple[tuple[Words, ...], ...]

SYMBOLS = {"good": "✓", "warn": "!", "bad": "✕", "dim": ""}


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A line of words; a `note` is less prominent."""

    words: Words
    note: bool = False


@dataclass(frozen=True, slots=True)
class Items:
    """A list, numbered where the order says something; `more` says where those are that are left out."""

    items: tuple[Words, ...]
    numbered: bool = False
    more: Words = ()


@dataclass(frozen=True, slots=True)
class Table:
    """A table; the first cell of a row names it. A cell may hold several lines.

    `widths` are those of the columns in 24ths, `numeric` the places of columns with numbers, `anchors` the fragments
    of the rows, `more` says where the rows are that are left out.
    """

    caption: str
    head: tuple[str, ...]
    rows: tuple[Row, ...]
    widths: tuple[int, ...] = ()
    numeric: tuple[int, ...] = ()
    anchors: tuple[str, ...] = ()
    more: Words = ()


@dataclass(frozen=True, slots=True)
class Map:
    """The alignment map; formats without images show its table."""

    table: Table


Block = Paragraph | Items | Table | Map


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with its content; `anchor` is its fragment on the page, `more` what is left out of `sections`."""

    title: str
    anchor: str
    blocks: tuple[Block, ...] = ()
    sections: tuple["Section", ...] = ()
    more: Words = ()


@dataclass(frozen=True, slots=True)
class Document:
    """The whole document."""

    title: str
    lead: tuple[Words, ...]
    sections: tuple[Section, ...]


def to_words(*parts: Inline | str) -> Words:
    """Words, with plain strings as text; empty ones are left out."""
    return tuple(Text(part) if isinstance(part, str) else part for part in parts if part != "")


def join_words(words: tuple[Words, ...], separator: str = ", ") -> Words:
    """Several in one line."""
    result: list[Inline] = []
    for word in words:
        result += [Text(separator), *word] if result else word
    return tuple(result)


def is_blank(words: Words) -> bool:
    """Whether this is nothing but room to write in."""
    return len(words) == 1 and isinstance(words[0], Blank)


def plain_text(words: Words) -> str:
    """As plain text: verdicts with their sign, links by their words."""
    return "".join(_plain_inline(word) for word in words)


def _plain_inline(item: Inline) -> str:
    if isinstance(item, Badge):
        return f"{SYMBOLS[item.level]} {item.text}".strip()
    return item.text


ISO_DAY = re.compile(r"\b\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])\b")
NONE: Words = (Badge("none", "dim"),)
BADGE_LEVELS = {Severity.ERROR: "bad", Severity.WARNING: "warn", Severity.INFO: "dim"}
# Tickets named in one line; the rest is a number.
MAX_NAMED = 4


def key_result_words(key_result_ref: KeyResultRef) -> Words:
    """Its id, with a link where it has an address, and its title; a private one by words."""
    if key_result_ref.private:
        return to_words(key_result_ref.id)
    name = Link(key_result_ref.id, key_result_ref.url) if key_result_ref.url else Strong(key_result_ref.id)
    return to_words(name, f" {key_result_ref.title}" if key_result_ref.title else "")


def key_result_title(key_result_ref: KeyResultRef) -> Words:
    """Its title in quotation marks, with a link where it has an address; its id where it has no title."""
    name = f"“{key_result_ref.title}”" if key_result_ref.title else key_result_ref.id
    return to_words(Link(name, key_result_ref.url) if key_result_ref.url else name)


def key_results_words(refs: Iterable[KeyResultRef], most: int = MAX_NAMED) -> Words:
    """Their titles, each once; several private ones are named once, too. Beyond `most` they are counted."""
    each = list(dict.fromkeys(refs))
    suffix = f" and {len(each) - most} more" if len(each) > most else ""
    return to_words(*join_words(tuple(map(key_result_title, each[:most]))), suffix) or NONE


def teams_words(refs: Iterable[TeamRef]) -> Words:
    """Their names; one that does not exist is marked."""
    return join_words(
        tuple(
            to_words(team_ref.name) if team_ref.known else (Badge(f"{team_ref.name} (no such team)", "bad"),)
            for team_ref in refs
        )
    )


def ticket_link(ref: str, url: str) -> Link:
    """Its key in its tracker, as a link."""
    return Link(ref.partition(":")[2] or ref, url)


def dependency_reference(number: int) -> Reference:
    """The row of a dependency, by its number."""
    return Reference(f"D{number}", f"#dependency-{number}")


def measure_text(measure: Measure | None) -> str:
    """The measured progress and the expected one, and the value in a tracker."""
    if measure is None:
        return ""
    in_tracker = f"; {tracker_value_text(measure.tracker)}" if measure.tracker else ""
    return f"{_progress_text(measure)}{in_tracker}"


def _progress_text(measure: Measure) -> str:
    unit = f" {measure.unit}" if measure.unit else ""
    if measure.target is None:
        return "No target stated"
    range_text = f"{measure.target:,.12g}{unit}"
    range_text = f"target {range_text}" if measure.start is None else f"{measure.start:,.12g} → {range_text}"
    if measure.value is None:
        return f"{range_text}, not measured"
    if measure.measured is None:
        return f"{range_text}, now {measure.value:,.12g}"
    measured, expected = (f"{part * 100:.0f} %" for part in (measure.measured, measure.expected))
    return f"{range_text}, now {measure.value:,.12g}: {measured} of the way, {expected} of the cycle has passed"


def work_words(work: Work | None) -> Words:
    """How many tickets are active and finished."""
    if work is None:
        return (Badge("not known", "dim"),)
    if not work.active and not work.done:
        return (Badge("no work", "bad"),)
    return to_words(f"{work.active} active, {work.done} done")


def status_text(ticket_ref: TicketRef) -> str:
    """The state of a ticket, where it is not in progress."""
    return "" if ticket_ref.status is StatusCategory.IN_PROGRESS else f" ({ticket_ref.status})"


def finding_blocks(findings: Sequence[Finding]) -> tuple[Items | Paragraph, ...]:
    """The findings, most severe first, those on tickets counted by rule."""
    lines = []
    ordered = sorted(findings, key=lambda finding: (-finding.severity, finding.rule))
    for (severity, rule), group in groupby(ordered, key=lambda finding: (finding.severity, finding.rule)):
        members = list(group)
        if len(members) > 2 and all(finding.act_on for finding in members):
            refs = list(dict.fromkeys(ref.key for finding in members for ref in finding.act_on))
            suffix = f" and {len(refs) - MAX_NAMED} more" if len(refs) > MAX_NAMED else ""
            head = (
                Badge(str(severity), BADGE_LEVELS[severity]),
                Text(" "),
                Code(rule),
                Text(f", {len(members)} times: "),
            )
            lines.append(to_words(*head, ", ".join(refs[:MAX_NAMED]), suffix))
        else:
            lines += [finding_words(finding) for finding in members]
    return (Items(tuple(lines)),) if lines else ()


def finding_words(finding: Finding) -> Words:
    """Severity, rule, what is wrong, and the first thing to do."""
    action = finding.advice.do[0] if finding.advice.do else ()
    of_ticket = finding.subject.kind is SubjectKind.INITIATIVE
    id_, url = finding.subject.id, finding.subject.url
    name = ticket_link(id_, url) if url else Text(id_.partition(":")[2] or id_)
    subject_words = to_words(name, ": ") if of_ticket else ()
    head = to_words(
        Badge(str(finding.severity), BADGE_LEVELS[finding.severity]),
        " ",
        Code(finding.rule),
        ": ",
        *subject_words,
        *map(_with_readable_days, finding.advice.what),
    )
    return (*head, *to_words(" → ", *map(_with_readable_days, action))) if action else head


def _with_readable_days(span: Span) -> Span:
    """Days within words as people write them; exact values stay as they are."""
    if not isinstance(span, Text):
        return span
    return Text(ISO_DAY.sub(lambda match: day(date.fromisoformat(match[0])), span.text))


def severity_words(finding: Finding) -> Words:
    """Its word, in its tone."""
    return (Badge(str(finding.severity), BADGE_LEVELS[finding.severity]),)
