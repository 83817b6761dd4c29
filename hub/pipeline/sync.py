"""The whole job, top to bottom: pull, link, check, plan, refuse what is unsafe, publish, record."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import structlog
from structlog.contextvars import bound_contextvars

from connectors.base import Connector
from hub.core.check import check
from hub.core.dashboard import Seen
from hub.core.looking import Looked
from hub.core.mapping.build_portfolio import build_portfolio
from hub.core.merge import as_counted
from hub.core.opaque import opaque
from hub.core.outcome import Outcome
from hub.core.plan import Plan, plan
from hub.core.summary import summary
from hub.model.action import LedgerEntries, Status
from hub.model.errors import Stopped
from hub.model.finding import Judgement
from hub.model.initiative import Pulled, Snapshot
from hub.model.portfolio import Portfolio
from hub.pipeline.acknowledge import acknowledge
from hub.pipeline.adopt import adopt_unknown
from hub.pipeline.carry_out import carry_out
from hub.pipeline.dashboard import Board, keep_board, read_again, with_board
from hub.pipeline.heartbeat import LEASE_SECONDS, heartbeat
from hub.pipeline.job import Job, Laps, Mode
from hub.pipeline.look_again import look_again
from hub.pipeline.okrs import all_okrs
from hub.pipeline.pull import failed, pull, remembered
from hub.pipeline.rest import keep_rest
from hub.pipeline.said_already import without_said
from hub.pipeline.work_queries import ask_for_work


def sync(job: Job, document: Callable[[Outcome], Mapping[str, Any]]) -> Outcome:
    """One run. `document` makes of an outcome what is remembered and printed of it."""
    if job.mode is Mode.PREVIEW:
        return _run(job, None)
    run = job.store.begin_run(job.owner, job.now(), lease_seconds=LEASE_SECONDS)
    job.begun(run)
    status: str = "failed"
    report: Mapping[str, Any] = {}
    short: Mapping[str, Any] = {}
    try:
        with bound_contextvars(run=run), heartbeat(job.store, run, job.now):
            outcome = replace(_run(job, run), run=run)
        status, report, short = _status(outcome), document(outcome), summary(outcome)
        keep_rest(job, run, outcome)
        return outcome
    except Stopped:
        status = "stopped"
        raise
    finally:
        job.store.finish_run(run, job.now(), status, report, short)
        _log().info("run ended", run=run, status=status, **report.get("counts", {}))


def _run(job: Job, run: int | None) -> Outcome:
    laps = Laps(job.stopwatch)
    _log().info("run begins", run=run, mode=job.mode.value, sources=[one.connector.name for one in job.sources])
    job, board = with_board(job)
    snapshot, portfolio, judgement = look(job, laps, board)
    _tell(snapshot)
    job.heed()
    connectors, readable = _publishing(job, portfolio)
    looked = _looked(job, run, snapshot, readable)
    job.heed()
    wanted = _planned(job, portfolio, judgement, as_counted(looked.ledger, snapshot.fresh), readable)
    laps.end("plan")
    written = carry_out(job, run, wanted, portfolio, connectors=connectors, looked=looked)
    receipts = written.receipts
    if job.mode is Mode.PUBLISH and written.unsafe is None:
        _acknowledge(job, snapshot, portfolio, readable, looked)
    if board is not None and written.unsafe is None and board.ref.connector not in looked.halted:
        held = [(one.ref, one.why) for one in wanted.held]
        receipts += keep_board(
            job, run, board, Seen(portfolio, judgement, receipts, held, failed(snapshot)), looked.ledger
        )
    laps.end("publish")
    changes = _keep(job, snapshot, portfolio, judgement) if run is not None else {}
    whole = (snapshot, portfolio, judgement, wanted, receipts, failed(snapshot))
    read_only = not any(source.connector.publishes for source in job.sources)
    return Outcome(None, *whole, changes, laps.seconds, written.unsafe, job.store.seen_since(), read_only)


def _publishing(job: Job, portfolio: Portfolio) -> tuple[dict[str, Connector], dict[str, Connector]]:
    """The connectors that may write in this run, and those of them that were read whole."""
    publishing = {s.connector.name: s.connector for s in job.sources if s.selected and s.connector.publishes}
    return publishing, {name: one for name, one in publishing.items() if name not in portfolio.unread}


def _planned(
    job: Job, portfolio: Portfolio, judgement: Judgement, ledger: LedgerEntries, readable: Mapping[str, Connector]
) -> Plan:
    wordings, url, places = job.wordings, job.hub_url, frozenset(readable)
    wanted = plan(portfolio, judgement, ledger, places, wordings=wordings, hub_url=url, dashboard=job.dashboard)
    return without_said(wanted, ledger, readable)


def _acknowledge(
    job: Job, snapshot: Snapshot, portfolio: Portfolio, readable: Mapping[str, Connector], looked: Looked
) -> None:
    closed = job.limits.silent.union(looked.halted)
    acknowledge(snapshot, portfolio, {k: v for k, v in readable.items() if k not in closed}, job.store)


def _looked(job: Job, run: int | None, snapshot: Snapshot, readable: Mapping[str, Connector]) -> Looked:
    """The ledger, completed by what stands on the tickets; a preview remembers nothing of that."""
    store = job.store if run is not None else None
    ledger = adopt_unknown(snapshot, job.store.published(), readable, store)
    return look_again(snapshot, ledger, readable, store, confirmed=job.confirmed, anew=job.full)


def _tell(snapshot: Snapshot) -> None:
    for pulled in snapshot.pulled:
        _log().info("pulled", connector=pulled.connector, tickets=len(pulled.initiatives), requests=pulled.requests)
        for gap in pulled.gaps:
            tell = _log().info if gap.name in pulled.told else _log().warning
            tell("not read", connector=gap.connector, key=gap.key, reason=gap.reason)


def _keep(job: Job, snapshot: Snapshot, portfolio: Portfolio, judgement: Judgement) -> Mapping[str, tuple[int, int]]:
    """What was read, and since when dependencies and findings are known; returns what changed by connector."""
    job.store.remember(portfolio.first_seen, whole=not portfolio.gaps)
    found = {one.fingerprint: one.rule for one in (*judgement.findings, *judgement.waived)}
    doubted = judgement.failed | {one.rule for one in judgement.not_judged}
    job.store.saw(found, snapshot.taken, unsure=None if portfolio.gaps else doubted)
    return job.store.save_snapshot(_read(snapshot), snapshot.taken)


def _read(snapshot: Snapshot) -> tuple[Pulled, ...]:
    """What is new of the sources that were asked at all: one left out by `--only` keeps what was known of it."""
    return tuple(one for one in snapshot.fresh if not any(gap.left_out for gap in one.gaps))


def _log() -> structlog.typing.FilteringBoundLogger:
    """The logger, asked for when it is needed: nothing happens when the module is imported."""
    logger: structlog.typing.FilteringBoundLogger = structlog.get_logger()
    return logger


def _status(outcome: Outcome) -> str:
    if outcome.unsafe is not None:
        return "refused"
    broken = outcome.failures or any(r.status in (Status.FAILED, Status.REFUSED) for r in outcome.receipts)
    return "partial" if broken else "done"


def look(job: Job, laps: Laps, board: Board | None = None) -> tuple[Snapshot, Portfolio, Judgement]:
    """The half that writes nothing: what is there, and what the rules say of it.

    What people ticked on the `board` is read again in any case.
    """
    kept = job.store.snapshot()
    memory = read_again(remembered(kept, job.store.published(), job.knocked, full=job.full), board)
    okrs, snapshot = all_okrs(job.okrs, pull(job.sources, job.now(), memory), kept)
    okrs, snapshot = ask_for_work(okrs, snapshot, job.sources, kept)
    laps.end("pull")
    portfolio = build_portfolio(snapshot, okrs, job.today(), job.store.memory(), job.workspace)
    laps.end("map")
    judgement = check(portfolio, job.rules, job.settings, job.waivers)
    laps.end("check")
    return snapshot, opaque(portfolio), judgement
