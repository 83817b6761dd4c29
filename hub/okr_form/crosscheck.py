"""What one OKR table says about another: ids that stand twice, names that point nowhere."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from hub.model.errors import Problem
from hub.model.okr_kinds import Visibility
from hub.okr_form.gather import Row, Sheets
from hub.okr_form.shapes import KeyResultShape, ObjectiveShape
from hub.toml.document import did_you_mean
from hub.toml.positions import TomlPath


@dataclass(frozen=True, slots=True)
class _Known:
    """Every id in the files, those of refused tables too; `tracked` says that trackers keep more of them."""

    teams: frozenset[str]
    objectives: frozenset[str]
    key_results: frozenset[str]
    tracked: bool = False
    offered: frozenset[str] = frozenset()

    @classmethod
    def of(cls, sheets: Sheets, *, tracked: bool) -> "_Known":
        """The ids of the sheets."""
        public = [row for row in sheets.key_results if row.shape and row.shape.visibility is Visibility.PUBLIC]
        ids = _ids(sheets.teams), _ids(sheets.objectives), _ids(sheets.key_results)
        return cls(*ids, tracked, _ids(public))

    def leads(self, name: str, ids: frozenset[str]) -> bool:
        """Whether a link ends at one of the ids, or may end in a tracker."""
        return name in ids or (self.tracked and name not in self.objectives | self.key_results)


def crosscheck(sheets: Sheets, running: str, *, tracked: bool = False) -> list[Problem]:
    """Problems between tables; files that name no cycle belong to the running one."""
    found = [*_twice(sheets.teams, "team", running)]
    found += _twice([*sheets.objectives, *sheets.key_results], "id", running)
    if not sheets.torn:
        known = _Known.of(sheets, tracked=tracked)
        for objective in sheets.objectives:
            found += _from_objective(objective, known)
        for key_result in sheets.key_results:
            found += _from_key_result(key_result, known)
        for row in sheets.dismissed:
            for number, team in enumerate(row.shape.between if row.shape else ()):
                found += _unknown_team(row, ("between", number), team, known)
    return found


def _ids(rows: Sequence[Row[Any]]) -> frozenset[str]:
    return frozenset(row.id for row in rows if row.id)


def _twice(rows: Iterable[Row[Any]], noun: str, running: str) -> Iterator[Problem]:
    """Teams are the same in every cycle; objectives and key results share the ids of their cycle."""
    seen: dict[tuple[str, str], Row[Any]] = {}
    for row in sorted(rows, key=lambda row: (row.file.name, row.place.line)):
        scope = "" if noun == "team" else row.cycle or running
        first = seen.setdefault((scope, row.id), row)
        if row.id and first is not row:
            what = f"`{row.id}` is already the id of {_noun(first)} at {first.place}"
            yield row.problem(("id",), what, "Give one of them another id.")


def _noun(row: Row[Any]) -> str:
    names = [part for part in row.path if isinstance(part, str)]
    return {"team": "a team", "objective": "an objective"}.get(names[-1], "a key result")


def _from_objective(row: Row[ObjectiveShape], known: _Known) -> Iterator[Problem]:
    if row.shape is None:
        return
    for number, team in enumerate(row.shape.teams):
        yield from _unknown_team(row, ("teams", number), team, known)
        if team in row.shape.teams[:number]:
            yield row.problem(("teams", number), f"the team `{team}` stands twice", "Name each team once.")
    if row.shape.sync and row.shape.sync.host:
        yield from _unknown_team(row, ("sync", "host"), row.shape.sync.host, known)
    for number, name in enumerate(row.shape.aligns_to):
        if not known.leads(name, known.objectives):
            yield _nowhere(row, ("aligns_to", number), name, known, wanted="objective")


def _from_key_result(row: Row[KeyResultShape], known: _Known) -> Iterator[Problem]:
    if row.shape is None:
        return
    for number, link in enumerate(row.shape.aligns_to):
        # A parent that is unknown is a fault of the graph (broken-alignment-graph), and the rest can be judged.
        if link.key_result in known.objectives - known.key_results:
            yield _nowhere(row, ("aligns_to", number, "key_result"), link.key_result, known)
    for number, need in enumerate(row.shape.depends_on):
        yield from _unknown_team(row, ("depends_on", number, "team"), need.team, known)
        if need.key_result is not None and not known.leads(need.key_result, known.key_results):
            yield _nowhere(row, ("depends_on", number, "key_result"), need.key_result, known)
    for number, support in enumerate(row.shape.supports):
        if not known.leads(support.key_result, known.key_results):
            yield _nowhere(row, ("supports", number, "key_result"), support.key_result, known)
    for number, team in enumerate(row.shape.audience):
        yield from _unknown_team(row, ("audience", number), team, known)
    successor = row.shape.replaced_by
    if successor is not None and not known.leads(successor, known.key_results):
        yield _nowhere(row, ("replaced_by",), successor, known)


def _unknown_team(row: Row[Any], path: TomlPath, name: str, known: _Known) -> Iterator[Problem]:
    if name not in known.teams:
        yield row.problem(path, f"no team has the id `{name}`", did_you_mean(name, known.teams, noun="team"))


def _nowhere(row: Row[Any], path: TomlPath, name: str, known: _Known, *, wanted: str = "key result") -> Problem:
    """A link must end at its own kind: key result to key result, objective to objective."""
    offered, others, other = known.offered, known.objectives, "an objective"
    if wanted == "objective":
        offered, others, other = known.objectives, known.key_results, "a key result"
    what = f"points nowhere: no {wanted} has the id `{name}`"
    if name in others:
        what = f"points nowhere: `{name}` is {other}, and a link here leads to {_article(wanted)}"
    return row.problem(path, what, did_you_mean(name, offered, noun=wanted))


def _article(noun: str) -> str:
    return f"an {noun}" if noun[0] in "aeiou" else f"a {noun}"
