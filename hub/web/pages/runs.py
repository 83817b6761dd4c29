"""The pages of runs: what the scheduler does now, sources and gaps, and each run."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from hub.core.planning.write_refusals import skip_reasons
from hub.model.service_state import STAGES, FinishedRun, RateLimitStatus, Run, RunProgress, SchedulerState
from hub.report.status import NOT_WRITTEN, limits_document, retry_text
from hub.web.page import Page, PageParams, not_found
from hub.web.snapshot import PortfolioSnapshot

MAX_ROWS = 100
SECONDS_PER_DAY = 86_400
# What the counts of a run are called on the page, where their names are not plain words.
COUNT_LABELS = {"initiatives": "tickets", "not_judged": "not evaluated", "done": "written", "gaps": "not read"}
# Of a run that has just ended: its findings, and what became of its writes.
RESULT_COUNTS = ("errors", "warnings", "infos", "done", "not_written")
STAGE_TEXTS = {
    "pull": "reads tickets and OKRs",
    "observe": "reads the hub's own comments",
    "map": "links tickets to key results",
    "check": "runs the rules",
    "plan": "decides on comments and labels",
    "publish": "writes comments and labels",
}
STATUS_LABELS = {"cancelled": "interrupted", "lost": "interrupted"}


@dataclass(frozen=True, slots=True)
class LiveState:
    """State that changes between two runs, and is therefore not part of a snapshot."""

    now: datetime
    scheduler: SchedulerState | None = None
    rate_limits: Sequence[RateLimitStatus] = ()
    activity: str = ""


@dataclass(frozen=True, slots=True)
class StageRow:
    """A stage of the current run: `state` is done, in progress or to come; `detail` says how much of it."""

    name: str
    does: str
    state: str
    detail: str = ""


def run_state(snapshot: PortfolioSnapshot, live: LiveState) -> dict[str, object]:
    """What the scheduler does now, and what the last run came to: the variables of `run_state.html`."""
    scheduler = live.scheduler
    current, last = (scheduler.current, scheduler.last) if scheduler else (None, None)
    return {
        "scheduler": scheduler,
        "activity": live.activity,
        "stages": stage_rows(current.progress) if current else [],
        "progress": current.progress if current else None,
        "problem": snapshot.redact(scheduler.error) if scheduler and scheduler.error else "",
        "last": last,
        "latest": next((run.id for run in snapshot.runs), None),
        "refusal": snapshot.redact(last.refusal) if last else "",
        "last_counts": _result_counts(last) if last else [],
        "deferred_comments": len(snapshot.deferred_comments),
    }


def stage_rows(progress: RunProgress) -> list[StageRow]:
    """All stages of a run in their order."""
    return [_stage_row(stage, progress) for stage in STAGES]


def _stage_row(stage: str, progress: RunProgress) -> StageRow:
    is_current, seconds = stage == progress.stage, progress.seconds.get(stage)
    state = "to come" if seconds is None and not is_current else "in progress" if is_current else f"{seconds:,.2f} s"
    tickets = sum(progress.tickets.values())
    row = partial(StageRow, stage, STAGE_TEXTS[stage], state)
    if stage == "pull" and progress.tickets:
        return row(f"{tickets:,} {'ticket' if tickets == 1 else 'tickets'}")
    if stage == "pull" and progress.received:
        return row(f"{progress.received:,} received so far")
    if stage == "publish" and progress.planned_writes:
        return row(f"{progress.writes:,} of {progress.planned_writes:,} writes")
    return row("")


def _result_counts(last: FinishedRun) -> list[tuple[str, int]]:
    """The findings, and what became of the writes; nothing where the run did not get so far."""
    if not last.counts:
        return []
    counts = {**last.counts, "not_written": sum(last.counts.get(status, 0) for status in NOT_WRITTEN)}
    names = [*RESULT_COUNTS, *(name for name in ("failed", "planned") if counts.get(name))]
    return [(COUNT_LABELS.get(name, name), counts.get(name, 0)) for name in names]


def runs_page(snapshot: PortfolioSnapshot, live: LiveState, _params: PageParams) -> Page:
    """The last runs, and the state of sources, limits and the scheduler."""
    skipped = sorted(
        (str(ledger_entry.target.ref), reason)
        for ledger_entry in snapshot.ledger.values()
        for reason in skip_reasons(ledger_entry)
    )
    context = {
        "state": run_state(snapshot, live),
        "sources": [_source(snapshot, number, live) for number in range(len(snapshot.sources))],
        "limits": [row for rate_limit_status in live.rate_limits for row in _limits(rate_limit_status, live.now)],
        "skipped": skipped[:MAX_ROWS],
        "skipped_in_all": len(skipped),
        "runs": [_row(run) for run in snapshot.runs],
        "stages": STAGES,
    }
    return Page("runs.html", "Runs", context)


def run_page(snapshot: PortfolioSnapshot, live: LiveState, params: PageParams) -> Page:
    """One run: what it read, what it could not do and when that is tried again; or its progress while it goes on."""
    number = params.path["run"]
    run = next((run for run in snapshot.runs if str(run.id) == number), None)
    if run is None:
        known = (
            [known.run for known in (live.scheduler.current, live.scheduler.last) if known] if live.scheduler else []
        )
        is_known = number in map(str, filter(None, known))
        return (
            Page("run_live.html", f"Run {number}", {"state": run_state(snapshot, live)})
            if is_known
            else not_found("run")
        )
    summary = run.summary
    writes = [
        {**row, "retry_at": retry_text(run, row)} for row in summary.get("plan", ()) if row["status"] in NOT_WRITTEN
    ]
    context = {
        "run": _row(run),
        "sources": summary.get("sources", ()),
        "writes": writes,
        "skipped_tickets": summary.get("skipped_tickets", ()),
        "refused": summary.get("refused"),
        "count_labels": COUNT_LABELS,
        "stages": STAGES,
    }
    return Page("run.html", f"Run {run.id}", context)


def _row(run: Run) -> dict[str, object]:
    counts, seconds = run.summary.get("counts", {}), run.summary.get("seconds", {})
    return {
        "id": run.id,
        "started": run.started,
        "finished": run.finished,
        "status": run.status,
        "result": STATUS_LABELS.get(run.status, run.status),
        "counts": counts,
        "not_written": sum(counts.get(status, 0) for status in NOT_WRITTEN),
        "seconds": {stage: seconds[stage] for stage in STAGES if stage in seconds},
        "seconds_in_all": round((run.finished - run.started).total_seconds(), 1) if run.finished else None,
    }


def _source(snapshot: PortfolioSnapshot, number: int, live: LiveState) -> dict[str, object]:
    stored_source = snapshot.sources[number]
    due = live.scheduler.due.get(stored_source.connector) if live.scheduler else None
    read = (
        live.scheduler.last_checked(stored_source.connector, stored_source.read)
        if live.scheduler
        else stored_source.read
    )
    age = (live.now - read).total_seconds()
    return {
        "connector": stored_source.connector,
        "read": read,
        "old": age > SECONDS_PER_DAY,
        "due": due,
        "reconciled_at": stored_source.reconciled_at,
        "missed_by_cursor": stored_source.missed_by_cursor,
        "gaps": [(gap.key, gap.reason) for gap in stored_source.gaps[:MAX_ROWS]],
        "gap_count": len(stored_source.gaps),
    }


def _limits(rate_limit_status: RateLimitStatus, now: datetime) -> Iterator[dict[str, object]]:
    limits = limits_document(rate_limit_status, now)
    for call in limits["calls"]:
        resets = datetime.fromisoformat(call["resets_at"])
        yield {
            "connector": rate_limit_status.connector,
            "host": rate_limit_status.host,
            **call,
            "resets": resets if resets > now else None,
        }
    for kind, budget in limits["writes"].items():
        if budget:
            yield {
                "connector": rate_limit_status.connector,
                "host": rate_limit_status.host,
                "kind": f"writes per {kind}",
                **budget,
                "resets": None,
            }
