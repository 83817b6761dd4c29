"""Take back everything that the hub ever posted, and nothing else; safe to interrupt and run again."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hub.core.retract import retraction
from hub.model.action import Action, Receipt, Status, Target
from hub.model.initiative import Gap
from hub.pipeline.adopt import adopt_unknown
from hub.pipeline.heartbeat import LEASE_SECONDS, heartbeat
from hub.pipeline.job import Job
from hub.pipeline.publish import Ledger, publish
from hub.pipeline.pull import failed, pull


@dataclass(frozen=True, slots=True)
class Retracted:
    """What was taken back, and which sources could not be searched for what the ledger does not know."""

    receipts: tuple[Receipt, ...]
    failures: tuple[Gap, ...]


def retract(job: Job, agreed: Callable[[Sequence[Action]], bool]) -> Retracted:
    """Find all that is ours, ask `agreed`, then remove it; a ticket is forgotten when nothing is left on it."""
    run = job.store.begin_run(job.owner, job.now(), lease_seconds=LEASE_SECONDS)
    status = "failed"
    report: Mapping[str, Any] = {}
    try:
        with heartbeat(job.store, run, job.now):
            result = _retract(job, agreed)
        status = "partial" if any(r.status is Status.FAILED for r in result.receipts) else "retracted"
        report = {"retracted": sum(receipt.status is Status.DONE for receipt in result.receipts)}
        return result
    finally:
        job.store.finish_run(run, job.now(), status, report)


def _retract(job: Job, agreed: Callable[[Sequence[Action]], bool]) -> Retracted:
    connectors = {s.connector.name: s.connector for s in job.sources if s.selected and s.connector.publishes}
    snapshot = pull(job.sources, job.now())
    ledger = adopt_unknown(snapshot, job.store.published(), connectors, job.store)
    present = {(i.ref.connector, i.id): i.labels for one in snapshot.pulled for i in one.initiatives}
    actions = retraction(ledger, present, frozenset(connectors))
    if actions and not agreed(actions):
        return Retracted(tuple(Receipt(a, Status.REFUSED, "not confirmed") for a in actions), failed(snapshot))
    receipts = publish(actions, connectors, job.store, ledger, lambda _receipt: job.progress("retract", 1))
    _forget(job, ledger, frozenset(connectors), receipts)
    return Retracted(receipts, failed(snapshot))


def _forget(job: Job, ledger: Ledger, connectors: frozenset[str], receipts: Sequence[Receipt]) -> None:
    left: set[Target] = {r.action.target for r in receipts if r.status not in (Status.DONE, Status.UNCHANGED)}
    for (connector, _), known in ledger.items():
        if connector in connectors and known.target not in left:
            job.store.forget(known.target)
