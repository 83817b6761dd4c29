"""What may stand in the sections of the configuration."""

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from hub.model.finding import Waiver

NonBlank = Annotated[str, Field(pattern=r"\S", description="words, not an empty text")]
Container = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*:\S+$", description='connector:name, such as "jira:ACME"')]
Count = Annotated[int, Field(ge=0)]


class Section(BaseModel):
    """A table of the configuration: no other keys, nothing changes later, no value in an error's text."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True, allow_inf_nan=False)


Ticket = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*:\S+$", description='connector:key, such as "jira:ACME-99"')]


class PublishSettings(Section):
    """`[publish]`: whether anything is written to the trackers, and how much at once.

    `only` narrows writing to some places while a team tries the hub out; empty means all. `silent` connectors are
    worked out and shown, and never written. `first_run_confirm_above` is how many tickets a connector's first run may touch
    without `--yes`.
    `dashboard` is the one ticket that holds the state of the whole.
    """

    enabled: bool = False
    max_share: Annotated[float, Field(gt=0, le=1)] = 0.3
    max_resolved_share: Annotated[float, Field(gt=0, le=1)] = 0.3
    max_new_comments: Count = 200
    max_new_comments_per_project: Count = 50
    first_run_confirm_above: Count = 20
    include: tuple[Container, ...] = ()
    dashboard: Ticket | None = None
    dry_run_connectors: tuple[NonBlank, ...] = ()


class RuleSettings(BaseModel):
    """`[rules.NAME]`: another severity, and the rule's own thresholds as numbers."""

    model_config = ConfigDict(extra="allow", frozen=True, hide_input_in_errors=True, allow_inf_nan=False)
    __pydantic_extra__: dict[str, float]

    severity: Literal["info", "warning", "error", "off"] | None = None

    @property
    def options(self) -> dict[str, float]:
        """The thresholds that were given."""
        return dict(self.__pydantic_extra__)


class WaiverSettings(Section):
    """One of `[[waivers]]`: a fault that somebody answers for until a day."""

    rule: NonBlank
    subject: NonBlank
    reason: NonBlank
    owner: NonBlank
    until: date

    def to_waiver(self) -> Waiver:
        """The model's waiver."""
        return Waiver(self.rule, self.subject, self.reason, self.owner, self.until)
