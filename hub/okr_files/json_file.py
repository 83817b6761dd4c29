"""An OKR file written as JSON: the same keys as in TOML, so that scripts can write one; read with every line.

Dates are texts such as `2026-10-01`. A key with null counts as left out.
"""

import json
import math
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
_NO_JSON = frozenset({"NaN", "Infinity", "-Infinity"})
MAX_DIGITS = 300
"""Digits of a whole number; a number with more is beyond every floating-point number."""
_TOML_PAIR = re.compile(r"\b([a-z_]+) = (\"[^\"]*\"|\[[^\]]*\]|true|false|-?\d(?:[\d.-]*\d)?)")
_TOML_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_TOML_WORDS = (
    (", without quotes", ""),
    ("expected a table", "expected an object"),
    ("expected a list of tables", "expected a list of objects"),
    ("found a table", "found an object"),
    ("expected a list in brackets", "expected a list"),
    ("Write it as [cycle].", 'Write it as "cycle": { … }.'),
    ("one of the files [cycle] with", 'one of the files "cycle" with'),
)
_TOML_HEADER = re.compile(r"Write each as \[\[([a-z_.]+)\]\], with two brackets\.")


def parse_json(name: str, content: str | bytes) -> TomlFile:
    """Parse; raises ConfigError with the line on which the text stops being JSON, or repeats a key."""
    try:
        text = content.removeprefix("\ufeff") if isinstance(content, str) else content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise _error(f"{name}:{line}", "not UTF-8 text", "Save the file as UTF-8.") from None
    try:
        data = json.loads(text, parse_int=_parse_int)
        walk = _Lines(name, text)
    except json.JSONDecodeError as error:
        raise _error(
            f"{name}:{error.lineno}", f"not valid JSON: {error.msg}", "Check the brackets and commas."
        ) from None
    except RecursionError:
        raise _error(name, "nested too deeply", "Use fewer brackets inside each other.") from None
    if not isinstance(data, dict):
        raise _error(f"{name}:1", "expected an object", 'Write {"cycle": …, "team": […], "objective": […]}.')
    data.pop(SCHEMA, None)
    file = TomlFile(name, _typed(data, ()), walk.lines)
    if walk.no_numbers:
        remedy = "Write a number, or leave the key out."
        problems = [Problem(f"{name}:{line}", file.key(path), text, remedy) for path, line, text in walk.no_numbers]
        raise ConfigError(problems)
    return file


def _parse_int(digits: str) -> float:
    """The number; one that is refused afterwards, by its line and key, is none."""
    return int(digits) if len(digits) <= MAX_DIGITS else math.nan


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
        self.no_numbers: list[tuple[TomlPath, int, str]] = []
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
                self._check_number(path, scalar[0] if scalar else "")
                self._at = scalar.end() if scalar else self._at + 1

    def _check_number(self, path: TomlPath, word: str) -> None:
        """Python reads words that JSON does not have, and numbers of any length."""
        if word in _NO_JSON:
            self.no_numbers.append((path, self._here(), f"{word} is no number of JSON"))
        elif len(word) > MAX_DIGITS and word.lstrip("-").isdecimal():
            self.no_numbers.append((path, self._here(), f"a number of {len(word)} digits is too large"))

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
    """A problem as it is told of a JSON file: TOML's headers and `key = value` are none of its words."""
    return replace(problem, message=_in_json_words(problem.message), remedy=_in_json_words(problem.remedy))


def _in_json_words(text: str) -> str:
    for toml, json_words in _TOML_WORDS:
        text = text.replace(toml, json_words)
    text = _TOML_HEADER.sub(lambda match: f'Write it as "{match[1].split(".")[-1]}": [{{ … }}, …].', text)
    return _TOML_PAIR.sub(_json_pair, text)


def _json_pair(match: re.Match[str]) -> str:
    value = f'"{match[2]}"' if _TOML_DAY.fullmatch(match[2]) else match[2]
    return f'"{match[1]}": {value}'


def is_json(name: str) -> bool:
    """Whether a file is read as JSON."""
    return name.casefold().endswith(SUFFIX)
