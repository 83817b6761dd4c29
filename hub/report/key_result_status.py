"""The status of key results, and a check-in that was written, as lines and as JSON; private ones are redacted."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from hub.core.insight.status import KeyResultStatus, TrackerValue, WorkCounts
from hub.model.okr import CheckIn, Cycle, Direction, KeyResult
from hub.model.private_names import PRIVATE_NAME
from hub.model.progress import tolerance_of
from hub.report.lines import StyledLine
from hub.report.run_json import document_of
from hub.report.text import day, format_time, tracker_value_text

LIMITS = {Direction.AT_MOST: "at most", Direction.AT_LEAST: "at least", Direction.KEEP: "keep"}


@dataclass(frozen=True, slots=True)
class KeyResultStatuses:
    """The cycle, the day of the evaluation, when tickets were read, and whether some could not be read."""

    cycle: Cycle
    today: date
    rows: tuple[KeyResultStatus, ...]
    read: datetime | None
    is_incomplete: bool


@dataclass(frozen=True, slots=True)
class CheckInResult:
    """A check-in that was written; without `current` the file's `current` value was not changed."""

    key_result: str
    file: str
    check_in: CheckIn
    current: bool
    replaced: bool
    private: bool = False


@dataclass(frozen=True, slots=True)
class Measured:
    """The measured progress; `is_limit_met` is set for limits, `not_measured` says why there is no progress."""

    start: float | None
    target: float | None
    value: float | None
    unit: str
    progress: float | None
    direction: Direction | None
    is_limit_met: bool | None
    not_measured: str


@dataclass(frozen=True, slots=True)
class Expected:
    """The progress expected by now."""

    progress: float


@dataclass(frozen=True, slots=True)
class KeyResultDocument:
    """The status of a key result that may be named."""

    id: str
    title: str
    private: bool
    measured: Measured
    expected: Expected
    work: WorkCounts | None
    confidence: float | None
    last_check_in: CheckIn | None
    tracker: TrackerValue | None


@dataclass(frozen=True, slots=True)
class PrivateKeyResult:
    """A private key result: only that it exists."""

    id: str = PRIVATE_NAME
    private: Literal[True] = True


def key_result_status_lines(answer: KeyResultStatuses, *, private: bool) -> Iterator[StyledLine]:
    """The facts side by side for each key result, then its last check-in."""
    yield StyledLine(f"{answer.cycle.id} on {day(answer.today)}", "heading")
    yield StyledLine(f"  {_source(answer)}", "dim" if answer.read else "warning")
    for row in answer.rows:
        if row.key_result.private and not private:
            yield StyledLine(f"{PRIVATE_NAME}: shown with --private", "dim")
            continue
        yield StyledLine(f"{row.key_result.id}: {row.key_result.title}", "heading")
        yield StyledLine(f"  measured   {_measured(row)}")
        if row.tracker:
            yield StyledLine(
                f"  tracker    {tracker_value_text(row.tracker)}", "warning" if row.tracker.not_read else "plain"
            )
        if row.has_pace:
            yield StyledLine(f"  expected   {_percent(row.expected)} by this date")
        yield StyledLine(f"  work       {_work(row.work)}")
        yield StyledLine(f"  check-in   {_last(row)}", "plain" if row.last else "warning")


def key_result_status_document(answer: KeyResultStatuses, *, private: bool) -> dict[str, Any]:
    """The same as one JSON object; of a private key result only that it exists."""
    return {
        "cycle": answer.cycle.id,
        "today": answer.today.isoformat(),
        "work_read": answer.read.isoformat() if answer.read else None,
        "work_incomplete": answer.is_incomplete,
        "key_results": [
            document_of(PrivateKeyResult() if row.key_result.private and not private else key_result_document(row))
            for row in answer.rows
        ],
    }


