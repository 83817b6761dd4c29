"""Writes one comment: each wish recorded before, each receipt after, so that no crash leaves two or none."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace

from connectors.base import Connector, Folds
from hub.core.dashboard import undated
from hub.core.one_comment import Found, not_ours, sort_out
from hub.core.planning.comment import DOUBLE, SUPERSEDED, WITHDRAWN, digest
from hub.core.planning.comment_plan import answered, standing_for
from hub.model.action import Action, ActionKind, Comment, LedgerEntries, Published, Receipt, Status, Target
from hub.model.errors import OutcomeUnknown, SourceError, TicketGone, TryLater, Unwritable
from hub.model.message import Message
from hub.store.base import Ledger

UNKNOWN = "no answer came, and the comment is not there yet: the next run looks for it before it sends it again"
SAYS_SO = "the comment says so already"


class CommentWriter:
    """The comments of one tracker; `alive` raises where another run has taken over."""

    def __init__(self, connector: Connector, store: Ledger, ledger: LedgerEntries, alive: Callable[[], None]) -> None:
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
        """Look first, for a wish without a receipt may have arrived; then wish, and only then send."""
        found = self._found(action.target)
        if found.kept is not None:
            return self._say(action, message, found.kept, same=self._arrived(action.target))
        if found.foreign is not None:
            raise Unwritable(self._connector.name, not_ours(found.foreign), key=action.target.ref.key)
        self._store.intend(action.target, action.digest)
        return self._send(action, message)

    def _arrived(self, target: Target) -> Status:
        """What to tell of a comment that is there and says so: it is ours of before where it was wished for."""
        known = self._ledger.get((target.ref.connector, target.id))
        return Status.DONE if known is not None and known.pending else Status.UNCHANGED

    def _replace(self, action: Action, message: Message, old: str) -> Receipt:
        """A new comment first, then the old one goes: whatever breaks in between, one of the two stands there."""
        target = action.target
        self._store.replacing(target, action.digest)
        found = self._found(target, old)
        arrived = found.kept if found.arrived else None
        receipt = self._say(action, message, arrived) if arrived else self._send(action, message, old)
        if receipt.status in (Status.DONE, Status.UNCHANGED):
            self._take_away(target, old)
        return receipt

    def _send(self, action: Action, message: Message, old: str = "") -> Receipt:
        """Where nobody knows whether it arrived, a tracker may show it later, so it is not repeated now.

        The next run looks for it before it sends anything. A ticket that is there and answers 404 takes no comment.
        """
        target = action.target
        try:
            sent = self._answered(target, lambda: self._connector.create_comment(target, message))
        except OutcomeUnknown:
            found = self._found(target, old)
            if found.kept is None or (old and not found.arrived):
                return Receipt(action, Status.DEFERRED, UNKNOWN)
            return self._say(action, message, found.kept, same=Status.DONE)
        except TicketGone as gone:
            self._connector.find_comments(target)
            raise Unwritable(gone.connector, gone.what, key=gone.key) from None
        return self._alone(action, message, sent, old)

    def _alone(self, action: Action, message: Message, sent: Comment, old: str) -> Receipt:
        """Another hub, or a run that took over, may have posted as well: the oldest stays, and ours goes."""
        target = action.target
        older = self._older(target, sent, old)
        if older is not None:
            self._connector.delete_comment(target, sent.id)
        self._alive()
        if older is None:
            return self._done(action, sent)
        if action.day is not None:
            self._store.rivalled(target, action.day)
        return self._say(action, message, older)

    def _older(self, target: Target, sent: Comment, old: str) -> Comment | None:
        """One that was posted before ours, and after the one that ours replaces; None where that is not to be seen."""
        try:
            listed = self._connector.find_comments(target)
        except SourceError:
            return None
        found = self._sorted(listed, target, old)
        if found.kept is None or found.kept.id == sent.id or (old and not found.arrived):
            return None
        return found.kept if any(one.id == sent.id for one in listed) else None

    def _found(self, target: Target, old: str = "") -> Found:
        """What of ours stands there; others of ours beside it go."""
        found = self._sorted(self._connector.find_comments(target), target, old)
        for double in found.doubles:
            self._remove(target, double.id, DOUBLE)
        return found

    def _sorted(self, listed: Sequence[Comment], target: Target, old: str) -> Found:
        known = self._ledger.get((target.ref.connector, target.id))
        if old:
            known = replace(known or Published(target), comment_id=old, replaces=old)
        return sort_out(listed, self._connector.whoami().id, known)

    def _say(self, action: Action, message: Message, there: Comment, same: Status = Status.UNCHANGED) -> Receipt:
        """Edit what stands there, unless it says so already."""
        if undated(self._connector.says(action.target, message)) != undated(there.says):
            return self._edit(replace(action, comment_id=there.id), message, there.id)
        return replace(self._done(action, there), status=same, detail="" if same is Status.DONE else SAYS_SO)

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
        """The old comment, once a newer one replaces it."""
        self._remove(target, old, SUPERSEDED)
        self._store.replaced(target)

    def _remove(self, target: Target, comment_id: str, words: Message) -> None:
        """What people answered stays, and says that another comment goes on from there."""
        if self._connector.replied(target, comment_id):
            with suppress(TicketGone):
                self._connector.update_comment(target, comment_id, words)
        else:
            self._connector.delete_comment(target, comment_id)

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
        Whether one that was only found is folded is not known.
        """
        known = self._ledger.get((action.target.ref.connector, action.target.id))
        told = known is not None and known.comment_id == comment.id and not known.says
        was_folded = known.resolved if known is not None and told else None
        if not isinstance(self._connector, Folds) or was_folded == message.resolved:
            return None
        try:
            self._connector.fold_comment(action.target, comment.id, folded=message.resolved)
        except TryLater as error:
            self._store.commented(action.target, comment, "", action.findings, resolved=not message.resolved)
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
        if known is not None and comment_id in known.doubles:
            self._remove(action.target, comment_id, DOUBLE)
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
