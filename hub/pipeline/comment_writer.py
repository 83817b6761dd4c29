"""Writes one comment: each wish recorded before, each receipt after, so that no crash leaves two or none."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace

from connectors.base import SupportsComments
from hub.core.insight.dashboard import undated
from hub.core.planning.comment import (
    DUPLICATE,
    SUPERSEDED,
    WITHDRAWN,
    OwnComments,
    classify_comments,
    message_digest,
    other_account_reason,
)
from hub.core.planning.comment_plan import findings_key, is_overridden
from hub.model.action import Action, ActionKind, Comment, LedgerEntries, LedgerEntry, Receipt, Status, Target
from hub.model.errors import OutcomeUnknown, RetryLater, SourceError, TicketNotFound, Unwritable
from hub.model.message import Message
from hub.store.base import Ledger

UNKNOWN = "no answer came, and the comment is not there yet: the next run checks for it before sending it again"
ALREADY_POSTED = "the comment is already up to date"


class CommentWriter:
    """The comments of one tracker; `check_lease` raises where another run has taken over."""

    def __init__(
        self, connector: SupportsComments, store: Ledger, ledger: LedgerEntries, check_lease: Callable[[], None]
    ) -> None:
        self._connector, self._store, self._ledger, self._check_lease = connector, store, ledger, check_lease

    def write(self, action: Action) -> Receipt:
        """Do what the action wants, and tell what came of it."""
        if action.message is None:
            return self._delete(action)
        if action.kind is ActionKind.CREATE_COMMENT:
            return self._create(action, action.message)
        if action.kind is ActionKind.REPLACE_COMMENT:
            return self._replace(action, action.message, action.comment_id or "")
        return self._edit(action, action.message, action.comment_id or "")

    def _create(self, action: Action, message: Message) -> Receipt:
        """Look first, for a wish without a receipt may have arrived; then wish, and only then send."""
        own_comments = self._find_own_comments(action.target)
        if own_comments.primary is not None:
            return self._ensure_text(action, message, own_comments.primary, same=self._arrived(action.target))
        if own_comments.other_account_comment is not None:
            raise Unwritable(
                self._connector.name,
                other_account_reason(own_comments.other_account_comment),
                key=action.target.ref.key,
            )
        self._store.record_intent(action.target, action.digest)
        return self._send(action, message)

    def _arrived(self, target: Target) -> Status:
        """What to tell of a comment that is there and says so: it is ours of before where it was wished for."""
        known = self._ledger.get((target.ref.connector, target.id))
        return Status.DONE if known is not None and known.create_pending else Status.UNCHANGED

    def _replace(self, action: Action, message: Message, old: str) -> Receipt:
        """A new comment first, then the old one goes: whatever breaks in between, one of the two stands there."""
        target = action.target
        self._store.record_replacement_intent(target, action.digest)
        own_comments = self._find_own_comments(target, old)
        arrived = own_comments.primary if own_comments.arrived else None
        receipt = self._ensure_text(action, message, arrived) if arrived else self._send(action, message, old)
        if receipt.status in (Status.DONE, Status.UNCHANGED):
            self._remove_replaced(target, old)
        return receipt

    def _send(self, action: Action, message: Message, old: str = "") -> Receipt:
        """Where nobody knows whether it arrived, a tracker may show it later, so it is not repeated now.

        The next run looks for it before it sends anything. A ticket that is there and answers 404 takes no comment.
        """
        target = action.target
        try:
            sent = self._answered(target, lambda: self._connector.create_comment(target, message))
        except OutcomeUnknown:
            own_comments = self._find_own_comments(target, old)
            if own_comments.primary is None or (old and not own_comments.arrived):
                return Receipt(action, Status.DEFERRED, UNKNOWN)
            return self._ensure_text(action, message, own_comments.primary, same=Status.DONE)
        except TicketNotFound as gone:
            self._connector.find_comments(target)
            raise Unwritable(gone.connector, gone.detail, key=gone.key) from None
        return self._resolve_duplicates(action, message, sent, old)

    def _resolve_duplicates(self, action: Action, message: Message, sent: Comment, old: str) -> Receipt:
        """Another hub, or a run that took over, may have posted as well: the oldest stays, and ours goes."""
        target = action.target
        older = self._find_older(target, sent, old)
        if older is not None:
            self._connector.delete_comment(target, sent.id)
        self._check_lease()
        if older is None:
            return self._done(action, sent)
        if action.day is not None:
            self._store.record_other_hub(target, action.day)
        return self._ensure_text(action, message, older)

    def _find_older(self, target: Target, sent: Comment, old: str) -> Comment | None:
        """One that was posted before ours, and after the one that ours replaces; None where that is not to be seen."""
        try:
            listed = self._connector.find_comments(target)
        except SourceError:
            return None
        own_comments = self._classify(listed, target, old)
        if own_comments.primary is None or own_comments.primary.id == sent.id or (old and not own_comments.arrived):
            return None
        return own_comments.primary if any(comment.id == sent.id for comment in listed) else None

    def _find_own_comments(self, target: Target, old: str = "") -> OwnComments:
        """What of ours stands there; others of ours beside it go."""
        own_comments = self._classify(self._connector.find_comments(target), target, old)
        for duplicate in own_comments.duplicates:
            self._remove(target, duplicate.id, DUPLICATE)
        return own_comments

    def _classify(self, listed: Sequence[Comment], target: Target, old: str) -> OwnComments:
        known = self._ledger.get((target.ref.connector, target.id))
        if old:
            known = replace(known or LedgerEntry(target), comment_id=old, replaces=old)
        return classify_comments(listed, self._connector.whoami().id, known)

    def _ensure_text(
        self, action: Action, message: Message, existing: Comment, same: Status = Status.UNCHANGED
    ) -> Receipt:
        """Edit what stands there, unless it says so already."""
        if undated(self._connector.rendered_text(action.target, message)) != undated(existing.rendered_text):
            return self._edit(replace(action, comment_id=existing.id), message, existing.id)
        return replace(self._done(action, existing), status=same, detail="" if same is Status.DONE else ALREADY_POSTED)

    def _answered(self, target: Target, write: Callable[[], Comment]) -> Comment:
        """A refusal is an answer: nobody need look whether what was refused arrived."""
        try:
            return write()
        except (OutcomeUnknown, RetryLater):
            raise
        except SourceError:
            self._store.record_unsent_comment(target)
            raise

    def _remove_replaced(self, target: Target, old: str) -> None:
        """The old comment, once a newer one replaces it."""
        self._remove(target, old, SUPERSEDED)
        self._store.record_replaced(target)

    def _remove(self, target: Target, comment_id: str, words: Message) -> None:
        """What people answered stays, and says that another comment goes on from there."""
        if self._has_reply(target, comment_id):
            with suppress(TicketNotFound):
                self._connector.update_comment(target, comment_id, words)
        else:
            self._connector.delete_comment(target, comment_id)

    def _has_reply(self, target: Target, comment_id: str) -> bool:
        """Whether a person answered it, as far as the tracker lets that be told."""
        threads = self._connector.capabilities.threads
        return threads is not None and threads.has_reply(target, comment_id)

    def _edit(self, action: Action, message: Message, comment_id: str) -> Receipt:
        """The wish first here as well, so that an edit without a receipt is not taken for somebody else's."""
        self._store.record_intent(action.target, action.digest)
        try:
            comment = self._answered(
                action.target, lambda: self._connector.update_comment(action.target, comment_id, message)
            )
            return self._minimize(action, comment, message) or self._done(action, comment)
        except TicketNotFound:
            if action.kind is ActionKind.RESOLVE_COMMENT:
                self._store.record_comment_absent(action.target)
                return Receipt(action, Status.UNCHANGED, "the comment was already deleted")
            return self._deleted(action)

    def _minimize(self, action: Action, comment: Comment, message: Message) -> Receipt | None:
        """A settled comment is folded away where the tracker can, and unfolded when something is wrong again.

        Where that has to wait, the comment is remembered as it was folded and without its digest: so it is due again.
        Whether one that was only found is folded is not known.
        """
        known = self._ledger.get((action.target.ref.connector, action.target.id))
        is_known = known is not None and known.comment_id == comment.id and not known.rendered_text
        was_minimized = known.resolved if known is not None and is_known else None
        folding = self._connector.capabilities.minimize
        if folding is None or was_minimized == message.resolved:
            return None
        try:
            folding.minimize_comment(action.target, comment.id, minimized=message.resolved)
        except RetryLater as error:
            self._store.record_comment(action.target, comment, "", action.findings, resolved=not message.resolved)
            action_text = "folded away" if message.resolved else "unfolded"
            return Receipt(action, Status.DEFERRED, f"written, and to be {action_text} in the next run: {error.detail}")
        return None

    def _deleted(self, action: Action) -> Receipt:
        """A person deleted the comment: an answer to what it stood for, and to nothing that came since."""
        known = self._ledger.get((action.target.ref.connector, action.target.id))
        deleted_key = findings_key(known.open_findings if known else ())
        if is_overridden(findings_key(action.findings), deleted_key):
            self._store.record_comment_removed_by_human(action.target, deleted_key)
            detail = "a person deleted the comment: not posted again for the same findings"
            return Receipt(action, Status.UNCHANGED, detail)
        self._store.record_comment_absent(action.target)
        return Receipt(action, Status.DEFERRED, "a person deleted the comment: new findings are posted in the next run")

    def _delete(self, action: Action) -> Receipt:
        """What people answered stays, and says that it is withdrawn: their words would hang in the air."""
        comment_id = action.comment_id or ""
        known = self._ledger.get((action.target.ref.connector, action.target.id))
        if known is not None and known.replaces == comment_id != known.comment_id:
            self._remove_replaced(action.target, comment_id)
            return Receipt(action, Status.DONE)
        if known is not None and comment_id in known.duplicates:
            self._remove(action.target, comment_id, DUPLICATE)
            return Receipt(action, Status.DONE)
        if self._has_reply(action.target, comment_id):
            self._store.record_intent(action.target, message_digest(WITHDRAWN))
            comment = self._connector.update_comment(action.target, comment_id, WITHDRAWN)
            self._store.record_comment(action.target, comment, message_digest(WITHDRAWN), (), resolved=True)
            return Receipt(action, Status.DONE, "people answered it: edited to say that it is withdrawn", comment.id)
        self._connector.delete_comment(action.target, comment_id)
        self._store.record_comment_absent(action.target)
        return Receipt(action, Status.DONE)

    def _done(self, action: Action, comment: Comment) -> Receipt:
        resolved = action.message is not None and action.message.resolved
        self._store.record_comment(
            action.target,
            comment,
            action.digest,
            action.findings,
            resolved=resolved,
            mute_comment_id=action.mute_comment_id,
            day=action.day,
        )
        return Receipt(action, Status.DONE, comment_id=comment.id, author=comment.author)
