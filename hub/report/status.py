"""`hub status` as lines and as JSON."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

from hub.core.planning.shut import SHUT_UNTIL
from hub.model.pacing import Spending
from hub.model.run import Run
from hub.report.accepting import ACCEPT
from hub.report.days import moment
from hub.report.document import document_of
from hub.report.limits import limit_lines, limits_document
from hub.report.text import Styled


@dataclass(frozen=True, slots=True)
class State:
    """What the state remembers, as of `now`: runs newest first, when each source was read, how many comments wait.

    `missed` says how many tickets the last count of everything found that the cursor had missed, and when it was.
    `left_alone` are tickets that the hub keeps off, with the reason; `spending` is what hosts said is left.
    Sources that could not be read to their end are `unread`; `accepted` are the names of gaps that the configuration
    accepts, and `acceptable` is what to write there to accept the others.
    """

    now: datetime
    runs: Sequence[Run]
    read: Mapping[str, datetime]
    waiting: int
    missed: Mapping[str, tuple[int, datetime]] = field(default_factory=dict)
    left_alone: Sequence[tuple[str, str]] = ()
    spending: Sequence[Spending] = ()
    unread: Collection[str] = frozenset()
    acceptable: Mapping[str, str] = field(default_factory=dict)
    accepted: Mapping[str, Sequence[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class UnwrittenDocument:
    """A write that did not happen, as the run recorded it, and when it is tried again; `wait` is in seconds."""

    action: str
    connector: str
    ticket: str
    status: Literal["deferred", "failed", "refused", "barred"]
    detail: str
    why: str
    wait: float | None
    again: str


@dataclass(frozen=True, slots=True)
class RunDocument:
    """A run: what it came to, and everything that it could not do."""

    run: int
    started: datetime
    finished: datetime | None
    status: str
    counts: Mapping[str, int]
    troubles: tuple[str, ...]
    unwritten: tuple[UnwrittenDocument, ...]


def status_lines(state: State) -> Iterator[Styled]:
    """Sources with their age, then runs, each with what it could not do."""
    notes = notes_of(state.runs)
    yield Styled("Sources", "heading")
    for name, read in state.read.items():
        short = ", but not completely" if name in state.unread else ""
        told = f"  {name}: read {_age(state.now, read)} ago{short}{_counted(state, name)}"
        yield Styled(told, "warning" if short else "plain")
        yield from (Styled(f"    {note}", "info") for note in notes.get(name, ()))
        yield from _not_read(state, name)
    if not state.read:
        yield Styled("  nothing was read yet: run hub sync", "warning")
    yield from limit_lines(state.spending, state.now)
    yield Styled("Runs", "heading")
    if not state.runs:
        yield Styled("  none yet", "dim")
    for run in state.runs:
        yield Styled(f"  {run.id}: {moment(run.started)}: {run.status}{_tally(run)}", _style(run))
        yield from (Styled(f"    {line}", "warning") for line in troubles(run))
    if state.waiting:
        one = state.waiting == 1
        yield Styled(f"{state.waiting} new {'comment waits' if one else 'comments wait'} for a later run", "warning")
    if state.left_alone:
        yield Styled("Not changed by the hub", "heading")
        yield from (Styled(f"  {ticket}: {why}", "warning") for ticket, why in state.left_alone)


def status_document(state: State) -> dict[str, Any]:
    """The same as one JSON object."""
    return {
        "sources": [_source(state, name, read) for name, read in state.read.items()],
        "limits": [limits_document(one, state.now) for one in state.spending],
        "runs": [document_of(run_document(run)) for run in state.runs],
        "waiting": state.waiting,
        "left_alone": [{"ticket": ticket, "why": why} for ticket, why in state.left_alone],
    }


def notes_of(runs: Iterable[Run]) -> dict[str, Sequence[str]]:
    """What the last run that read a source, newest first, told of it; nothing is missing because of that."""
    found: dict[str, Sequence[str]] = {}
    for run in runs:
        for source in _told(run).get("sources", ()):
            found.setdefault(source["connector"], source.get("notes", ()))
    return found


def run_document(run: Run) -> RunDocument:
    """One run for programs."""
    return RunDocument(
        run=run.id,
        started=run.started,
        finished=run.finished,
        status=run.status,
        counts=_told(run).get("counts", {}),
        troubles=tuple(troubles(run)),
        unwritten=tuple(_unwritten_document(run, row) for row in _unwritten(run)),
    )


def _unwritten_document(run: Run, row: Mapping[str, Any]) -> UnwrittenDocument:
    """Runs of earlier versions recorded neither `why` nor `wait`."""
    names = ("action", "connector", "ticket", "status", "detail")
    recorded = {name: row[name] for name in names}
    return UnwrittenDocument(**recorded, why=row.get("why", ""), wait=row.get("wait"), again=again(run, row))


def _source(state: State, name: str, read: datetime) -> dict[str, Any]:
    missed, counted = state.missed.get(name, (None, None))
    return {
        "connector": name,
        "read": read.isoformat(),
        "counted": counted.isoformat() if counted else None,
        "missed": missed,
        "complete": name not in state.unread,
        "accepted": list(state.accepted.get(name, ())),
        "to_accept": state.acceptable.get(name),
        "notes": list(notes_of(state.runs).get(name, ())),
    }


def _not_read(state: State, name: str) -> Iterator[Styled]:
    """What stays unread run after run: how to accept it, and what is accepted."""
    if name in state.acceptable:
        yield Styled(f"    not read: {ACCEPT} {state.acceptable[name]}", "warning")
    if name in state.accepted:
        yield Styled(f"    not read, and accepted: {', '.join(state.accepted[name])}", "dim")


def _counted(state: State, name: str) -> str:
    if name not in state.missed:
        return ""
    missed, counted = state.missed[name]
    changes = f"{missed} change{'' if missed == 1 else 's'}"
    return f"; last full reconciliation {_age(state.now, counted)} ago, incremental sync missed {changes}"


def _told(run: Run) -> Mapping[str, Any]:
    """The whole report, where it is still kept; else what the run came to, in the same words."""
    return run.report or run.summary


def _tally(run: Run) -> str:
    counts = _told(run).get("counts")
    if not counts:
        return ""
    shown = {"initiatives": "tickets", "errors": "errors", "warnings": "warnings", "done": "written"}
    return ": " + ", ".join(f"{counts[name]} {word}" for name, word in shown.items())


def troubles(run: Run) -> Iterator[str]:
    """What was not read, not written, or left as it is, a line each."""
    for source in _told(run).get("sources", ()):
        for gap in source["gaps"]:
            yield f"{source['connector']}: not read{': ' + gap['key'] if gap['key'] else ''}: {gap['reason']}"
    for row in _unwritten(run):
        what = f"{row['connector']}:{row['ticket']}: {row['action']} {row['status']}: {row['detail']}"
        yield f"{what}; {again(run, row)}"
    for held in _told(run).get("held", ()):
        yield f"{held['ticket']}: not changed: {held['why']}"


def _unwritten(run: Run) -> Iterator[Mapping[str, Any]]:
    return (row for row in _told(run).get("plan", ()) if row["status"] in ("deferred", "failed", "refused", "barred"))


def again(run: Run, row: Mapping[str, Any]) -> str:
    """When a write that did not happen is tried again."""
    if row["status"] == "barred":
        return f"retried {SHUT_UNTIL}"
    wait = float(row.get("wait") or 0)
    if wait and run.finished:
        return f"retried after {moment(run.finished + timedelta(seconds=wait))}"
    return "retried by the next run"


def _style(run: Run) -> str:
    return {"done": "plain", "retracted": "plain", "running": "info"}.get(run.status, "warning")


def _age(now: datetime, then: datetime) -> str:
    minutes = int((now - then).total_seconds() // 60)
    if minutes < 120:
        return f"{minutes} min"
    return f"{minutes // 60} h" if minutes < 48 * 60 else f"{minutes // 1440} days"
