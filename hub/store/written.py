"""What the hub remembers of its own writes on tickets: the part of the store that makes them safe to repeat."""

from collections.abc import Sequence
from datetime import date
from typing import Protocol

from hub.model.action import Comment, LedgerEntry, PostedFinding, Target


class Written(Protocol):
    """The ledger: what stands on each ticket, what was wished for, and what people answered."""

    def published(self) -> dict[tuple[str, str], LedgerEntry]:
        """The whole ledger by (connector, ticket id)."""
        ...

    def intend(self, target: Target, digest: str) -> None:
        """Remember the wish for a comment before it is sent."""
        ...

    def intend_labels(self, target: Target, add: frozenset[str], remove: frozenset[str]) -> None:
        """Remember the wish for labels before it is sent."""
        ...

    def commented(
        self,
        target: Target,
        comment: Comment,
        digest: str,
        findings: Sequence[PostedFinding],
        *,
        resolved: bool,
        muted_by: str = "",
        day: date | None = None,
    ) -> None:
        """Remember what stands there now; `day` is when it was resolved, if it was not before."""
        ...

    def muted(self, target: Target, by: str, findings: Sequence[PostedFinding]) -> None:
        """Remember the comment by which somebody muted a ticket without a comment of ours, and what was open then."""
        ...

    def replacing(self, target: Target, digest: str) -> None:
        """Remember the wish for a new comment in place of the one that stands there."""
        ...

    def replaced(self, target: Target) -> None:
        """The old comment is gone, or says that a newer one replaces it."""
        ...

    def adopted(self, target: Target, comment: Comment, labels: frozenset[str]) -> None:
        """Remember a comment of ours that was found on the ticket and not in the ledger."""
        ...

    def rivalled(self, target: Target, day: date) -> None:
        """A comment was seen on that day that another state of the hub posted on the ticket."""
        ...

    def looked(self, target: Target, moment: str, form: str) -> None:
        """Our comment was compared, and was as we left it when the ticket had last changed at that moment."""
        ...

    def contested(self, target: Target, moment: str) -> None:
        """Somebody changed our comment."""
        ...

    def label_barred(self, target: Target, label: str, standing_for: str) -> None:
        """The tracker's screen does not take the label: not tried again while it would stand for the same findings."""
        ...

    def shut(self, target: Target, part: str, words: str, *, moment: str, day: date) -> None:
        """The ticket does not take its comment, or labels: not tried again until it changes, or for some days."""
        ...

    def comment_unsent(self, target: Target) -> None:
        """The tracker refused the comment that was wished for: it did not arrive."""
        ...

    def comment_refused(self, target: Target, standing_for: str) -> None:
        """A person deleted our comment: not put back while it would stand for the same findings."""
        ...

    def comment_gone(self, target: Target) -> None:
        """Our comment is not there any more and is not missed."""
        ...

    def labelled(self, target: Target, label: str, *, present: bool) -> None:
        """We added the label, or it is gone."""
        ...

    def label_refused(self, target: Target, label: str, standing_for: str) -> None:
        """A person took our label away: not put back while it would stand for the same findings."""
        ...

    def forget(self, target: Target) -> None:
        """Nothing of ours is left on the ticket."""
        ...
