"""The service's page: past, current and next runs, the age of each source, and rate limits."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from hub.core.looking import skip_reasons
from hub.model.pacing import RateLimitStatus
from hub.model.run import Run
from hub.model.service_state import SchedulerState
from hub.report.limits import limits_document
from hub.report.status import NOT_WRITTEN, retry_text
from hub.web.page import Page, PageParams, not_found
from hub.web.snapshot import PortfolioSnapshot
from hub.web.viewer import Viewer

STAGES = ("pull", "observe", "map", "check", "plan", "publish")
MAX_ROWS = 100
SECONDS_PER_DAY = 86_400
# What the counts of a run are called on the page, where their names are not plain words.
COUNT_LABELS = {"initiatives": "tickets", "not_judged": "not evaluated", "done": "written", "gaps": "not read"}


@dataclass(frozen=True, slots=True)
class LiveState:
    """State that changes between two runs, and is therefore not part of a snapshot."""

    now: datetime
    scheduler: SchedulerState | None = None
    rate_limits: Sequence[RateLimitStatus] = ()


def runs_page(snapshot: PortfolioSnapshot, live: LiveState) -> Page:
    """The last runs, and the state of sources, limits and the scheduler."""
    scheduler = live.scheduler
    skipped = sorted(
        (str(ledger_entry.target.ref), reason)
        for ledger_entry in snapshot.ledger.values()
        for reason in skip_reasons(ledger_entry)
    )
    context = {
        "scheduler": scheduler,
        "problem": snapshot.redact(scheduler.error) if scheduler and scheduler.error else "",
        "sources": [_source(snapshot, number, live) for number in range(len(snapshot.sources))],
        "limits": [row for rate_limit_status in live.rate_limits for row in _limits(rate_limit_status, live.now)],
        "deferred_comments": len(snapshot.deferred_comments),
        "skipped": skipped[:MAX_ROWS],
        "skipped_in_all": len(skipped),
        "runs": [_row(run) for run in snapshot.runs],
        "stages": STAGES,
    }
    return Page("runs.html", "Runs", context)


def run_page(snapshot: PortfolioSnapshot, _viewer: Viewer, params: PageParams) -> Page:
    """One run: what it read, what it could not do and when that is tried again."""
    number = params.path["run"]
    run = next((run for run in snapshot.runs if str(run.id) == number), None)
    if run is None:
        return not_found("run")
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
