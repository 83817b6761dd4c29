"""What an import tells: what each column became, what was decided, and what was not understood."""

from collections import defaultdict
from dataclasses import dataclass, field

MOST_SAMPLES = 3


@dataclass(frozen=True, slots=True)
class Remark:
    """Something to know about a line; one that `blocks` must be settled before anything is written."""

    line: int
    what: str
    column: str = ""
    blocks: bool = False


@dataclass(slots=True)
class Notes:
    """Collects remarks and samples while the rows are read."""

    remarks: list[Remark] = field(default_factory=list)
    samples: dict[str, dict[str, str]] = field(default_factory=lambda: defaultdict(dict))

    def say(self, line: int, what: str, column: str = "") -> None:
        """Something that was decided or left out."""
        self.remarks.append(Remark(line, what, column))

    def block(self, line: int, what: str, column: str = "") -> None:
        """Something that only people can settle."""
        self.remarks.append(Remark(line, what, column, blocks=True))

    def sample(self, name: str, raw: str, became: str) -> None:
        """What a cell became, for the first few different ones of a column."""
        kept = self.samples[name]
        if raw.strip() and len(kept) < MOST_SAMPLES:
            kept.setdefault(raw.strip(), became)
