"""What an import tells: what each column became, what was decided, and what was not understood."""

from collections import defaultdict
from dataclasses import dataclass, field

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
