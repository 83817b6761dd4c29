"""A TOML file as it was written: its name, its values, and the line of each of them."""

import re
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from rapidfuzz import fuzz, process, utils

from hub.model.errors import ConfigError, Problem
from hub.toml.positions import TomlPath, line_of, lines_of

ALIKE = 60
_POSITION = re.compile(r"\s*\(at (?:line (\d+), column \d+|end of document)\)")


@dataclass(frozen=True, slots=True)
class TomlFile:
    """`name` is shown to people; `lines` knows every path of `data`."""

    name: str
    data: Mapping[str, Any]
    lines: Mapping[TomlPath, int] = field(repr=False)

    def place(self, path: TomlPath) -> str:
        """`file:line` of the path or its nearest ancestor."""
        return f"{self.name}:{line_of(self.lines, path)}"

    def key(self, path: TomlPath) -> str:
        """The path as people read it: `objective[growth].title`, by id where an element has one."""
        shown = ""
        value: Any = self.data
        for part in path:
            value = _inside(value, part)
            if isinstance(part, str):
                shown += f".{part}" if shown else part
            else:
                named = value.get("id") if isinstance(value, dict) else None
                shown += f"[{named if isinstance(named, str) else part}]"
        return shown


def toml_file(name: str, content: str | bytes) -> TomlFile:
    """Parse; raises ConfigError with the line on which the text stops being TOML."""
    try:
        text = content if isinstance(content, str) else content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise _broken(f"{name}:{line}", "not UTF-8 text", "Save the file as UTF-8.") from None
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _not_toml(name, text, str(error)) from None
    except RecursionError:
        raise _broken(name, "nested too deeply", "Use fewer brackets inside each other.") from None
    return TomlFile(name, data, lines_of(text))


def closest(name: str, known: Collection[str], limit: int = 1, alike: int = ALIKE) -> tuple[str, ...]:
    """The known names that were probably meant, the likeliest first; none if nothing is alike."""
    found = process.extract(name, sorted(known), scorer=fuzz.ratio, processor=_plain, limit=limit, score_cutoff=alike)
    return tuple(match[0] for match in found)


def did_you_mean(name: str, known: Collection[str], *, noun: str = "") -> str:
    """A remedy: the closest known names, else all of them if they are few."""
    near = closest(name, known, limit=3 if noun else 1)
    if near:
        return f"Did you mean {_listed(near)}?"
    if not known:
        return f"No {noun or 'key'} is known here."
    return f"Known: {_listed(sorted(known))}." if len(known) <= 25 else ""


def _plain(name: str) -> str:
    return utils.default_process(name).replace("_", " ")


def _listed(names: Collection[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _inside(value: Any, part: str | int) -> Any:
    try:
        return value[part]
    except (KeyError, IndexError, TypeError):
        return None


def _not_toml(name: str, text: str, message: str) -> ConfigError:
    found = _POSITION.search(message)
    line = int(found[1]) if found and found[1] else text.rstrip().count("\n") + 1
    what = _POSITION.sub("", message)
    return _broken(f"{name}:{line}", f"not valid TOML: {what[:1].lower()}{what[1:]}", "")


def _broken(place: str, what: str, remedy: str) -> ConfigError:
    return ConfigError([Problem(place, "", what, remedy)])
