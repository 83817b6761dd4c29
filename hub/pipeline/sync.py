"""The whole job, top to bottom: pull, observe, map, check, plan, refuse what is unsafe, apply, record."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import structlog
from structlog.contextvars import bound_contextvars

from hub.core.checking.check import check
from hub.core.checking.redacted_portfolio import strip_private_content
from hub.core.insight.dashboard import Dashboard, DashboardInput, decide_dashboard
from hub.core.insight.dashboard_sections import WITHOUT_WORK
from hub.core.insight.run_summary import RunResult, summary
from hub.core.mapping.build_portfolio import build_portfolio
from hub.core.planning.comment_drift import Observation
from hub.core.planning.plan import Plan, plan, without_unchanged_edits
from hub.core.planning.receipts import Reaction, reactions
from hub.core.planning.safety import WriteDecision, decide_writes
from hub.model.action import LedgerEntries, Status
from hub.model.errors import RunCancelled
from hub.model.finding import Judgement
from hub.model.initiative import Snapshot
from hub.model.okr import Okrs
from hub.model.portfolio import DependencyHistory, Portfolio
from hub.model.remote_link import PostedRemoteLink
from hub.pipeline.apply import apply, apply_dashboard
from hub.pipeline.lease import LEASE_SECONDS, heartbeat
from hub.pipeline.measures import read_measures
from hub.pipeline.observe import find_dashboard, observe
from hub.pipeline.pull import all_okrs, failed, pull, pull_states, run_work_queries
from hub.pipeline.record import record
from hub.pipeline.remote_links import with_remote_links
from hub.pipeline.run_context import INTERRUPTED, Mode, RunContext, StageTimer
from hub.pipeline.unchanged_run import UnchangedRun, pull_early, record_fingerprint
from hub.report.screen import by_reason, shorten
from hub.store.base import StoredSource


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
        return _run_stages(job, None)
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
            outcome = _run_stages(job, run)
        status, report, short = _status(outcome), document(outcome), summary(outcome)
        record_fingerprint(job, run, outcome)
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


@dataclass(frozen=True, slots=True)
class _Start:
    """What a run starts from: what the store holds, of which no stage up to the plan reads more, and the dashboard."""

    sources: Sequence[StoredSource]
    ledger: LedgerEntries
    history: DependencyHistory
    waiting_since: Mapping[tuple[str, str], int]
    first_seen: Mapping[str, datetime]
    remote_links: Sequence[PostedRemoteLink]
    dashboard: Dashboard | None


def _run_stages(job: RunContext, run: int | None) -> RunResult:
    """One after the other; a dry run, which has no number, ends before anything is written."""
    timer = StageTimer(job.stopwatch, job.observer, job.early.began if job.early else None)
    job, start = _start(job, run)
    okrs, snapshot = _pull(job, start)
    timer.end("pull")
    job.raise_if_stopping()
    observed = observe(snapshot, start.ledger, job.writable, confirmed=job.confirmed, full=job.full)
    timer.end("observe")
    portfolio = build_portfolio(snapshot, okrs, job.today(), start.history, job.workspace)
    timer.end("map")
    judgement, portfolio = check(portfolio, job.rules, job.settings, job.waivers), strip_private_content(portfolio)
    timer.end("check")
    replies = _reactions(job, start, snapshot, portfolio, observed)
    planned = _plan(job, portfolio, judgement, observed, replies)
    planned = with_remote_links(job, planned, (portfolio, judgement), observed, start.remote_links)
    decision = _refuse_if_unsafe(job, start, planned, portfolio, observed)
    outcome = _outcome(
        job, start, decision, run=run, snapshot=snapshot, portfolio=portfolio, judgement=judgement, planned=planned
    )
    timer.end("plan")
    job.raise_if_stopping()
    if run is None:
        receipts = outcome.receipts + _dashboard(job, start, outcome, observed).planned
        return replace(outcome, receipts=receipts, seconds=timer.seconds)
    outcome = replace(outcome, receipts=apply(job, run, planned, decision, observed))
    reported = apply_dashboard(job, _dashboard(job, start, outcome, observed), observed.ledger)
    timer.end("publish")
    return record(job, replace(outcome, receipts=outcome.receipts + reported, seconds=timer.seconds))


def _start(job: RunContext, run: int | None) -> tuple[RunContext, _Start]:
    """The run reads everything again where people checked the dashboard's box for that."""
    _log().info("run started", run=run, mode=job.mode.value, sources=[source.connector.name for source in job.sources])
    store = job.store
    ledger = store.ledger_entries()
    dashboard = find_dashboard(job, ledger)
    if dashboard is not None and dashboard.has_requests:
        job = replace(job.without_early_pulls(), full=job.full or dashboard.recheck_all)
    sources = job.early.stored if job.early is not None else store.snapshot()
    return job, _Start(
        sources,
        ledger,
        store.dependency_history(),
        store.deferred_comments(),
        store.first_seen(),
        store.remote_links() if job.remote_links else (),
        dashboard,
    )


