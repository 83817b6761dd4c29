"""Does what a comment recommends, word for word: every sentence of it must be understood, and every step possible."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from hub.model.initiative import MentionSource
from tests.remedies.reading import Said
from tests.remedies.trackers import FIELD, Tracker
from tests.remedies.worlds import TODAY, Copy, Settings

PLACES = {
    "the label": MentionSource.LABEL,
    "the field": MentionSource.FIELD,
    "the line": MentionSource.TEXT,
    "the command": MentionSource.COMMAND,
    "the heading": MentionSource.TEXT,
}
Spot = tuple[MentionSource, bool]
"""A place, and whether only a part of what stands there is meant."""
MONTHS = ("", "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class NotUnderstoodError(AssertionError):
    """A recommendation that a person could not follow, or that this interpreter does not know."""


@dataclass(frozen=True, slots=True)
class Hands:
    """A person who stands before one ticket of a copy's world, and may ask other people to act on theirs."""

    copy: Copy
    tracker: Tracker
    settings: Settings
    keys: dict[str, str]
    at: str
    chosen: str = ""

    @property
    def key(self) -> str:
        return self.keys[self.at]

    @property
    def values(self) -> list[tuple[MentionSource, str]]:
        """The values that the comment is about."""
        return self.copy.values(self.copy.ticket(self.at), wrong=True, first=self.settings.first)

    @property
    def others(self) -> list[tuple[MentionSource, str]]:
        return self.copy.values(self.copy.ticket(self.at), wrong=False, first=self.settings.first)

    def someone_at(self, name: str) -> "Hands":
        return replace(self, at=name)

    def choice(self) -> str:
        """A key result of the ticket's team: the one that was chosen, else the last of the list."""
        offered = self.copy.key_results(self.copy.ticket(self.at).team)
        if not (self.chosen or offered):
            raise NotUnderstoodError("the team whose key results the words name has none")
        return self.chosen or offered[-1]

    # --- writing on the ticket

    def say(self, command: str) -> None:
        assert self.settings.commands, f"nobody hears {command!r}"
        said = self._filled(command).replace("<reason>", "papers for the auditors")
        if "<" in said:
            raise NotUnderstoodError(f"a placeholder in {command!r}")
        self.tracker.comment(self.key, said)

    def add(self, via: MentionSource, written: str) -> None:
        """Put a value where the words say: a whole label, the field's value, a whole line."""
        written = self._filled(written)
        if via is MentionSource.LABEL:
            assert self.settings.reads(via) or written.startswith("okr-"), f"nobody reads the label {written}"
            self.tracker.add_label(self.key, written)
            return
        assert self.settings.reads(via), f"nobody reads {via}"
        if via is MentionSource.FIELD:
            self.tracker.set_field(self.key, written)
        elif via is MentionSource.TEXT:
            self.tracker.set_text(self.key, f"{self.tracker.text(self.key)}\n\n{written}")
        else:
            self.say(written)

    def _filled(self, written: str) -> str:
        return written.replace("<id>", self.choice()) if "<id>" in written else written

    def take_off(self, spots: "list[Spot]") -> None:
        """Remove what is said from each place: a part of what stands there, or all of it."""
        for via, is_part in spots:
            gone = [id_ for place, id_ in self.values if place is via]
            assert gone, f"nothing to remove in {via}"
            if via is MentionSource.LABEL:
                for id_ in gone:
                    self.tracker.remove_label(self.key, f"kr-{id_}")
            elif via is MentionSource.FIELD:
                self.tracker.set_field(self.key, ", ".join(self._left(MentionSource.FIELD) if is_part else ()))
            elif via is MentionSource.TEXT:
                self._edit_lines(gone, [], is_part=is_part)
            else:
                self.say(f"/okr kr {' '.join(self._left(MentionSource.COMMAND)) or 'none'}")

    def replace(self, spots: "list[Spot]", id_: str) -> None:
        """Write an id in the place of the wrong value, wherever that stands."""
        for via, is_part in spots:
            left = self._left(via) if is_part else []
            if via is MentionSource.FIELD:
                self.tracker.set_field(self.key, ", ".join((*left, id_)))
            elif via is MentionSource.COMMAND:
                self.say(f"/okr kr {' '.join((*self._left(via), id_))}")
            elif via is MentionSource.TEXT:
                self._edit_lines([value for place, value in self.values if place is via], [id_], is_part=is_part)
            else:
                self.take_off([(via, is_part)])
                self.add(via, f"kr-{id_}")

    def _edit_lines(self, gone: list[str], new: list[str], *, is_part: bool) -> None:
        """Each line that holds a wrong value, as a whole or but for its other values."""
        lines, edited = self.tracker.text(self.key).split("\n\n"), False
        for at, text in enumerate(lines):
            prefix, values = text[:4] if text.startswith("KR: ") else "", text.removeprefix("KR: ").split(", ")
            if set(gone) & set(values):
                kept = [value for value in values if value not in gone] if is_part else []
                assert not is_part or kept
                lines[at] = f"{prefix}{', '.join((*kept, *new))}" if kept or new else ""
                edited = True
        assert edited, f"no line with {gone}"
        self.tracker.set_text(self.key, "\n\n".join(filter(None, lines)))

    def _left(self, via: MentionSource) -> list[str]:
        return [id_ for place, id_ in self.others if place is via]

    # --- dates, priorities, links, files

    def set_due(self, due: date) -> None:
        start, _ = self.tracker.days(self.key)
        self.tracker.set_days(self.key, start, due)

    def to_next_cycle(self) -> None:
        start, due = self.tracker.days(self.key)
        later = timedelta(days=92)
        self.tracker.set_days(self.key, start and start + later, (due or TODAY) + later)

    def links(self) -> list[tuple[str, str]]:
        """Each pair of tickets of which the first waits for the second, where this one is one of them."""
        pairs = [(ticket.name, on) for ticket in self.copy.situation.tickets for on in ticket.waits_for]
        return [pair for pair in pairs if self.at in pair]

    def unlink(self) -> None:
        for waiting, on in self.links():
            self.tracker.unlink(self.keys[waiting], self.keys[on])

    def provider(self) -> "Hands":
        return self.someone_at(self.links()[0][1])

    def waiting(self) -> list["Hands"]:
        return [self.someone_at(waiting) for waiting, _ in self.links()]

    def edit_okrs(self, old: str, new: str) -> None:
        old, new = self.copy.own(old), self.copy.own(new)
        assert old in self.copy.okrs["2026-Q4"], old
        self.copy.okrs["2026-Q4"] = self.copy.okrs["2026-Q4"].replace(old, new, 1)


