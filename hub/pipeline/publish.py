"""Carry out a plan: each write recorded before and after, one failure never stops the rest."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import groupby

from connectors.base import Connector
from connectors.carried import carried
from hub.core.planning.comment_plan import standing_for
from hub.model.action import COMMENT, LABELS, Action, ActionKind, LedgerEntries, Receipt, Status, Target
from hub.model.errors import NotOnScreen, SourceError, Stopped, TicketGone, Unwritable
from hub.pipeline.comment_writer import CommentWriter
from hub.pipeline.guarded import guarded
from hub.store.base import Store

Heard = Callable[[Receipt], None]
GIVE_UP_AFTER = 3
"""So many tickets in a row that have to wait mean that all the others have to as well."""


def publish(
    actions: Sequence[Action],
    connectors: Mapping[str, Connector],
    store: Store,
    ledger: LedgerEntries,
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
        ledger: LedgerEntries,
        heard: Heard,
        asked: tuple[Callable[[], None], Callable[[], None]],
    ) -> None:
        self._alive, self._heed = asked
        self._connector = connector
        self._store = store
        self._ledger = ledger
        self._heard = heard
        self._comments = CommentWriter(connector, store, ledger, self._alive)

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
        """Where a label comes with a comment, the comment goes first: no label stands where nothing can explain it."""
        labels = [a for a in wanted if a.kind in (ActionKind.ADD_LABEL, ActionKind.REMOVE_LABEL)]
        comments = [action for action in wanted if action not in labels]
        explained = any(a.kind is ActionKind.ADD_LABEL for a in labels) and any(a.message for a in comments)
        written = [self._comment(action) for action in comments] if explained else []
        shut = next((one.detail for one in written if one.status is Status.BARRED), None)
        if shut is not None:
            yield from (Receipt(a, Status.BARRED, shut) for a in labels if a.kind is ActionKind.ADD_LABEL)
            labels = [a for a in labels if a.kind is not ActionKind.ADD_LABEL]
        if labels:
            yield from self._labels(target, labels)
        yield from written if explained else (self._comment(action) for action in comments)

    def _comment(self, action: Action) -> Receipt:
        def refused(error: SourceError) -> None:
            self._remember(action, COMMENT, error)

        return self._guarded(action, lambda: self._comments.write(action), refused)

    def _remember(self, action: Action, part: str, error: SourceError) -> None:
        """A ticket that does not take this: said once, and tried again when there is a reason to."""
        if isinstance(error, Unwritable) and action.day is not None:
            self._store.shut(action.target, part, error.what, moment=action.moment, day=action.day)

    def _labels(self, target: Target, wanted: Sequence[Action]) -> Iterator[Receipt]:
        add = frozenset(a.label for a in wanted if a.kind is ActionKind.ADD_LABEL and a.label)
        remove = frozenset(a.label for a in wanted if a.kind is ActionKind.REMOVE_LABEL and a.label)

        def change() -> Receipt:
            self._store.intend_labels(target, add, remove)
            try:
                self._connector.change_labels(target, add, remove)
            except TicketGone as gone:
                if add:
                    self._connector.find_comments(target)
                    raise Unwritable(gone.connector, gone.what, key=gone.key) from None
            finally:
                if self._connector.labels_created:
                    self._store.defined(self._connector.name, self._connector.labels_created)
            for label in add:
                self._store.labelled(target, label, present=True)
            for label in remove:
                self._store.labelled(target, label, present=False)
            return Receipt(wanted[0], Status.DONE)

        outcome = self._guarded(wanted[0], change, lambda error: self._bar(target, wanted, error))
        for action in wanted:
            yield Receipt(action, outcome.status, outcome.detail)

    def _bar(self, target: Target, wanted: Sequence[Action], error: SourceError) -> None:
        """The screen lacks the field: said once, and not tried again while the findings stay the same."""
        self._remember(wanted[0], LABELS, error)
        for action in wanted if isinstance(error, NotOnScreen) else ():
            if action.kind is ActionKind.ADD_LABEL and action.label:
                self._store.label_barred(target, action.label, standing_for(action.findings))

    def _guarded(self, action: Action, write: Callable[[], Receipt], refused: Callable[[SourceError], None]) -> Receipt:
        self._alive()
        return guarded(action, write, refused)