def _pull(job: RunContext, start: _Start) -> tuple[Okrs, Snapshot]:
    """Tickets, OKRs, work and values that queries find; what people checked on the dashboard is read in any case."""
    okrs, snapshot = all_okrs(job.okrs, _snapshot(job, start), start.sources)
    okrs, snapshot = run_work_queries(okrs, snapshot, job.sources, start.sources)
    okrs, snapshot = read_measures(okrs, snapshot, job.sources, start.sources, job.now())
    _log_pulled(snapshot)
    job.observer.on_pulled(
        {
            pulled.connector: sum(not ticket.reference_only for ticket in pulled.initiatives)
            for pulled in snapshot.pulled
        }
    )
    return okrs, snapshot


def _snapshot(job: RunContext, start: _Start) -> Snapshot:
    """What was read before the run began is not read again."""
    if job.early is not None:
        return job.early.snapshot()
    rechecks = start.dashboard.rechecks if start.dashboard is not None else ()
    states = pull_states(start.sources, start.ledger, job.refresh, full=job.full, rechecks=rechecks)
    return pull(job.sources, job.now(), states)


def _plan(
    job: RunContext, portfolio: Portfolio, judgement: Judgement, observed: Observation, replies: tuple[Reaction, ...]
) -> Plan:
    """What should stand on the tickets, held against what was observed there; `replies` answer people's commands."""
    planned = plan(
        portfolio,
        judgement,
        observed.ledger,
        observed.complete,
        wordings=job.wordings,
        hub_url=job.hub_url,
        dashboard=job.dashboard,
    )
    renderers = {name: job.writable[name].rendered_text for name in observed.complete}
    return replace(without_unchanged_edits(planned, observed.ledger, renderers), reactions=replies)


def _reactions(
    job: RunContext, start: _Start, snapshot: Snapshot, portfolio: Portfolio, observed: Observation
) -> tuple[Reaction, ...]:
    blocked = job.limits.dry_run_connectors.union(observed.blocked_connectors)
    connectors = {name: job.writable[name] for name in observed.complete - blocked}
    reacting = {
        name
        for name, connector in connectors.items()
        if connector.capabilities.reactions is not None and connector.wording.reacts
    }
    return reactions(snapshot, portfolio, start.history.commands, reacting)


def _refuse_if_unsafe(
    job: RunContext, start: _Start, planned: Plan, portfolio: Portfolio, observed: Observation
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
    start: _Start,
    decision: WriteDecision,
    *,
    run: int | None,
    snapshot: Snapshot,
    portfolio: Portfolio,
    judgement: Judgement,
    planned: Plan,
) -> RunResult:
    """What comes of the run if it writes nothing."""
    return RunResult(
        run=run,
        snapshot=snapshot,
        portfolio=portfolio,
        judgement=judgement,
        plan=planned,
        receipts=decision.planned,
        failures=failed(snapshot),
        unsafe=decision.unsafe,
        first_seen=start.first_seen,
        is_read_only=not any(source.connector.capabilities.comments for source in job.sources),
    )


def _dashboard(job: RunContext, start: _Start, outcome: RunResult, observed: Observation) -> WriteDecision:
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


def _log_pulled(snapshot: Snapshot) -> None:
    for pulled in snapshot.pulled:
        _log().info("pulled", connector=pulled.connector, tickets=len(pulled.initiatives), requests=pulled.requests)
        for known in (True, False):
            gaps = [gap for gap in pulled.gaps if (gap.name in pulled.reported_gaps) is known]
            emit = _log().info if known else _log().warning
            for reason, keys in by_reason((gap.key or "", gap.reason) for gap in gaps):
                emit(
                    "not read",
                    connector=pulled.connector,
                    tickets=shorten(list(filter(None, keys))) or None,
                    reason=reason,
                )


def _log() -> structlog.typing.FilteringBoundLogger:
    """The logger, asked for when it is needed: nothing happens when the module is imported."""
    logger: structlog.typing.FilteringBoundLogger = structlog.get_logger()
    return logger


def _status(outcome: RunResult) -> str:
    if outcome.unsafe is not None:
        return "refused"
    broken = outcome.failures or any(r.status in (Status.FAILED, Status.REFUSED) for r in outcome.receipts)
    return "partial" if broken else "done"
