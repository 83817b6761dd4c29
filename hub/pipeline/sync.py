"""The whole job, top to bottom: pull, observe, map, check, plan, refuse what is unsafe, apply, record."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import structlog
from structlog.contextvars import bound_contextvars

from hub.core.insight.dashboard import DashboardInput, decide_dashboard
from hub.core.insight.dashboard_sections import WITHOUT_WORK
from hub.core.insight.run_summary import RunResult, summary
from hub.core.planning.comment_drift import Observation
from hub.core.planning.plan import Plan, PlanPart, plan, without_unchanged_edits
from hub.core.planning.reactions import Reaction, reactions
from hub.core.planning.safety import WriteDecision, decide_writes
from hub.model.action import Status
from hub.model.errors import RunCancelled
from hub.model.initiative import Snapshot
from hub.model.portfolio import Portfolio
from hub.model.ticket_input import Command
from hub.pipeline.apply import apply, apply_dashboard
from hub.pipeline.judge import Judged, judge
from hub.pipeline.lease import LEASE_SECONDS, heartbeat
from hub.pipeline.observe import observe
from hub.pipeline.previous_run import PreviousRun
from hub.pipeline.pull import failed
from hub.pipeline.record import record
from hub.pipeline.remote_links import with_remote_links
from hub.pipeline.run_context import INTERRUPTED, Mode, RunContext, StageTimer
from hub.pipeline.start import RunStart, known_commands, pull_all, start_run
from hub.pipeline.unchanged_run import UnchangedRun, pull_early, record_fingerprint


def sync_if_changed(job: RunContext, document: Callable[[RunResult], Mapping[str, Any]]) -> RunResult | UnchangedRun:
    """One run, which stops after its pull where nothing changed since a run that left nothing to do.

    Args:
        job: Sources, rules, limits and the store; its mode says how far the run goes.
        document: Makes of the result what is remembered and printed of the run.

    Raises:
        RunCancelled: The service stops; what was written is recorded.
        StoreError: Another run holds the lease, or has taken it.
        QueryRefused: A tracker refuses the configured query.
    """
    early = pull_early(job)
    return early if isinstance(early, UnchangedRun) else sync(replace(job, early=early), document)


def sync(job: RunContext, document: Callable[[RunResult], Mapping[str, Any]]) -> RunResult:
    """One run. `document` makes of an outcome what is remembered and printed of it."""
    if job.mode is Mode.PREVIEW:
        return _run_stages(job, None)[0]
    run = job.store.begin_run(job.owner, job.now(), lease_seconds=LEASE_SECONDS)
    job.on_start(run)
    last_run = job.early.last_run if job.early is not None else job.pulled_after
    if run != last_run + 1:
        job = job.without_early_pulls()  # another run changed the state meanwhile
    status: str = "failed"
    report: Mapping[str, Any] = {}
    short: Mapping[str, Any] = {}
    try:
        with bound_contextvars(run=run), heartbeat(job.store, run, job.now):
            outcome, previous = _run_stages(job, run)
        status, report, short = _status(outcome), document(outcome), summary(outcome)
        record_fingerprint(job, run, outcome, previous)
        if job.cache is not None:
            job.cache.put(previous)
        return outcome
    except RunCancelled:
        status = "cancelled"
        raise
    except KeyboardInterrupt:
        status = INTERRUPTED
        raise
    finally:
        job.store.finish_run(run, job.now(), status, report, short)
        _log().info("run finished", run=run, status=status, **report.get("counts", {}))


def _run_stages(job: RunContext, run: int | None) -> tuple[RunResult, PreviousRun | None]:
    """One after the other; a dry run, which has no number, ends before anything is written."""
    timer = StageTimer(job.stopwatch, job.observer, job.early.began if job.early else None)
    job, start = start_run(job, run)
    okrs, snapshot = pull_all(job, start)
    timer.end("pull")
    job.raise_if_stopping()
    part = start.previous.observed_part(snapshot) if start.previous is not None else None
    observed = observe(snapshot, start.ledger, job.writable, confirmed=job.confirmed, full=job.full, part=part)
    timer.end("observe")
    known = known_commands(start, snapshot)
    judged = judge(job, start, okrs, snapshot, timer)
    scope = None
    if start.previous is not None and part is not None and judged.change is not None:
        scope = start.previous.plan_part(judged.change, snapshot, observed, part)
    replies = _reactions(job, known, snapshot, judged.portfolio, observed)
    planned = replace(_plan(job, judged, observed, scope), reactions=replies)
    planned = with_remote_links(job, planned, (judged.portfolio, judged.judgement), observed, start.remote_links)
    decision = _refuse_if_unsafe(job, start, planned, judged.portfolio, observed)
    outcome = _outcome(job, start, decision, run=run, snapshot=snapshot, judged=judged, planned=planned)
    timer.end("plan")
    job.raise_if_stopping()
    if run is None:
        receipts = outcome.receipts + _dashboard(job, start, outcome, observed).planned
        return replace(outcome, receipts=receipts, seconds=timer.seconds), None
    outcome = replace(outcome, receipts=apply(job, run, planned, decision, observed))
    reported = apply_dashboard(job, _dashboard(job, start, outcome, observed), observed.ledger)
    timer.end("publish")
    outcome = replace(outcome, receipts=outcome.receipts + reported, seconds=timer.seconds)
    return _recorded(job, run, start, outcome, judged=judged, observed=observed)


def _recorded(
    job: RunContext, run: int, start: RunStart, outcome: RunResult, *, judged: Judged, observed: Observation
) -> tuple[RunResult, PreviousRun | None]:
    """The outcome as it is recorded, and what is previous of it for the next run of this process."""
    if start.previous is not None and judged.change is not None:
        outcome = record(job, outcome, start.previous)
        start.previous.finish(job, run, outcome, observed)
        return outcome, start.previous
    outcome = record(job, outcome)
    is_reusable = job.cache is not None and judged.basis is not None and judged.basis.is_updatable
    return outcome, PreviousRun.of(
        job, run, outcome, judged.basis
    ) if is_reusable and judged.basis is not None else None


def _plan(job: RunContext, judged: Judged, observed: Observation, part: PlanPart | None) -> Plan:
    """What should stand on the tickets, held against what was observed there."""
    planned = plan(
        judged.portfolio,
        judged.judgement,
        observed.ledger,
        observed.complete,
        wordings=job.wordings,
        hub_url=job.hub_url,
        dashboard=job.dashboard,
        part=part,
    )
    renderers = {name: job.writable[name].rendered_text for name in observed.complete}
    return without_unchanged_edits(planned, observed.ledger, renderers)


def _reactions(
    job: RunContext,
    known: Mapping[str, tuple[Command, ...]],
    snapshot: Snapshot,
    portfolio: Portfolio,
    observed: Observation,
) -> tuple[Reaction, ...]:
    blocked = job.limits.dry_run_connectors.union(observed.blocked_connectors)
    connectors = {name: job.writable[name] for name in observed.complete - blocked}
    reacting = {
        name
        for name, connector in connectors.items()
        if connector.capabilities.reactions is not None and connector.wording.reacts
    }
    return reactions(snapshot, portfolio, known, reacting)


def _refuse_if_unsafe(
    job: RunContext, start: RunStart, planned: Plan, portfolio: Portfolio, observed: Observation
) -> WriteDecision:
    """Caps, limits and first runs: all is refused where it is too much at once."""
    known = {connector for connector, _ in observed.ledger}
    return decide_writes(
        planned.actions,
        portfolio,
        job.limits,
        observed,
        waiting_since=start.waiting_since,
        first_run=frozenset(source.connector.name for source in job.sources) - known,
        confirmed=job.confirmed,
    )


def _outcome(
    job: RunContext,
    start: RunStart,
    decision: WriteDecision,
    *,
    run: int | None,
    snapshot: Snapshot,
    judged: Judged,
    planned: Plan,
) -> RunResult:
    """What comes of the run if it writes nothing."""
    return RunResult(
        run=run,
        snapshot=snapshot,
        portfolio=judged.portfolio,
        judgement=judged.judgement,
        plan=planned,
        receipts=decision.planned,
        failures=failed(snapshot),
        unsafe=decision.unsafe,
        first_seen=start.first_seen,
        is_read_only=not any(source.connector.capabilities.comments for source in job.sources),
        is_update=judged.change is not None,
    )


def _dashboard(job: RunContext, start: RunStart, outcome: RunResult, observed: Observation) -> WriteDecision:
    """What the dashboard is to say of this outcome; nothing where all was refused, or its tracker is not written."""
    dashboard = start.dashboard
    if dashboard is None or outcome.unsafe is not None or dashboard.ref.connector in observed.blocked_connectors:
        return WriteDecision()
    options = next((rule.options for rule in job.rules if rule.name == WITHOUT_WORK), {})
    setting = job.settings.get(WITHOUT_WORK)
    chosen = {**options, **(setting.options if setting else {})}
    seen = DashboardInput(
        portfolio=outcome.portfolio,
        judgement=outcome.judgement,
        receipts=outcome.receipts,
        skipped=[(skipped.ref, skipped.reason) for skipped in outcome.plan.skipped],
        gaps=outcome.failures,
        ref=dashboard.ref,
        wordings=job.wordings,
        hub_url=job.hub_url,
    )
    seen = replace(seen, after_days=int(chosen.get("after_days", seen.after_days)))
    return decide_dashboard(dashboard, seen, job.now(), full=job.full)


def _log() -> structlog.typing.FilteringBoundLogger:
    """The logger, asked for when it is needed: nothing happens when the module is imported."""
    logger: structlog.typing.FilteringBoundLogger = structlog.get_logger()
    return logger


def _status(outcome: RunResult) -> str:
    if outcome.unsafe is not None:
        return "refused"
    broken = outcome.failures or any(r.status in (Status.FAILED, Status.REFUSED) for r in outcome.receipts)
    return "partial" if broken else "done"
