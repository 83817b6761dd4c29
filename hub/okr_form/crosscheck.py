"""What one OKR table says about another: ids that stand twice, names that point nowhere."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from hub.model.errors import Problem
from hub.model.okr_kinds import Visibility
from hub.model.similarity import did_you_mean
from hub.okr_form.gather import LoadedFiles, Row
from hub.okr_form.shapes import KeyResultTable, ObjectiveTable
from hub.toml.positions import TomlPath


@dataclass(frozen=True, slots=True)
class _Known:
    """Every id in the files, those of refused tables too; `tracked` says that trackers keep more of them."""

    teams: frozenset[str]
    objectives: frozenset[str]
    key_results: frozenset[str]
    tracked: bool = False
    suggestable: frozenset[str] = frozenset()

    @classmethod
    def of(cls, files: LoadedFiles, *, tracked: bool) -> "_Known":
        """The ids of the sheets."""
        public = [row for row in files.key_results if row.parsed and row.parsed.visibility is Visibility.PUBLIC]
        ids = _ids(files.teams), _ids(files.objectives), _ids(files.key_results)
        return cls(*ids, tracked, _ids(public))

    def resolves(self, name: str, ids: frozenset[str]) -> bool:
        """Whether a link ends at one of the ids, or may end in a tracker."""
        return name in ids or (self.tracked and name not in self.objectives | self.key_results)


def crosscheck(files: LoadedFiles, running: str, *, tracked: bool = False) -> list[Problem]:
    """Problems between tables; files that name no cycle belong to the running one."""
    problems = [*_duplicates(files.teams, "team", running)]
    problems += _duplicates([*files.objectives, *files.key_results], "id", running)
    if not files.incomplete:
        known = _Known.of(files, tracked=tracked)
        for objective in files.objectives:
            problems += _from_objective(objective, known)
        for key_result in files.key_results:
            problems += _from_key_result(key_result, known)
        for row in files.dismissed:
            for number, team in enumerate(row.parsed.between if row.parsed else ()):
                problems += _unknown_team(row, ("between", number), team, known)
    return problems


def _ids(rows: Sequence[Row[Any]]) -> frozenset[str]:
    return frozenset(row.id for row in rows if row.id)


def _duplicates(rows: Iterable[Row[Any]], noun: str, running: str) -> Iterator[Problem]:
    """Teams are the same in every cycle; objectives and key results share the ids of their cycle."""
    first_rows: dict[tuple[str, str], Row[Any]] = {}
    for row in sorted(rows, key=lambda row: (row.file.name, row.location.line)):
        scope = "" if noun == "team" else row.cycle or running
        first = first_rows.setdefault((scope, row.id), row)
        if row.id and first is not row:
            message = f"`{row.id}` is already the id of {_noun(first)} at {first.location}"
            yield row.problem(("id",), message, "Give one of them another id.")


def _noun(row: Row[Any]) -> str:
    names = [part for part in row.path if isinstance(part, str)]
    return {"team": "a team", "objective": "an objective"}.get(names[-1], "a key result")


def _from_objective(row: Row[ObjectiveTable], known: _Known) -> Iterator[Problem]:
    if row.parsed is None:
        return
    for number, team in enumerate(row.parsed.teams):
        yield from _unknown_team(row, ("teams", number), team, known)
        if team in row.parsed.teams[:number]:
            yield row.problem(("teams", number), f"the team `{team}` stands twice", "Name each team once.")
    if row.parsed.sync and row.parsed.sync.host:
        yield from _unknown_team(row, ("sync", "host"), row.parsed.sync.host, known)
    for number, name in enumerate(row.parsed.aligns_to):
        if not known.resolves(name, known.objectives):
            yield _broken_link(row, ("aligns_to", number), name, known, noun="objective")


def _from_key_result(row: Row[KeyResultTable], known: _Known) -> Iterator[Problem]:
    if row.parsed is None:
        return
    for number, link in enumerate(row.parsed.aligns_to):
        # A parent that is unknown is a fault of the graph (broken-alignment-graph), and the rest can be judged.
        if link.key_result in known.objectives - known.key_results:
            yield _broken_link(row, ("aligns_to", number, "key_result"), link.key_result, known)
    for number, need in enumerate(row.parsed.depends_on):
        yield from _unknown_team(row, ("depends_on", number, "team"), need.team, known)
        if need.key_result is not None and not known.resolves(need.key_result, known.key_results):
            yield _broken_link(row, ("depends_on", number, "key_result"), need.key_result, known)
    for number, support in enumerate(row.parsed.supports):
        if not known.resolves(support.key_result, known.key_results):
            yield _broken_link(row, ("supports", number, "key_result"), support.key_result, known)
    for number, team in enumerate(row.parsed.audience):
        yield from _unknown_team(row, ("audience", number), team, known)
    successor = row.parsed.replaced_by
    if successor is not None and not known.resolves(successor, known.key_results):
        yield _broken_link(row, ("replaced_by",), successor, known)


def _unknown_team(row: Row[Any], path: TomlPath, name: str, known: _Known) -> Iterator[Problem]:
    if name not in known.teams:
        yield row.problem(path, f"no team has the id `{name}`", did_you_mean(name, known.teams, noun="team"))


def _broken_link(row: Row[Any], path: TomlPath, name: str, known: _Known, *, noun: str = "key result") -> Problem:
    """A link must end at its own kind: key result to key result, objective to objective."""
    suggestions, other_ids, other_noun = known.suggestable, known.objectives, "an objective"
    if noun == "objective":
        suggestions, other_ids, other_noun = known.objectives, known.key_results, "a key result"
    message = f"points nowhere: no {noun} has the id `{name}`"
    if name in other_ids:
        message = f"points nowhere: `{name}` is {other_noun}, and a link here leads to {_article(noun)}"
    return row.problem(path, message, did_you_mean(name, suggestions, noun=noun))


def _article(noun: str) -> str:
    return f"an {noun}" if noun[0] in "aeiou" else f"a {noun}"
