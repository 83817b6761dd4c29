"""Writes a check-in into the text of an OKR file and leaves every other character of it as it is."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from hub.model.okr import CheckIn
from hub.toml.document import TomlFile, TomlPath, array, day, inline_table, number, quoted, value_spans

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
class CheckInEdit:
    """What is to be written at a key result: a check-in, in place of the one with number `replaces`, if any.

    Without `current` the value that stands in the file stays: the check-in is about an earlier day.
    """

    check_in: CheckIn
    current: bool = True
    replaces: int | None = None


def with_check_in(text: str, file: TomlFile, path: TomlPath, edit: CheckInEdit) -> str:
    """The text of `file` with the entry at the key result at `path`."""
    return _KeyResultText(text, file, path).with_edit(edit)


class _KeyResultText:
    """One key result in its text: under a header of its own (a block), or between braces."""

    def __init__(self, text: str, file: TomlFile, path: TomlPath) -> None:
        self.text = text
        self.spans = value_spans(text)
        self.lines = file.lines
        self.path = path
        self.table = _value_at(file.data, path)
        self.block = path not in self.spans
        self.grouped = any("_" in self._source((*path, name)) for name in NUMBERS)
        self.end_of_line = "\r\n" if "\r\n" in text else "\n"

    def with_edit(self, edit: CheckInEdit) -> str:
        """The whole text; splices are made from the end on, so that places stay what they were."""
        splices = list(self._check_ins(edit))
        if edit.current and edit.check_in.value is not None:
            splices.append(self._current(edit.check_in.value))
        # At one place the value stands before the check-ins.
        order = sorted(enumerate(splices), key=lambda pair: (-pair[1].start, pair[0]))
        text = self.text
        for _, splice in order:
            text = text[: splice.start] + splice.text.replace("\n", self.end_of_line) + text[splice.end :]
        return text

    def _current(self, value: float) -> Splice:
        span, value_text = self.spans.get((*self.path, "current")), self._number(value)
        if span:
            return Splice(*span, value_text)
        anchor = next((*self.path, name) for name in ANCHORS if name in self.table)
        return self._new_pair(anchor, f"current = {value_text}")

    def _check_ins(self, edit: CheckInEdit) -> Iterator[Splice]:
        path = (*self.path, "check_ins")
        inline = inline_table(self._pairs(edit.check_in))
        if "check_ins" not in self.table:
            own = [(*self.path, name) for name in self.table if (*self.path, name) in self.spans]
            yield self._new_pair(max(own, key=lambda pair: self.spans[pair]), f"check_ins = {array([inline])}")
        elif path not in self.spans:
            yield self._block(path, edit)
        elif edit.replaces is not None:
            yield Splice(*self.spans[*path, edit.replaces], inline)
        else:
            yield from self._append_element(path, inline)

    def _new_pair(self, anchor: TomlPath, pair: str) -> Splice:
        """A pair after another one: on a line of its own, or behind a comma."""
        start, end = self.spans[anchor]
        if not self.block:
            return Splice(end, end, f", {pair}")
        at = self._line_end(end)
        return Splice(at, at, f"\n{self._indent(start)}{pair}")

    def _block(self, path: TomlPath, edit: CheckInEdit) -> Splice:
        """A `[[…check_ins]]` of its own, written like the last one."""
        count = len(self.table["check_ins"])
        number_ = count - 1 if edit.replaces is None else edit.replaces
        start = self._line_start(self.lines[*path, number_])
        header = _HEADER.match(self.text, start)
        indent = self._indent(start)
        pairs = "".join(f"\n{indent}{name} = {value}" for name, value in self._pairs(edit.check_in))
        ends = [end for at, (_, end) in self.spans.items() if at[: len(path) + 1] == (*path, number_)]
        last = self._line_end(max(ends))
        if edit.replaces is not None:
            return Splice(self._line_end(start), last, pairs)
        return Splice(last, last, f"\n\n{header.group() if header else ''}{pairs}")

    def _append_element(self, path: TomlPath, inline: str) -> Iterator[Splice]:
        """One more element, with the commas and line ends of those before it."""
        start, end = self.spans[path]
        count = len(self.table["check_ins"])
        if not count:
            yield self._insert_first(start, end - 1, inline)
            return
        first, last = self.spans[*path, count - 1]
        comma = _COMMA.match(self.text, last, end - 1)
        on_own_line = "\n" in self.text[start:first] and not self.text[self._line_begin(first) : first].strip()
        if not on_own_line:
            yield Splice(comma.end(), comma.end(), f" {inline},") if comma else Splice(last, last, f", {inline}")
            return
        insert_at = comma.end() if comma else last
        at = min(self._line_end(insert_at), end - 1)
        closes_on_line = self._line_end(insert_at) >= end
        if closes_on_line and comma is None:
            yield Splice(last, last, f",\n{self._indent(first)}{inline}")
            return
        # A list closed on the element's line keeps its bracket there.
        yield Splice(insert_at if closes_on_line else at, insert_at if closes_on_line else at,
                     f"\n{self._indent(first)}{inline}{',' if comma else ''}")  # fmt: skip
        if comma is None:
            yield Splice(last, last, ",")

    def _insert_first(self, start: int, bracket: int, inline: str) -> Splice:
        if "\n" not in self.text[start:bracket]:
            return Splice(start + 1, start + 1, inline)
        at = self._line_end(self._line_begin(bracket) - len(self.end_of_line))
        return Splice(at, at, f"\n{self._indent(bracket)}  {inline},")

    def _pairs(self, check_in: CheckIn) -> list[tuple[str, str]]:
        pairs = [("date", day(check_in.date))]
        if check_in.value is not None:
            pairs.append(("value", self._number(check_in.value)))
        if check_in.confidence is not None:
            pairs.append(("confidence", number(check_in.confidence)))
        if check_in.present:
            pairs.append(("present", array([quoted(team) for team in check_in.present])))
        return pairs + [
            (name, quoted(text)) for name, text in (("note", check_in.note), ("blocker", check_in.blocker)) if text
        ]

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
        newline = self.text.find("\n", at)
        if newline < 0:
            return len(self.text)
        return newline - 1 if self.text[newline - 1] == "\r" and newline > at else newline

    def _indent(self, at: int) -> str:
        line = self.text[self._line_begin(at) :]
        return line[: len(line) - len(line.lstrip(" \t"))]


def _value_at(data: Mapping[str, Any], path: TomlPath) -> Any:
    value: Any = data
    for part in path:
        value = value[part]
    return value
