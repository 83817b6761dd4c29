"""The layers that a configuration is put together from, and where each value came from."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from hub.model.errors import Problem
from hub.toml_file import SIMILARITY_CUTOFF, TomlFile, closest
from hub.toml_lines import TomlPath
from hub.toml_problems import is_secret

PREFIX = "HUB_"
FILE_SUFFIX = "_file"
# These say where the configuration is and are no part of it.
NOT_SETTINGS = frozenset({"config", "secrets_dir"})
TYPO_THRESHOLD = 80


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
class ValueOrigins:
    """Where every value came from: the file's line, or the variable or file that set it instead."""

    file: TomlFile
    folder: Path
    overrides: Mapping[TomlPath, str] = field(default_factory=dict)

    def location(self, path: TomlPath) -> str:
        """The variable that set the path or something above it, else `file:line`."""
        prefixes = [path[:end] for end in range(len(path), 0, -1)]
        override = next((self.overrides[prefix] for prefix in prefixes if prefix in self.overrides), None)
        return override or next(filter(None, map(self._nearest_location, prefixes)), None) or self.file.location(path)

    def _nearest_location(self, prefix: TomlPath) -> str | None:
        """The file's line, or where the file has no such table, a variable that set something in it."""
        if prefix in self.file.lines:
            return self.file.location(prefix)
        return next((name for path, name in self.overrides.items() if path[: len(prefix)] == prefix), None)


def variable(path: TomlPath) -> str:
    """The environment variable that sets the path."""
    return PREFIX + "__".join(str(part).replace("-", "_").upper() for part in path)


def environment(environ: Mapping[str, str], folder: Path, sections: frozenset[str]) -> tuple[Layer, Layer]:
    """Two layers: values given in variables, and those in files that variables name."""
    from_variables, from_files = Layer(), Layer()
    for name, text in sorted(environ.items(), key=lambda item: item[0].count("__")):
        path = _path_of(name, sections, from_variables.problems)
        if not path or not text:
            continue
        if _is_secret_file_key(path):
            _put_file(from_files, _without_suffix(path), folder / text, name)
        else:
            _put_text(from_variables, path, text, name)
    return from_variables, from_files


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
    layer = Layer(values=dict(_without_secrets(file.data)))
    for path in _secret_paths(file.data):
        if _is_secret_file_key(path):
            _read_secret_file(layer, file, path, folder)
        else:
            name = variable(path)
            remedy = f"Take it out and set {name}, or {name}_FILE to the path of a file that holds it."
            layer.problems.append(
                Problem(file.location(path), file.key(path), "a secret has no place in this file", remedy)
            )
    return layer


def _read_secret_file(layer: Layer, file: TomlFile, path: TomlPath, folder: Path) -> None:
    value: Any = file.data
    for part in path:
        value = value[part]
    if isinstance(value, str):
        _put_file(layer, _without_suffix(path), folder / value, file.location(path), key=file.key(path))
    else:
        layer.problems.append(Problem(file.location(path), file.key(path), "expected the path of a file, in quotes"))


def _path_of(name: str, sections: frozenset[str], problems: list[Problem]) -> TomlPath:
    """The path that a variable sets; () for variables that are not the hub's."""
    if not name.upper().startswith(PREFIX):
        return ()
    path = _split(name[len(PREFIX) :])
    section = str(path[0])
    if section in sections:
        return path
    suggestions = closest(section, sections, cutoff=SIMILARITY_CUTOFF if len(path) > 1 else TYPO_THRESHOLD)
    # A single word may be another program's variable, unless it is all but one of ours.
    if suggestions and section not in NOT_SETTINGS:
        suggested = variable((suggestions[0], *path[1:]))
        problems.append(Problem(name, "", "no setting of the hub has this name", f"Did you mean {suggested}?"))
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
            layer.put(path, _wrap_secrets(json.loads(text)), origin)
        except (ValueError, RecursionError):
            layer.problems.append(Problem(origin, "", "not valid JSON", 'Write lists as ["one", "two"].'))
    else:
        layer.put(path, text, origin)


def _put_file(layer: Layer, path: TomlPath, file: Path, origin: str, *, key: str = "") -> None:
    try:
        text = file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not text"
        layer.problems.append(Problem(origin, key, f"{file} cannot be read: {reason}"))
        return
    if not text:
        layer.problems.append(Problem(origin, key, f"{file} is empty", "It should hold the value alone."))
        return
    layer.put(path, SecretStr(text) if is_secret(str(path[-1])) else text, origin)


def _is_secret_file_key(path: TomlPath) -> bool:
    last = str(path[-1])
    return last.endswith(FILE_SUFFIX) and is_secret(last.removesuffix(FILE_SUFFIX))


def _without_suffix(path: TomlPath) -> TomlPath:
    return (*path[:-1], str(path[-1]).removesuffix(FILE_SUFFIX))


def _secret_paths(value: object, at: TomlPath = ()) -> Iterator[TomlPath]:
    """Every key whose name says that it holds a secret or the path of a file with one."""
    if isinstance(value, dict):
        for key, inner in value.items():
            path = (*at, key)
            if is_secret(key) or _is_secret_file_key(path):
                yield path
            else:
                yield from _secret_paths(inner, path)
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _secret_paths(inner, (*at, number))


def _without_secrets(value: Any) -> Any:
    """Without secrets and the names of their files."""
    if isinstance(value, dict):
        return {k: _without_secrets(v) for k, v in value.items() if not (is_secret(k) or _is_secret_file_key((k,)))}
    return [_without_secrets(inner) for inner in value] if isinstance(value, list) else value


def _wrap_secrets(value: Any) -> Any:
    """Secrets inside JSON, wrapped so that nothing prints them."""
    if isinstance(value, dict):
        return {
            key: SecretStr(inner) if is_secret(key) and isinstance(inner, str) else _wrap_secrets(inner)
            for key, inner in value.items()
        }
    return [_wrap_secrets(inner) for inner in value] if isinstance(value, list) else value
