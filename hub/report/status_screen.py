"""`hub status` as text on one screen: sources with their age, limits, runs, and what is left as it is."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from hub.model.service_state import RateLimitStatus, Run
from hub.report.lines import StyledLine
from hub.report.screen import MAX_LINES, by_reason, cut_section, fit, number, shorten, wrap_all
from hub.report.status import HubStatus, grouped_problems, has_failures, notes_of, problems, report_of
from hub.report.text import HOW_TO_ACCEPT, format_time, pasted_acceptance

SEE_ALL = "-v lists all of them"
MAX_SOURCE_LINES, MAX_LIMIT_LINES, MAX_LIMITS, MAX_REASONS, MAX_PROBLEMS = 16, 14, 3, 6, 6


def status_lines(state: HubStatus, *, verbose: bool = False) -> Iterator[StyledLine]:
    """Sources with their age, then runs, each with what it could not do; one screen unless everything is asked for."""
    sources = list(_source_lines(state, verbose=verbose))
    limits = list(limit_lines(state.rate_limits, state.now, None if verbose else MAX_LIMITS))
    left_alone = [*_left_alone(state, verbose=verbose), *_next(state.runs)]
    if verbose:
        runs = [line for run in state.runs for line in (_run_line(run), *_problem_lines(problems(run)))]
        yield from (*sources, *limits, StyledLine("Runs", "heading"), *runs, *left_alone)
        return
    sources = list(cut_section(sources, MAX_SOURCE_LINES, f"lines: {SEE_ALL}"))
    limits = list(cut_section(limits, MAX_LIMIT_LINES, f"limits: {SEE_ALL}"))
    available = MAX_LINES - len(sources) - len(limits) - len(left_alone)
    yield from fit((*sources, *limits, *_run_lines(state.runs, available), *left_alone))


def _source_lines(state: HubStatus, *, verbose: bool) -> Iterator[StyledLine]:
    yield StyledLine("Sources", "heading")
    notes = notes_of(state.runs)
    for name, read in state.read.items():
        short = ", but not completely" if name in state.incomplete_sources else ""
        text = f"  {name}: read {_age(state.now, read)} ago{short}{_reconciliation_text(state, name)}"
        yield StyledLine(text, "warning" if short else "plain")
        yield from (StyledLine(f"    {note}", "info") for note in notes.get(name, ()))
        yield from _not_read(state, name, verbose=verbose)
    notes_of_run = report_of(state.runs[0]).get("notes", ()) if state.runs else ()
    yield from wrap_all((StyledLine(f"  {note}", "warning") for note in notes_of_run), 2)
    if not state.read:
        yield StyledLine("  nothing was read yet: run hub sync", "warning")


def _run_lines(runs: Sequence[Run], available: int) -> Iterator[StyledLine]:
    """The newest run with all its problems by reason, then older ones with the first of theirs, as many as fit."""
    yield StyledLine("Runs", "heading")
    if not runs:
        yield StyledLine("  none yet", "dim")
    available -= 1
    for index, run in enumerate(runs):
        found = list(wrap_all(_problem_lines(grouped_problems(run)), 2))
        limit = MAX_PROBLEMS if index == 0 else 1
        lines = [_run_line(run), *found[:limit]]
        if left := len(found) - limit:
            lines += [StyledLine(f"    … and {left:,} more: {SEE_ALL}", "dim")] if left > 0 else []
        if len(lines) > available - (index < len(runs) - 1):
            yield StyledLine(f"  … and {number(len(runs) - index, 'more run')}: {SEE_ALL}", "dim")
            return
        available -= len(lines)
        yield from lines


def _run_line(run: Run) -> StyledLine:
    return StyledLine(f"  {run.id}: {format_time(run.started)}: {run.status}{_counts_text(run)}", _run_style(run))


def _problem_lines(texts: Iterable[str]) -> Iterator[StyledLine]:
    return (StyledLine(f"    {text}", "warning") for text in texts)


def _next(runs: Sequence[Run]) -> Iterator[StyledLine]:
    """Where to look when the newest run could not read a source, or not write what it wanted."""
    if runs and has_failures(runs[0]):
        yield StyledLine("Next: hub doctor checks the connection, the account and its permissions", "heading")


def _left_alone(state: HubStatus, *, verbose: bool) -> Iterator[StyledLine]:
    """Comments that wait, and tickets that the hub does not change, by the reason."""
    if count := state.deferred_comments:
        waits = f"{count:,} new {'comment waits' if count == 1 else 'comments wait'} for a later run"
        yield StyledLine(waits, "warning")
    if state.skipped:
        yield StyledLine(f"Not changed by the hub: {number(len(state.skipped), 'ticket')}", "heading")
        if verbose:
            yield from (StyledLine(f"  {ticket}: {reason}", "warning") for ticket, reason in state.skipped)
            return
        lines = [StyledLine(f"  {reason} ({shorten(names)})", "warning") for reason, names in by_reason(state.skipped)]
        yield from wrap_all(cut_section(lines, MAX_REASONS, f"reasons: {SEE_ALL}"), 2)


def limit_lines(rate_limits: Sequence[RateLimitStatus], now: datetime, most: int | None = None) -> Iterator[StyledLine]:
    """For each tracker the limits that run, at most so many, the scarcest first; those that were reset; the writes."""
    if rate_limits:
        yield StyledLine("Limits", "heading")
    for status in rate_limits:
        name = f"  {status.connector} ({status.host})"
        running = [limit for limit in status.budgets if limit.resets_at > now]
        scarcest = sorted(running, key=lambda limit: limit.remaining / max(1, limit.limit))
        for limit in running if most is None else scarcest[:most]:
            remaining_text = f"{limit.remaining:,} of {limit.limit:,} remaining"
            yield StyledLine(f"{name}: {limit.kind}: {remaining_text}, resets on {format_time(limit.resets_at)}")
        if most is not None and len(running) > most:
            yield StyledLine(f"{name}: {number(len(running) - most, 'more limit')}: {SEE_ALL}", "dim")
        if full := len(status.budgets) - len(running):
            kinds = f"{full} limits have" if full > 1 else "one limit has"
            yield StyledLine(f"{name}: {kinds} reset", "dim")
        yield StyledLine(f"{name}: writes: {_writes(status)}")


def _writes(rate_limit_status: RateLimitStatus) -> str:
    rows = (
        (rate_limit_status.minute, rate_limit_status.per_minute, "this minute"),
        (rate_limit_status.hour, rate_limit_status.per_hour, "this hour"),
    )
    parts = [
        f"{max(0, int(limit) - used):,} of {int(limit):,} remaining {period}" for used, limit, period in rows if limit
    ]
    return ", ".join(parts) or "no limit set"


def _not_read(state: HubStatus, name: str, *, verbose: bool) -> Iterator[StyledLine]:
    """Gaps that recur: how to accept them, and which are accepted."""
    if name in state.acceptable:
        line = state.acceptable[name]
        how = f"{HOW_TO_ACCEPT} {line}" if verbose else pasted_acceptance(line)
        yield StyledLine(f"    not read: {how}", "warning")
    if name in state.accepted:
        names = state.accepted[name]
        yield StyledLine(f"    not read, and accepted: {', '.join(names) if verbose else shorten(names)}", "dim")


def _reconciliation_text(state: HubStatus, name: str) -> str:
    if name not in state.missed_by_cursor:
        return ""
    missed, reconciled_at = state.missed_by_cursor[name]
    changes = f"{missed} change{'' if missed == 1 else 's'}"
    return f"; last full reconciliation {_age(state.now, reconciled_at)} ago, incremental sync missed {changes}"


def _counts_text(run: Run) -> str:
    counts = report_of(run).get("counts")
    if not counts:
        return ""
    words = {"initiatives": "ticket", "errors": "error", "warnings": "warning"}
    parts = [number(counts[name], word) for name, word in words.items()]
    return f": {', '.join(parts)}, {counts['done']:,} written"


def _run_style(run: Run) -> str:
    return {"done": "plain", "retracted": "plain", "running": "info"}.get(run.status, "warning")


def _age(now: datetime, past: datetime) -> str:
    minutes = int((now - past).total_seconds() // 60)
    if minutes < 120:
        return f"{minutes} min"
    return f"{minutes // 60} h" if minutes < 48 * 60 else f"{minutes // 1440} days"
