"""The layers that a configuration is put together from, and where each value came from."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from hub.model.errors import Problem
from hub.toml.document import ALIKE, TomlFile, closest
from hub.toml.positions import TomlPath
from hub.toml.validation_errors import is_secret

PREFIX = "HUB_"
FILE_ENDING = "_file"
# These say where the configuration is and are no part of it.
OUTSIDE = frozenset({"config", "secrets_dir"})
SURELY_MEANT = 80


@dataclass(slots=True)
class Layer:
    """Nested values of one origin; `origins` names the variable or file that each path came from."""

    values: dict[str, Any] = field(default_factory=dict)
    origins: dict[TomlPath, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def put(self, path: TomlPath, value: object, origin: str) -> None:
        """Set one value, with the tables on the way to it; a table is set key by key."""
        if isinstance(value, dict) and value:
            for key, inner in value.items():
                self.put((*path, key), inner, origin)
            return
        table = self.values
        for part in path[:-1]:
            inner = table.get(str(part))
            table = table.setdefault(str(part), {}) if isinstance(inner, dict) or inner is None else {}
        table[str(path[-1])] = value
        self.origins[path] = origin


@dataclass(frozen=True, slots=True)
class Origins:
    """Where every value came from: the file's line, or the variable or file that set it instead."""

    file: TomlFile
    folder: Path
    named: Mapping[TomlPath, str] = field(default_factory=dict)

    def place(self, path: TomlPath) -> str:
        """The variable that set the path or something above it, else `file:line`."""
        ways = [path[:end] for end in range(len(path), 0, -1)]
        above = next((self.named[way] for way in ways if way in self.named), None)
        return above or next(filter(None, map(self._beside, ways)), None) or self.file.place(path)

    def _beside(self, way: TomlPath) -> str | None:
        """The file's line, or where the file has no such table, a variable that set something in it."""
        if way in self.file.lines:
            return self.file.place(way)
        return next((name for path, name in self.named.items() if path[: len(way)] == way), None)


def variable(path: TomlPath) -> str:
    """The environment variable that sets the path."""
    return PREFIX + "__".join(str(part).replace("-", "_").upper() for part in path)


def environment(environ: Mapping[str, str], folder: Path, sections: frozenset[str]) -> tuple[Layer, Layer]:
    """Two layers: values given in variables, and those in files that variables name."""
    given, in_files = Layer(), Layer()
    for name, text in sorted(environ.items(), key=lambda item: item[0].count("__")):
        path = _path_of(name, sections, given.problems)
        if not path or not text:
            continue
        if _names_a_secret_file(path):
            _put_file(in_files, _without_ending(path), folder / text, name)
        else:
            _put_text(given, path, text, name)
    return given, in_files


def secrets_directory(environ: Mapping[str, str], folder: Path, sections: frozenset[str]) -> Layer:
    """Files named like the variables, with or without `HUB_`; files of other names are somebody else's."""
    layer = Layer()
    name = next((text for key, text in environ.items() if key.upper() == "HUB_SECRETS_DIR"), "")
    if not name:
        return layer
    directory = folder / name
    if not directory.is_dir():
        layer.problems.append(Problem("HUB_SECRETS_DIR", "", f"no such directory: {directory}"))
        return layer
    for file in sorted(directory.iterdir()):
        path = _split(file.name.upper().removeprefix(PREFIX))
        if file.is_file() and len(path) > 1 and path[0] in sections:
            _put_file(layer, path, file, str(file))
    return layer


def toml_layer(file: TomlFile, folder: Path) -> Layer:
    """The file's values; secrets in it are problems, and the files that it names for secrets are read."""
    layer = Layer(values=dict(_plain(file.data)))
    for path in _secret_paths(file.data):
        if _names_a_secret_file(path):
            _read_named(layer, file, path, folder)
        else:
            name = variable(path)
            remedy = f"Take it out and set {name}, or {name}_FILE to the path of a file that holds it."
            layer.problems.append(
                Problem(file.place(path), file.key(path), "a secret has no place in this file", remedy)
            )
    return layer


