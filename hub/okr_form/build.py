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
from hub.okr_form.gather import LoadedFiles, Row
from hub.okr_form.shapes import CheckInTable, CycleTable, KeyResultTable, NeedTable, ObjectiveTable, TeamTable

NOT_SUMMED = (
    " % percent percentage pct pp bp bps point points pts score scores star stars rating nps enps csat index grade "
    "ratio rate per share x times factor level rank ms s sec secs second seconds min mins minute minutes h hr hrs "
    "hour hours d day days week weeks month months year years "
)
"""Words of units whose values mean nothing when they are added; one string, since it is only searched."""

BASELINE = ("start", "target")


def build_okrs(files: LoadedFiles, running: str) -> Okrs:
    """The OKRs of the running cycle, and the key results of the others."""
    cycles = {row.id: _cycle(row) for row in files.cycles}
    key_results = [_key_result(row, running) for row in files.key_results]
    by_objective = _key_results_by_objective(key_results)
    objectives = [_objective(row, running, by_objective) for row in files.objectives]
    return Okrs(
        cycle=cycles[running],
        teams={row.id: _team(row) for row in files.teams},
        objectives={objective.id: objective for objective in objectives if objective.cycle == running},
        key_results={k.id: k for k in key_results if k.cycle == running},
        cycles=cycles,
        other_key_results=of_other_cycles(key_results, cycles, running),
        dismissed=tuple(Dismissal(_pair(row.table.between), row.table.reason) for row in files.dismissed),
        other_objectives={
            (objective.cycle, objective.id): objective for objective in objectives if objective.cycle != running
        },
    )


def of_other_cycles(
    key_results: Iterable[KeyResult], cycles: Mapping[str, Cycle], running: str
) -> dict[str, KeyResult]:
    """The key results of other cycles by id.

    Ids are unique in a cycle only: where two other cycles share one, that of a cycle which overlaps the running one
    counts, for links may lead there; else that of the later cycle.
    """
    now = cycles[running]

    def order(key_result: KeyResult) -> tuple[bool, date]:
        cycle = cycles[key_result.cycle]
        return cycle.phase is not Phase.CLOSED and now.overlaps(cycle.start, cycle.end), cycle.end

    return {
        key_result.id: key_result for key_result in sorted((k for k in key_results if k.cycle != running), key=order)
    }


def _key_results_by_objective(key_results: Iterable[KeyResult]) -> dict[tuple[str, str], tuple[str, ...]]:
    """The key results' ids by cycle and objective, as they stand in the files."""
    by_objective: dict[tuple[str, str], tuple[str, ...]] = {}
    for key_result in key_results:
        under = (key_result.cycle, key_result.objective)
        by_objective[under] = (*by_objective.get(under, ()), key_result.id)
    return by_objective


def _cycle(row: Row[CycleTable]) -> Cycle:
    return Cycle(**dict(row.table))


def _team(row: Row[TeamTable]) -> Team:
    table = row.table
    exempt = tuple(ExemptKind(**dict(kind)) for kind in table.exempt)
    return Team(table.id, table.name or table.id, tuple(table.owns), exempt, row.location)


def _objective(
    row: Row[ObjectiveTable], running: str, by_objective: dict[tuple[str, str], tuple[str, ...]]
) -> Objective:
    objective = objective_from(row.table, row.cycle or running)
    return replace(objective, key_results=by_objective.get((objective.cycle, objective.id), ()), location=row.location)


def objective_from(table: ObjectiveTable, cycle: str) -> Objective:
    """An objective without its key results, wherever it stands."""
    return Objective(
        id=table.id,
        title=table.title,
        cycle=cycle,
        teams=tuple(table.teams),
        aligns_to=tuple(table.aligns_to),
        standalone=table.standalone,
        sync=None if table.sync is None else Sync(**dict(table.sync)),
    )


def _key_result(row: Row[KeyResultTable], running: str) -> KeyResult:
    return replace(key_result_from(row.table, row.objective_id, row.cycle or running), location=row.location)


def key_result_from(table: KeyResultTable, objective: str, cycle: str) -> KeyResult:
    """A key result, wherever it stands."""
    stated = frozenset(name for name in BASELINE if getattr(table, name) is not None)
    fields: dict[str, Any] = {name: value for name, value in table if name in stated or name not in BASELINE}
    fields |= {
        "stated": stated,
        "aggregation": table.aggregation or _default_aggregation(table.unit),
        "owners": tuple(table.owners),
        "audience": tuple(table.audience),
        "contributions": tuple(Contribution(**dict(contribution)) for contribution in table.contributions),
        "aligns_to": tuple(Alignment(**dict(alignment_table)) for alignment_table in table.aligns_to),
        "depends_on": tuple(_need(need_table) for need_table in table.depends_on),
        "supports": tuple(support.key_result for support in table.supports),
        "work": tuple(WorkQuery(**dict(work_table)) for work_table in table.work),
        "check_ins": tuple(_check_in(check_in) for check_in in table.check_ins),
    }
    return KeyResult(objective=objective, cycle=cycle, **fields)


def _default_aggregation(unit: str) -> Aggregation:
    """Amounts are summed; percentages, scores, ratios, durations and what has no unit are not compared."""
    words = re.findall(r"[^\W\d_]+|[%$€£¥]", unit.casefold())
    summed = words and "/" not in unit and not any(f" {word} " in NOT_SUMMED for word in words)
    return Aggregation.SUM if summed else Aggregation.NONE


def _need(table: NeedTable) -> Need:
    return Need(**dict(table), state_stated="state" in table.model_fields_set)


def _check_in(table: CheckInTable) -> CheckIn:
    return CheckIn(table.date, table.value, table.confidence, tuple(table.present), table.note, table.blocker)


def _pair(between: list[str]) -> tuple[str, str]:
    text, other = sorted(between)
    return text, other
