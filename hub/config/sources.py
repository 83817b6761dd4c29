"""The sources of a configuration on top of pydantic-settings, and where each value came from."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import SecretStr
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, EnvSettingsSource, InitSettingsSource, PydanticBaseSettingsSource

from hub.model.errors import Problem
from hub.model.text import SIMILARITY_CUTOFF, closest
from hub.toml.document import TomlFile, TomlPath
from hub.toml.validation_errors import is_secret

PREFIX, DELIMITER = "HUB_", "__"
FILE_SUFFIX = "_file"
# These say where the configuration is and are no part of it.
NOT_SETTINGS = frozenset({"config", "secrets_dir"})
TYPO_THRESHOLD = 80


@dataclass(frozen=True, slots=True)
class NamedValue:
    """The value that a variable or a file sets at a path; `origin` is what errors call it."""

    path: TomlPath
    value: Any = field(repr=False)
    origin: str


SourceEntry = NamedValue | Problem


class NamedValuesSource(EnvSettingsSource):
    """Nests and merges named values as pydantic-settings does variables; their texts are decoded before."""

    def __init__(self, settings_cls: type[BaseSettings], values: Sequence[NamedValue]) -> None:
        self._values = values
        super().__init__(settings_cls, case_sensitive=False, env_prefix=PREFIX, env_nested_delimiter=DELIMITER)

    def _load_env_vars(self) -> Mapping[str, Any]:
        return {PREFIX.lower() + DELIMITER.join(map(str, named.path)): named.value for named in self._values}

    def decode_complex_value(self, field_name: str, field: FieldInfo, value: Any) -> Any:
        """The value as it is."""
        return value


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


@dataclass(frozen=True, slots=True)
class Sources:
    """What was read: `named` in groups, the strongest first; the file's own values are weaker than all of them."""

    origins: ValueOrigins
    named: tuple[tuple[NamedValue, ...], ...]
    problems: tuple[Problem, ...]

    def of(self, settings_cls: type[BaseSettings]) -> tuple[PydanticBaseSettingsSource, ...]:
        """The sources for pydantic-settings, the strongest first."""
        named = (NamedValuesSource(settings_cls, values) for values in self.named)
        return (*named, InitSettingsSource(settings_cls, _without_secrets(self.origins.file.data)))


def read_sources(file: TomlFile, folder: Path, environ: Mapping[str, str], sections: frozenset[str]) -> Sources:
    """Read variables, the files that they name, the directory of secrets, and the files that the TOML file names.

    Relative paths start from `folder`; `sections` are the keys that a configuration may have.
    """
    groups = [
        *_environment(environ, folder, sections),
        list(_secrets_directory(environ, folder, sections)),
        list(_secrets_of_file(file, folder)),
    ]
    named = tuple(tuple(value for value in group if isinstance(value, NamedValue)) for group in groups)
    problems = tuple(value for group in groups for value in group if isinstance(value, Problem))
    places = {path: value.origin for group in reversed(named) for value in group for path in _leaves(value)}
    return Sources(ValueOrigins(file, folder, places), named, problems)


def variable(path: TomlPath) -> str:
    """The environment variable that sets the path."""
    return PREFIX + DELIMITER.join(str(part).replace("-", "_").upper() for part in path)


def _environment(
    environ: Mapping[str, str], folder: Path, sections: frozenset[str]
) -> tuple[list[SourceEntry], list[SourceEntry]]:
    """What stands in variables, and the secrets in files that variables name."""
    from_variables: list[SourceEntry] = []
    from_files: list[SourceEntry] = []
    for name, text in sorted(
        environ.items(), key=lambda item: item[0].count(DELIMITER)
    ):  # tables before what is in them
        path = _path_of(name)
        if path and path[0] not in sections:
            from_variables += _misspelled(name, path, sections)
        elif path and text and (secret := _named_secret(path)):
            from_files.append(_read(secret, folder / text, name))
        elif path and text:
            from_variables.append(_decode(path, text, name))
    return from_variables, from_files


def _secrets_directory(environ: Mapping[str, str], folder: Path, sections: frozenset[str]) -> Iterator[SourceEntry]:
    """Files named like the variables, with or without `HUB_`; files of other names are somebody else's."""
    name = next((text for key, text in environ.items() if key.upper() == "HUB_SECRETS_DIR"), "")
    directory = folder / name
    if name and not directory.is_dir():
        yield Problem("HUB_SECRETS_DIR", "", f"no such directory: {directory}")
    elif name:
        for file in sorted(directory.iterdir()):
            path = _path_of(PREFIX + file.name.upper().removeprefix(PREFIX))
            if file.is_file() and len(path) > 1 and path[0] in sections:
                yield _read(path, file, str(file))


