"""Builds the model's OKRs from checked tables, and joins links that both sides state."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from hub.model.link import Dismissal
from hub.model.measure import Measure
from hub.model.okr import (
    Aggregation,
    Alignment,
    CheckIn,
    Contribution,
    Cycle,
    ExemptKind,
    KeyResult,
    LinkState,
    Need,
    Objective,
    Okrs,
    Phase,
    Sync,
    Team,
    WorkQuery,
)
from hub.okr_files.schema import (
    CheckInTable,
    CycleTable,
    KeyResultTable,
    MeasureTable,
    NeedTable,
    ObjectiveTable,
    TeamTable,
)
from hub.okr_files.tables import LoadedFiles, Row

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
        "measure": None if table.measure is None else _measure(table.measure),
        "check_ins": tuple(_check_in(check_in) for check_in in table.check_ins),
    }
    return KeyResult(objective=objective, cycle=cycle, **fields)


def _measure(table: MeasureTable) -> Measure:
    return Measure(table.connector, table.query.strip(), table.sum or "", table.field or "", table.unit)


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


Name = tuple[str, str]
"""A cycle and an id in it."""


def with_mutual_links(okrs: Okrs) -> Okrs:
    """The OKRs with every need accepted that a key result of the needed team supports, unless it was declined.

    A need that names only the team becomes one for each of its supporting key results. What is supported without a need
    of this team gets an accepted one. Applied to its own result, it changes nothing.
    """
    supporters = _supporters(okrs)
    if not supporters:
        return okrs
    return replace(
        okrs,
        key_results={
            id_: _with_accepted_needs(okrs, key_result, supporters) for id_, key_result in okrs.key_results.items()
        },
        other_key_results={
            id_: _with_accepted_needs(okrs, key_result, supporters)
            for id_, key_result in okrs.other_key_results.items()
        },
    )


def _supporters(okrs: Okrs) -> Mapping[Name, Sequence[KeyResult]]:
    """For each supported key result: those that support it, in file order."""
    by_supported: dict[Name, list[KeyResult]] = defaultdict(list)
    for key_result in _all_key_results(okrs):
        for id_ in dict.fromkeys(key_result.supports):
            supported = _supported(okrs, key_result, id_)
            if supported is not None:
                by_supported[supported.cycle, supported.id].append(key_result)
    return by_supported


def _all_key_results(okrs: Okrs) -> Iterable[KeyResult]:
    return (*okrs.key_results.values(), *okrs.other_key_results.values())


def _supported(okrs: Okrs, supporter: KeyResult, id_: str) -> KeyResult | None:
    """The key result of that id: of the supporting one's own cycle where there is one."""
    candidates = [
        key_result
        for key_result in (okrs.key_results.get(id_), okrs.other_key_results.get(id_))
        if key_result is not None
    ]
    return next(
        (key_result for key_result in candidates if key_result.cycle == supporter.cycle),
        candidates[0] if candidates else None,
    )


def _with_accepted_needs(okrs: Okrs, waiting: KeyResult, supporters: Mapping[Name, Sequence[KeyResult]]) -> KeyResult:
    candidates = supporters.get((waiting.cycle, waiting.id), ())
    supporting = [key_result for key_result in candidates if set(_teams(okrs, key_result)) - set(_teams(okrs, waiting))]
    if not supporting:
        return waiting
    needs = [
        accepted_need for need in waiting.depends_on for accepted_need in _accepted(okrs, waiting, need, supporting)
    ]
    for key_result in supporting:
        teams = _teams(okrs, key_result)
        if not any(need.team in teams for need in needs):
            team = next(team for team in teams if team not in _teams(okrs, waiting))
            needs.append(Need(team, key_result.id, state=LinkState.ACCEPTED))
    return replace(waiting, depends_on=tuple(needs))


def _accepted(okrs: Okrs, waiting: KeyResult, need: Need, supporters: Sequence[KeyResult]) -> Iterator[Need]:
    supporter_ids = [key_result.id for key_result in supporters if need.team in _teams(okrs, key_result)]
    if need.state is LinkState.DECLINED or not supporter_ids:
        yield need
    elif need.key_result is not None:
        yield replace(need, state=LinkState.ACCEPTED)
    else:
        named = {other.key_result for other in waiting.depends_on if other.team == need.team}
        accepted = replace(need, state=LinkState.ACCEPTED)
        filled = [replace(accepted, key_result=id_) for id_ in supporter_ids if id_ not in named]
        yield from filled or [accepted]


def _teams(okrs: Okrs, key_result: KeyResult) -> tuple[str, ...]:
    """Whose key result it is: its objective's teams; of an organization's its owners."""
    own_objective = okrs.objectives.get(key_result.objective) if key_result.cycle == okrs.cycle.id else None
    objective = own_objective or okrs.other_objectives.get((key_result.cycle, key_result.objective))
    return objective.teams if objective is not None and objective.teams else key_result.owners
