"""Writes a check-in into the text of an OKR file and leaves every other character of it as it is."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from hub.model.okr import CheckIn
from hub.toml.document import TomlFile
from hub.toml.positions import TomlPath, spans_of
from hub.toml.write import array, day, inline_table, number, quoted

ANCHORS = ("target", "start", "title", "id")
NUMBERS = ("current", "target", "start")
_COMMA = re.compile(r"(?:[ \t\r\n]|#[^\n]*\n)*,")
_HEADER = re.compile(r"[ \t]*\[\[[^\n]*?\]\]")


@dataclass(frozen=True, slots=True)
class Splice:
    """Replace the characters from `start` to `end` by `text`."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Entry:
    """What is to be written at a key result: a check-in, in place of the one with number `replaces`, if any.

    Without `current` the value that stands in the file stays: the check-in is about an earlier day.
    """

    check_in: CheckIn
    current: bool = True
    replaces: int | None = None


def with_check_in(text: str, file: TomlFile, path: TomlPath, entry: Entry) -> str:
    """The text of `file` with the entry at the key result at `path`."""
    return _Page(text, file, path).written(entry)


class _Page:
    """One key result in its text: under a header of its own (a block), or between braces."""

    def __init__(self, text: str, file: TomlFile, path: TomlPath) -> None:
        self.text = text
        self.spans = spans_of(text)
        self.lines = file.lines
        self.path = path
        self.table = _at(file.data, path)
        self.block = path not in self.spans
        self.grouped = any("_" in self._source((*path, name)) for name in NUMBERS)
        self.end_of_line = "\r\n" if "\r\n" in text else "\n"

    def written(self, entry: Entry) -> str:
        """The whole text; splices are made from the end on, so that places stay what they were."""
        splices = list(self._check_ins(entry))
        if entry.current and entry.check_in.value is not None:
            splices.append(self._current(entry.check_in.value))
        # At one place the value stands before the check-ins.
        order = sorted(enumerate(splices), key=lambda pair: (-pair[1].start, pair[0]))
        text = self.text
        for _, one in order:
            text = text[: one.start] + one.text.replace("\n", self.end_of_line) + text[one.end :]
        return text

    def _current(self, value: float) -> Splice:
        here, written = self.spans.get((*self.path, "current")), self._number(value)
        if here:
            return Splice(*here, written)
        anchor = next((*self.path, name) for name in ANCHORS if name in self.table)
        return self._new_pair(anchor, f"current = {written}")

    def _check_ins(self, entry: Entry) -> Iterator[Splice]:
        path = (*self.path, "check_ins")
        inline = inline_table(self._pairs(entry.check_in))
        if "check_ins" not in self.table:
            own = [(*self.path, name) for name in self.table if (*self.path, name) in self.spans]
            yield self._new_pair(max(own, key=lambda pair: self.spans[pair]), f"check_ins = {array([inline])}")
        elif path not in self.spans:
            yield self._block(path, entry)
        elif entry.replaces is not None:
            yield Splice(*self.spans[*path, entry.replaces], inline)
        else:
            yield from self._appended(path, inline)

    def _new_pair(self, anchor: TomlPath, pair: str) -> Splice:
        """A pair after another one: on a line of its own, or behind a comma."""
        start, end = self.spans[anchor]
        if not self.block:
            return Splice(end, end, f", {pair}")
        at = self._line_end(end)
        return Splice(at, at, f"\n{self._indent(start)}{pair}")

    def _block(self, path: TomlPath, entry: Entry) -> Splice:
        """A `[[…check_ins]]` of its own, written like the last one."""
        count = len(self.table["check_ins"])
        number_ = count - 1 if entry.replaces is None else entry.replaces
        start = self._line_start(self.lines[*path, number_])
        header = _HEADER.match(self.text, start)
        indent = self._indent(start)
        pairs = "".join(f"\n{indent}{name} = {value}" for name, value in self._pairs(entry.check_in))
        ends = [end for at, (_, end) in self.spans.items() if at[: len(path) + 1] == (*path, number_)]
        last = self._line_end(max(ends))
        if entry.replaces is not None:
            return Splice(self._line_end(start), last, pairs)
        return Splice(last, last, f"\n\n{header.group() if header else ''}{pairs}")

    def _appended(self, path: TomlPath, inline: str) -> Iterator[Splice]:
        """One more element, with the commas and line ends of those before it."""
        start, end = self.spans[path]
        count = len(self.table["check_ins"])
        if not count:
            yield self._first(start, end - 1, inline)
            return
        first, last = self.spans[*path, count - 1]
        comma = _COMMA.match(self.text, last, end - 1)
        alone = "\n" in self.text[start:first] and not self.text[self._line_begin(first) : first].strip()
        if not alone:
            yield Splice(comma.end(), comma.end(), f" {inline},") if comma else Splice(last, last, f", {inline}")
            return
        behind = comma.end() if comma else last
        at = min(self._line_end(behind), end - 1)
        closes_here = self._line_end(behind) >= end
        if closes_here and comma is None:
            yield Splice(last, last, f",\n{self._indent(first)}{inline}")
            return
        # A list closed on the element's line keeps its bracket there.
        yield Splice(behind if closes_here else at, behind if closes_here else at,
                     f"\n{self._indent(first)}{inline}{',' if comma else ''}")  # fmt: skip
        if comma is None:
            yield Splice(last, last, ",")

    def _first(self, start: int, bracket: int, inline: str) -> Splice:
        if "\n" not in self.text[start:bracket]:
            return Splice(start + 1, start + 1, inline)
        at = self._line_end(self._line_begin(bracket) - len(self.end_of_line))
        return Splice(at, at, f"\n{self._indent(bracket)}  {inline},")

    def _pairs(self, one: CheckIn) -> list[tuple[str, str]]:
        pairs = [("date", day(one.date))]
        if one.value is not None:
            pairs.append(("value", self._number(one.value)))
        if one.confidence is not None:
            pairs.append(("confidence", number(one.confidence)))
        if one.present:
            pairs.append(("present", array([quoted(team) for team in one.present])))
        return pairs + [(name, quoted(text)) for name, text in (("note", one.note), ("blocker", one.blocker)) if text]

    def _number(self, value: float) -> str:
        return number(value, grouped=self.grouped)

    def _source(self, path: TomlPath) -> str:
        start, end = self.spans.get(path, (0, 0))
        return self.text[start:end]

    def _line_start(self, line: int) -> int:
        """Where a line begins, counted from 1."""
        at = 0
        for _ in range(line - 1):
            at = self.text.index("\n", at) + 1
        return at

    def _line_begin(self, at: int) -> int:
        return self.text.rfind("\n", 0, at) + 1

    def _line_end(self, at: int) -> int:
        """Before the line end that follows, or the end of the text."""
        found = self.text.find("\n", at)
        if found < 0:
            return len(self.text)
        return found - 1 if self.text[found - 1] == "\r" and found > at else found

    def _indent(self, at: int) -> str:
        line = self.text[self._line_begin(at) :]
        return line[: len(line) - len(line.lstrip(" \t"))]


def _at(data: Mapping[str, Any], path: TomlPath) -> Any:
    found: Any = data
    for part in path:
        found = found[part]
    return found
