"""Where a wrong value stands on a ticket, in words: its name there, how it goes away and what takes its place."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from hub.core.display_names import Names, join_spans, line
from hub.model.initiative import KeyResultMention, MentionSource
from hub.model.link import UnresolvedName
from hub.model.message import Code, Line, Span, Text
from hub.model.text import match_key
from hub.model.written_names import single_names

SOURCE_NAMES = {MentionSource.LABEL: "the label", MentionSource.FIELD: "the field", MentionSource.TEXT: "the line"}


@dataclass(frozen=True, slots=True)
class Place:
    """One label, line, field or command with wrong `values`; `text` is all that it says.

    `is_shared` tells whether other values stand beside the wrong ones, `heading` names the heading above a line. Where
    `is_quotable` is false, nothing of the place may be repeated.
    """

    source: MentionSource
    values: tuple[str, ...]
    text: str
    is_shared: bool = False
    heading: str = ""
    is_quotable: bool = True

    @property
    def is_entire(self) -> bool:
        """Whether the label or line is wrong as it stands."""
        return not (self.is_shared or self.heading or self.source is MentionSource.FIELD)

    def subject(self, names: Names) -> Line:
        """`The line KR: x`, `The value x in the line KR: x, y`."""
        if self.source not in NOUNS:
            return line("The value ", Code(self.text))
        noun, written = NOUNS[self.source], Code(names.wording.format_id(self.source, self.text))
        if self.is_entire:
            return line(f"The {noun} ", written)
        value = line(f"The value{'s' if len(self.values) > 1 else ''} ", *self._codes())
        if self.heading:
            return line(value, f" below the heading “{heading_title(self.heading, names)}”")
        if self.source is MentionSource.FIELD:
            return line(value, f" in the field {names.wording.field}")
        return line(value, f" in the {noun} ", written) if self.is_quotable else line(value, f" in the {noun}")

    def target(self) -> Line:
        """What is replaced: `the line`, `x in the line`."""
        noun = NOUNS.get(self.source, "command")
        if self.is_entire:
            return line(f"the {noun}")
        value = self._codes() if self.is_shared else line("the values" if len(self.values) > 1 else "the value")
        return line(value, f" {self._where(noun)}")

    def removal(self) -> tuple[str, Line]:
        """The verb, and what it is done to: `remove`, `x from the line`."""
        noun = NOUNS.get(self.source, "command")
        if self.is_entire:
            return "remove", line(f"the {noun}")
        if self.source is MentionSource.FIELD and not self.is_shared:
            return "clear", line("the field")
        if self.heading:
            return "remove", self.target()
        return "remove", line(self._codes(), f" from the {noun}")

    def replacement(self, ids: Sequence[str], names: Names) -> Line:
        """What is written instead of the wrong values."""
        if self.is_entire:
            joined = (" " if self.source is MentionSource.COMMAND else ", ").join(ids)
            return line(Code(names.wording.format_id(self.source, joined)))
        return join_spans([Code(id_) for id_ in ids])

    def _where(self, noun: str) -> str:
        return "below the heading" if self.heading else f"in the {noun}"

    def _codes(self) -> Line:
        if not self.is_quotable:
            return line("that value")
        return join_spans([Code(value) for value in self.values])


NOUNS = {
    MentionSource.LABEL: "label",
    MentionSource.FIELD: "field",
    MentionSource.TEXT: "line",
    MentionSource.COMMAND: "command",
}


def heading_title(heading: str, names: Names) -> str:
    """The heading as the configuration writes it."""
    known = (names.wording.field, names.wording.text.partition("{id}")[0].rstrip(": "))
    return next((title for title in known if title and match_key(title) == heading), heading)


def places_of(raw: str, sources: Iterable[MentionSource], names: Names) -> list[Place]:
    """Where the value stands, one place for each; the value alone where the ticket is not known."""
    found: dict[Place, None] = {}
    for name in names.portfolio.unresolved_names.get(names.ref, ()):
        if match_key(name.raw) == match_key(raw):
            found[_place_of(name, names)] = None
    if not found:
        found = dict.fromkeys(_ended_places(raw, names))
    known = list(found)
    missing = (source for source in sources if all(place.source is not source for place in known))
    return [*known, *(Place(source, (raw,), raw) for source in missing)]


def _place_of(name: UnresolvedName, names: Names) -> Place:
    text = name.written or name.raw
    is_shared = bool(name.beside) or _has_other_values(name.source, name.raw, names)
    is_quotable = not names.portfolio.okrs.private_names.names_in(text)
    return Place(name.source, name.values or (name.raw,), text, is_shared, name.heading, is_quotable)


def _ended_places(raw: str, names: Names) -> Iterable[Place]:
    """Of values that name a key result of another cycle: no list of what is unresolved has them."""
    for link in names.portfolio.other_cycle_links.get(names.ref, ()):
        if match_key(raw) in (match_key(link.raw), link.key_result):
            for mention in _mentions_of(link.source, link.raw, names):
                text = mention.written or mention.raw
                others = {match_key(name) for name in single_names(text)} - {match_key(link.raw)}
                is_title = match_key(text) == match_key(link.raw)
                is_shared = (bool(others) and not is_title) or _has_other_values(link.source, link.raw, names)
                is_quotable = not names.portfolio.okrs.private_names.names_in(text)
                yield Place(link.source, (link.raw,), text, is_shared, mention.heading, is_quotable)


def _mentions_of(source: MentionSource, raw: str, names: Names) -> Iterable[KeyResultMention]:
    mentions = names.initiative.key_result_mentions if names.initiative is not None else ()
    of_source = [mention for mention in mentions if mention.source is source]
    key = match_key(raw)
    exact = [mention for mention in of_source if match_key(mention.raw) == key or match_key(mention.written) == key]
    return exact or [mention for mention in of_source if key in match_key(mention.written or mention.raw)]


def _has_other_values(source: MentionSource, raw: str, names: Names) -> bool:
    """Whether a field holds more than this value: each of them is a mention of its own."""
    if source is not MentionSource.FIELD or names.initiative is None:
        return False
    mentions = names.initiative.key_result_mentions
    return any(mention.source is source and match_key(mention.raw) != match_key(raw) for mention in mentions)


def join_subjects(places: Sequence[Place], names: Names) -> Line:
    """Several places of one value as one sentence's subject."""
    first, *others = (place.subject(names) for place in places)
    for part in others:
        head = part[0]
        first = (*first, Text(f" and {head.text[0].lower()}{head.text[1:]}"), *part[1:])
    return first


def removal_of(places: Sequence[Place], *, capital: bool = True) -> Line:
    """`Remove the label and the line, and clear the field`, without the full stop."""
    by_verb: dict[str, dict[Line, None]] = {}
    for place in places:
        verb, what = place.removal()
        by_verb.setdefault(verb, {})[what] = None
    clauses = [line(f"{verb} ", *_joined(whats)) for verb, whats in by_verb.items()]
    text = line(*clauses[0], *(line(" and ", *clause) for clause in clauses[1:]))
    return with_capital(text) if capital else text


def targets_of(places: Sequence[Place]) -> Line:
    """What is replaced: `the label and the value in the field`."""
    return _joined(dict.fromkeys(place.target() for place in places))


def _joined(lines: Iterable[Line]) -> Line:
    spans: list[Span] = []
    for at, each in enumerate(lines):
        spans += (Text(" and "), *each) if at else each
    return tuple(spans)


def with_capital(text: Line) -> Line:
    """The words as the beginning of a sentence."""
    return (Text(f"{text[0].text[:1].upper()}{text[0].text[1:]}"), *text[1:])
