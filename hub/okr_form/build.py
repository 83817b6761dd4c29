"""Builds the model's OKRs from tables that were checked."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from hub.model.link import Dismissal
from hub.model.okr import (
    Aggregation,
    Alignment,
    CheckIn,
    Contribution,
    Cycle,
    ExemptKind,
    KeyResult,
    Need,
    Objective,
    Okrs,
    Phase,
    Sync,
    Team,
    WorkQuery,
)
from hub.okr_form.gather import Row, Sheets
from hub.okr_form.shapes import CheckInShape, CycleShape, KeyResultShape, NeedShape, ObjectiveShape, TeamShape

NOT_SUMMED = (
    " % percent percentage pct pp bp bps point points pts score scores star stars rating nps enps csat index grade "
    "ratio rate per share x times factor level rank ms s sec secs second seconds min mins minute minutes h hr hrs "
    "hour hours d day days week weeks month months year years "
)
"""Words of units whose values mean nothing when they are added; one string, since it is only searched."""

BASELINE = ("start", "target")


def build(sheets: Sheets, running: str) -> Okrs:
    """The OKRs of the running cycle, and the key results of the others."""
    cycles = {row.id: _cycle(row) for row in sheets.cycles}
    key_results = [_key_result(row, running) for row in sheets.key_results]
    held = _held(key_results)
    objectives = [_objective(row, running, held) for row in sheets.objectives]
    return Okrs(
        cycle=cycles[running],
        teams={row.id: _team(row) for row in sheets.teams},
        objectives={one.id: one for one in objectives if one.cycle == running},
        key_results={k.id: k for k in key_results if k.cycle == running},
        cycles=cycles,
        other_key_results=of_other_cycles(key_results, cycles, running),
        dismissed=tuple(Dismissal(_pair(row.whole.between), row.whole.reason) for row in sheets.dismissed),
        other_objectives={(one.cycle, one.id): one for one in objectives if one.cycle != running},
    )


def of_other_cycles(
    key_results: Iterable[KeyResult], cycles: Mapping[str, Cycle], running: str
) -> dict[str, KeyResult]:
    """The key results of other cycles by id.

    Ids are unique in a cycle only: where two other cycles share one, that of a cycle which overlaps the running one
    counts, for links may lead there; else that of the later cycle.
    """
    now = cycles[running]

    def order(one: KeyResult) -> tuple[bool, date]:
        cycle = cycles[one.cycle]
        return cycle.phase is not Phase.CLOSED and now.overlaps(cycle.start, cycle.end), cycle.end

    return {one.id: one for one in sorted((k for k in key_results if k.cycle != running), key=order)}


def _held(key_results: Iterable[KeyResult]) -> dict[tuple[str, str], tuple[str, ...]]:
    """The key results' ids by cycle and objective, as they stand in the files."""
    held: dict[tuple[str, str], tuple[str, ...]] = {}
    for key_result in key_results:
        under = (key_result.cycle, key_result.objective)
        held[under] = (*held.get(under, ()), key_result.id)
    return held


def _cycle(row: Row[CycleShape]) -> Cycle:
    return Cycle(**dict(row.whole))


def _team(row: Row[TeamShape]) -> Team:
    shape = row.whole
    exempt = tuple(ExemptKind(**dict(kind)) for kind in shape.exempt)
    return Team(shape.id, shape.name or shape.id, tuple(shape.owns), exempt, row.place)


def _objective(row: Row[ObjectiveShape], running: str, held: dict[tuple[str, str], tuple[str, ...]]) -> Objective:
    made = objective_from(row.whole, row.cycle or running)
    return replace(made, key_results=held.get((made.cycle, made.id), ()), location=row.place)


def objective_from(shape: ObjectiveShape, cycle: str) -> Objective:
    """An objective without its key results, wherever it stands."""
    return Objective(
        id=shape.id,
        title=shape.title,
        cycle=cycle,
        teams=tuple(shape.teams),
        aligns_to=tuple(shape.aligns_to),
        standalone=shape.standalone,
        sync=None if shape.sync is None else Sync(**dict(shape.sync)),
    )


def _key_result(row: Row[KeyResultShape], running: str) -> KeyResult:
    return replace(key_result_from(row.whole, row.under, row.cycle or running), location=row.place)


def key_result_from(shape: KeyResultShape, objective: str, cycle: str) -> KeyResult:
    """A key result, wherever it stands."""
    stated = frozenset(name for name in BASELINE if getattr(shape, name) is not None)
    fields: dict[str, Any] = {name: value for name, value in shape if name in stated or name not in BASELINE}
    fields |= {
        "stated": stated,
        "aggregation": shape.aggregation or _usual_aggregation(shape.unit),
        "owners": tuple(shape.owners),
        "audience": tuple(shape.audience),
        "contributions": tuple(Contribution(**dict(one)) for one in shape.contributions),
        "aligns_to": tuple(Alignment(**dict(one)) for one in shape.aligns_to),
        "depends_on": tuple(_need(one) for one in shape.depends_on),
        "supports": tuple(one.key_result for one in shape.supports),
        "work": tuple(WorkQuery(**dict(one)) for one in shape.work),
        "check_ins": tuple(_check_in(one) for one in shape.check_ins),
    }
    return KeyResult(objective=objective, cycle=cycle, **fields)


def _usual_aggregation(unit: str) -> Aggregation:
    """Amounts are summed; percentages, scores, ratios, durations and what has no unit are not compared."""
    words = re.findall(r"[^\W\d_]+|[%$€£¥]", unit.casefold())
    summed = words and "/" not in unit and not any(f" {word} " in NOT_SUMMED for word in words)
    return Aggregation.SUM if summed else Aggregation.NONE


def _need(shape: NeedShape) -> Need:
    return Need(**dict(shape), state_stated="state" in shape.model_fields_set)


def _check_in(shape: CheckInShape) -> CheckIn:
    return CheckIn(shape.date, shape.value, shape.confidence, tuple(shape.present), shape.note, shape.blocker)


def _pair(between: list[str]) -> tuple[str, str]:
    one, other = sorted(between)
    return one, other
