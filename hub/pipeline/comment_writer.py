"""Writes one comment: each wish recorded before, each receipt after, so that no crash leaves two or none."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace

from connectors.base import Connector, Folds
from hub.core.planning.comment import SUPERSEDED, WITHDRAWN, digest
from hub.core.planning.comment_plan import answered, standing_for
from hub.model.action import Action, ActionKind, Comment, Published, Receipt, Status, Target
from hub.model.errors import OutcomeUnknown, SourceError, StoreError, TicketGone, TryLater, Unwritable
from hub.model.message import Message
from hub.store.base import Store

Ledger = Mapping[tuple[str, str], Published]
UNKNOWN = "no answer came, and the comment is not there yet: the next run looks for it before it sends it again"


class CommentWriter:
    """The comments of one tracker; `alive` raises where another run has taken over."""

    def __init__(self, connector: Connector, store: Store, ledger: Ledger, alive: Callable[[], None]) -> None:
        self._connector, self._store, self._ledger, self._alive = connector, store, ledger, alive

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
        """Wish first; then look, for a wish without a receipt may have arrived; only then send."""
        self._store.intend(action.target, action.digest)
        there = self._connector.find_comment(action.target)
        if there is not None:
            return self._edit(action, message, there.id)
        sent = self._sent(action.target, message)
        if sent is None:
            return Receipt(action, Status.DEFERRED, UNKNOWN)
        self._alone(action.target, sent)
        return self._done(action, sent)

    def _replace(self, action: Action, message: Message, old: str) -> Receipt:
        """A new comment first, then the old one goes: whatever breaks in between, one of the two stands there."""
        target = action.target
        self._store.replacing(target, action.digest)
        there = self._connector.find_comment(target, after=old)
        if there is not None:
            receipt = self._edit(replace(action, comment_id=there.id), message, there.id)
        else:
            sent = self._sent(target, message, after=old)
            if sent is None:
                return Receipt(action, Status.DEFERRED, UNKNOWN)
            self._alone(target, sent, besides=old)
            receipt = self._done(action, sent)
        if receipt.status is Status.DONE:
            self._take_away(target, old)
        return receipt

    def _sent(self, target: Target, message: Message, after: str = "") -> Comment | None:
        """The comment that was posted; None where nobody knows: a tracker may show it later, so it is not repeated now.

        The next run looks for it before it sends anything. A ticket that is there and answers 404 takes no comment.
        """
        try:
            return self._answered(target, lambda: self._connector.create_comment(target, message))
        except OutcomeUnknown:
            return self._connector.find_comment(target, after=after)
        except TicketGone as gone:
            self._connector.find_comment(target)
            raise Unwritable(gone.connector, gone.what, key=gone.key) from None

    def _answered(self, target: Target, write: Callable[[], Comment]) -> Comment:
        """A refusal is an answer: nobody need look whether what was refused arrived."""
        try:
            return write()
        except (OutcomeUnknown, TryLater):
            raise
        except SourceError:
            self._store.comment_unsent(target)
            raise

    def _take_away(self, target: Target, old: str) -> None:
        """What people answered stays, and says that a newer comment goes on."""
        if self._connector.replied(target, old):
            with suppress(TicketGone):
                self._connector.update_comment(target, old, SUPERSEDED)
        else:
            self._connector.delete_comment(target, old)
        self._store.replaced(target)

    def _alone(self, target: Target, sent: Comment, *, besides: str = "") -> None:
        """Another run that took over while the comment was on its way may have posted as well: then ours goes."""
        try:
            self._alive()
        except StoreError:
            others = {one.id for _, one in self._connector.search_comments([target])} - {sent.id, besides}
            if others:
                self._connector.delete_comment(target, sent.id)
            raise

    def _edit(self, action: Action, message: Message, comment_id: str) -> Receipt:
        """The wish first here as well, so that an edit without a receipt is not taken for somebody else's."""
        self._store.intend(action.target, action.digest)
        try:
            comment = self._answered(
                action.target, lambda: self._connector.update_comment(action.target, comment_id, message)
            )
            return self._fold(action, comment, message) or self._done(action, comment)
        except TicketGone:
            if action.kind is ActionKind.RESOLVE_COMMENT:
                self._store.comment_gone(action.target)
                return Receipt(action, Status.UNCHANGED, "the comment is gone already")
            return self._deleted(action)

    def _fold(self, action: Action, comment: Comment, message: Message) -> Receipt | None:
        """A settled comment is folded away where the tracker can, and unfolded when something is wrong again.

        Where that has to wait, the comment is remembered as it was folded and without its digest: so it is due again.
        """
        known = self._ledger.get((action.target.ref.connector, action.target.id))
        was_folded = known is not None and known.resolved
        if not isinstance(self._connector, Folds) or was_folded == message.resolved:
            return None
        try:
            self._connector.fold_comment(action.target, comment.id, folded=message.resolved)
        except TryLater as error:
            self._store.commented(action.target, comment, "", action.findings, resolved=was_folded)
            way = "folded away" if message.resolved else "unfolded"
            return Receipt(action, Status.DEFERRED, f"written, and to be {way} in the next run: {error.what}")
        return None

    def _deleted(self, action: Action) -> Receipt:
        """A person deleted the comment: an answer to what it stood for, and to nothing that came since."""
        known = self._ledger.get((action.target.ref.connector, action.target.id))
        stood_for = standing_for(known.findings if known else ())
        if answered(standing_for(action.findings), stood_for):
            self._store.comment_refused(action.target, stood_for)
            return Receipt(action, Status.UNCHANGED, "a person deleted the comment: not put back for the same findings")
        self._store.comment_gone(action.target)
        return Receipt(action, Status.DEFERRED, "a person deleted the comment: what is new is said in the next run")

    def _delete(self, action: Action) -> Receipt:
        """What people answered stays, and says that it is withdrawn: their words would hang in the air."""
        comment_id = action.comment_id or ""
        known = self._ledger.get((action.target.ref.connector, action.target.id))
        if known is not None and known.replaces == comment_id != known.comment_id:
            self._take_away(action.target, comment_id)
            return Receipt(action, Status.DONE)
        if self._connector.replied(action.target, comment_id):
            self._store.intend(action.target, digest(WITHDRAWN))
            comment = self._connector.update_comment(action.target, comment_id, WITHDRAWN)
            self._store.commented(action.target, comment, digest(WITHDRAWN), (), resolved=True)
            return Receipt(action, Status.DONE, "people answered it: edited to say that it is withdrawn", comment.id)
        self._connector.delete_comment(action.target, comment_id)
        self._store.comment_gone(action.target)
        return Receipt(action, Status.DONE)

    def _done(self, action: Action, comment: Comment) -> Receipt:
        resolved = action.message is not None and action.message.resolved
        self._store.commented(
            action.target,
            comment,
            action.digest,
            action.findings,
            resolved=resolved,
            muted_by=action.muted_by,
            day=action.day,
        )
        return Receipt(action, Status.DONE, comment_id=comment.id, author=comment.author)
