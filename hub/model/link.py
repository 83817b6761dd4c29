"""How values refer to each other: a ticket serves a key result or waits for a ticket; kinds and states of links."""

from dataclasses import dataclass
from enum import StrEnum

from hub.model.initiative import MentionSource, Ref
from hub.model.value import Value


class KeyResultLink(Value, frozen=True):
    """The initiative names the key result itself, or its nearest ancestor that names one does."""

    initiative: Ref
    key_result: str
    source: MentionSource
    raw: str
    inherited_from: Ref | None = None


class UnresolvedReason(StrEnum):
    """Why a written value names no key result."""

    UNKNOWN = "unknown"
    ENDED = "ended"
    OBJECTIVE = "objective"
    SEVERAL = "several"
    CLOSED = "closed"


class UnresolvedName(Value, frozen=True):
    """A value on a ticket that should name a key result and does not; `closest` are ids people may have meant.

    Several such values of one line, field's value or command are one: `values` are these, and `raw` all of them.
    `written` is all that stands in that place, empty where it is `raw` itself; `beside` are the values there that name
    key results. `heading` is the heading below which the line stands.
    """

    initiative: Ref
    source: MentionSource
    raw: str
    reason: UnresolvedReason
    closest: tuple[str, ...] = ()
    values: tuple[str, ...] = ()
    written: str = ""
    beside: tuple[str, ...] = ()
    heading: str = ""


class DependencySource(StrEnum):
    """Where a dependency between two tickets was seen."""

    LINK = "link"
    SUB_ISSUE = "sub-issue"
    TEXT = "text"


class Dependency(Value, frozen=True):
    """`waiting` needs `providing`; `blocks` tells a stated block from a mere part or mention."""

    waiting: Ref
    providing: Ref
    source: DependencySource


class Answer(StrEnum):
    """What the team of a ticket said to those who wait for it; on a ticket that waits, `later` puts the work off."""

    ACCEPTED = "accepted"
    DECLINED = "declined"
    LATER = "later"

    @property
    def is_refusal(self) -> bool:
        """Whether it is a no for this cycle."""
        return self is not Answer.ACCEPTED


@dataclass(frozen=True, slots=True)
class Dismissal:
    """Two teams between which people looked for a hidden dependency and found none, and why."""

    between: tuple[str, str]
    reason: str


class Candidate(Value, frozen=True):
    """A key result that a ticket may serve, how alike the words are (0 to 100), and why it is offered."""

    key_result: str
    score: float
    evidence: str


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