Do = Callable[[Hands], None]


@dataclass(frozen=True, slots=True)
class Remedy:
    """One thing that people are told to do; a `refusal` is a provider's no or later."""

    words: str
    do: Do
    refusal: bool = False


def remedies_in(said: Said, settings: Settings) -> list[Remedy]:
    """Every step, answer and alternative of a comment with one open point, in the order of reading."""
    if re.search(r"\d+ open points", said.headline) or not said.headline.startswith("OKR check: "):
        raise NotUnderstoodError(f"not one open point: {said.headline}")
    what, *advice = said.paragraphs
    found: list[Remedy] = []
    for paragraph in advice:
        found += _of_paragraph(paragraph, what, said)
    codes = [code for _, code in said.answers] + said.commands + re.findall(r"`(/okr [^`]*)`", " ".join(advice))
    for code in codes:
        if code.startswith("/okr") and not settings.commands:
            raise NotUnderstoodError(f"{code!r} is printed, and nobody hears it")
    for row in said.rows:
        found += _row(row, found)
    if not found:
        raise NotUnderstoodError(f"nothing to do in {said.text!r}")
    return found


def _row(row: str, found: list[Remedy]) -> Iterator[Remedy]:
    """A command of the list is followed as it is; a value is one to choose for the step."""
    code = re.match(r"`([^`]+)` ", row)
    if code is None:
        raise NotUnderstoodError(f"a row of the list: {row!r}")
    if code[1].startswith("/okr"):
        yield Remedy(f"row: {row}", _write(code[1]))
        return

    def do(hands: Hands) -> None:
        assert _id(code[1]) in ("revenue", *hands.copy.key_results(hands.copy.ticket(hands.at).team)), code[1]
        found[0].do(replace(hands, chosen=_id(code[1])))

    yield Remedy(f"row: {row}", do)


