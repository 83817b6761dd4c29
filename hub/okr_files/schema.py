"""What may stand in an OKR file, table by table, before anything is compared across tables."""

from datetime import date
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator, model_validator

from hub.model.link import Aggregation, Direction, LinkKind, LinkState, Phase, Visibility

ID_DESCRIPTION = "an id of lower-case letters, digits, dots, dashes and underscores that starts with a letter or digit"
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
    start: date
    end: date
    phase: Annotated[Phase, Field(strict=False)] = Phase.RUNNING

    @field_validator("end")
    @classmethod
    def _validate_end(cls, end: date, info: ValidationInfo) -> date:
        if end < info.data.get("start", end):
            raise ValueError(f"the cycle ends on {end}, before it starts on {info.data['start']}")
        return end


class ExemptTable(OkrTable):
    """One of a team's `exempt`."""

    reason: Title
    label: Title | None = None
    kind: Title | None = None

    @model_validator(mode="after")
    def _validate_scope(self) -> Self:
        if self.label is None and self.kind is None:
            raise ValueError("names no work: give a `label` or a `kind`")
        return self


class TeamTable(OkrTable):
    """`[[team]]`; without a name the id is its name."""

    id: Id
    name: Title | None = None
    owns: Annotated[list[Owned], Field(description='a place as connector:name, such as "jira:ACME"')] = []
    exempt: list[ExemptTable] = []


class ContributionTable(OkrTable):
    """One of a key result's `contributions`; whether shares add up is a rule's question."""

    team: Id
    kind: Annotated[LinkKind, Field(strict=False)] = LinkKind.DIRECT
    share: float | None = None


class AlignmentTable(OkrTable):
    """One of a key result's `aligns_to`."""

    key_result: Id
    kind: Annotated[LinkKind, Field(strict=False)] = LinkKind.DIRECT
    state: Annotated[LinkState, Field(strict=False)] = LinkState.ACCEPTED
    since: date | None = None


class NeedTable(OkrTable):
    """One of a key result's `depends_on`."""

    team: Id
    key_result: Id | None = None
    priority: PriorityBand | None = None
    needed_by: date | None = None
    state: Annotated[LinkState, Field(strict=False)] = LinkState.PROPOSED
    since: date | None = None


class SupportTable(OkrTable):
    """One of a key result's `supports`: a key result of another team."""

    key_result: Id


class WorkTable(OkrTable):
    """One of a key result's `work`: a query in the words of the connector's tracker."""

    connector: Annotated[str, Field(pattern=r"^[a-z](_?[a-z0-9])*$", description="a connector's name, such as jira")]
    query: Title


class CheckInTable(OkrTable):
    """One of a key result's `check_ins`."""

    date: date
    value: float | None = None
    confidence: Confidence | None = None
    present: Ids = []
    note: str = ""
    blocker: str = ""


class KeyResultTable(OkrTable):
    """`[[objective.key_result]]`."""

    id: Id
    title: Title
    direction: Annotated[Direction | None, Field(strict=False)] = None
    tolerance: Annotated[float, Field(ge=0)] | None = None
    start: float | None = None
    target: float | None = None
    current: float | None = None
    unit: str = ""
    metric: str = ""
    aggregation: Annotated[Aggregation, Field(strict=False)] | None = None
    owners: Ids = []
    contributions: list[ContributionTable] = []
    confidence: Confidence | None = None
    priority: PriorityBand | None = None
    visibility: Annotated[Visibility, Field(strict=False)] = Visibility.PUBLIC
    aligns_to: list[AlignmentTable] = []
    depends_on: list[NeedTable] = []
    supports: list[SupportTable] = []
    work: list[WorkTable] = []
    check_ins: list[CheckInTable] = []
    cadence_days: Annotated[int, Field(ge=1)] = 7
    lag_days: Annotated[int, Field(ge=0)] | None = None
    blocker: str = ""
    audience: Ids = []
    replaced_by: Id | None = None
    url: Address | None = None

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
    every_days: Annotated[int, Field(ge=1)] = 7


class ObjectiveTable(OkrTable):
    """`[[objective]]`; its key results are read one by one, so that a fault in one hides no other."""

    id: Id
    title: Title
    teams: Ids = []
    standalone: Title | None = None
    sync: SyncTable | None = None
    aligns_to: Ids = []


class DismissedTable(OkrTable):
    """`[[dismissed]]`: two teams between which nothing is hidden."""

    between: Annotated[list[Id], Field(min_length=2, max_length=2, description='two teams: ["product", "data"]')]
    reason: Title
