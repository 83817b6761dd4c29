"""The words that OKR files choose from: phases, kinds and states of links, directions."""

from enum import StrEnum


class Phase(StrEnum):
    """Where a cycle stands; in `draft` every severity is one lower, from `locked` on some are higher."""

    DRAFT = "draft"
    ALIGN = "align"
    LOCKED = "locked"
    RUNNING = "running"
    CLOSED = "closed"


class LinkKind(StrEnum):
    """Direct: the team's metric is summed into the key result. Indirect: the work moves it."""

    DIRECT = "direct"
    INDIRECT = "indirect"


class LinkState(StrEnum):
    """Whether both sides of a link have agreed."""

    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    DECLINED = "declined"


class Aggregation(StrEnum):
    """How team metrics make up an organization key result."""

    SUM = "sum"
    MEAN = "mean"
    NONE = "none"


class Direction(StrEnum):
    """Where a key result's value is to go: up, down, under or over a limit that holds all the time, or nowhere."""

    INCREASE = "increase"
    DECREASE = "decrease"
    AT_MOST = "at_most"
    AT_LEAST = "at_least"
    KEEP = "keep"

    @property
    def is_limit(self) -> bool:
        """Whether it holds or is breached, without a way from a start to a target."""
        return self in (Direction.AT_MOST, Direction.AT_LEAST, Direction.KEEP)


class Visibility(StrEnum):
    """A private key result counts for the truth and is never named outside its audience."""

    PUBLIC = "public"
    PRIVATE = "private"
