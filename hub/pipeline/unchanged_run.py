"""A run that stops after its pull: the inputs are those of the last run, and no source shows a difference."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from functools import cache
from pathlib import Path
from types import NoneType
from typing import Any

from hub import __version__
from hub.core.insight.run_summary import RunResult
from hub.core.mapping.measures import measures
from hub.core.mapping.scope import work_queries
from hub.model.action import LedgerEntries, LedgerEntry, Status
from hub.model.errors import HubError
from hub.model.initiative import Initiative, PullResult, SyncMode
from hub.model.ticket_input import OkrTicket
from hub.pipeline.observe import find_dashboard
from hub.pipeline.previous_run import PreviousRun
from hub.pipeline.pull import EarlyPull, LastPull, pull_changes, pull_states
from hub.pipeline.run_context import Mode, RunContext
from hub.pipeline.settled import is_settled
from hub.store.base import Store, StoredSource

_ATOMS = frozenset({str, int, float, bool, NoneType})


@dataclass(frozen=True, slots=True)
class UnchangedRun:
    """Nothing changed since that run: its `report` is what another would report. `seconds` are those of the pull."""

    run: int
    report: Mapping[str, Any]
    seconds: float


def pull_early(job: RunContext) -> EarlyPull | UnchangedRun | None:
    """Read what changed before the run begins, where the last run left nothing to do and all inputs are the same.

    None where that cannot be, so that the run begins with its pull. An early pull holds the differences that it found.
    """
    if job.mode is Mode.PREVIEW or job.full or job.confirmed or any(job.refresh.values()):
        return None
    last = next(iter(job.store.history(1)), None)
    if last is None or not last.fingerprint or job.store.requested_refreshes():
        return None
    inputs = input_fingerprint(job)
    if last.fingerprint != inputs or _has_dashboard_requests(job):
        return None
    early = _pulled(job, last.id, inputs)
    if early is None or any(map(has_changed, early.fresh, early.stored)):
        return early
    cursors = {pulled.connector: pulled.cursor or "" for pulled in early.fresh}
    report = next(iter(job.store.runs(1))).report
    if "findings" not in report or not job.store.touch_sources(last.id, cursors, early.pulled_at):
        return None
    return UnchangedRun(last.id, report, round(job.stopwatch() - early.began, 3))


def _has_dashboard_requests(job: RunContext) -> bool:
    """Whether people checked a box there."""
    dashboard = None if job.dashboard is None else find_dashboard(job, job.store.ledger_entries())
    return dashboard is not None and dashboard.has_requests


def record_fingerprint(job: RunContext, run: int, outcome: RunResult, previous: PreviousRun | None = None) -> None:
    """Remember the inputs of a run that left nothing to do; of any other run there is nothing to remember.

    Where work or a value is declared by query there never is: what a query finds may change while no ticket does. A run
    that updated the last one tells by what `previous` holds by now; its report is whole only where nothing changed.
    """
    okrs = outcome.portfolio.okrs
    is_comparable = all(source.selected for source in job.sources) and not (work_queries(okrs) or measures(okrs))
    if not is_comparable or not leaves_nothing(outcome):
        return
    if outcome.is_update and previous is not None:
        is_fixed = not (previous.unsettled or previous.open) and not has_changes(outcome)
        is_fixed = is_fixed and _has_stable_absences(outcome.snapshot.delta, previous.ledger.values())
    else:
        is_fixed = is_fixed_point(outcome, job.store.ledger_entries())
    if is_fixed:
        # What was compared before the run is as good: what people changed since then begins another run.
        job.store.record_fingerprint(run, job.early.inputs if job.early else input_fingerprint(job))


def has_changes(outcome: RunResult) -> bool:
    """Whether the run read anything that is not as it was."""
    return any(pulled.initiatives or pulled.deleted or pulled.commands for pulled in outcome.snapshot.delta)


def leaves_nothing(outcome: RunResult) -> bool:
    """Whether all was read, and nothing written, held back or newly commanded."""
    return (
        outcome.unsafe is None
        and all(receipt.status is Status.PLANNED for receipt in outcome.receipts)
        and all(
            not (pull_result.gaps or pull_result.absent) and pull_result.cursor is not None
            for pull_result in outcome.snapshot.pulled
        )
        and not any(pull_result.commands for pull_result in outcome.snapshot.delta)
    )


def is_fixed_point(outcome: RunResult, ledger: LedgerEntries) -> bool:
    """Whether the same run once more, with nothing changed since, would read, find and write the same.

    `ledger` is that after the run. Nothing may be read or written in part, newly commanded or still counted.
    """
    tickets = {
        (pull_result.connector, i.id): i
        for pull_result in outcome.snapshot.pulled
        for i in pull_result.initiatives
        if not i.reference_only
    }
    return (
        leaves_nothing(outcome)
        and _has_stable_absences(outcome.snapshot.delta, ledger.values())
        and all(is_settled(entry, tickets.get(key)) for key, entry in ledger.items())
    )


def input_fingerprint(job: RunContext) -> str:
    """A hash of all that a run's result depends on besides the trackers and the state."""
    values = (job.okrs, job.settings, job.waivers, job.today(), job.mode, job.limits)
    places = (job.dashboard, job.hub_url, job.wordings, job.workspace, job.remote_links)
    sources = [
        (
            source.connector.name,
            source.selected,
            type(source.connector).__name__,
            frozenset(source.connector.accepted_gaps),
        )
        for source in job.sources
    ]
    rules = [(rule.name, rule.severity, rule.label, rule.options, _code_of(rule.check)) for rule in job.rules]
    return fingerprint_of((__version__, values, places, sources, rules))


