"""What was observed on the tickets and the ledger has to record, as values: planned on first, written afterwards."""

from dataclasses import dataclass
from datetime import date

from hub.model.action import Comment, Target


@dataclass(frozen=True, slots=True)
class CommentAdopted:
    """A comment of ours that the ledger does not know, or not as the one that stays; `labels` are those of ours."""

    target: Target
    comment: Comment
    labels: frozenset[str]


@dataclass(frozen=True, slots=True)
class CommentNotSent:
    """A comment without a receipt is not on its ticket: it never arrived."""

    target: Target


@dataclass(frozen=True, slots=True)
class CommentDeleted:
    """A person deleted our comment; `findings_key` are the fingerprints of the findings in it."""

    target: Target
    findings_key: str


@dataclass(frozen=True, slots=True)
class CommentVerified:
    """Our comment is as we left it, with this hash of its text, as of the ticket's last change."""

    target: Target
    ticket_updated_at: str
    body_hash: str


@dataclass(frozen=True, slots=True)
class CommentEdited:
    """Somebody edited our comment; `ticket_updated_at` is the ticket's last change."""

    target: Target
    ticket_updated_at: str


@dataclass(frozen=True, slots=True)
class LabelChanged:
    """A label whose write has no receipt was set after all, or removed."""

    target: Target
    label: str
    present: bool


@dataclass(frozen=True, slots=True)
class OtherHubDetected:
    """A comment of our account stands there that this ledger does not know."""

    target: Target
    day: date


LedgerChange = (
    CommentAdopted | CommentNotSent | CommentDeleted | CommentVerified | CommentEdited | LabelChanged | OtherHubDetected
)
