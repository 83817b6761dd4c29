"""The configuration as a whole: loaded from one TOML file, variables and secrets, with the origin of each value."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import BaseModel, Field, PrivateAttr, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from hub.config.sections import (
    AuthSettings,
    DigestSettings,
    NonBlank,
    PublishSettings,
    RuleSettings,
    ServiceSettings,
    WaiverSettings,
)
from hub.config.sources import Sources, ValueOrigins, read_sources, variable
from hub.config.state_address import POSTGRES, SQLITE, STATE_EXPECTED, checked_address, password_problems, passwords
from hub.model.errors import ConfigError, Problem
from hub.model.finding import Waiver
from hub.model.text import did_you_mean
from hub.model.urls import display_url
from hub.toml.document import TomlFile, TomlPath, parse_toml
from hub.toml.validation_errors import describe_error, is_secret

DEFAULT_FILE = "config.toml"
CENTURY_SECONDS = 3_155_760_000
ConnectorName = Annotated[
    str,
    Field(pattern=r"^[a-z](_?[a-z0-9])*$", description="a connector's name of letters, digits and single underscores"),
]


class Config(BaseSettings):
    """Everything that people configure; each connector's table is checked later by its own settings."""

    model_config = SettingsConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True, validate_default=True)

    workspace: Annotated[str, Field(pattern=r"^[a-z0-9-]+$", description="lower-case letters, digits and dashes")] = (
        "main"
    )
    """The hub's name in its marks on tickets; two hubs on one tracker need two names."""
    clock_offset_seconds: Annotated[int, Field(ge=-CENTURY_SECONDS, le=CENTURY_SECONDS)] = 0
    """How many seconds the clock of the hub is ahead of the machine; `hub demo` sets it for trackers of another day."""
    cycle: NonBlank = "auto"
    """The cycle that is checked: `"auto"` for the shortest that contains today, or the id of one."""
    okrs: Annotated[tuple[NonBlank, ...], Field(min_length=1)]
    """The OKR files, as paths or patterns from the folder of this file; each must match at least one file."""
    state: str = "sqlite:///hub.db"
    """Where the hub keeps what it posted and read: `sqlite:///` and a file, or `postgresql://USER@HOST/DATABASE`."""
    connectors: dict[ConnectorName, dict[str, Any]] = {}
    """The trackers and exports that are read, each under a name of your choice."""
    publish: PublishSettings = PublishSettings()
    """Whether anything is written to the trackers, and how much at once."""
    service: ServiceSettings = ServiceSettings()
    """What `hub serve` does by itself."""
    auth: AuthSettings = AuthSettings()
    """Who may open the pages of `hub serve`."""
    digests: DigestSettings = DigestSettings()
    """The weekly summaries of teams."""
    rules: dict[str, RuleSettings] = {}
    """The severity and the thresholds of each rule, by the rule's name."""
    waivers: tuple[WaiverSettings, ...] = ()
    """Findings that somebody takes responsibility for until a day; each is listed in every audit."""

    _origins: ValueOrigins = PrivateAttr(default_factory=lambda: ValueOrigins(TomlFile(DEFAULT_FILE, {}, {}), Path()))

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        *_unused_sources: PydanticBaseSettingsSource,
        **_unused_keywords: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Nothing but what is handed in: `load` brings the layers."""
        return (init_settings,)

    @field_validator("state")
    @classmethod
    def _is_a_known_store(cls, state: str) -> str:
        return checked_address(state)

    def with_origins(self, origins: ValueOrigins) -> Self:
        """Remember where the values came from, so that later errors can say so."""
        self._origins = origins
        return self

    @property
    def database_url(self) -> str | None:
        """The address of the PostgreSQL that holds the state; None where a file does."""
        return self.state if self.state.startswith(POSTGRES) else None

    @property
    def state_path(self) -> Path:
        """The database file, where the state is one."""
        return self._origins.folder / self.state.removeprefix(SQLITE)

    @property
    def state_name(self) -> str:
        """Where the state is, for messages."""
        return display_url(self.state) if self.database_url else str(self.state_path)

    def resolve(self, path: str) -> str:
        """A path in a connector's table: it starts from the folder of the file."""
        return str(self._origins.folder / path)

    @property
    def waived(self) -> tuple[Waiver, ...]:
        """The waivers as the model's values."""
        return tuple(waiver.to_waiver() for waiver in self.waivers)

    @property
    def secrets(self) -> tuple[str, ...]:
        """Every secret, of every connector and of the service, for whoever keeps them out of logs."""
        tables = (*self.connectors.values(), dict(self.auth), *map(dict, self.digests.channels.values()))
        values = (value for table in tables for value in table.values())
        secrets = (value.get_secret_value() for value in values if isinstance(value, SecretStr))
        return (*secrets, *(passwords(self.state) if self.database_url else ()))

    def location(self, *path: str | int) -> str:
        """Where a key was set: `file:line`, or the environment variable."""
        return self._origins.location(path)

    def key(self, *path: str | int) -> str:
        """A key's path as errors write it."""
        return self._origins.file.key(path)

    @property
    def okrs_tracked(self) -> bool:
        """Whether a tracker keeps OKRs besides the files."""
        return any(table.get("okrs") is not None for table in self.connectors.values())

    def okr_paths(self) -> tuple[Path, ...]:
        """The OKR files that `okrs` names; raises ConfigError for a pattern that matches none."""
        paths: dict[Path, None] = {}
        problems = []
        for number, pattern in enumerate(self.okrs):
            matched = _matching_files(self._origins.folder, pattern)
            paths |= dict.fromkeys(matched)
            if not matched:
                folder = self._origins.folder.absolute()
                remedy = f"Patterns start from {folder}; `hub init` writes a file to start from."
                problems.append(
                    Problem(self.location("okrs", number), f"okrs[{number}]", f"no file matches `{pattern}`", remedy)
                )
        if problems:
            raise ConfigError(problems)
        return tuple(paths)