def fingerprint_of(value: object) -> str:
    """A hash of what a value holds: the same in every process, and for every order of sets and mappings."""
    return hashlib.sha256(_canonical(value).encode(errors="backslashreplace")).hexdigest()[:32]


def _pulled(job: RunContext, run: int, inputs: str) -> EarlyPull | None:
    """The differences in all sources; None where one was not read to its end before, or refuses to be read now."""
    stored = {source.connector: source for source in job.store.sources()}
    names = [source.connector.name for source in job.sources]
    if not all(name in stored and stored[name].cursor is not None and not stored[name].gaps for name in names):
        return None
    known = {} if job.cache is None else job.cache.tickets_after(run)
    past_pulls = {name: lazy_last_pull(job.store, source, known.get(name)) for name, source in stored.items()}
    started, pulled_at = job.stopwatch(), job.now()
    try:
        results = pull_changes(job.sources, past_pulls)
    except HubError:
        return None  # the run tells why
    return EarlyPull(run, [stored[name] for name in names], past_pulls, results, pulled_at, started, inputs)


def lazy_last_pull(store: Store, source: StoredSource, known: Mapping[str, Initiative] | None = None) -> LastPull:
    """What a pull after a run that left nothing to do may rely on, without loading a ticket.

    The ledger agrees with the tickets then: none has to be read again because of it. `known` are the source's tickets
    by id, where the process has them.
    """
    past = pull_states([source], {})[source.connector]
    tickets = store.lazy_tickets(source.connector) if known is None else known
    return replace(past, tickets=tickets, pull_state=past.pull_state and replace(past.pull_state, tickets=tickets))


def has_changed(pulled: PullResult, stored: StoredSource) -> bool:
    """Whether an incremental pull found any difference to what is stored, or was not one that could."""
    return bool(
        pulled.mode is not SyncMode.INCREMENTAL
        or pulled.cursor is None
        or pulled.initiatives
        or pulled.deleted
        or pulled.gaps
        or pulled.absent
        or pulled.commands
        or set(pulled.accepted) != set(stored.accepted)
        or _by_id(pulled.okrs) != _by_id(stored.okrs)
    )


def _by_id(okrs: Iterable[OkrTicket] | None) -> Mapping[str, OkrTicket] | None:
    return None if okrs is None else {row.id: row for row in okrs}


def _has_stable_absences(results: Iterable[PullResult], entries: Iterable[LedgerEntry]) -> bool:
    """A run that reads changes alone counts an absence differently from one that read everything."""
    return all(pull_result.mode is SyncMode.INCREMENTAL for pull_result in results) or not any(
        ledger_entry.absences for ledger_entry in entries
    )


def _canonical(value: object) -> str:
    kind: Any = type(value)
    if kind in _ATOMS:
        return repr(value)
    if (names := _field_names(kind)) is not None:
        return f"{kind.__name__}[{','.join([f'{name}={_canonical(getattr(value, name))}' for name in names])}]"
    if isinstance(value, Mapping):
        return "{" + ",".join(sorted(f"{_canonical(key)}:{_canonical(item)}" for key, item in value.items())) + "}"
    if isinstance(value, frozenset | set):
        return "<" + ",".join(sorted(map(_canonical, value))) + ">"
    if isinstance(value, list | tuple):
        return "(" + ",".join(map(_canonical, value)) + ")"
    # Members of an enumeration, dates, and whatever another package says of itself.
    return repr(value)


@cache
def _field_names(kind: type) -> tuple[str, ...] | None:
    """The fields of a dataclass; None for all else."""
    return tuple(field.name for field in fields(kind)) if is_dataclass(kind) else None


def _code_of(check: object) -> str:
    """A rule of another package may change without its version doing so."""
    code = getattr(check, "__code__", None)
    try:
        return hashlib.sha256(Path(code.co_filename).read_bytes()).hexdigest() if code else repr(check)
    except OSError:
        return repr(check)
