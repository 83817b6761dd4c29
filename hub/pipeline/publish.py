"""Carry out a plan: each write recorded before and after, one failure never stops the rest."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from itertools import groupby

from connectors.base import Connector, Folds
from connectors.carried import carried
from hub.core.planning.comment import SUPERSEDED, WITHDRAWN, digest
from hub.core.planning.comment_plan import answered, standing_for
from hub.model.action import Action, ActionKind, Comment, Published, Receipt, Status, Target
from hub.model.errors import OutcomeUnknown, SourceError, Stopped, StoreError, TicketGone, TryLater
from hub.model.message import Message
from hub.pipeline.guarded import guarded
from hub.store.base import Store

Ledger = Mapping[tuple[str, str], Published]
Heard = Callable[[Receipt], None]
GIVE_UP_AFTER = 3
"""So many tickets in a row that have to wait mean that all the others have to as well."""


def publish(
    actions: Sequence[Action],
    connectors: Mapping[str, Connector],
    store: Store,
    ledger: Ledger,
    heard: Heard,
    *,
    alive: Callable[[], None] = lambda: None,
    heed: Callable[[], None] = lambda: None,
) -> tuple[Receipt, ...]:
    """Trackers side by side, the writes of one tracker one after another; returns a receipt for every action.

    `alive` is asked before each write and raises where another run has taken over; `heed` is asked before each ticket
    and raises Stopped where this run is to end: then each tracker finishes the ticket that it is at.
    """
    by_connector: dict[str, list[Action]] = {}
    for action in actions:
        by_connector.setdefault(action.target.ref.connector, []).append(action)

    def run(name: str) -> tuple[Receipt, ...]:
        return tuple(_Publisher(connectors[name], store, ledger, heard, (alive, heed)).publish(by_connector[name]))

    pool = ThreadPoolExecutor(max_workers=max(1, len(by_connector)), thread_name_prefix="publish")
    try:
        return tuple(receipt for receipts in pool.map(carried(run), by_connector) for receipt in receipts)
    except Stopped:
        pool.shutdown(cancel_futures=True)
        raise
    finally:
        # Whoever interrupts a run must not wait for a tracker that hangs.
        pool.shutdown(wait=False, cancel_futures=True)


class _Publisher:
    """The writes of one tracker."""

    def __init__(
        self,
        connector: Connector,
        store: Store,
        ledger: Ledger,
        heard: Heard,
        asked: tuple[Callable[[], None], Callable[[], None]],
    ) -> None:
        self._alive, self._heed = asked
        self._connector = connector
        self._store = store
        self._ledger = ledger
        self._heard = heard

    def publish(self, actions: Sequence[Action]) -> Iterator[Receipt]:
        """One ticket after the other; refused as a whole when the account is not the one that wrote before."""
        stop, waits = self._refusal(), list[Receipt]()
        for target, group in groupby(actions, key=lambda action: action.target):
            wanted = list(group)
            if stop:
                receipts = [Receipt(action, Status.REFUSED, stop) for action in wanted]
            elif len(waits) >= GIVE_UP_AFTER:
                receipts = [replace(waits[-1], action=action) for action in wanted]
            else:
                self._heed()
                receipts = list(self._ticket(target, wanted))
                waits = [*waits, receipts[-1]] if receipts[-1].wait else []
            for receipt in receipts:
                self._heard(receipt)
                yield receipt

    def _refusal(self) -> str:
        try:
            actor = self._connector.whoami()
        except SourceError as error:
            return f"who we are is not known: {error.what}"
        authors = {
            known.author
            for (connector, _), known in self._ledger.items()
            if connector == self._connector.name and known.author is not None
        }
        if authors and actor.id not in authors:
            return (
                f"the account is {actor.name} ({actor.id}), but the hub's comments were written by "
                f"{', '.join(sorted(authors))}: use that account again, or retract with it first"
            )
        return ""

    def _ticket(self, target: Target, wanted: Sequence[Action]) -> Iterator[Receipt]:
        labels = [a for a in wanted if a.kind in (ActionKind.ADD_LABEL, ActionKind.REMOVE_LABEL)]
        if labels:
            yield from self._labels(target, labels)
        for action in wanted:
            if action not in labels:
                yield self._guarded(action, lambda action=action: self._comment(action))  # type: ignore[misc]

    def _labels(self, target: Target, wanted: Sequence[Action]) -> Iterator[Receipt]:
        add = frozenset(a.label for a in wanted if a.kind is ActionKind.ADD_LABEL and a.label)
        remove = frozenset(a.label for a in wanted if a.kind is ActionKind.REMOVE_LABEL and a.label)

        def change() -> Receipt:
            self._store.intend_labels(target, add, remove)
            try:
                self._connector.change_labels(target, add, remove)
            except TicketGone:
                if add:
                    raise
            finally:
                if self._connector.labels_created:
                    self._store.defined(self._connector.name, self._connector.labels_created)
            for label in add:
                self._store.labelled(target, label, present=True)
            for label in remove:
                self._store.labelled(target, label, present=False)
            return Receipt(wanted[0], Status.DONE)

        outcome = self._guarded(wanted[0], change, lambda: self._bar(target, wanted))
        for action in wanted:
            yield Receipt(action, outcome.status, outcome.detail)

    def _bar(self, target: Target, wanted: Sequence[Action]) -> None:
        """The screen lacks the field: said once, and not tried again while the findings stay the same."""
        for action in wanted:
            if action.kind is ActionKind.ADD_LABEL and action.label:
                self._store.label_barred(target, action.label, standing_for(action.findings))

    def _guarded(self, action: Action, write: Callable[[], Receipt], bar: Callable[[], None] = lambda: None) -> Receipt:
        self._alive()
        return guarded(action, write, bar)

    def _comment(self, action: Action) -> Receipt:
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
        try:
            sent = self._connector.create_comment(action.target, message)
        except OutcomeUnknown:
            arrived = self._connector.find_comment(action.target)
            sent = arrived or self._connector.create_comment(action.target, message)
        self._alone(action.target, sent)
        return self._done(action, sent)

    def _replace(self, action: Action, message: Message, old: str) -> Receipt:
        """A new comment first, then the old one goes: whatever breaks in between, one of the two stands there."""
        target = action.target
        self._store.replacing(target, action.digest)
        sent = self._connector.find_comment(target, after=old)
        if sent is None:
            try:
                sent = self._connector.create_comment(target, message)
            except OutcomeUnknown:
                arrived = self._connector.find_comment(target, after=old)
                sent = arrived or self._connector.create_comment(target, message)
            self._alone(target, sent, besides=old)
            receipt = self._done(action, sent)
        else:
            receipt = self._edit(replace(action, comment_id=sent.id), message, sent.id)
        if receipt.status is Status.DONE:
            self._take_away(target, old)
        return receipt

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
            comment = self._connector.update_comment(action.target, comment_id, message)
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