def _secrets_of_file(file: TomlFile, folder: Path) -> Iterator[SourceEntry]:
    """The secrets in files that the TOML file names; a secret that stands in it is a problem."""
    for path, value in _secret_entries(file.data):
        place, key = file.location(path), file.key(path)
        if not (secret := _named_secret(path)):
            name = variable(path)
            remedy = f"Take it out and set {name}, or {name}_FILE to the path of a file that holds it."
            yield Problem(place, key, "a secret has no place in this file", remedy)
        elif isinstance(value, str):
            yield _read(secret, folder / value, place, key=key)
        else:
            yield Problem(place, key, "expected the path of a file, in quotes")


def _path_of(name: str) -> TomlPath:
    """The path that a variable sets; () for variables of other programs."""
    if not name.upper().startswith(PREFIX):
        return ()
    parts = name[len(PREFIX) :].lower().split(DELIMITER)
    if parts[0] == "rules" and len(parts) > 1:
        parts[1] = parts[1].replace("_", "-")
    return tuple(parts)


def _misspelled(name: str, path: TomlPath, sections: frozenset[str]) -> Iterator[Problem]:
    """The problem of a variable that is all but one of ours; a single word may be another program's."""
    section = str(path[0])
    suggestions = closest(section, sections, cutoff=SIMILARITY_CUTOFF if len(path) > 1 else TYPO_THRESHOLD)
    if suggestions and section not in NOT_SETTINGS:
        suggested = variable((suggestions[0], *path[1:]))
        yield Problem(name, "", "no setting of the hub has this name", f"Did you mean {suggested}?")


def _decode(path: TomlPath, text: str, origin: str) -> SourceEntry:
    if is_secret(str(path[-1])) or not text.lstrip().startswith(("[", "{")):
        return NamedValue(path, _wrapped(text, path[-1]), origin)
    try:
        return NamedValue(path, _wrapped(json.loads(text)), origin)
    except (ValueError, RecursionError):
        return Problem(origin, "", "not valid JSON", 'Write lists as ["one", "two"].')


def _read(path: TomlPath, file: Path, origin: str, *, key: str = "") -> SourceEntry:
    try:
        text = file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not text"
        return Problem(origin, key, f"{file} cannot be read: {reason}")
    if not text:
        return Problem(origin, key, f"{file} is empty", "It should hold the value alone.")
    return NamedValue(path, _wrapped(text, path[-1]), origin)


def _leaves(named: NamedValue) -> Iterator[TomlPath]:
    """Every path that the value sets: a table sets its keys one by one."""
    if isinstance(named.value, dict) and named.value:
        for key, inner in named.value.items():
            yield from _leaves(NamedValue((*named.path, key), inner, named.origin))
    else:
        yield named.path


def _named_secret(path: TomlPath) -> TomlPath:
    """The secret whose file the path names; () for other paths."""
    last = str(path[-1])
    name = last.removesuffix(FILE_SUFFIX)
    return (*path[:-1], name) if name != last and is_secret(name) else ()


def _secret_entries(value: object, at: TomlPath = ()) -> Iterator[tuple[TomlPath, object]]:
    """Every entry whose name says that it holds a secret or the path of a file with one."""
    if isinstance(value, dict):
        for key, inner in value.items():
            path = (*at, key)
            if is_secret(key) or _named_secret(path):
                yield path, inner
            else:
                yield from _secret_entries(inner, path)
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _secret_entries(inner, (*at, number))


def _without_secrets(value: Any) -> Any:
    """Without secrets and the names of their files."""
    if isinstance(value, dict):
        return {k: _without_secrets(v) for k, v in value.items() if not (is_secret(k) or _named_secret((k,)))}
    return [_without_secrets(inner) for inner in value] if isinstance(value, list) else value


def _wrapped(value: Any, key: str | int = "") -> Any:
    """Secrets wrapped so that nothing prints them, also inside JSON."""
    if isinstance(value, dict):
        return {name: _wrapped(inner, name) for name, inner in value.items()}
    if isinstance(value, list):
        return [_wrapped(inner) for inner in value]
    return SecretStr(value) if isinstance(value, str) and is_secret(str(key)) else value
