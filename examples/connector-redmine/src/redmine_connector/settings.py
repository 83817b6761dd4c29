"""What people may configure: the table `[connectors.NAME]` with `kind = "redmine"`."""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field, SecretStr, StringConstraints

from connectors.shared.settings import CommandSettings, KeyResultMentions, NetworkSettings, WorkSettings
from hub.model.initiative import StatusCategory

Identifier = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]{0,99}$")]


class RedmineSettings(WorkSettings, NetworkSettings):
    """One Redmine: which projects are read, what its words mean, and who we are."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True, frozen=True)

    kind: Literal["redmine"] = "redmine"
    """The connector that reads and writes the tracker."""
    url: str = Field(pattern=r"^https?://[^\s?#]+$")
    """The address of Redmine, with its path if it has one."""
    projects: tuple[Identifier, ...] = Field(min_length=1)
    """Identifiers of the projects whose issues are read; subprojects are named themselves."""
    api_key: SecretStr
    """The API key of the hub's account, from its page My account; set it as `HUB_CONNECTORS__NAME__API_KEY`."""
    formatting: Literal["textile", "common_mark"] = "textile"
    """What Administration, Settings, General, Text formatting says."""
    statuses: dict[str, StatusCategory] = Field(default_factory=dict)
    """What statuses of your own mean, such as `{ "On hold" = "to do" }`."""
    key_results: KeyResultMentions = KeyResultMentions(label="")
    """Where issues name key results: a custom field, or a line of the description. Redmine has no labels."""
    commands: CommandSettings = CommandSettings()
    """Who may give commands in notes."""
    page_size: int = Field(default=100, ge=1, le=100)
    """Issues in one request; Redmine gives 100 at most."""
    full_hours: float = Field(default=6.0, gt=0)
    """After so many hours everything is read again: lists of changes show no deleted issue and no new relation."""
    lookback_seconds: int = Field(default=120, ge=0)
    """So far before the last change that was seen the next list of changes begins."""
    writes_per_minute: float = Field(default=60.0, ge=0)
    """Writes in one minute; 0 for no limit."""