def _write(code: str) -> Do:
    """A value ready to type, in its place: a command, a label, a line, or what the field should say."""

    def do(hands: Hands) -> None:
        via = (
            MentionSource.COMMAND
            if code.startswith("/okr")
            else MentionSource.LABEL
            if code.startswith(("kr-", "okr-"))
            else None
        )
        via = via or (MentionSource.TEXT if code.startswith("KR: ") else MentionSource.FIELD)
        hands.add(via, code)

    return do


# --- sentences

_SENTENCE = re.compile(r"(?<=[.?:])\s+(?=[A-Z“`])")
CODE = r"`([^`]+)`"
_SPOT = (
    r"(?:(?:the values?|that value|`[^`]+`(?:(?:, | and )`[^`]+`)*) (?:in|from|below) )?"
    r"the (?:label|field|line|command|heading)"
)
PLACE = rf"{_SPOT}(?: and {_SPOT})*"
_AND_CLEAR = rf"(?: and (?:clear the field|remove {PLACE}))*"
REMOVAL = rf"(?:(?:[Rr]emove {PLACE}|[Cc]lear the field){_AND_CLEAR})"
OF_LIST = r"(?:.+'s key results|the key results|the team's key results)"

Made = Iterator[Remedy]
Build = Callable[["re.Match[str]", str, Said], Made]
GRAMMAR: list[tuple[re.Pattern[str], Build]] = []
ASIDE = [
    re.compile(pattern)
    for pattern in (
        r"Which one does it support\?",
        r"Which key result does it support now\?",
        r"Does it support .+\?",
        r"(Both mention .+|(\d+ of the )?\d+ tickets? .+ do|(The ticket|One of the \d+ tickets) .+ does)\.",
        r"It was needed by \d+ \w+ \d+\.",
        r"Asked on \d+ \w+ \d+\.",
        r".+ was asked there on \d+ \w+ \d+ and hasn't answered\.",
        r"You can go on working\.",
        r"The link to .+ stays\.",
        r"The \w+ ends on .+\.",
    )
]
"""Sentences that tell nobody to do anything."""


def sentence(pattern: str) -> Callable[[Build], Build]:
    def known(build: Build) -> Build:
        GRAMMAR.append((re.compile(pattern), build))
        return build

    return known


def _of_paragraph(paragraph: str, what: str, said: Said) -> Iterator[Remedy]:
    left = paragraph
    while left:
        # The longest run of sentences that is understood as a whole counts, so that a question keeps its answer.
        parts = _SENTENCE.split(left)
        for count in range(min(3, len(parts)), 0, -1):
            run = " ".join(parts[:count])
            if count == 1 and any(aside.fullmatch(run) for aside in ASIDE):
                break
            hit = next(((found, build) for known, build in GRAMMAR if (found := known.fullmatch(run))), None)
            if hit is not None:
                yield from hit[1](hit[0], what, said)
                break
        else:
            raise NotUnderstoodError(f"{parts[0]!r} in {paragraph!r}")
        left = " ".join(parts[count:])


def _places(words: str) -> list[Spot]:
    spots = re.findall(r"((?:that value|`[^`]+`) (?:in|from|below) )?the (label|field|line|command|heading)", words)
    return [(PLACES[f"the {noun}"], bool(part)) for part, noun in spots]


def _id(code: str) -> str:
    return re.sub(r"^(?:kr-|KR: |/okr kr )", "", code)


