"""How key results stand, and a check-in that was written, as lines and as JSON; private ones are veiled."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from hub.core.standing import Standing, Work
from hub.model.okr import CheckIn, Cycle, Direction, KeyResult
from hub.model.private_names import PRIVATE_NAME
from hub.model.progress import tolerance_of
from hub.report.days import day, moment
from hub.report.document import document_of
from hub.report.text import Styled

LIMITS = {Direction.AT_MOST: "at most", Direction.AT_LEAST: "at least", Direction.KEEP: "keep"}


@dataclass(frozen=True, slots=True)
class Standings:
    """The answer: the cycle, the day it is judged on, when tickets were read, and whether some could not be."""

    cycle: Cycle
    today: date
    rows: tuple[Standing, ...]
    read: datetime | None
    partly: bool


@dataclass(frozen=True, slots=True)
class Written:
    """A check-in that stands in a file now; without `current` the file's own value was left as it is."""

    key_result: str
    file: str
    check_in: CheckIn
    current: bool
    replaced: bool
    private: bool = False


@dataclass(frozen=True, slots=True)
class Measured:
    """Where it stands; `holds` says of a limit whether it does, `not_measured` why there is no progress."""

    start: float | None
    target: float | None
    value: float | None
    unit: str
    progress: float | None
    direction: Direction | None
    holds: bool | None
    not_measured: str


@dataclass(frozen=True, slots=True)
class Expected:
    """Where it should stand by now."""

    progress: float


@dataclass(frozen=True, slots=True)
class KeyResultDocument:
    """The status of a key result that may be named."""

    id: str
    title: str
    private: bool
    measured: Measured
    expected: Expected
    work: Work | None
    confidence: float | None
    last_check_in: CheckIn | None


@dataclass(frozen=True, slots=True)
class PrivateKeyResult:
    """Of a private key result only that it is there."""

    id: str = PRIVATE_NAME
    private: Literal[True] = True


def standing_lines(answer: Standings, *, private: bool) -> Iterator[Styled]:
    """Three facts side by side for each key result, then its last check-in."""
    yield Styled(f"{answer.cycle.id} on {day(answer.today)}", "heading")
    yield Styled(f"  {_source(answer)}", "dim" if answer.read else "warning")
    for row in answer.rows:
        if row.key_result.private and not private:
            yield Styled(f"{PRIVATE_NAME}: shown with --private", "dim")
            continue
        yield Styled(f"{row.key_result.id}: {row.key_result.title}", "heading")
        yield Styled(f"  measured   {_measured(row)}")
        yield Styled(f"  expected   {_percent(row.expected)} by this date")
        yield Styled(f"  work       {_work(row.work)}")
        yield Styled(f"  check-in   {_last(row)}", "plain" if row.last else "warning")


def standing_document(answer: Standings, *, private: bool) -> dict[str, Any]:
    """The same as one JSON object; of a veiled key result nothing is told but that it is there."""
    return {
        "cycle": answer.cycle.id,
        "today": answer.today.isoformat(),
        "work_read": answer.read.isoformat() if answer.read else None,
        "work_incomplete": answer.partly,
        "key_results": [
            document_of(PrivateKeyResult() if row.key_result.private and not private else key_result_document(row))
            for row in answer.rows
        ],
    }


def written_lines(one: Written, *, private: bool) -> Iterator[Styled]:
    """What was written, and where."""
    name = PRIVATE_NAME if one.private and not private else one.key_result
    verb = "replaced in" if one.replaced else "written to"
    yield Styled(f"{name}: check-in of {day(one.check_in.date)} {verb} {one.file}", "good")
    if not one.current:
        yield Styled("  there is a later check-in, so `current` did not change", "dim")


def written_document(one: Written, *, private: bool) -> dict[str, Any]:
    """The same as one JSON object."""
    veiled = one.private and not private
    return {
        "key_result": PRIVATE_NAME if veiled else one.key_result,
        "file": one.file,
        "check_in": None if veiled else document_of(one.check_in),
        "current_updated": one.current,
        "replaced": one.replaced,
    }


def key_result_document(row: Standing) -> KeyResultDocument:
    """One key result that may be named."""
    one = row.key_result
    measured = Measured(
        start=one.start if "start" in one.stated else None,
        target=one.target if "target" in one.stated else None,
        value=row.value,
        unit=one.unit,
        progress=None if row.measured is None else round(row.measured, 4),
        direction=one.direction,
        holds=row.holds,
        not_measured=row.unmeasured,
    )
    expected = Expected(round(row.expected, 4))
    return KeyResultDocument(one.id, one.title, one.private, measured, expected, row.work, row.confidence, row.last)


def _source(answer: Standings) -> str:
    if answer.read is None:
        return "no sync has run yet, so there is no data about the work"
    partly = "; some of it could not be read" if answer.partly else ""
    return f"work as of {moment(answer.read)}{partly}"


def _measured(row: Standing) -> str:
    one = row.key_result
    way = _way(one)
    value = "" if row.value is None else f"{row.value:,.10g}{_unit(one)}"
    if row.unmeasured:
        known = ", ".join(part for part in (value and f"value {value}", way) if part)
        return f"not measured: {row.unmeasured}" + (f" ({known})" if known else "")
    if row.value is None:
        return f"no value yet ({way})"
    share = "" if row.measured is None else f"{_percent(row.measured)}: "
    held = {True: "within the limit: ", False: "limit exceeded: ", None: ""}[row.holds]
    return f"{share}{held}{value} ({way})"


def _way(one: KeyResult) -> str:
    """What the file states, and nothing else."""
    target = f"{one.target:,.10g}{_unit(one)}" if "target" in one.stated else ""
    if one.direction in LIMITS:
        within = f" ± {tolerance_of(one):,.10g}" if one.direction is Direction.KEEP and target else ""
        return f"{LIMITS[one.direction]} {target}{within}" if target else ""
    start = f"{one.start:,.10g}" if "start" in one.stated else ""
    if start and target:
        return f"{start} → {target}"
    return f"target {target}" if target else f"start {start}{_unit(one)}" if start else ""


def _unit(one: KeyResult) -> str:
    return f" {one.unit}" if one.unit else ""


def _work(work: Work | None) -> str:
    if work is None:
        return "no sync has run yet"
    cancelled = f", {work.cancelled} cancelled" if work.cancelled else ""
    return f"{work.to_do} to do, {work.in_progress} in progress, {work.done} done{cancelled}"


def _last(row: Standing) -> str:
    sure = "no confidence given" if row.confidence is None else f"confidence {_percent(row.confidence)}"
    return f"{day(row.last.date)}, {sure}" if row.last else f"none yet, {sure}"


def _percent(part: float) -> str:
    return f"{100 * part:.0f} %"
