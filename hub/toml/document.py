"""TOML documents: read with the position of each key and value, and written, whole or not at all."""

import json
import os
import re
import shutil
import tempfile
import tomllib
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import tree_sitter_toml
from tree_sitter import Language, Node, Parser

from hub.model.errors import ConfigError, Problem

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


_POSITION = re.compile(r"\s*\(at (?:line (\d+), column \d+|end of document)\)")


@dataclass(frozen=True, slots=True)
class TomlFile:
    """`name` is shown to people; `lines` knows every path of `data`."""

    name: str
    data: Mapping[str, Any]
    lines: Mapping[TomlPath, int] = field(repr=False)

    def location(self, path: TomlPath) -> str:
        """`file:line` of the path or its nearest ancestor."""
        return f"{self.name}:{line_of(self.lines, path)}"

    def key(self, path: TomlPath) -> str:
        """The path as people read it: `objective[growth].title`, by id where an element has one."""
        text = ""
        value: Any = self.data
        for part in path:
            value = _child(value, part)
            if isinstance(part, str):
                text += f".{part}" if text else part
            else:
                element_id = value.get("id") if isinstance(value, dict) else None
                text += f"[{element_id if isinstance(element_id, str) else part}]"
        return text


_LONG_NUMBER = re.compile(r"[\d_]{1000,}")


def parse_toml(name: str, content: str | bytes) -> TomlFile:
    """Parse; raises ConfigError with the line on which the text stops being TOML."""
    try:
        text = content if isinstance(content, str) else content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise _toml_error(f"{name}:{line}", "not UTF-8 text", "Save the file as UTF-8.") from None
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _syntax_error(name, text, str(error)) from None
    except ValueError:
        # Python refuses to read numbers of more than some thousand digits, and does not say where.
        match = _LONG_NUMBER.search(text)
        line = text.count("\n", 0, match.start()) + 1 if match else 1
        raise _toml_error(f"{name}:{line}", "a number with too many digits", "Write a shorter one.") from None
    except RecursionError:
        raise _toml_error(name, "nested too deeply", "Use fewer brackets inside each other.") from None
    return TomlFile(name, data, key_lines(text))


def _child(value: Any, part: str | int) -> Any:
    try:
        return value[part]
    except (KeyError, IndexError, TypeError):
        return None


def _syntax_error(name: str, text: str, message: str) -> ConfigError:
    position = _POSITION.search(message)
    line = int(position[1]) if position and position[1] else text.rstrip().count("\n") + 1
    problem = _POSITION.sub("", message)
    return _toml_error(f"{name}:{line}", f"not valid TOML: {problem[:1].lower()}{problem[1:]}", "")


def _toml_error(location: str, message: str, remedy: str) -> ConfigError:
    return ConfigError([Problem(location, "", message, remedy)])


GROUPED_FROM = 10_000


def quoted(text: str) -> str:
    """A text in quotes, whatever stands in it."""
    # TOML's basic strings are JSON's, but for one character that JSON lets pass.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007F")


def number(value: float, *, grouped: bool = True) -> str:
    """A number without a needless fraction; `grouped` parts long ones by underscores."""
    plain = int(value) if float(value).is_integer() and abs(value) < 1e15 else value
    return f"{plain:_}" if grouped and abs(value) >= GROUPED_FROM and "e" not in repr(plain) else repr(plain)


def array(parts: Sequence[str]) -> str:
    """A list in one line, of parts that are TOML already."""
    return f"[{', '.join(parts)}]"


def inline_table(pairs: Sequence[tuple[str, str]]) -> str:
    """A table in one line, of values that are TOML already."""
    return "{ " + ", ".join(f"{name} = {value}" for name, value in pairs) + " }"


def day(value: date) -> str:
    """A day."""
    return value.isoformat()


def write_atomically(path: Path, content: bytes, *, expected: bytes | None = None) -> None:
    """Put the content in the file's place, with the permissions it had; ConfigError where that cannot be.

    `expected` is the content as it was read: if it has changed since, the file is not written.
    """
    real = path.resolve()  # a link stays a link
    try:
        real.parent.mkdir(parents=True, exist_ok=True)
        if expected is not None and real.read_bytes() != expected:
            raise ConfigError([Problem(str(path), "", "was changed meanwhile, so it was not written", "Try again.")])
        _replace(real, content)
    except OSError as error:
        raise ConfigError([Problem(str(path), "", f"cannot be written: {error.strerror}")]) from None


def _replace(real: Path, content: bytes) -> None:
    handle, name = tempfile.mkstemp(prefix=f".{real.name}.", dir=real.parent)
    temporary = Path(name)
    try:
        with open(handle, "wb") as file:  # noqa: PTH123  a handle, not a path
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if real.exists():
            shutil.copymode(real, temporary)
        else:
            temporary.chmod(0o666 & ~_umask())
        temporary.replace(real)
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)


def _umask() -> int:
    """What the process takes away from new files; it can only be read by setting it."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
