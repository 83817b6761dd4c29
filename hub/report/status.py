"""What `hub status` knows of runs, sources and rate limits, as values and as JSON."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

from hub.core.planning.write_refusals import RETRY_CONDITION
from hub.model.action import Status
from hub.model.service_state import RateLimitStatus, Run
from hub.report.screen import by_reason, shorten
from hub.report.text import format_time


def limits_document(rate_limit_status: RateLimitStatus, now: datetime) -> dict[str, Any]:
    """The same as one JSON object; `remaining` is as of now, a limit of writes that is off is null."""
    return {
        "connector": rate_limit_status.connector,
        "host": rate_limit_status.host,
        "reported_at": rate_limit_status.reported_at.isoformat(),
        "calls": [
            {
                "kind": limit.kind,
                "remaining": limit.remaining_at(now),
                "limit": limit.limit,
                "resets_at": limit.resets_at.isoformat(),
            }
            for limit in rate_limit_status.budgets
        ],
        "writes": {
            "minute": _remaining(rate_limit_status.minute, rate_limit_status.per_minute),
            "hour": _remaining(rate_limit_status.hour, rate_limit_status.per_hour),
        },
    }


def _remaining(used: int, limit: float) -> dict[str, int] | None:
    return {"remaining": max(0, int(limit) - used), "limit": int(limit)} if limit else None


NOT_WRITTEN = (Status.DEFERRED, Status.FAILED, Status.REFUSED, Status.UNWRITABLE)
"""Statuses of a planned write that did not happen."""


@dataclass(frozen=True, slots=True)
class HubStatus:
    """What the store knows, as of `now`: runs newest first, when each source was read, how many comments are deferred.

    `missed_by_cursor` says how many changes the last full reconciliation found that incremental syncs had missed, and
    when it was. `skipped` are tickets that the hub doesn't change, with the reason; `rate_limits` is what hosts said
    remains. Sources that could not be read completely are `incomplete_sources`; `accepted` are the names of gaps that
    the configuration accepts, and `acceptable` is what to write there to accept the others.
    """

    now: datetime
    runs: Sequence[Run]
    read: Mapping[str, datetime]
    deferred_comments: int
    missed_by_cursor: Mapping[str, tuple[int, datetime]] = field(default_factory=dict)
    skipped: Sequence[tuple[str, str]] = ()
    rate_limits: Sequence[RateLimitStatus] = ()
    incomplete_sources: Collection[str] = frozenset()
    acceptable: Mapping[str, str] = field(default_factory=dict)
    accepted: Mapping[str, Sequence[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FailedWriteDocument:
    """A write that did not happen, as the run recorded it, and when it is tried again."""

    action: str
    connector: str
    ticket: str
    status: Literal["deferred", "failed", "refused", "unwritable"]
    detail: str
    reason: str
    wait_seconds: float | None
    retry_at: str


@dataclass(frozen=True, slots=True)
class RunDocument:
    """A run: its counts, and everything that it could not do."""

    run: int
    started: datetime
    finished: datetime | None
    status: str
    counts: Mapping[str, int]
    problems: tuple[str, ...]
    failed_writes: tuple[FailedWriteDocument, ...]


def status_document(state: HubStatus) -> dict[str, Any]:
    """The same as one JSON object."""
    from hub.report.run_json import document_of  # noqa: PLC0415 - the text needs none of what a run is made of

    return {
        "sources": [_source(state, name, read) for name, read in state.read.items()],
        "limits": [limits_document(rate_limit_status, state.now) for rate_limit_status in state.rate_limits],
        "runs": [document_of(run_document(run)) for run in state.runs],
        "deferred_comments": state.deferred_comments,
        "skipped": [{"ticket": ticket, "reason": reason} for ticket, reason in state.skipped],
    }


def notes_of(runs: Iterable[Run]) -> dict[str, Sequence[str]]:
    """The notes of the last run that read each source, from runs newest first; notes are no gaps."""
    notes: dict[str, Sequence[str]] = {}
    for run in runs:
        for source in report_of(run).get("sources", ()):
            notes.setdefault(source["connector"], source.get("notes", ()))
    return notes


def run_document(run: Run) -> RunDocument:
    """One run for programs."""
    return RunDocument(
        run=run.id,
        started=run.started,
        finished=run.finished,
        status=run.status,
        counts=report_of(run).get("counts", {}),
        problems=tuple(problems(run)),
        failed_writes=tuple(_failed_write_document(run, row) for row in _failed_writes(run)),
    )


def _failed_write_document(run: Run, row: Mapping[str, Any]) -> FailedWriteDocument:
    """Runs of earlier versions recorded neither `reason` nor `wait_seconds`."""
    names = ("action", "connector", "ticket", "status", "detail")
    recorded = {name: row[name] for name in names}
    return FailedWriteDocument(
        **recorded, reason=row.get("reason", ""), wait_seconds=row.get("wait_seconds"), retry_at=retry_text(run, row)
    )


def _source(state: HubStatus, name: str, read: datetime) -> dict[str, Any]:
    missed, reconciled_at = state.missed_by_cursor.get(name, (None, None))
    return {
        "connector": name,
        "read": read.isoformat(),
        "reconciled_at": reconciled_at.isoformat() if reconciled_at else None,
        "missed_by_cursor": missed,
        "complete": name not in state.incomplete_sources,
        "accepted": list(state.accepted.get(name, ())),
        "to_accept": state.acceptable.get(name),
        "notes": list(notes_of(state.runs).get(name, ())),
    }


def report_of(run: Run) -> Mapping[str, Any]:
    """The whole report, where it is still stored; else the summary, which has the same keys."""
    return run.report or run.summary


def problems(run: Run) -> Iterator[str]:
    """What was not read, not written, or left as it is, a line each."""
    for source in report_of(run).get("sources", ()):
        for gap in source["gaps"]:
            yield f"{source['connector']}: not read{': ' + gap['key'] if gap['key'] else ''}: {gap['reason']}"
    for row in _failed_writes(run):
        message = f"{row['connector']}:{row['ticket']}: {row['action']} {row['status']}: {row['detail']}"
        yield f"{message}; {retry_text(run, row)}"
    for skipped in report_of(run).get("skipped_tickets", ()):
        yield f"{skipped['ticket']}: not changed: {skipped['reason']}"


def has_failures(run: Run) -> bool:
    """Whether the run could not read a source to its end, or a write failed."""
    gaps = (gap for source in report_of(run).get("sources", ()) for gap in source["gaps"])
    return any(gap["key"] is None for gap in gaps) or any(row["status"] == "failed" for row in _failed_writes(run))


def grouped_problems(run: Run) -> Iterator[str]:
    """The same by reason: what was not read, what was not written, and tickets that were left as they are."""
    for source in report_of(run).get("sources", ()):
        for reason, keys in by_reason((gap["key"] or "", gap["reason"]) for gap in source["gaps"]):
            named = f" {shorten([key for key in keys if key])}:" if any(keys) else ""
            yield f"{source['connector']}: not read:{named} {reason}"
    writes = [
        (
            f"{row['connector']}:{row['ticket']}",
            f"{row['action']} {row['status']}: {row['detail']}; {retry_text(run, row)}",
        )
        for row in _failed_writes(run)
    ]
    yield from (f"{shorten(tickets)}: {reason}" for reason, tickets in by_reason(writes))
    skipped = ((row["ticket"], row["reason"]) for row in report_of(run).get("skipped_tickets", ()))
    yield from (f"{shorten(tickets)}: not changed: {reason}" for reason, tickets in by_reason(skipped))


def _failed_writes(run: Run) -> Iterator[Mapping[str, Any]]:
    return (row for row in report_of(run).get("plan", ()) if row["status"] in NOT_WRITTEN)


def retry_text(run: Run, row: Mapping[str, Any]) -> str:
    """When a write that did not happen is tried again."""
    if row.get("unwritable") or row["status"] == Status.UNWRITABLE:
        return f"retried {RETRY_CONDITION}"
    wait = float(row.get("wait_seconds") or 0)
    if wait and run.finished:
        return f"retried after {format_time(run.finished + timedelta(seconds=wait))}"
    return "retried by the next run"
