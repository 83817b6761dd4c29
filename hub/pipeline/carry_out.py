"""What becomes of a plan: refused as a whole, shown, put off, or written and remembered."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from connectors.base import Connector
from hub.core.looking import VerifiedLedger
from hub.core.plan import Plan
from hub.core.safety import by_waiting_time, deferrals, filter_included, refuse_if_unsafe
from hub.core.ticket_plan import MigratedOverride
from hub.model.action import Action, ActionKind, Receipt, Status
from hub.model.errors import UnsafePlan
from hub.model.portfolio import Portfolio
from hub.pipeline.heartbeat import LEASE_SECONDS
from hub.pipeline.job import Mode, RunContext
from hub.pipeline.publish import publish
from hub.pipeline.said_already import record_unchanged_edit

DRY_RUN = "publish.dry_run_connectors names this connector: worked out, and never written"


@dataclass(frozen=True, slots=True)
class ApplyResult:
    """A receipt for every action; `unsafe` says why all were refused."""

    receipts: tuple[Receipt, ...]
    unsafe: str | None = None


def apply_plan(
    job: RunContext,
    run: int | None,
    plan: Plan,
    portfolio: Portfolio,
    *,
    connectors: Mapping[str, Connector],
    verified: VerifiedLedger,
) -> ApplyResult:
    """Write the plan as far as the mode, the limits and what was noticed allow."""
    ordered = by_waiting_time(
        filter_included(plan.actions, portfolio, job.limits.include), waiting := job.store.deferred_comments()
    )
    dry_run, writable = _partition_by_connector(ordered, job.limits.dry_run_connectors)
    blocked, open_ = _partition_by_connector(writable, frozenset(verified.blocked_connectors))
    receipts = [Receipt(action, Status.PLANNED, DRY_RUN) for action in dry_run]
    receipts += [Receipt(a, Status.REFUSED, verified.blocked_connectors[a.target.ref.connector]) for a in blocked]
    if (unsafe := _unsafe(job, open_, portfolio, verified)) is not None:
        return ApplyResult((*receipts, *(Receipt(action, Status.REFUSED, unsafe) for action in open_)), unsafe)
    deferred_reasons = deferrals(open_, portfolio, job.limits, waiting, verified.ledger)
    receipts += [Receipt(a, Status.DEFERRED, deferred_reasons[a.target]) for a in open_ if a.target in deferred_reasons]
    now = [action for action in open_ if action.target not in deferred_reasons]
    if job.mode is not Mode.PUBLISH or run is None:
        return ApplyResult((*(Receipt(action, Status.PLANNED) for action in now), *receipts))
    _record_overrides(job, plan, verified)
    done = _publish(job, run, now, connectors, verified)
    deferred = (r.action for r in (*done, *receipts) if r.status is Status.DEFERRED)
    new = (action for action in deferred if action.kind is ActionKind.CREATE_COMMENT)
    job.store.record_deferred(run, [action.target for action in new], connectors.keys() - portfolio.incomplete_sources)
    return ApplyResult((*done, *receipts))


def _record_overrides(job: RunContext, plan: Plan, verified: VerifiedLedger) -> None:
    dry_run = job.limits.dry_run_connectors
    for mute in plan.mutes:
        if mute.target.ref.connector not in dry_run:
            job.store.record_mute(mute.target, mute.comment_id, mute.findings)
    for edit in plan.unchanged_edits:
        if edit.target.ref.connector not in dry_run.union(verified.blocked_connectors):
            record_unchanged_edit(edit, verified.ledger, job.store)
    for override in plan.overrides:
        if override.target.ref.connector not in dry_run:
            job.store.record_label_removed_by_human(override.target, override.label, override.findings_key)
    for migrated in plan.migrated_overrides:
        if migrated.target.ref.connector not in dry_run:
            _record_migrated(job, migrated)


def _record_migrated(job: RunContext, override: MigratedOverride) -> None:
    if override.label is None:
        job.store.record_comment_removed_by_human(override.target, override.findings_key)
    elif override.is_unsettable:
        job.store.record_unsettable_label(override.target, override.label, override.findings_key)
    else:
        job.store.record_label_removed_by_human(override.target, override.label, override.findings_key)


def _publish(
    job: RunContext, run: int, now: Sequence[Action], connectors: Mapping[str, Connector], verified: VerifiedLedger
) -> tuple[Receipt, ...]:
    def extend_lease() -> None:
        job.store.extend_lease(run, job.now(), lease_seconds=LEASE_SECONDS)

    def on_receipt(_receipt: Receipt) -> None:
        job.progress("publish", 1)

    extend_lease()
    return publish(
        now,
        connectors,
        job.store,
        verified.ledger,
        on_receipt,
        check_lease=extend_lease,
        raise_if_stopping=job.raise_if_stopping,
    )


def _unsafe(job: RunContext, actions: Sequence[Action], portfolio: Portfolio, verified: VerifiedLedger) -> str | None:
    known = {connector for connector, _ in verified.ledger}
    first = frozenset(source.connector.name for source in job.sources if source.connector.name not in known)
    try:
        refuse_if_unsafe(
            actions, portfolio, job.limits, ledger=verified.ledger, first_run=first, confirmed=job.confirmed
        )
    except UnsafePlan as refusal:
        return str(refusal)
    return None


def _partition_by_connector(actions: Sequence[Action], named: frozenset[str]) -> tuple[list[Action], list[Action]]:
    """Those of the connectors that are named, and all others."""
    of_these = [action for action in actions if action.target.ref.connector in named]
    return of_these, [action for action in actions if action.target.ref.connector not in named]
