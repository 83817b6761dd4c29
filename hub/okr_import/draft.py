"""What an import makes: its options, drafted OKRs, and the log of what was decided and not understood."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date

from hub.model.link import Direction
from hub.okr_import.cell_parsers import Part, Period


@dataclass(slots=True)
class DraftKeyResult:
    """A key result; `target_cell` is what stands for its target, whether it could be read or not."""

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


MAX_SAMPLES = 3


@dataclass(frozen=True, slots=True)
class ImportMessage:
    """Something to know about a line; one that `blocks` must be settled before anything is written."""

    line: int
    text: str
    column: str = ""
    blocks: bool = False


@dataclass(slots=True)
class ImportLog:
    """Collects remarks and samples while the rows are read."""

    messages: list[ImportMessage] = field(default_factory=list)
    samples: dict[str, dict[str, str]] = field(default_factory=lambda: defaultdict(dict))

    def info(self, line: int, text: str, column: str = "") -> None:
        """Something that was decided or left out."""
        self.messages.append(ImportMessage(line, text, column))

    def block(self, line: int, text: str, column: str = "") -> None:
        """Something that only people can settle."""
        self.messages.append(ImportMessage(line, text, column, blocks=True))

    def sample(self, name: str, raw: str, became: str) -> None:
        """What a cell became, for the first few different ones of a column."""
        samples = self.samples[name]
        if raw.strip() and len(samples) < MAX_SAMPLES:
            samples.setdefault(raw.strip(), became)


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """The day of the import and the answers to what a sheet leaves open; None where nobody gave one.

    `unclear_cycle` is what happens to rows whose cycle cannot be read, `owners` whether owners are teams or persons,
    `missing_target` what happens to key results without a target.
    """

    today: date
    cycle: str | None = None
    decimal: str | None = None
    unclear_cycle: str | None = None
    owners: str | None = None
    missing_target: str | None = None
