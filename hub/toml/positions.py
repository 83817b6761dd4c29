"""The line on which each key of a TOML text stands, and where each value does, which `tomllib` does not tell."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping

TomlPath = tuple[str | int, ...]

_BLANK = re.compile(r"[ \t]*")
_GAP = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_BARE_KEY = re.compile(r"[^\s=.\[\]{}\"'#,]+")
_LITERAL = re.compile(r"[^,\]}#\n]*")
# A long string may end in up to five quotes, of which the last three close it.
_STRINGS = (
    re.compile(r'"""(?:\\.|[^\\])*?"""(?:"{0,2})', re.DOTALL),
    re.compile(r"'''.*?'''(?:'{0,2})", re.DOTALL),
    re.compile(r'"(?:\\.|[^"\\\n])*"'),
    re.compile(r"'[^'\n]*'"),
)
_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|x([0-9A-Fa-f]{2})|(.))")
_SHORT_ESCAPES = {"b": "\b", "t": "\t", "n": "\n", "f": "\f", "r": "\r", "e": "\x1b"}


def lines_of(text: str) -> Mapping[TomlPath, int]:
    """The line, counted from 1, of every table, key and array element of a text that `tomllib` accepts."""
    scan = _Scan(text.replace("\r\n", "\n"))
    scan.document()
    return scan.lines


def line_of(lines: Mapping[TomlPath, int], path: TomlPath) -> int:
    """The line of the path, or of its nearest ancestor that has one; 1 where none has."""
    return next((lines[path[:end]] for end in range(len(path), 0, -1) if path[:end] in lines), 1)


def spans_of(text: str) -> Mapping[TomlPath, tuple[int, int]]:
    """Where every value of a text that `tomllib` accepts begins and ends; tables under a header have no span."""
    scan = _Scan(text.replace("\r\n", "\n"))
    scan.document()
    # The scan counts line ends as one character; where the text has two, everything after is one further on.
    dropped = [match.start() - number for number, match in enumerate(re.finditer("\r\n", text))]
    return {
        path: (start + bisect_right(dropped, start - 1), end + bisect_right(dropped, end - 1))
        for path, (start, end) in scan.spans.items()
    }


class _Scan:
    """Walks over valid TOML once; what is not valid was refused before."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.lines: dict[TomlPath, int] = {}
        self.spans: dict[TomlPath, tuple[int, int]] = {}
        self._starts = [0, *(match.end() for match in re.finditer("\n", text))]
        self._elements: dict[TomlPath, int] = {}

    def document(self) -> None:
        """Read headers and pairs to the end of the text."""
        table: TomlPath = ()
        self._skip(_GAP)
        while self.at < len(self.text):
            if self.text[self.at] == "[":
                table = self._header()
            else:
                self._pair(table)
            self._skip(_GAP)

    def _header(self) -> TomlPath:
        brackets = 2 if self.text.startswith("[[", self.at) else 1
        line = self._line()
        self.at += brackets
        names = list(self._names())
        self.at += brackets
        path = self._resolve(names[:-1], line)
        path = (*path, names[-1])
        self.lines.setdefault(path, line)
        if brackets == 2:
            self._elements[path] = self._elements.get(path, -1) + 1
            path = (*path, self._elements[path])
            self.lines[path] = line
        return path

    def _resolve(self, names: list[str], line: int) -> TomlPath:
        """The path of a table, with the running number of each array of tables on the way."""
        path: TomlPath = ()
        for name in names:
            path = (*path, name)
            self.lines.setdefault(path, line)
            if path in self._elements:
                path = (*path, self._elements[path])
        return path

    def _pair(self, table: TomlPath) -> None:
        line = self._line()
        path = table
        for name in self._names():
            path = (*path, name)
            self.lines.setdefault(path, line)
        self.at += 1  # the equals sign
        self._skip(_BLANK)
        self._value(path)

    def _names(self) -> Iterator[str]:
        """The parts of a dotted key; stops before what follows it."""
        while True:
            self._skip(_BLANK)
            yield self._name()
            self._skip(_BLANK)
            if not self.text.startswith(".", self.at):
                return
            self.at += 1

    def _name(self) -> str:
        first = self.text[self.at]
        if first == '"':
            return _ESCAPE.sub(_unescaped, self._take(_STRINGS[2])[1:-1])
        return self._take(_STRINGS[3])[1:-1] if first == "'" else self._take(_BARE_KEY)

    def _value(self, path: TomlPath) -> None:
        first, start = self.text[self.at], self.at
        if first == "[":
            self._array(path)
        elif first == "{":
            self._inline_table(path)
        elif first in "\"'":
            self._string()
        else:
            self._skip(_LITERAL)
        self.spans[path] = (start, start + len(self.text[start : self.at].rstrip()))

    def _string(self) -> None:
        for kind in _STRINGS:
            if match := kind.match(self.text, self.at):
                self.at = match.end()
                return
        raise ValueError(f"line {self._line()}: a string that does not end")

    def _array(self, path: TomlPath) -> None:
        for number in self._items("]"):
            element = (*path, number)
            self.lines[element] = self._line()
            self._value(element)

    def _inline_table(self, path: TomlPath) -> None:
        for _ in self._items("}"):
            self._pair(path)

    def _items(self, closing: str) -> Iterator[int]:
        """Stop before each item between the brackets, and count them."""
        self.at += 1
        number = 0
        self._skip(_GAP)
        while not self.text.startswith(closing, self.at):
            yield number
            number += 1
            self._skip(_GAP)
            if self.text.startswith(",", self.at):
                self.at += 1
                self._skip(_GAP)
        self.at += 1

    def _line(self) -> int:
        return bisect_right(self._starts, self.at)

    def _skip(self, pattern: re.Pattern[str]) -> None:
        self._take(pattern)

    def _take(self, pattern: re.Pattern[str]) -> str:
        match = pattern.match(self.text, self.at)
        if match is None:
            raise ValueError(f"line {self._line()}: expected a key")
        self.at = match.end()
        return match.group()


def _unescaped(match: re.Match[str]) -> str:
    code = match[1] or match[2] or match[3]
    return chr(int(code, 16)) if code else _SHORT_ESCAPES.get(match[4], match[4])
