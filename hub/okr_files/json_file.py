"""An OKR file written as JSON: the same keys as in TOML, so that scripts can write one; read with every line.

Dates are texts such as `2026-10-01`. A key with null counts as left out.
"""

import json
import re
from dataclasses import replace
from datetime import date
from typing import Any

from hub.model.errors import ConfigError, Problem
from hub.toml.document import TomlFile, TomlPath

SUFFIX = ".json"
SCHEMA = "$schema"
_DATE_KEYS = frozenset({"date", "since", "needed_by"})
_CYCLE_DATES = frozenset({("cycle", "start"), ("cycle", "end")})
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_TOKEN = re.compile(r"[\s,:]*")
_SCALAR = re.compile(r"[^\s,\]}]+")


def parse_json(name: str, content: str | bytes) -> TomlFile:
    """Parse; raises ConfigError with the line on which the text stops being JSON, or repeats a key."""
    try:
        text = content.removeprefix("\ufeff") if isinstance(content, str) else content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise _error(f"{name}:{line}", "not UTF-8 text", "Save the file as UTF-8.") from None
    try:
        data = json.loads(text, parse_constant=_no_constant)
        lines = _Lines(name, text).lines
    except json.JSONDecodeError as error:
        raise _error(
            f"{name}:{error.lineno}", f"not valid JSON: {error.msg}", "Check the brackets and commas."
        ) from None
    except ValueError as error:
        raise _error(name, str(error), "Write a number, or leave the key out.") from None
    except RecursionError:
        raise _error(name, "nested too deeply", "Use fewer brackets inside each other.") from None
    if not isinstance(data, dict):
        raise _error(f"{name}:1", "expected an object", 'Write {"cycle": …, "team": […], "objective": […]}.')
    data.pop(SCHEMA, None)
    return TomlFile(name, _typed(data, ()), lines)


def _no_constant(word: str) -> float:
    raise ValueError(f"{word} is no number of JSON")


def _typed(value: Any, path: tuple[str, ...]) -> Any:
    """The value as a TOML file would give it: days as days, and nothing for null."""
    if isinstance(value, dict):
        return {key: _typed(item, (*path, key)) for key, item in value.items() if item is not None}
    if isinstance(value, list):
        return [_typed(item, path) for item in value]
    if isinstance(value, str) and (path[-1] in _DATE_KEYS or path in _CYCLE_DATES) and _DAY.fullmatch(value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            return value
    return value


class _Lines:
    """Walks over a text that `json` accepts; `lines` holds the line of every key and element."""

    def __init__(self, name: str, text: str) -> None:
        self.lines: dict[TomlPath, int] = {}
        self._name = name
        self._text = text
        self._decoder = json.JSONDecoder()
        self._at = 0
        self._line = 1
        self._line_start = 0
        self._value(())

    def _value(self, path: TomlPath) -> None:
        self._skip()
        match self._text[self._at]:
            case "{":
                self._object(path)
            case "[":
                self._array(path)
            case '"':
                self._string()
            case _:
                scalar = _SCALAR.match(self._text, self._at)
                self._at = scalar.end() if scalar else self._at + 1

    def _object(self, path: TomlPath) -> None:
        self._at += 1
        while self._skip() != "}":
            line, key = self._here(), self._string()
            if (*path, key) in self.lines:
                raise _error(f"{self._name}:{line}", f"the key {key!r} stands twice", "Leave one of them out.")
            self.lines[*path, key] = line
            self._value((*path, key))
        self._at += 1

    def _array(self, path: TomlPath) -> None:
        self._at += 1
        number = 0
        while self._skip() != "]":
            self.lines[*path, number] = self._here()
            self._value((*path, number))
            number += 1
        self._at += 1

    def _string(self) -> str:
        text, self._at = self._decoder.raw_decode(self._text, self._at)
        return str(text)

    def _skip(self) -> str:
        """Past what separates; the character that follows."""
        separators = _TOKEN.match(self._text, self._at)
        self._at = separators.end() if separators else self._at
        return self._text[self._at]

    def _here(self) -> int:
        self._line += self._text.count("\n", self._line_start, self._at)
        self._line_start = self._at
        return self._line


def _error(location: str, message: str, remedy: str) -> ConfigError:
    return ConfigError([Problem(location, "", message, remedy)])


def in_json_words(problem: Problem) -> Problem:
    """A problem of a table as it is told of JSON, where a date has quotes."""
    return replace(problem, message=problem.message.replace(", without quotes", ""))


def is_json(name: str) -> bool:
    """Whether a file is read as JSON."""
    return name.casefold().endswith(SUFFIX)
