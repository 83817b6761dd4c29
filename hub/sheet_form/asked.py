"""What was said on the command line of an import."""

from dataclasses import dataclass
from datetime import date


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