def _read_named(layer: Layer, file: TomlFile, path: TomlPath, folder: Path) -> None:
    value: Any = file.data
    for part in path:
        value = value[part]
    if isinstance(value, str):
        _put_file(layer, _without_ending(path), folder / value, file.place(path), key=file.key(path))
    else:
        layer.problems.append(Problem(file.place(path), file.key(path), "expected the path of a file, in quotes"))


def _path_of(name: str, sections: frozenset[str], problems: list[Problem]) -> TomlPath:
    """The path that a variable sets; () for variables that are not the hub's."""
    if not name.upper().startswith(PREFIX):
        return ()
    path = _split(name[len(PREFIX) :])
    section = str(path[0])
    if section in sections:
        return path
    near = closest(section, sections, alike=ALIKE if len(path) > 1 else SURELY_MEANT)
    # A single word may be another program's variable, unless it is all but one of ours.
    if near and section not in OUTSIDE:
        meant = variable((near[0], *path[1:]))
        problems.append(Problem(name, "", "no setting of the hub has this name", f"Did you mean {meant}?"))
    return ()


def _split(name: str) -> TomlPath:
    parts = name.lower().split("__")
    if parts[0] == "rules" and len(parts) > 1:
        parts[1] = parts[1].replace("_", "-")
    return tuple(parts)


def _put_text(layer: Layer, path: TomlPath, text: str, origin: str) -> None:
    if is_secret(str(path[-1])):
        layer.put(path, SecretStr(text), origin)
    elif text.lstrip().startswith(("[", "{")):
        try:
            layer.put(path, _veiled(json.loads(text)), origin)
        except (ValueError, RecursionError):
            layer.problems.append(Problem(origin, "", "not valid JSON", 'Write lists as ["one", "two"].'))
    else:
        layer.put(path, text, origin)


def _put_file(layer: Layer, path: TomlPath, file: Path, origin: str, *, key: str = "") -> None:
    try:
        text = file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "not text"
        layer.problems.append(Problem(origin, key, f"{file} cannot be read: {why}"))
        return
    if not text:
        layer.problems.append(Problem(origin, key, f"{file} is empty", "It should hold the value alone."))
        return
    layer.put(path, SecretStr(text) if is_secret(str(path[-1])) else text, origin)


def _names_a_secret_file(path: TomlPath) -> bool:
    last = str(path[-1])
    return last.endswith(FILE_ENDING) and is_secret(last.removesuffix(FILE_ENDING))


def _without_ending(path: TomlPath) -> TomlPath:
    return (*path[:-1], str(path[-1]).removesuffix(FILE_ENDING))


def _secret_paths(value: object, at: TomlPath = ()) -> Iterator[TomlPath]:
    """Every key whose name says that it holds a secret or the path of a file with one."""
    if isinstance(value, dict):
        for key, inner in value.items():
            path = (*at, key)
            if is_secret(key) or _names_a_secret_file(path):
                yield path
            else:
                yield from _secret_paths(inner, path)
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _secret_paths(inner, (*at, number))


def _plain(value: Any) -> Any:
    """Without secrets and the names of their files."""
    if isinstance(value, dict):
        return {k: _plain(v) for k, v in value.items() if not (is_secret(k) or _names_a_secret_file((k,)))}
    return [_plain(inner) for inner in value] if isinstance(value, list) else value


def _veiled(value: Any) -> Any:
    """Secrets inside JSON, wrapped so that nothing prints them."""
    if isinstance(value, dict):
        return {
            key: SecretStr(inner) if is_secret(key) and isinstance(inner, str) else _veiled(inner)
            for key, inner in value.items()
        }
    return [_veiled(inner) for inner in value] if isinstance(value, list) else value
