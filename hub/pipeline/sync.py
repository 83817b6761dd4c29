"""The whole job, top to bottom: pull, link, check, plan, refuse what is unsafe, publish, record."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import structlog
from structlog.contextvars import bound_contextvars

from connectors.base import Connector
from hub.core.check import check
from hub.core.dashboard import DashboardInput
from hub.core.looking import VerifiedLedger
from hub.core.mapping.build_portfolio import build_portfolio
from hub.core.merge import without_unseen_absences
from hub.core.opaque import strip_private_content
from hub.core.outcome import RunResult
from hub.core.plan import Ledger, Plan, plan
from hub.core.summary import summary
from hub.model.action import Status
from hub.model.errors import RunCancelled
from hub.model.finding import Judgement
from hub.model.initiative import PullResult, Snapshot
from hub.model.portfolio import Portfolio
from hub.pipeline.acknowledge import acknowledge
from hub.pipeline.adopt import recover_ledger
from hub.pipeline.carry_out import apply_plan
from hub.pipeline.dashboard import Dashboard, update_dashboard, with_dashboard, with_rechecks
from hub.pipeline.heartbeat import LEASE_SECONDS, heartbeat
from hub.pipeline.job import Mode, RunContext, StageTimer
from hub.pipeline.look_again import verify_comments
from hub.pipeline.okrs import all_okrs
from hub.pipeline.pull import failed, pull, pull_states
from hub.pipeline.rest import record_fingerprint
from hub.pipeline.said_already import without_unchanged_edits
from hub.pipeline.work_queries import run_work_queries


def sync(job: RunContext, document: Callable[[RunResult], Mapping[str, Any]]) -> RunResult:
    """One run. `document` makes of an outcome what is remembered and printed of it."""
    if job.mode is Mode.PREVIEW:
        return _run(job, None)
    run = job.store.begin_run(job.owner, job.now(), lease_seconds=LEASE_SECONDS)
    job.on_start(run)
    status: str = "failed"
    report: Mapping[str, Any] = {}
    short: Mapping[str, Any] = {}
    try:
        with bound_contextvars(run=run), heartbeat(job.store, run, job.now):
            outcome = replace(_run(job, run), run=run)
        status, report, short = _status(outcome), document(outcome), summary(outcome)
        record_fingerprint(job, run, outcome)
        return outcome
    except RunCancelled:
        status = "cancelled"
        raise
    finally:
        job.store.finish_run(run, job.now(), status, report, short)
        _log().info("run ended", run=run, status=status, **report.get("counts", {}))


def _run(job: RunContext, run: int | None) -> RunResult:
    timer = StageTimer(job.stopwatch)
    _log().info("run begins", run=run, mode=job.mode.value, sources=[source.connector.name for source in job.sources])
    job, dashboard = with_dashboard(job)
    snapshot, portfolio, judgement = pull_and_check(job, timer, dashboard)
    _log_pulled(snapshot)
    job.raise_if_stopping()
    connectors, readable = _publishing(job, portfolio)
    verified = _observe(job, run, snapshot, readable)
    job.raise_if_stopping()
    planned = _planned(job, portfolio, judgement, without_unseen_absences(verified.ledger, snapshot.delta), readable)
    timer.end("plan")
    applied = apply_plan(job, run, planned, portfolio, connectors=connectors, verified=verified)
    receipts = applied.receipts
    if job.mode is Mode.PUBLISH and applied.unsafe is None:
        _acknowledge(job, snapshot, portfolio, readable, verified)
    if dashboard is not None and applied.unsafe is None and dashboard.ref.connector not in verified.blocked_connectors:
        skipped = [(skipped_ticket.ref, skipped_ticket.reason) for skipped_ticket in planned.skipped]
        receipts += update_dashboard(
            job,
            run,
            dashboard,
            DashboardInput(portfolio, judgement, receipts, skipped, failed(snapshot)),
            verified.ledger,
        )
    timer.end("publish")
    changes = _record(job, snapshot, portfolio, judgement) if run is not None else {}
    parts = (snapshot, portfolio, judgement, planned, receipts, failed(snapshot))
    read_only = not any(source.connector.publishes for source in job.sources)
    return RunResult(None, *parts, changes, timer.seconds, applied.unsafe, job.store.first_seen(), read_only)


def _publishing(job: RunContext, portfolio: Portfolio) -> tuple[dict[str, Connector], dict[str, Connector]]:
    """The connectors that may write in this run, and those of them that were read whole."""
    publishing = {s.connector.name: s.connector for s in job.sources if s.selected and s.connector.publishes}
    return publishing, {
        name: connector for name, connector in publishing.items() if name not in portfolio.incomplete_sources
    }


def _planned(
    job: RunContext, portfolio: Portfolio, judgement: Judgement, ledger: Ledger, readable: Mapping[str, Connector]
) -> Plan:
    wordings, url, connector_names = job.wordings, job.hub_url, frozenset(readable)
    planned = plan(
        portfolio, judgement, ledger, connector_names, wordings=wordings, hub_url=url, dashboard=job.dashboard
    )
    return without_unchanged_edits(planned, ledger, readable)


def _acknowledge(
    job: RunContext,
    snapshot: Snapshot,
    portfolio: Portfolio,
    readable: Mapping[str, Connector],
    verified: VerifiedLedger,
) -> None:
    blocked = job.limits.dry_run_connectors.union(verified.blocked_connectors)
    acknowledge(snapshot, portfolio, {k: v for k, v in readable.items() if k not in blocked}, job.store)


def _observe(job: RunContext, run: int | None, snapshot: Snapshot, readable: Mapping[str, Connector]) -> VerifiedLedger:
    """The ledger, completed by what stands on the tickets; a preview remembers nothing of that."""
    store = job.store if run is not None else None
    ledger = recover_ledger(snapshot, job.store.ledger_entries(), readable, store)
    return verify_comments(snapshot, ledger, readable, store, confirmed=job.confirmed, retry_refused=job.full)


def _log_pulled(snapshot: Snapshot) -> None:
    for pulled in snapshot.pulled:
        _log().info("pulled", connector=pulled.connector, tickets=len(pulled.initiatives), requests=pulled.requests)
        for gap in pulled.gaps:
            emit = _log().info if gap.name in pulled.reported_gaps else _log().warning
            emit("not read", connector=gap.connector, key=gap.key, reason=gap.reason)


def _record(
    job: RunContext, snapshot: Snapshot, portfolio: Portfolio, judgement: Judgement
) -> Mapping[str, tuple[int, int]]:
    """What was read, and since when dependencies and findings are known; returns what changed by connector."""
    job.store.save_dependency_history(portfolio.first_seen, is_complete=not portfolio.gaps)
    rule_by_fingerprint = {finding.fingerprint: finding.rule for finding in (*judgement.findings, *judgement.waived)}
    undetermined_rules = judgement.failed | {not_judged.rule for not_judged in judgement.not_judged}
    job.store.record_findings(
        rule_by_fingerprint, snapshot.pulled_at, unevaluated_rules=None if portfolio.gaps else undetermined_rules
    )
    return job.store.save_snapshot(_delta(snapshot), snapshot.pulled_at)


def _delta(snapshot: Snapshot) -> tuple[PullResult, ...]:
    """What is new of the sources that were asked at all: one left out by `--only` keeps what was known of it."""
    return tuple(
        pull_result for pull_result in snapshot.delta if not any(gap.is_not_selected for gap in pull_result.gaps)
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


def pull_and_check(
    job: RunContext, timer: StageTimer, dashboard: Dashboard | None = None
) -> tuple[Snapshot, Portfolio, Judgement]:
    """The half that writes nothing: what is there, and what the rules say of it.

    What people ticked on the `board` is read again in any case.
    """
    stored = job.store.snapshot()
    states = with_rechecks(pull_states(stored, job.store.ledger_entries(), job.refresh, full=job.full), dashboard)
    okrs, snapshot = all_okrs(job.okrs, pull(job.sources, job.now(), states), stored)
    okrs, snapshot = run_work_queries(okrs, snapshot, job.sources, stored)
    timer.end("pull")
    portfolio = build_portfolio(snapshot, okrs, job.today(), job.store.dependency_history(), job.workspace)
    timer.end("map")
    judgement = check(portfolio, job.rules, job.settings, job.waivers)
    timer.end("check")
    return snapshot, strip_private_content(portfolio), judgement