def _matching_files(folder: Path, pattern: str) -> list[Path]:
    full = Path(pattern)
    if full.is_absolute():
        folder, pattern = Path(full.anchor), str(full.relative_to(full.anchor))
    try:
        return sorted(path for path in folder.glob(pattern) if path.is_file())
    except ValueError:
        return []


def load(path: Path | None = None, environ: Mapping[str, str] | None = None) -> Config:
    """Read the file at `path`, else at HUB_CONFIG, else ./config.toml; raises ConfigError with every problem."""
    environ = os.environ if environ is None else environ
    file_path = path or default_path(environ)
    return _validate(read_sources(_read(file_path), file_path.parent, environ, frozenset(Config.model_fields)))


def parse(text: str, path: Path, environ: Mapping[str, str] | None = None) -> Config:
    """The configuration of a text that isn't written yet, as if it were the file at `path`."""
    environ = os.environ if environ is None else environ
    file = parse_toml(str(path), text)
    return _validate(read_sources(file, path.parent, environ, frozenset(Config.model_fields)))


def with_state(config: Config, state: str) -> Config:
    """The same configuration with its state elsewhere; ConfigError for an address that names no database."""
    try:
        Config.model_validate({"okrs": ("-",), "state": state})
    except ValidationError:
        raise ConfigError([Problem("command line", "URL", STATE_EXPECTED, "")]) from None
    return config.model_copy(update={"state": state})


def default_path(environ: Mapping[str, str] | None = None) -> Path:
    """Where the configuration is when nobody says: HUB_CONFIG, else ./config.toml."""
    return Path((os.environ if environ is None else environ).get("HUB_CONFIG") or DEFAULT_FILE)


def connector_problems(config: Config, name: str, error: ValidationError, settings: type[BaseModel]) -> list[Problem]:
    """What is wrong in a connector's table, which was validated as `settings`."""
    at = ("connectors", name)
    problems = []
    for detail in error.errors(include_url=False, include_input=False):
        problem = describe_error(
            detail, settings, at=at, location=lambda p: config.location(*p), key=lambda p: config.key(*p)
        )
        loc = tuple(detail["loc"])
        remedy, where = problem.remedy, _remedy_for(at, loc, detail["type"], settings)
        remedy = f"{remedy} {where}".strip() if detail["type"] == "missing" else remedy or where
        problems.append(Problem(problem.location, problem.key, problem.message, remedy))
    return problems


def _remedy_for(at: TomlPath, loc: TomlPath, kind: str, settings: type[BaseModel]) -> str:
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
        return parse_toml(str(path), path.read_bytes())
    except FileNotFoundError:
        remedy = "Run `hub init` to write one, or name one with --config or HUB_CONFIG."
        raise ConfigError([Problem(str(path), "", "there is no configuration file", remedy)]) from None
    except OSError as error:
        raise ConfigError([Problem(str(path), "", f"cannot be read: {error.strerror}")]) from None


def _validate(sources: Sources) -> Config:
    problems, origins = [*sources.problems], sources.origins
    config: Config | None = None
    try:
        config = _merge_layers(sources)
    except ValidationError as error:
        details = error.errors(include_url=False, include_input=False)
        problems += [
            describe_error(detail, Config, at=(), location=origins.location, key=origins.file.key) for detail in details
        ]
    problems += [*_kind_problems(sources), *password_problems(sources.origins.file)]
    problems += _schedule_problems(config, origins) if config else []
    if problems or config is None:
        raise ConfigError(problems)
    return config.with_origins(origins)


def _merge_layers(sources: Sources) -> Config:
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


def _kind_problems(sources: Sources) -> list[Problem]:
    """A problem for each connector that no source gives a kind."""
    tables: dict[str, bool] = {}
    for source in sources.of(Config):
        connectors = source().get("connectors", {})
        for name, table in connectors.items() if isinstance(connectors, dict) else ():
            tables[name] = tables.get(name, False) or (isinstance(table, dict) and isinstance(table.get("kind"), str))
    return [_missing_kind(("connectors", name), sources.origins) for name, named in tables.items() if not named]


def _schedule_problems(config: Config, origins: ValueOrigins) -> list[Problem]:
    """A problem for each schedule of a connector that there is not."""
    connectors, at = config.connectors, ("service", "schedules")
    return [
        Problem(
            origins.location((*at, name)),
            origins.file.key((*at, name)),
            "no connector has this name",
            did_you_mean(name, connectors, noun="connector"),
        )
        for name in config.service.schedules
        if name not in connectors
    ]


def _missing_kind(path: TomlPath, origins: ValueOrigins) -> Problem:
    remedy = 'Say which tracker it is, such as kind = "jira".'
    if path not in origins.file.lines:
        remedy = f"{origins.file.name} has no [connectors.{path[-1]}]: add it, or unset the variable."
    return Problem(origins.location(path), f"{origins.file.key(path)}.kind", "is missing", remedy)
