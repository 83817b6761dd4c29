"""Write on one tracker, ticket by ticket: each write is recorded before and after, and one failure stops no other."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from itertools import groupby

from connectors.base import SupportsComments
from hub.core.planning.comment_plan import findings_key
from hub.model.action import COMMENT, LABELS, Action, ActionKind, LedgerEntries, Receipt, Status, Target
from hub.model.errors import (
    CredentialsRefused,
    LabelsNotOnScreen,
    RetryLater,
    SourceError,
    TicketNotFound,
    Unwritable,
)
from hub.pipeline.comment_writer import CommentWriter
from hub.pipeline.remote_links import RemoteLinkWriter
from hub.store.base import Store

OnReceipt = Callable[[Receipt], None]
GIVE_UP_AFTER = 3
"""So many tickets in a row that have to wait mean that all the others have to as well."""


class TrackerWriter:
    """The writes of one tracker."""

    def __init__(
        self,
        connector: SupportsComments,
        store: Store,
        ledger: LedgerEntries,
        on_receipt: OnReceipt,
        checks: tuple[Callable[[], None], Callable[[], None]],
    ) -> None:
        self._check_lease, self._raise_if_stopping = checks
        self._connector = connector
        self._store = store
        self._ledger = ledger
        self._on_receipt = on_receipt
        self._comments = CommentWriter(connector, store, ledger, self._check_lease)
        self._links = RemoteLinkWriter(connector, store)

    def write(self, actions: Sequence[Action]) -> Iterator[Receipt]:
        """One ticket after the other; refused as a whole when the account is not the one that wrote before."""
        stop, waiting = self._refusal(), list[Receipt]()
        for target, group in groupby(actions, key=lambda action: action.target):
            ticket_actions = list(group)
            if stop:
                receipts = [Receipt(action, Status.REFUSED, stop) for action in ticket_actions]
            elif len(waiting) >= GIVE_UP_AFTER:
                receipts = [replace(waiting[-1], action=action) for action in ticket_actions]
            else:
                self._raise_if_stopping()
                receipts = list(self._ticket(target, ticket_actions))
                waiting = [*waiting, receipts[-1]] if receipts[-1].wait else []
            for receipt in receipts:
                self._on_receipt(receipt)
                yield receipt

    def _refusal(self) -> str:
        try:
            actor = self._connector.whoami()
        except SourceError as error:
            return f"who we are is not known: {error.detail}"
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

    def _ticket(self, target: Target, ticket_actions: Sequence[Action]) -> Iterator[Receipt]:
        """Where a label comes with a comment, the comment goes first: no label stands where nothing can explain it."""
        labels = [a for a in ticket_actions if a.kind in (ActionKind.ADD_LABEL, ActionKind.REMOVE_LABEL)]
        comments = [action for action in ticket_actions if action not in labels and action.remote_link is None]
        explained = any(a.kind is ActionKind.ADD_LABEL for a in labels) and any(a.message for a in comments)
        comment_receipts = [self._comment(action) for action in comments] if explained else []
        refusal = next(
            (
                comment_receipt.detail
                for comment_receipt in comment_receipts
                if comment_receipt.status is Status.UNWRITABLE
            ),
            None,
        )
        if refusal is not None:
            yield from (Receipt(a, Status.UNWRITABLE, refusal) for a in labels if a.kind is ActionKind.ADD_LABEL)
            labels = [a for a in labels if a.kind is not ActionKind.ADD_LABEL]
        if labels:
            yield from self._labels(target, labels)
        yield from comment_receipts if explained else (self._comment(action) for action in comments)
        for action in (action for action in ticket_actions if action.remote_link is not None):
            yield self._attempt(action, partial(self._links.write, action), lambda _error: None)

    def _comment(self, action: Action) -> Receipt:
        def on_error(error: SourceError) -> None:
            self._record_refusal(action, COMMENT, error)

        return self._attempt(action, lambda: self._comments.write(action), on_error)

    def _record_refusal(self, action: Action, part: str, error: SourceError) -> None:
        """A ticket that does not take this: said once, and tried again when there is a reason to."""
        if isinstance(error, Unwritable) and action.day is not None:
            self._store.record_write_refusal(
                action.target, part, error.detail, ticket_updated_at=action.ticket_updated_at, day=action.day
            )

    def _labels(self, target: Target, ticket_actions: Sequence[Action]) -> Iterator[Receipt]:
        add = frozenset(a.label for a in ticket_actions if a.kind is ActionKind.ADD_LABEL and a.label)
        remove = frozenset(a.label for a in ticket_actions if a.kind is ActionKind.REMOVE_LABEL and a.label)

        def change() -> Receipt:
            self._store.record_label_intent(target, add, remove)
            try:
                self._set_labels(target, add, remove)
            except TicketNotFound as gone:
                if add:
                    self._connector.find_comments(target)
                    raise Unwritable(gone.connector, gone.detail, key=gone.key) from None
            for label in add:
                self._store.record_label(target, label, present=True)
            for label in remove:
                self._store.record_label(target, label, present=False)
            return Receipt(ticket_actions[0], Status.DONE)

        outcome = self._attempt(
            ticket_actions[0], change, lambda error: self._record_unsettable(target, ticket_actions, error)
        )
        for action in ticket_actions:
            yield Receipt(action, outcome.status, outcome.detail)

    def _set_labels(self, target: Target, add: frozenset[str], remove: frozenset[str]) -> None:
        """Each definition is recorded as soon as it is made: an error at the next leaves it there."""
        offered = self._connector.capabilities
        if offered.labels is None:
            raise SourceError(self._connector.name, "this tracker takes no labels", key=target.ref.key)
        for defined in offered.label_definitions.define_labels(target, add) if offered.label_definitions else ():
            self._store.label_created(self._connector.name, (defined,))
        offered.labels.update_labels(target, add, remove)

    def _record_unsettable(self, target: Target, ticket_actions: Sequence[Action], error: SourceError) -> None:
        """The screen lacks the field: said once, and not tried again while the findings stay the same."""
        self._record_refusal(ticket_actions[0], LABELS, error)
        for action in ticket_actions if isinstance(error, LabelsNotOnScreen) else ():
            if action.kind is ActionKind.ADD_LABEL and action.label:
                self._store.record_unsettable_label(target, action.label, findings_key(action.findings))

    def _attempt(
        self, action: Action, write: Callable[[], Receipt], on_error: Callable[[SourceError], None]
    ) -> Receipt:
        self._check_lease()
        return receipt_for(action, write, on_error)


def receipt_for(action: Action, write: Callable[[], Receipt], on_error: Callable[[SourceError], None]) -> Receipt:
    """The receipt of the write; `on_error` is called with what came instead of one."""
    try:
        return write()
    except SourceError as error:
        on_error(error)
        return _receipt(action, error)


def _receipt(action: Action, error: SourceError) -> Receipt:
    match error:
        case LabelsNotOnScreen():
            return Receipt(action, Status.FAILED, f"{error.detail}. Not retried for the same findings; --full retries")
        case Unwritable():
            return Receipt(action, Status.UNWRITABLE, error.detail)
        case RetryLater():
            detail = f"{error.detail}; retry in {error.wait:.0f} s at the earliest"
            return Receipt(action, Status.DEFERRED, detail, wait=error.wait)
        case CredentialsRefused():
            return Receipt(action, Status.FAILED, f"not allowed: {error.detail}")
    return Receipt(action, Status.FAILED, error.detail)
