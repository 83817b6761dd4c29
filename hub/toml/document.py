"""A TOML file as it was written: its name, its values, and the line of each of them."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from hub.model.errors import ConfigError, Problem
from hub.toml.positions import TomlPath, key_lines, line_of

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
