"""What a run starts from, and the pull: what the store holds or the last run left, brought up to what trackers show."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import structlog

from hub.core.insight.dashboard import Dashboard
from hub.model.action import LedgerEntries
from hub.model.initiative import Snapshot, count_references
from hub.model.okr import Okrs
from hub.model.portfolio import DependencyHistory
from hub.model.remote_link import PostedRemoteLink
from hub.model.ticket_input import Command
from hub.pipeline.measures import read_measures
from hub.pipeline.observe import find_dashboard
from hub.pipeline.previous_run import PreviousRun
from hub.pipeline.pull import all_okrs, merged, pull, pull_states, run_work_queries
from hub.pipeline.run_context import RunContext
from hub.report.screen import by_reason, shorten
from hub.store.base import StoredSource


@dataclass(frozen=True, slots=True)
class RunStart:
    """What a run starts from: what the store holds, or what the process kept of the previous run, and the dashboard.

    `history` is None where a previous run was kept, which knows it.
    """

    sources: Sequence[StoredSource]
    ledger: LedgerEntries
    waiting_since: Mapping[tuple[str, str], int]
    first_seen: Mapping[str, datetime]
    remote_links: Sequence[PostedRemoteLink]
    dashboard: Dashboard | None
    previous: PreviousRun | None = None
    history: DependencyHistory | None = None


def start_run(job: RunContext, run: int | None) -> tuple[RunContext, RunStart]:
    """The run reads everything again where people checked the dashboard's box for that."""
    structlog.get_logger().info(
        "run started", run=run, mode=job.mode.value, sources=[source.connector.name for source in job.sources]
    )
    store = job.store
    previous = job.cache.take(job, run) if job.cache is not None else None
    ledger = store.ledger_entries() if previous is None else previous.ledger
    dashboard = find_dashboard(job, ledger)
    if dashboard is not None and dashboard.has_requests:
        job = replace(job.without_early_pulls(), full=job.full or dashboard.recheck_all)
    links = store.remote_links()
    if previous is not None and not job.full:
        known = previous.waiting_since, previous.first_seen
        return job, RunStart(previous.sources, ledger, *known, links, dashboard, previous)
    sources = job.early.stored if job.early is not None else store.snapshot()
    ledger, waiting, first_seen = store.ledger_entries(), store.deferred_comments(), store.first_seen()
    return job, RunStart(sources, ledger, waiting, first_seen, links, dashboard, history=store.dependency_history())


def pull_all(job: RunContext, start: RunStart) -> tuple[Okrs, Snapshot]:
    """Tickets, OKRs, work and values that queries find; what people checked on the dashboard is read in any case."""
    okrs, snapshot = all_okrs(job.okrs, _snapshot(job, start), start.sources)
    okrs, snapshot = run_work_queries(okrs, snapshot, job.sources, start.sources)
    okrs, snapshot = read_measures(okrs, snapshot, job.sources, start.sources, job.now())
    _log_pulled(snapshot)
    job.observer.on_pulled(
        {pulled.connector: len(pulled.initiatives) - count_references(pulled.initiatives) for pulled in snapshot.pulled}
    )
    return okrs, snapshot


def _snapshot(job: RunContext, start: RunStart) -> Snapshot:
    """What was read before the run began is not read again."""
    rechecks = start.dashboard.rechecks if start.dashboard is not None else ()
    if start.previous is not None:
        states = start.previous.pull_states(job.refresh, rechecks)
        if job.early is not None:
            return merged(job.early.fresh, job.early.pulled_at, states)
    elif job.early is not None:
        return job.early.snapshot()
    else:
        states = pull_states(start.sources, start.ledger, job.refresh, full=job.full, rechecks=rechecks)
    return pull(job.sources, job.now(), states)


def known_commands(start: RunStart, snapshot: Snapshot) -> Mapping[str, tuple[Command, ...]]:
    """The commands that were read before this run; none where it read none."""
    if not any(pulled.commands for pulled in snapshot.delta or snapshot.pulled):
        return {}
    if start.previous is not None:
        return start.previous.judgement.tickets.commands()
    return start.history.commands if start.history is not None else {}


def _log_pulled(snapshot: Snapshot) -> None:
    for pulled in snapshot.pulled:
        structlog.get_logger().info(
            "pulled", connector=pulled.connector, tickets=len(pulled.initiatives), requests=pulled.requests
        )
        for known in (True, False):
            gaps = [gap for gap in pulled.gaps if (gap.name in pulled.reported_gaps) is known]
            emit = structlog.get_logger().info if known else structlog.get_logger().warning
            for noun, of_query in (("tickets", False), ("queries", True)):
                for reason, keys in by_reason((gap.key or "", gap.reason) for gap in gaps if gap.of_query is of_query):
                    named = {noun: shorten(list(filter(None, keys))) or None}
                    emit("not read", connector=pulled.connector, reason=reason, **named)
