"""Take back everything that the hub ever posted, and nothing else; safe to interrupt and run again."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from connectors.base import Connector, Unmakes
from hub.core.retract import further, retraction, unknown_labels
from hub.model.action import Action, Comment, LedgerEntries, Receipt, Status, Target
from hub.model.errors import SourceError
from hub.model.initiative import Gap, Snapshot
from hub.pipeline.apply import publish
from hub.pipeline.heartbeat import LEASE_SECONDS, heartbeat
from hub.pipeline.job import Job
from hub.pipeline.observe import recover_ledger
from hub.pipeline.pull import failed, pull
from hub.pipeline.record import record_observed
from hub.store.base import Store

NOT_KNOWN = "whether a comment of the hub arrived there is not known: run it again"


@dataclass(frozen=True, slots=True)
class Retracted:
    """What was taken back, and which sources could not be searched for what the ledger does not know."""

    receipts: tuple[Receipt, ...]
    failures: tuple[Gap, ...]

    @property
    def stays(self) -> bool:
        """Whether something is left, or may be."""
        done = (Status.DONE, Status.UNCHANGED)
        return bool(self.failures) or any(receipt.status not in done for receipt in self.receipts)


def retract(job: Job, agreed: Callable[[Sequence[Action]], bool], *, search: bool = False) -> Retracted:
    """Find all that is ours, ask `agreed`, then remove it; a ticket is forgotten when nothing is left on it.

    `search` looks at the comments of every ticket; by itself that is done where the ledger knows nothing of a tracker.
    With it, or with a state that knows of no run, the hub's labels go from every ticket: whose they are is not known.
    """
    run = job.store.begin_run(job.owner, job.now(), lease_seconds=LEASE_SECONDS)
    status = "failed"
    report: Mapping[str, Any] = {}
    try:
        with heartbeat(job.store, run, job.now):
            result = _retract(job, run, agreed, search=search)
        status = "partial" if result.stays else "retracted"
        report = {"retracted": sum(receipt.status is Status.DONE for receipt in result.receipts)}
        return result
    finally:
        job.store.finish_run(run, job.now(), status, report)


def _retract(job: Job, run: int, agreed: Callable[[Sequence[Action]], bool], *, search: bool) -> Retracted:
    connectors, before = job.writable, job.store.published()
    snapshot = pull(job.sources, job.now())
    observed = recover_ledger(snapshot, before, connectors)
    ledger = observed.ledger
    present = {(i.ref.connector, i.id): i.labels for one in snapshot.pulled for i in one.initiatives}
    actions = retraction(ledger, present, frozenset(connectors))
    lost = {name: one for name, one in connectors.items() if search or not any(key[0] == name for key in before)}
    found, blind = _search(snapshot, lost)
    labelled = _labelled(snapshot, lost if search or _is_new(job, run) else ())
    actions = _by_ticket((*actions, *further(actions, found, ledger), *unknown_labels(labelled, ledger)))
    failures = (*failed(snapshot), *blind, *_unknown_outcomes(ledger, connectors))
    made = any(job.store.definitions(name) for name in connectors)
    if (actions or made) and not agreed(actions):
        return Retracted(tuple(Receipt(a, Status.REFUSED, "not confirmed") for a in actions), failures)
    record_observed(job.store, observed)

    def check_lease() -> None:
        job.store.extend_lease(run, job.now(), lease_seconds=LEASE_SECONDS)

    receipts = publish(
        actions, connectors, job.store, ledger, lambda _: job.progress("retract", 1), check_lease=check_lease
    )
    _forget(job, frozenset(connectors), receipts)
    job.store.hush([one for one in snapshot.pulled if one.connector in connectors])
    return Retracted(receipts, (*failures, *_delete_label_definitions(job.store, connectors)))


def _unknown_outcomes(ledger: LedgerEntries, connectors: Collection[str]) -> list[Gap]:
    """Tickets on which a comment may have arrived that nobody could look for."""
    pending = (entry for entry in ledger.values() if entry.pending and not entry.comment_id)
    refs = (entry.target.ref for entry in pending)
    return [Gap(ref.connector, NOT_KNOWN, ref.key) for ref in refs if ref.connector in connectors]


def _search(snapshot: Snapshot, connectors: Mapping[str, Connector]) -> tuple[list[tuple[Target, Comment]], list[Gap]]:
    """Comments of ours wherever the configured tickets are, and trackers that could not be searched to the end."""
    found: list[tuple[Target, Comment]] = []
    blind: list[Gap] = []
    for pulled in snapshot.pulled:
        if pulled.connector in connectors:
            targets = [Target(one.ref, one.id) for one in pulled.initiatives if not one.context]
            try:
                found += connectors[pulled.connector].search_comments(targets)
            except SourceError as error:
                blind.append(Gap(pulled.connector, f"comments were not searched to the end: {error.what}", error.key))
    return found, blind


def _is_new(job: Job, run: int) -> bool:
    """Whether the state knows of no run before this one."""
    return all(one.id == run for one in job.store.runs(2))


def _labelled(snapshot: Snapshot, connectors: Collection[str]) -> dict[Target, frozenset[str]]:
    """The labels of every ticket that was asked for."""
    pulled = [one for one in snapshot.pulled if one.connector in connectors]
    return {Target(i.ref, i.id): i.labels for one in pulled for i in one.initiatives if not i.context}


def _by_ticket(actions: Sequence[Action]) -> tuple[Action, ...]:
    return tuple(sorted(actions, key=lambda action: action.target))


def _forget(job: Job, connectors: frozenset[str], receipts: Sequence[Receipt]) -> None:
    """Entries of tickets on which nothing is left; a comment that only says that it is withdrawn stays known.

    So does a ticket where a comment may have arrived that nobody could look for.
    """
    left = {r.action.target for r in receipts if r.status not in (Status.DONE, Status.UNCHANGED)}
    for (connector, _), known in job.store.published().items():
        if connector in connectors and known.target not in left and not (known.comment_id or known.pending):
            job.store.forget(known.target)


def _delete_label_definitions(store: Store, connectors: Mapping[str, Connector]) -> tuple[Gap, ...]:
    """What could not be looked at, for the next time; a label that is in use stays, and stays known."""
    gaps = []
    for name, connector in connectors.items():
        for label in store.definitions(name) if isinstance(connector, Unmakes) else ():
            try:
                if connector.unmake_label(label):  # type: ignore[attr-defined]
                    store.undefined(name, label)
            except SourceError as error:
                gaps.append(Gap(name, f"the label {label} was not taken off the list: {error.what}", error.key))
    return tuple(gaps)