def check_in_lines(check_in_result: CheckInResult, *, private: bool) -> Iterator[StyledLine]:
    """What was written, and where."""
    name = PRIVATE_NAME if check_in_result.private and not private else check_in_result.key_result
    verb = "replaced in" if check_in_result.replaced else "written to"
    yield StyledLine(f"{name}: check-in of {day(check_in_result.check_in.date)} {verb} {check_in_result.file}", "good")
    if not check_in_result.current:
        yield StyledLine("  there is a later check-in, so `current` did not change", "dim")


def check_in_document(check_in_result: CheckInResult, *, private: bool) -> dict[str, Any]:
    """The same as one JSON object."""
    is_redacted = check_in_result.private and not private
    return {
        "key_result": PRIVATE_NAME if is_redacted else check_in_result.key_result,
        "file": check_in_result.file,
        "check_in": None if is_redacted else document_of(check_in_result.check_in),
        "current_updated": check_in_result.current,
        "replaced": check_in_result.replaced,
    }


def key_result_document(row: KeyResultStatus) -> KeyResultDocument:
    """One key result that may be named."""
    key_result = row.key_result
    measured = Measured(
        start=key_result.start if "start" in key_result.stated else None,
        target=key_result.target if "target" in key_result.stated else None,
        value=row.value,
        unit=key_result.unit,
        progress=None if row.measured is None else round(row.measured, 4),
        direction=key_result.direction,
        is_limit_met=row.is_limit_met,
        not_measured=row.unmeasured,
    )
    expected = Expected(round(row.expected, 4))
    return KeyResultDocument(
        id=key_result.id,
        title=key_result.title,
        private=key_result.private,
        measured=measured,
        expected=expected,
        work=row.work,
        confidence=row.confidence,
        last_check_in=row.last,
        tracker=row.tracker,
    )


def _source(answer: KeyResultStatuses) -> str:
    if answer.read is None:
        return "no sync has run yet, so there is no data about the work"
    incomplete_note = "; some of it could not be read" if answer.is_incomplete else ""
    return f"work as of {format_time(answer.read)}{incomplete_note}"


def _measured(row: KeyResultStatus) -> str:
    key_result = row.key_result
    range_text = _target_range(key_result)
    value = "" if row.value is None else f"{row.value:,.10g}{_unit(key_result)}"
    if row.unmeasured:
        known = ", ".join(part for part in (value and f"value {value}", range_text) if part)
        return f"not measured: {row.unmeasured}" + (f" ({known})" if known else "")
    if row.value is None:
        return f"no value yet ({range_text})"
    share = "" if row.measured is None else f"{_percent(row.measured)}: "
    limit_text = {True: "within the limit: ", False: "limit exceeded: ", None: ""}[row.is_limit_met]
    return f"{share}{limit_text}{value} ({range_text})"


def _target_range(key_result: KeyResult) -> str:
    """What the file states, and nothing else."""
    target = f"{key_result.target:,.10g}{_unit(key_result)}" if "target" in key_result.stated else ""
    if key_result.direction in LIMITS:
        tolerance = f" ± {tolerance_of(key_result):,.10g}" if key_result.direction is Direction.KEEP and target else ""
        return f"{LIMITS[key_result.direction]} {target}{tolerance}" if target else ""
    start = f"{key_result.start:,.10g}" if "start" in key_result.stated else ""
    if start and target:
        return f"{start} → {target}"
    return f"target {target}" if target else f"start {start}{_unit(key_result)}" if start else ""


def _unit(key_result: KeyResult) -> str:
    return f" {key_result.unit}" if key_result.unit else ""


def _work(work: WorkCounts | None) -> str:
    if work is None:
        return "no sync has run yet"
    cancelled = f", {work.cancelled} cancelled" if work.cancelled else ""
    return f"{work.to_do} to do, {work.in_progress} in progress, {work.done} done{cancelled}"


def _last(row: KeyResultStatus) -> str:
    confidence_text = "no confidence given" if row.confidence is None else f"confidence {_percent(row.confidence)}"
    return f"{day(row.last.date)}, {confidence_text}" if row.last else f"none yet, {confidence_text}"


def _percent(part: float) -> str:
    return f"{100 * part:.0f} %"
