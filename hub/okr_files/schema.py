"""What may stand in an OKR file, table by table, before anything is compared across tables."""

from datetime import date
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator, model_validator

from hub.model.link import Aggregation, Direction, LinkKind, LinkState, Phase, Visibility

ID_DESCRIPTION = (
    "an id of the lower-case letters a-z, digits, dots, dashes and underscores that starts with a letter or digit"
)
_ID = r"^[a-z0-9][a-z0-9._-]*$"

Id = Annotated[str, Field(pattern=_ID, description=ID_DESCRIPTION)]
Ids = Annotated[list[Id], Field(description=ID_DESCRIPTION)]
Title = Annotated[str, Field(pattern=r"\S", description="words, not an empty text")]
Address = Annotated[str, Field(pattern=r"^https?://\S+$", description="a web address, https://…")]
Owned = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*:\S+$")]
PriorityBand = Annotated[int, Field(ge=1, le=4)]
Confidence = Annotated[float, Field(ge=0, le=1)]


class OkrTable(BaseModel):
    """A table: no other keys, no other types, no endless numbers."""

    model_config = ConfigDict(strict=True, extra="forbid", allow_inf_nan=False, frozen=True, hide_input_in_errors=True)


class CycleTable(OkrTable):
    """`[cycle]`."""

    id: Annotated[
        str,
        Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$", description="an id such as 2026-Q4"),
    ]
    """The cycle's id, such as `2026-Q4`."""
    start: date
    """The first day of the cycle."""
    end: date
    """The last day of the cycle."""
    phase: Annotated[Phase, Field(strict=False)] = Phase.RUNNING
    """How far the cycle is; findings are milder before it runs."""

    @field_validator("end")
    @classmethod
    def _validate_end(cls, end: date, info: ValidationInfo) -> date:
        if end < info.data.get("start", end):
            raise ValueError(f"the cycle ends on {end}, before it starts on {info.data['start']}")
        return end


class ExemptTable(OkrTable):
    """One of a team's `exempt`."""

    reason: Title
    """Why this work needs no key result."""
    label: Title | None = None
    """The label of the exempt work; give this or `kind`."""
    kind: Title | None = None
    """The issue type of the exempt work; give this or `label`."""

    @model_validator(mode="after")
    def _validate_scope(self) -> Self:
        if self.label is None and self.kind is None:
            raise ValueError("names no work: give a `label` or a `kind`")
        return self


class TeamTable(OkrTable):
    """`[[team]]`; without a name the id is its name."""

    id: Id
    """The team's id, which key results and objectives name."""
    name: Title | None = None
    """The team's name as people read it; left out, it is the id."""
    owns: Annotated[list[Owned], Field(description='a place as connector:name, such as "jira:ACME"')] = []
    """Projects and repositories whose tickets are the team's, such as `"jira:ACME"` or `"github:acme/app"`."""
    exempt: list[ExemptTable] = []
    """Work of the team that needs no key result, by label or issue type."""


class ContributionTable(OkrTable):
    """One of a key result's `contributions`; whether shares add up is a rule's question."""

    team: Id
    """The team that contributes."""
    kind: Annotated[LinkKind, Field(strict=False)] = LinkKind.DIRECT
    """Whether the share counts towards the total (`direct`), or the team helps without being summed (`indirect`)."""
    share: float | None = None
    """The team's share of the key result in percent, such as 60."""


class AlignmentTable(OkrTable):
    """One of a key result's `aligns_to`."""

    key_result: Id
    """The key result that this one supports."""
    kind: Annotated[LinkKind, Field(strict=False)] = LinkKind.DIRECT
    """Whether it moves that key result directly or indirectly."""
    state: Annotated[LinkState, Field(strict=False)] = LinkState.ACCEPTED
    """Whether the link is agreed."""
    since: date | None = None
    """The day on which the link was proposed."""


class NeedTable(OkrTable):
    """One of a key result's `depends_on`."""

    team: Id
    """The team that something is needed from."""
    key_result: Id | None = None
    """The key result of that team that delivers it."""
    priority: PriorityBand | None = None
    """How important it is to the team that needs it, from 1 (most urgent) to 4."""
    needed_by: date | None = None
    """The day by which it is needed."""
    state: Annotated[LinkState, Field(strict=False)] = LinkState.PROPOSED
    """Whether the other team has agreed."""
    since: date | None = None
    """The day on which the other team was asked."""


class SupportTable(OkrTable):
    """One of a key result's `supports`: a key result of another team."""

    key_result: Id
    """The key result of another team that this one supports."""


class WorkTable(OkrTable):
    """One of a key result's `work`: a query in the words of the connector's tracker."""

    connector: Annotated[str, Field(pattern=r"^[a-z](_?[a-z0-9])*$", description="a connector's name, such as jira")]
    """The connector whose tracker is asked; only Jira answers queries."""
    query: Title
    """The query (JQL) whose tickets are linked to the key result."""


class MeasureTable(OkrTable):
    """A key result's `measure`: where a tracker holds its value; one of `count`, `sum` and `field` says how."""

    connector: Annotated[str, Field(pattern=r"^[a-z](_?[a-z0-9])*$", description="a connector's name, such as jira")]
    """The connector whose tracker is asked; Jira and GitHub answer."""
    query: Title
    """The tracker's own query: JQL in Jira, a search for issues in GitHub."""
    count: Literal[True] | None = None
    """Counts the tickets that the query finds."""
    sum: Title | None = None
    """The number field that is added up over the tickets that the query finds."""
    field: Title | None = None
    """The number field of the only ticket that the query finds."""
    unit: str = ""
    """The value's unit, if it is not the key result's; it is then shown and not compared."""

    @model_validator(mode="after")
    def _validate_kind(self) -> Self:
        given = [name for name in ("count", "sum", "field") if getattr(self, name) is not None]
        if len(given) != 1:
            found = " and ".join(f"`{name}`" for name in given) or "none of them"
            raise ValueError(f"give one of `count = true`, `sum` and `field`; it has {found}")
        return self


