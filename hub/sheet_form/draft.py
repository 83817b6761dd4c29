"""OKRs as they come of a spreadsheet, before they are written as a file."""

from dataclasses import dataclass, field
from datetime import date

from hub.model.okr_kinds import Direction
from hub.sheet_form.cells import Part, Period


@dataclass(slots=True)
class DraftKeyResult:
    """A key result; `figure_cell` is what stands for its target, whether it could be read or not."""

    id: str
    title: str
    line: int
    start: float | None = None
    target: float | None = None
    target_cell: str = ""
    current: float | None = None
    unit: str = ""
    direction: Direction | None = None
    confidence: float | None = None
    check_in_date: date | None = None
    check_in_note: str = ""
    due: date | None = None
    teams: list[Part] = field(default_factory=list)
    owners: list[Part] = field(default_factory=list)
    shares: list[Part] = field(default_factory=list)
    aligns_to: list[str] = field(default_factory=list)
    private: bool | None = None


@dataclass(slots=True)
class DraftObjective:
    """An objective; without teams the organization's. A private one makes its key results private."""

    id: str
    title: str
    line: int
    of_organization: bool = False
    private: bool | None = None
    teams: list[Part] = field(default_factory=list)
    team_ids: list[str] = field(default_factory=list)
    key_results: list[DraftKeyResult] = field(default_factory=list)
    aligns_to: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Draft:
    """Everything that goes into the file."""

    period: Period
    objectives: list[DraftObjective] = field(default_factory=list)
    teams: dict[str, str] = field(default_factory=dict)
