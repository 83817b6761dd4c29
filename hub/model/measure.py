"""A key result's value as a tracker holds it: what is asked there, and what the tracker answered."""

from dataclasses import dataclass, replace
from datetime import datetime

NOT_MEASURED = "has not been read yet"
CANNOT_MEASURE = "this connector reads no values of key results"


@dataclass(frozen=True, slots=True)
class Measure:
    """What is read of a tracker beside the value that people state.

    `query` is in the tracker's own language. `sum` names a number field that is added up over the tickets that the
    query finds, `field` one that is read of the only ticket that it finds; without both, the tickets are counted.
    `unit` is the key result's where it is left out.
    """

    connector: str
    query: str
    sum: str = ""
    field: str = ""
    unit: str = ""

    @property
    def request(self) -> "Measure":
        """What the tracker is asked: two key results may ask the same and call it differently."""
        return replace(self, unit="")


@dataclass(frozen=True, slots=True)
class MeasureAnswer:
    """The value when it was last read, a finite number, and when; None if it never was.

    `error` is why it was not read when it was last asked: the value is then an earlier one.
    """

    measure: Measure
    value: float | None = None
    read_at: datetime | None = None
    error: str = ""