def _one(words: str, do: Do) -> Made:
    """One remedy; where its words send people to the organization's list, one of that is chosen."""
    if "organization's key results" in words:
        yield Remedy(words, lambda hands: do(replace(hands, chosen="revenue")))
    else:
        yield Remedy(words, do)


@sentence(rf"Comment {CODE} with one of {OF_LIST}\.")
def _comment_with(found: "re.Match[str]", _: str, __: Said) -> Made:
    return _one(found[0], lambda hands: hands.say(found[1]))


@sentence(rf"Or set the field {FIELD}\.")
def _or_field(found: "re.Match[str]", _: str, said: Said) -> Made:
    of_all = any("the organization's key results" in paragraph for paragraph in said.paragraphs)

    def do(hands: Hands) -> None:
        hands.add(MentionSource.FIELD, "revenue" if of_all else hands.choice())

    return _one(found[0], do)


@sentence(rf"Set the field {FIELD} to one of {OF_LIST}\.")
def _set_field(found: "re.Match[str]", _: str, __: Said) -> Made:
    return _one(found[0], lambda hands: hands.add(MentionSource.FIELD, hands.choice()))


@sentence(rf"Add (the label|the line) {CODE} with one of {OF_LIST}\.")
def _add_with(found: "re.Match[str]", _: str, __: Said) -> Made:
    return _one(found[0], lambda hands: hands.add(PLACES[found[1]], found[2]))


@sentence(rf"Replace the value by (the label|the line) {CODE} with one of {OF_LIST}\.")
def _value_by(found: "re.Match[str]", _: str, __: Said) -> Made:
    def do(hands: Hands) -> None:
        hands.take_off([(via, bool(hands._left(via))) for via, _ in hands.values])
        hands.add(PLACES[found[1]], found[2])

    return _one(found[0], do)


@sentence(r"(?:Not OKR work\?|None\?) (?:Comment )?`(/okr exempt <reason>)`\.")
@sentence(rf"Not about OKRs\? Comment {CODE}\.")
def _exempt(found: "re.Match[str]", _: str, __: Said) -> Made:
    return _one(found[0], lambda hands: hands.say(found[1]))


@sentence(rf"(?:Not OKR work\?|None\?) Add the label {CODE}\.")
def _exempt_label(found: "re.Match[str]", _: str, __: Said) -> Made:
    return _one(found[0], lambda hands: hands.add(MentionSource.LABEL, found[1]))


@sentence(r"Not this \w+\? Change its (sprint and )?dates\.")
def _not_this_cycle(found: "re.Match[str]", _: str, __: Said) -> Made:
    def do(hands: Hands) -> None:
        hands.to_next_cycle()
        if found[1]:
            hands.tracker.set_sprint(hands.key, on=False)

    return _one(found[0], do)


@sentence(r"If so, comment:")
def _comment_below(found: "re.Match[str]", _: str, said: Said) -> Made:
    (command,) = said.commands
    return _one(f"{found[0]} {command}", lambda hands: hands.say(command))


def _link_by(words: str) -> Do:
    """`add the label …`, `set the field F to …`, `comment …`: how one key result is linked."""
    if said := re.findall(rf"^comment {CODE}$", words):
        return lambda hands: hands.say(said[0])
    if value := re.findall(rf"^set the field {FIELD} to {CODE}$", words):
        return lambda hands: hands.add(MentionSource.FIELD, value[0])
    if pair := re.findall(rf"^add (the label|the line) {CODE}$", words):
        return lambda hands: hands.add(PLACES[pair[0][0]], pair[0][1])
    raise NotUnderstoodError(words)


@sentence(rf"If so, ((?:comment|add|set) .*{CODE})\.")
@sentence(rf"It continues as [^`?]+\. To follow it, ((?:comment|add|set) .*{CODE})\.")
def _if_so(found: "re.Match[str]", _: str, __: Said) -> Made:
    return _one(found[0], _link_by(found[1]))


