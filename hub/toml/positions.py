"""The line of each key of a TOML text and the characters of each value, which `tomllib` does not give."""

import re
import tomllib
from bisect import bisect_left
from collections.abc import Iterator, Mapping

import tree_sitter_toml
from tree_sitter import Language, Node, Parser

TomlPath = tuple[str | int, ...]

_KEYS = frozenset({"bare_key", "quoted_key", "dotted_key"})
_HEADERS = frozenset({"table", "table_array_element"})


def key_lines(text: str) -> Mapping[TomlPath, int]:
    """The line, counted from 1, of every table, key and array element of a text that `tomllib` accepts."""
    return _Positions(text).lines


def value_spans(text: str) -> Mapping[TomlPath, tuple[int, int]]:
    """Where every value of a text that `tomllib` accepts begins and ends; tables under a header have no span."""
    positions = _Positions(text)
    # The parser counts bytes; every byte that continues a character puts the count one ahead of the characters.
    continuing = [match.start() for match in re.finditer(rb"[\x80-\xbf]", positions.source)]
    return {
        path: (start - bisect_left(continuing, start), end - bisect_left(continuing, end))
        for path, (start, end) in positions.spans.items()
    }


def line_of(lines: Mapping[TomlPath, int], path: TomlPath) -> int:
    """The line of the path, or of its nearest ancestor that has one; 1 where none has."""
    return next((lines[path[:end]] for end in range(len(path), 0, -1) if path[:end] in lines), 1)


class _Positions:
    """Walks over the syntax tree of a text once; `spans` are in bytes of `source`."""

    def __init__(self, text: str) -> None:
        self.source = text.encode("utf-8", "replace")
        self.lines: dict[TomlPath, int] = {}
        self.spans: dict[TomlPath, tuple[int, int]] = {}
        self._last_elements: dict[TomlPath, int] = {}
        for node in Parser(Language(tree_sitter_toml.language())).parse(self.source).root_node.named_children:
            if node.type in _HEADERS:
                self._table(node)
            elif node.type == "pair":
                self._pair(node, ())

    def _table(self, table: Node) -> None:
        key, *pairs = (node for node in table.named_children if node.type == "pair" or node.type in _KEYS)
        *parents, name = _names(key)
        line = _line(table)
        path = (*self._parent(parents, line), name)
        self.lines.setdefault(path, line)
        if table.type == "table_array_element":
            number = self._last_elements[path] = self._last_elements.get(path, -1) + 1
            path = (*path, number)
            self.lines[path] = line
        for pair in pairs:
            self._pair(pair, path)

    def _parent(self, names: list[str], line: int) -> TomlPath:
        """The path of a table, with the number of the last element of each array of tables on the way."""
        path: TomlPath = ()
        for name in names:
            path = (*path, name)
            self.lines.setdefault(path, line)
            if path in self._last_elements:
                path = (*path, self._last_elements[path])
        return path

    def _pair(self, pair: Node, table: TomlPath) -> None:
        key, value = (node for node in pair.named_children if node.type not in {"comment", "ERROR"})
        path = table
        for name in _names(key):
            path = (*path, name)
            self.lines.setdefault(path, _line(pair))
        self._value(value, path)

    def _value(self, value: Node, path: TomlPath) -> None:
        self.spans[path] = (value.start_byte, value.end_byte)
        inner = [node for node in value.named_children if node.type not in {"comment", "ERROR"}]
        if value.type == "inline_table":
            for pair in inner:
                self._pair(pair, path)
        elif value.type == "array":
            for number, element in enumerate(inner):
                self.lines[*path, number] = _line(element)
                self._value(element, (*path, number))


def _names(key: Node) -> Iterator[str]:
    """The parts of a key, without quotes and escapes."""
    if key.type == "dotted_key":
        for part in key.named_children:
            yield from _names(part)
    else:
        written = (key.text or b"").decode()
        yield next(iter(tomllib.loads(f"{written} = 0"))) if key.type == "quoted_key" else written


def _line(node: Node) -> int:
    return node.start_point.row + 1
