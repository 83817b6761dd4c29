"""What a tracker answered to a query that key results declare for their work."""

from dataclasses import dataclass

CANNOT = "the connector cannot answer queries"


@dataclass(frozen=True, slots=True)
class WorkAnswer:
    """One query's answer: the tracker's ids of the tickets that it found when it was last answered, None if never.

    `trouble` is why it was not answered when it was last asked; CANNOT where it never will be.
    """

    query: str
    tickets: frozenset[str] | None
    error: str = ""