UNDO = rf"(?: Comment {CODE} to undo the command\.)?"


@sentence(rf"Another one\? See {OF_LIST}\.")
def _another(found: "re.Match[str]", _: str, said: Said) -> Made:
    """By the way that the suggestion names, with another id."""
    shown = said.commands or [
        code for paragraph in said.paragraphs for code in re.findall(rf"If so, .*?{CODE}", paragraph)
    ]

    def do(hands: Hands) -> None:
        offered = _id(shown[0])
        assert offered != hands.choice()
        _write(shown[0].replace(offered, hands.choice()))(hands)

    return _one(found[0], do)


@sentence(rf"Did you mean {CODE}(?: \(.+\)| and `[^`]+`)?\? If so, replace ({PLACE})\.")
def _meant(found: "re.Match[str]", _: str, __: Said) -> Made:
    return _one(found[0], lambda hands: hands.replace(_places(found[2]), _id(found[1])))


@sentence(rf"It continues as {CODE} \(.+\)\. To follow it, replace ({PLACE})\.{UNDO}")
def _continues(found: "re.Match[str]", _: str, __: Said) -> Made:
    def do(hands: Hands) -> None:
        hands.replace(_places(found[2]), _id(found[1]))
        if found[3]:
            hands.say(found[3])

    return _one(found[0], do)


@sentence(rf"Did you mean [^`()]+\? If so, comment {CODE}\.")
def _meant_command(found: "re.Match[str]", _: str, __: Said) -> Made:
    return _one(found[0], lambda hands: hands.say(found[1]))


@sentence(rf"({REMOVAL})\.(?: Comment {CODE} to (?:undo|replace) the command\.)?")
def _remove(found: "re.Match[str]", _: str, __: Said) -> Made:
    def do(hands: Hands) -> None:
        hands.take_off(_places(found[1]))
        if found[2]:
            hands.say(found[2])

    return _one(found[0], do)


@sentence(rf"Comment {CODE} to (?:undo|replace) the command\.")
def _take_back(found: "re.Match[str]", _: str, __: Said) -> Made:
    return _one(found[0], lambda hands: hands.say(found[1]))


@sentence(
    rf"({REMOVAL}), or (?:replace (?:it|them) with|set it to) {CODE}\."
    rf"(?: Comment {CODE} to (?:undo|replace) the command\.)?"
)
def _remove_or_replace(found: "re.Match[str]", _: str, said: Said) -> Made:
    def then_undo(hands: Hands) -> None:
        if found[3]:
            hands.say(found[3])

    def remove(hands: Hands) -> None:
        hands.take_off(_places(found[1]))
        then_undo(hands)

    def replace_it(hands: Hands) -> None:
        hands.replace(_places(found[1]), _id(found[2]))
        then_undo(hands)

    yield Remedy(found[1], remove)
    yield Remedy(f"Replace it with {found[2]}", replace_it)


@sentence(rf"Comment {CODE} to (?:undo|replace) the command, or {CODE} if you meant .+\.")
def _undo_or_again(found: "re.Match[str]", _: str, __: Said) -> Made:
    for command in found.groups():
        yield Remedy(f"Comment {command}", lambda hands, command=command: hands.say(command))  # type: ignore[misc]


@sentence(rf"Set the field {FIELD} to the id of one of {OF_LIST}\.")
@sentence(rf"Set the field {FIELD} to the id of one of {OF_LIST} and ({REMOVAL})\.")
def _set_wrong_field(found: "re.Match[str]", _: str, __: Said) -> Made:
    def do(hands: Hands) -> None:
        hands.replace([(MentionSource.FIELD, False)], hands.choice())
        if found.re.groups:
            hands.take_off(_places(found[1]))

    return _one(found[0], do)


WITH_ID = rf"Replace ({PLACE}) with (?:`(?:kr-|KR: )<id>`|the id) of one of {OF_LIST}"


