"""Reads the configuration: one TOML file under layers of environment variables and secrets, checked as a whole."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource

from hub.config.settings import DEFAULT_FILE, Config
from hub.config.sources import Origins, Sources, read_sources, variable
from hub.model.errors import ConfigError, Problem
from hub.model.similarity import did_you_mean
from hub.toml.document import TomlFile, toml_file
from hub.toml.positions import TomlPath
from hub.toml.validation_errors import is_secret, tell


def load(path: Path | None = None, environ: Mapping[str, str] | None = None) -> Config:
    """Read the file at `path`, else at HUB_CONFIG, else ./config.toml; raises ConfigError with every problem."""
    environ = os.environ if environ is None else environ
    file_path = path or default_path(environ)
    file, folder = _read(file_path), file_path.parent
    return _checked(read_sources(file, folder, environ, frozenset(Config.model_fields)))


def default_path(environ: Mapping[str, str] | None = None) -> Path:
    """Where the configuration is when nobody says: HUB_CONFIG, else ./config.toml."""
    return Path((os.environ if environ is None else environ).get("HUB_CONFIG") or DEFAULT_FILE)


def connector_problems(config: Config, name: str, error: ValidationError, settings: type[BaseModel]) -> list[Problem]:
    """What is wrong in a connector's table, which was validated as `settings`."""
    at = ("connectors", name)
    problems = []
    for detail in error.errors(include_url=False, include_input=False):
        found = tell(detail, settings, at=at, place=lambda p: config.place(*p), key=lambda p: config.key(*p))
        loc = tuple(detail["loc"])
        remedy = found.remedy or _how_to_set(at, loc, detail["type"], settings)
        problems.append(Problem(found.place, found.key, found.what, remedy))
    return problems


def _how_to_set(at: TomlPath, loc: TomlPath, kind: str, settings: type[BaseModel]) -> str:
    """The variables that hold what is missing: secrets have no other place."""
    if loc and is_secret(str(loc[-1])):
        return f"Set {variable((*at, *loc))} or {variable((*at, *loc))}_FILE."
    if loc and kind == "missing":
        return f"Write it under [{'.'.join(map(str, (*at, *loc[:-1])))}], or set {variable((*at, *loc))}."
    secrets = [variable((*at, field)) for field in settings.model_fields if is_secret(field)]
    if not loc and secrets:
        return f"Secrets are read from {', '.join(secrets)}, or with _FILE from a file."
    return ""


def _read(path: Path) -> TomlFile:
    try:
        return toml_file(str(path), path.read_bytes())
    except FileNotFoundError:
        remedy = "Run `hub init` to write one, or name one with --config or HUB_CONFIG."
        raise ConfigError([Problem(str(path), "", "there is no configuration file", remedy)]) from None
    except OSError as error:
        raise ConfigError([Problem(str(path), "", f"cannot be read: {error.strerror}")]) from None


def _checked(sources: Sources) -> Config:
    problems, origins = [*sources.problems], sources.origins
    config: Config | None = None
    try:
        config = _put_together(sources)
    except ValidationError as error:
        details = error.errors(include_url=False, include_input=False)
        problems += [tell(detail, Config, at=(), place=origins.place, key=origins.file.key) for detail in details]
    problems += _without_kind(sources) + (_without_connector(config, origins) if config else [])
    if problems or config is None:
        raise ConfigError(problems)
    return config.read_from(origins)


def _put_together(sources: Sources) -> Config:
    """Let pydantic-settings merge the sources, the first the strongest."""

    class Layered(Config):
        """The configuration with these sources."""

        @classmethod
        def settings_customise_sources(
            cls, settings_cls: type[BaseSettings], *_: Any, **__: Any
        ) -> tuple[PydanticBaseSettingsSource, ...]:
            """Nothing but what was read."""
            return sources.of(settings_cls)

    return Layered()  # type: ignore[call-arg]


def _without_kind(sources: Sources) -> list[Problem]:
    """A problem for each connector that no source gives a kind."""
    tables: dict[str, bool] = {}
    for source in sources.of(Config):
        connectors = source().get("connectors", {})
        for name, table in connectors.items() if isinstance(connectors, dict) else ():
            tables[name] = tables.get(name, False) or (isinstance(table, dict) and isinstance(table.get("kind"), str))
    return [_no_kind(("connectors", name), sources.origins) for name, named in tables.items() if not named]


def _without_connector(config: Config, origins: Origins) -> list[Problem]:
    """A problem for each schedule of a connector that there is not."""
    connectors, at = config.connectors, ("service", "schedules")
    return [
        Problem(
            origins.place((*at, name)),
            origins.file.key((*at, name)),
            "no connector has this name",
            did_you_mean(name, connectors, noun="connector"),
        )
        for name in config.service.schedules
        if name not in connectors
    ]


def _no_kind(path: TomlPath, origins: Origins) -> Problem:
    remedy = 'Say which tracker it is, such as kind = "jira".'
    if path not in origins.file.lines:
        remedy = f"{origins.file.name} has no [connectors.{path[-1]}]: add it, or unset the variable."
    return Problem(origins.place(path), f"{origins.file.key(path)}.kind", "is missing", remedy)