class CheckInTable(OkrTable):
    """One of a key result's `check_ins`."""

    date: date
    """The day of the check-in."""
    value: float | None = None
    """The measured value."""
    confidence: Confidence | None = None
    """How likely the target is, from 0 to 1."""
    present: Ids = []
    """The teams that took part."""
    note: str = ""
    """What was said."""
    blocker: str = ""
    """What is in the way."""


class KeyResultTable(OkrTable):
    """`[[objective.key_result]]`."""

    id: Id
    """The key result's id, which tickets name; unique in its cycle."""
    title: Title
    """What will be measurably true."""
    direction: Annotated[Direction | None, Field(strict=False)] = None
    """Which way the value should go; left out, it goes from `start` to `target`."""
    tolerance: Annotated[float, Field(ge=0)] | None = None
    """How far the value may be from a level to keep; only with `direction = "keep"`."""
    start: float | None = None
    """The value at the start of the cycle."""
    target: float | None = None
    """The value to reach."""
    current: float | None = None
    """The value now; a check-in with a value replaces it."""
    unit: str = ""
    """The unit of the values, such as `USD` or `%`."""
    metric: str = ""
    """The name of the metric; two key results on the same metric are compared by it."""
    aggregation: Annotated[Aggregation, Field(strict=False)] | None = None
    """How the values of linked key results add up; left out, it follows from the unit."""
    owners: Ids = []
    """The teams that own the key result, where the objective belongs to the organization."""
    contributions: list[ContributionTable] = []
    """The teams that work towards the key result, with their shares."""
    confidence: Confidence | None = None
    """How likely the target is, from 0 to 1."""
    priority: PriorityBand | None = None
    """How important it is to its team, from 1 (most urgent) to 4."""
    visibility: Annotated[Visibility, Field(strict=False)] = Visibility.PUBLIC
    """Who may see the key result: everybody, or the groups of its audience."""
    aligns_to: list[AlignmentTable] = []
    """The organization's key results that this one supports."""
    depends_on: list[NeedTable] = []
    """What this key result needs from other teams."""
    supports: list[SupportTable] = []
    """Key results of other teams that this one supports; this agrees to their `depends_on`."""
    work: list[WorkTable] = []
    """Queries whose tickets are linked to the key result without naming it."""
    measure: MeasureTable | None = None
    """Where a tracker holds the value, which is shown beside the one that people state."""
    check_ins: list[CheckInTable] = []
    """The check-ins, one entry each."""
    cadence_days: Annotated[int, Field(ge=1)] = 7
    """How many days may pass between two check-ins."""
    lag_days: Annotated[int, Field(ge=0)] | None = None
    """How many days pass between finished work and a change of the value."""
    blocker: str = ""
    """What is in the way now."""
    audience: Ids = []
    """Further teams that may see a private key result."""
    replaced_by: Id | None = None
    """The key result of the next cycle that continues this one."""
    url: Address | None = None
    """A page about the key result."""

    # A field's validator, unlike a table's, also runs where another field was refused.
    @field_validator("tolerance")
    @classmethod
    def _validate_tolerance(cls, tolerance: float | None, info: ValidationInfo) -> float | None:
        if tolerance is not None and info.data.get("direction") is not Direction.KEEP:
            raise ValueError('counts only with direction = "keep"')
        return tolerance

    @field_validator("target")
    @classmethod
    def _validate_target(cls, target: float | None, info: ValidationInfo) -> float | None:
        start, direction = info.data.get("start"), info.data.get("direction")
        if start is None or target is None or (direction is not None and direction.is_limit):
            return target
        if target == start:
            raise ValueError(f"start and target are both {target:g}: for a level to keep, state `direction`")
        if direction is not None and (target > start) is not (direction is Direction.INCREASE):
            side = "below" if direction is Direction.INCREASE else "above"
            raise ValueError(f"direction is {direction}, but the target {target:g} is {side} the start {start:g}")
        return target


class SyncTable(OkrTable):
    """An objective's `sync`."""

    host: Id | None = None
    """The team that invites."""
    every_days: Annotated[int, Field(ge=1)] = 7
    """How many days may pass between two joint check-ins."""


class ObjectiveTable(OkrTable):
    """`[[objective]]`; its key results are read one by one, so that a fault in one hides no other."""

    id: Id
    """The objective's id; unique in its cycle."""
    title: Title
    """What the teams want to achieve."""
    teams: Ids = []
    """The teams whose objective it is: none for the organization's, two or more for a shared OKR."""
    standalone: Title | None = None
    """The reason why the objective is linked to no organization key result on purpose."""
    sync: SyncTable | None = None
    """How the teams of a shared OKR check in together."""
    aligns_to: Ids = []
    """The organization's objectives that this one supports."""


class DismissedTable(OkrTable):
    """`[[dismissed]]`: two teams between which nothing is hidden."""

    between: Annotated[list[Id], Field(min_length=2, max_length=2, description='two teams: ["product", "data"]')]
    """The two teams."""
    reason: Title
    """Why there is no dependency between them."""
