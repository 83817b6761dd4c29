"""How values point at each other: a ticket serves a key result, a ticket waits for a ticket."""

from dataclasses import dataclass
from enum import StrEnum

from hub.model.initiative import MentionSource, Ref


@dataclass(frozen=True, slots=True)
class KeyResultLink:
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


@dataclass(frozen=True, slots=True)
class UnresolvedName:
    """A value on a ticket that should name a key result and does not; `closest` are ids people may have meant."""

    initiative: Ref
    source: MentionSource
    raw: str
    reason: UnresolvedReason
    closest: tuple[str, ...] = ()


class DependencySource(StrEnum):
    """Where a dependency between two tickets was seen."""

    LINK = "link"
    SUB_ISSUE = "sub-issue"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Dependency:
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


@dataclass(frozen=True, slots=True)
class Candidate:
    """A key result that a ticket may serve, how alike the words are (0 to 100), and why it is offered."""

    key_result: str
    score: float
    evidence: str