@sentence(rf"{WITH_ID} and ({REMOVAL})\.")
def _replace_and_remove(found: "re.Match[str]", _: str, __: Said) -> Made:
    def do(hands: Hands) -> None:
        hands.replace(_places(found[1]), hands.choice())
        hands.take_off(_places(found[2]))

    return _one(found[0], do)


@sentence(rf"Link one of (?:its key results|them) instead: comment ((?:{CODE}(?:, | or )?)+)\.")
def _one_of_these_commands(found: "re.Match[str]", _: str, __: Said) -> Made:
    for code in re.findall(CODE, found[1]):
        yield Remedy(f"{found[0]} [{code}]", lambda hands, code=code: hands.say(code))  # type: ignore[misc]


@sentence(rf"Replace ({PLACE}) with one of (?:its key results|them): ((?:{CODE}(?:, | or )?)+)\.")
def _one_of_these(found: "re.Match[str]", _: str, __: Said) -> Made:
    for code in re.findall(CODE, found[2]):
        yield Remedy(f"{found[0]} [{code}]", lambda hands, code=code: hands.replace(_places(found[1]), _id(code)))  # type: ignore[misc]


@sentence(rf"({REMOVAL}) and comment {CODE} with one of {OF_LIST}\.")
def _remove_and_comment(found: "re.Match[str]", _: str, __: Said) -> Made:
    def do(hands: Hands) -> None:
        hands.take_off(_places(found[1]))
        hands.say(found[2])

    return _one(found[0], do)


@sentence(rf"Replace ({PLACE}) with that of one of {OF_LIST}\.{UNDO}")
def _replace_ended(found: "re.Match[str]", _: str, __: Said) -> Made:
    def do(hands: Hands) -> None:
        hands.replace(_places(found[1]), hands.choice())
        if found[2]:
            hands.say(found[2])

    return _one(found[0], do)


@sentence(rf"{WITH_ID}\.")
def _one_of_list(found: "re.Match[str]", _: str, __: Said) -> Made:
    return _one(found[0], lambda hands: hands.replace(_places(found[1]), hands.choice()))


@sentence(rf"Not about OKRs\? ({REMOVAL}) and (?:comment|add the label) {CODE}\.")
def _not_about(found: "re.Match[str]", _: str, __: Said) -> Made:
    def do(hands: Hands) -> None:
        hands.take_off(_places(found[1]))
        _write(found[2])(hands)

    return _one(found[0], do)


# --- dates


@sentence(r"Move the date to \d+ \w+ \d+ and split off the rest\.")
def _forward_and_split(found: "re.Match[str]", what: str, __: Said) -> Made:
    until = _day(what.rpartition("until ")[2])

    def do(hands: Hands) -> None:
        """A new ticket for the rest, with this one's date."""
        rest = replace(hands.copy.ticket(hands.at), name="rest", started=False)
        hands.set_due(until)
        hands.keys["rest"] = hands.tracker.add(hands.copy, rest, hands.settings)

    yield Remedy(found[0], do)


@sentence(r"Meant for next \w+\? Link a key result of next \w+ instead\.")
def _next_cycle(found: "re.Match[str]", _: str, __: Said) -> Made:
    def do(hands: Hands) -> None:
        hands.replace([(via, False) for via, _ in hands.values], hands.copy.own("weekly-users-~"))

    return _one(found[0], do)


def _day(words: str, year: int = TODAY.year) -> date:
    found = re.match(r"(\d+) (\w{3})(?: (\d{4}))?", words)
    if found is None:
        raise NotUnderstoodError(f"no day: {words!r}")
    return date(int(found[3] or year), MONTHS.index(found[2]), int(found[1]))


def _needed(what: str) -> date | None:
    """The first of the days on which the waiting teams need the ticket, as the comment tells."""
    days = [
        _day(item) for item in re.findall(r"(?:needs it|needed by [^.]*?|\)(?:,| and) [\w ]+) on (\d+ \w{3})", what)
    ]
    return min(days, default=None)


