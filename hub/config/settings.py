"""The configuration as a whole: its values, and the file or variable that set each of them."""

from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import Field, PrivateAttr, SecretStr, field_validator
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
from hub.config.sources import ValueOrigins
from hub.model.errors import ConfigError, Problem
from hub.model.finding import Waiver
from hub.toml.document import TomlFile

DEFAULT_FILE = "config.toml"
SQLITE = "sqlite:///"
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
    cycle: NonBlank = "auto"
    okrs: Annotated[tuple[NonBlank, ...], Field(min_length=1)]
    state: str = "sqlite:///hub.db"
    connectors: dict[ConnectorName, dict[str, Any]] = {}
    publish: PublishSettings = PublishSettings()
    service: ServiceSettings = ServiceSettings()
    auth: AuthSettings = AuthSettings()
    digests: DigestSettings = DigestSettings()
    rules: dict[str, RuleSettings] = {}
    waivers: tuple[WaiverSettings, ...] = ()

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
        if state.startswith(("postgresql:", "postgres:")):
            raise ValueError(f"PostgreSQL is not in this version: expected {SQLITE}FILE")
        if not state.startswith(SQLITE) or state == SQLITE:
            raise ValueError(f"expected {SQLITE}FILE")
        return state

    def with_origins(self, origins: ValueOrigins) -> Self:
        """Remember where the values came from, so that later errors can say so."""
        self._origins = origins
        return self

    @property
    def state_path(self) -> Path:
        """The database file."""
        return self._origins.folder / self.state.removeprefix(SQLITE)

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
        return tuple(
            value.get_secret_value() for table in tables for value in table.values() if isinstance(value, SecretStr)
        )

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
