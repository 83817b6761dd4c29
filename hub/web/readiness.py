"""`/readyz`: whether the scheduler works, when the next run is due, and how old each source is."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from fastapi import APIRouter
from starlette.responses import JSONResponse, Response

from hub.model.service_state import FinishedRun, SchedulerState

NOT_READY = 503
# Older than this, whatever the schedule: what the pages say may not be so any more.
STALE_AFTER = timedelta(days=8)


def readiness_route(
    state: Callable[[], SchedulerState], read: Callable[[], Mapping[str, datetime]], now: Callable[[], datetime]
) -> APIRouter:
    """The probe: `read` returns when each source was last read, and must not raise."""
    router = APIRouter(include_in_schema=False)

    def ready() -> Response:
        document = readiness(state(), read(), now())
        return JSONResponse(document, 200 if document["ready"] else NOT_READY, {"Cache-Control": "no-store"})

    router.add_api_route("/readyz", ready, methods=["GET", "HEAD"])
    return router


def readiness(state: SchedulerState, read: Mapping[str, datetime], now: datetime) -> dict[str, Any]:
    """The probe's answer; a source that was never read has no age."""
    problems = state.problems(now)
    warnings = tuple(_warnings(state, read, now))
    current = state.current
    return {
        "ready": not problems,
        "status": "not ready" if problems else "degraded" if warnings else "ready",
        "problems": problems,
        "warnings": warnings,
        "since": state.since.isoformat(),
        "run": None if current is None else {"run": current.run, "started": current.started.isoformat()},
        "last": None if (last := state.last) is None else _last(last),
        "retry_at": _iso(state.retry_at),
        "full_at": _iso(state.full_due),
        "pending_refreshes": state.pending_refreshes,
        "sources": {
            name: {
                "age_seconds": round((now - read[name]).total_seconds(), 1) if name in read else None,
                "due": _iso(state.due.get(name)),
            }
            for name in sorted(read.keys() | state.due.keys())
        },
    }


def _warnings(state: SchedulerState, read: Mapping[str, datetime], now: datetime) -> Iterator[str]:
    """Warnings: the service works, but what it shows is older or less than it should be."""
    failed = state.last.failed if state.last is not None else frozenset()
    for name in sorted(read.keys() | state.due.keys()):
        if name in failed:
            yield f"{name} could not be read by the last run"
        elif name not in read:
            yield f"{name} was never read"
        elif now - read[name] > STALE_AFTER:
            yield f"{name} was last read at {read[name].isoformat()}"


def _last(last: FinishedRun) -> dict[str, Any]:
    return {"run": last.run, "result": last.result, "at": last.finished.isoformat()}


def _iso(value: datetime | None) -> str | None:
    return None if value is None else value.isoformat()