@sentence(r"Can you bring the due date forward(?: to (\d+ \w{3} \d{4}))?\?")
def _earlier(found: "re.Match[str]", what: str, __: Said) -> Made:
    def do(hands: Hands) -> None:
        """To the day that the words name; else to the earliest that is possible."""
        hands.set_due(_day(found[1]) if found[1] else _needed(what) or TODAY)

    return _one(found[0], do)


@sentence(r"If not, ask .+ to move theirs\.")
def _theirs(found: "re.Match[str]", what: str, __: Said) -> Made:
    def do(hands: Hands) -> None:
        _, due = hands.tracker.days(hands.key)
        assert due is not None
        for each_hands in hands.waiting():
            each_hands.set_due(due)

    return _one(found[0], do)


@sentence(r"If not, ask .+ to put (?:its tickets?|their tickets) off a \w+(?:: results need about \d+ days to show)?\.")
def _theirs_later(found: "re.Match[str]", _: str, __: Said) -> Made:
    def do(hands: Hands) -> None:
        for each_hands in hands.waiting():
            each_hands.to_next_cycle()

    return _one(found[0], do)


@sentence(r"Agree with .+ on a new date, and set it on the tickets\.")
def _new_date(found: "re.Match[str]", _: str, __: Said) -> Made:
    def do(hands: Hands) -> None:
        for each_hands in (hands, *hands.waiting()):
            each_hands.set_due(date(2026, 11, 27))

    return _one(found[0], do)


# --- dependencies


@sentence(r"Can .+ (?:still )?deliver (?:it|them) (?:by .+|this \w+)\? (?:Comment|Set a label):")
def _asked(found: "re.Match[str]", _: str, said: Said) -> Made:
    assert [name.partition(" ")[0] for name, _ in said.answers] == ["Yes", "No", "Later"]
    for name, code in said.answers:
        yield Remedy(f"{name}: {code}", _write(code), refusal=name != "Yes")


@sentence(r"Ask .+'s OKR lead: the team was asked there on .+ and hasn't answered\.")
def _ask(found: "re.Match[str]", _: str, __: Said) -> Made:
    """They say yes, where they are asked."""

    def do(hands: Hands) -> None:
        provider = hands.provider()
        _write("/okr accept" if hands.settings.commands else "okr-accept")(provider)

    return _one(found[0], do)


@sentence(r"No longer blocked\? Remove the link\.")
@sentence(r"Choose another way and remove the link\.")
def _unlink(found: "re.Match[str]", _: str, __: Said) -> Made:
    return _one(found[0], lambda hands: hands.unlink())


@sentence(rf"Or put this ticket off: (?:comment|add the label) {CODE}\.")
@sentence(rf"Not possible this \w+\? (?:Comment|Add the label) {CODE}, so that .+ can replan\.")
def _put_off(found: "re.Match[str]", _: str, __: Said) -> Made:
    yield Remedy(found[0], _write(found[1]), refusal=found[0].startswith("Not possible"))


@sentence(r"Agree with .+ on one priority and set it on both tickets\.")
def _one_priority(found: "re.Match[str]", _: str, __: Said) -> Made:
    def do(hands: Hands) -> None:
        for each_hands in (hands, *hands.waiting()):
            each_hands.tracker.set_priority(each_hands.key, 2)

    return _one(found[0], do)


# --- key results

LINK = ', aligns_to = [{ key_result = "revenue" }]'


@sentence(r"Ask .+'s OKR lead to link (it|at least one of them), or to mark (?:it|all) as standalone with a reason\.")
def _lead(found: "re.Match[str]", _: str, __: Said) -> Made:
    title = 'title = "Daily users ~"'
    yield Remedy("Ask to link it.", lambda hands: hands.edit_okrs(title, title + LINK))
    objective = 'title = "Adoption ~"'
    alone = f'{objective}\nstandalone = "a bet of its own"'
    yield Remedy("Ask to mark it as standalone.", lambda hands: hands.edit_okrs(objective, alone))
