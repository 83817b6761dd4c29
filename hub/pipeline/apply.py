"""Carry out a plan: record what was observed, write on all trackers side by side, and react."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

import structlog

from connectors.base import SupportsComments
from connectors.threads import with_context
from hub.core.planning.comment_drift import Observation
from hub.core.planning.plan import Plan
from hub.core.planning.reactions import Reaction
from hub.core.planning.safety import WriteDecision
from hub.model.action import Action, ActionKind, LedgerEntries, Receipt, Status
from hub.model.errors import (
    CredentialsRefused,
    RunCancelled,
    SourceError,
)
from hub.pipeline.lease import LEASE_SECONDS
from hub.pipeline.record import record_observed, record_plan
from hub.pipeline.run_context import Mode, RunContext
from hub.pipeline.tracker_writer import OnReceipt, TrackerWriter
from hub.store.base import Store

WRITES = "writes"
"""What progress is told of: those of the dashboard come on top of the others."""


def apply(
    job: RunContext, run: int, planned: Plan, decision: WriteDecision, observed: Observation
) -> tuple[Receipt, ...]:
    """Record what was observed, write, and react.

    Where the run publishes nothing, or all was refused, only what was observed is recorded.

    Returns:
        A receipt for every action, in the order of the plan: done, failed, deferred or refused.

    Raises:
        StoreError: Another run has taken the lease; nothing more is written.
    """
    record_observed(job.store, observed)
    if job.mode is not Mode.PUBLISH or decision.unsafe is not None:
        return decision.planned
    record_plan(job, planned, observed)
    carry_out = job.publisher or publish_for_run
    receipts = (*carry_out(job, run, decision.actions, observed.ledger), *decision.receipts)
    deferred = (receipt.action for receipt in receipts if receipt.status is Status.DEFERRED)
    new = [action.target for action in deferred if action.kind is ActionKind.CREATE_COMMENT]
    job.store.record_deferred(run, new, observed.complete)
    _react(planned.reactions, job.writable)
    return receipts


def apply_dashboard(job: RunContext, decision: WriteDecision, ledger: LedgerEntries) -> tuple[Receipt, ...]:
    """The dashboard is written last: it says what became of the other writes."""
    if job.mode is not Mode.PUBLISH:
        return decision.planned
    job.announce(WRITES, len(decision.actions))
    done = publish(decision.actions, job.writable, job.store, ledger, lambda _receipt: job.progress(WRITES, 1))
    return (*done, *decision.receipts)


def publish_for_run(job: RunContext, run: int, actions: Sequence[Action], ledger: LedgerEntries) -> tuple[Receipt, ...]:
    """See `Publisher`: in this process, as long as the run holds the lease."""

    def check_lease() -> None:
        job.store.extend_lease(run, job.now(), lease_seconds=LEASE_SECONDS)

    def on_receipt(_receipt: Receipt) -> None:
        job.progress(WRITES, 1)

    check_lease()
    job.announce(WRITES, len(actions))
    return publish(
        actions,
        job.writable,
        job.store,
        ledger,
        on_receipt,
        check_lease=check_lease,
        raise_if_stopping=job.raise_if_stopping,
    )


def _react(reactions: Sequence[Reaction], connectors: Mapping[str, SupportsComments]) -> None:
    """A crash before the commands are recorded repeats a reaction, which is fine.

    What cannot be done is logged: the ticket's comment says the same.
    """
    for reaction in reactions:
        connector = connectors[reaction.target.ref.connector]
        try:
            if (reacting := connector.capabilities.reactions) is not None:
                reacting.react(reaction.target, reaction.comment, applied=reaction.applied)
        except SourceError as error:
            structlog.get_logger().warning("no reaction", connector=error.connector, reason=error.detail)
            if isinstance(error, CredentialsRefused):
                return


def publish(
    actions: Sequence[Action],
    connectors: Mapping[str, SupportsComments],
    store: Store,
    ledger: LedgerEntries,
    on_receipt: OnReceipt,
    *,
    check_lease: Callable[[], None] = lambda: None,
    raise_if_stopping: Callable[[], None] = lambda: None,
) -> tuple[Receipt, ...]:
    """Trackers side by side, the writes of one tracker one after another; returns a receipt for every action.

    `check_lease` is called before each write and raises where another run has taken over; `raise_if_stopping` is
    called before each ticket and raises Stopped where this run is to end: then each tracker finishes its ticket.
    """
    by_connector: dict[str, list[Action]] = {}
    for action in actions:
        by_connector.setdefault(action.target.ref.connector, []).append(action)

    def run(name: str) -> tuple[Receipt, ...]:
        checks = (check_lease, raise_if_stopping)
        return tuple(TrackerWriter(connectors[name], store, ledger, on_receipt, checks).write(by_connector[name]))

    pool = ThreadPoolExecutor(max_workers=max(1, len(by_connector)), thread_name_prefix="publish")
    try:
        return tuple(receipt for receipts in pool.map(with_context(run), by_connector) for receipt in receipts)
    except RunCancelled:
        pool.shutdown(cancel_futures=True)
        raise
    finally:
        # Whoever interrupts a run must not wait for a tracker that hangs.
        pool.shutdown(wait=False, cancel_futures=True)
