"""What the hub remembers of its own writes on tickets: the part of the store that makes them safe to repeat."""

from collections.abc import Sequence
from datetime import date
from typing import Protocol

from hub.model.action import Comment, LedgerEntry, PostedFinding, Target


class Ledger(Protocol):
    """The ledger: what stands on each ticket, what was wished for, and what people answered."""

    def ledger_entries(self) -> dict[tuple[str, str], LedgerEntry]:
        """The whole ledger by (connector, ticket id)."""
        ...

    def record_intent(self, target: Target, digest: str) -> None:
        """Remember the wish for a comment before it is sent."""
        ...

    def record_label_intent(self, target: Target, add: frozenset[str], remove: frozenset[str]) -> None:
        """Remember the wish for labels before it is sent."""
        ...

    def record_comment(
        self,
        target: Target,
        comment: Comment,
        digest: str,
        findings: Sequence[PostedFinding],
        *,
        resolved: bool,
        mute_comment_id: str = "",
        day: date | None = None,
    ) -> None:
        """Remember what stands there now; `day` is when it was resolved, if it was not before."""
        ...

    def record_mute(self, target: Target, mute_comment_id: str, findings: Sequence[PostedFinding]) -> None:
        """Remember the comment by which somebody muted a ticket without a comment of ours, and what was open then."""
        ...

    def record_replacement_intent(self, target: Target, digest: str) -> None:
        """Remember the wish for a new comment in place of the one that stands there."""
        ...

    def record_replaced(self, target: Target) -> None:
        """The old comment is gone, or says that a newer one replaces it."""
        ...

    def record_adopted(self, target: Target, comment: Comment, labels: frozenset[str]) -> None:
        """Remember a comment of ours that was found on the ticket and not in the ledger."""
        ...

    def record_other_hub(self, target: Target, day: date) -> None:
        """A comment was seen on that day that another state of the hub posted on the ticket."""
        ...

    def record_verified(self, target: Target, verified_at: str, body_hash: str) -> None:
        """Our comment was compared, and was as we left it when the ticket had last changed at that moment."""
        ...

    def record_human_edit(self, target: Target, verified_at: str) -> None:
        """Somebody changed our comment."""
        ...

    def record_unsettable_label(self, target: Target, label: str, findings_key: str) -> None:
        """The tracker's screen does not take the label: not tried again while it would stand for the same findings."""
        ...

    def record_write_refusal(
        self, target: Target, part: str, reason: str, *, ticket_updated_at: str, day: date
    ) -> None:
        """The ticket does not take its comment, or labels: not tried again until it changes, or for some days."""
        ...

    def record_unsent_comment(self, target: Target) -> None:
        """The tracker refused the comment that was wished for: it did not arrive."""
        ...

    def record_comment_removed_by_human(self, target: Target, findings_key: str) -> None:
        """A person deleted our comment: not put back while it would stand for the same findings."""
        ...

    def record_comment_absent(self, target: Target) -> None:
        """Our comment is not there any more and is not missed."""
        ...

    def record_label(self, target: Target, label: str, *, present: bool) -> None:
        """We added the label, or it is gone."""
        ...

    def record_label_removed_by_human(self, target: Target, label: str, findings_key: str) -> None:
        """A person took our label away: not put back while it would stand for the same findings."""
        ...

    def delete_entry(self, target: Target) -> None:
        """Nothing of ours is left on the ticket."""
        ...
