"""What people may configure: the table `[connectors.NAME]` with `kind = "tiny"`."""

from typing import Literal

from pydantic import ConfigDict, Field, SecretStr

from connectors.shared.settings import CommandSettings, KeyResultMentions, WorkSettings


class TinySettings(WorkSettings):
    """One project of a tiny tracker."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True, frozen=True)

    kind: Literal["tiny"] = "tiny"
    """The connector that reads and writes the tracker."""
    url: str
    """The tracker's address."""
    project: str
    """The project whose tickets are read."""
    token: SecretStr
    """The account's token; set it as `HUB_CONNECTORS__NAME__TOKEN`."""
    page_size: int = Field(default=100, ge=1, le=1000)
    """Tickets in one request."""
    full_hours: float = Field(default=24.0, gt=0)
    """After so many hours everything is read again: a list of changes does not show what was deleted."""
    writes_per_minute: float = 60.0
    """Writes in one minute; 0 for no limit."""
    key_results: KeyResultMentions = KeyResultMentions(field="")
    """Where tickets name key results."""
    commands: CommandSettings = CommandSettings()
    """Who may give commands in comments."""
