"""The tables of all OKR files, each read for itself and then checked against the others."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from pydantic import ValidationError

from hub.model.errors import Problem
from hub.model.link import Visibility
from hub.model.okr import FileLocation
from hub.model.text import did_you_mean
from hub.okr_files.schema import CycleTable, DismissedTable, KeyResultTable, ObjectiveTable, OkrTable, TeamTable
from hub.toml.document import TomlFile, TomlPath, line_of
from hub.toml.validation_errors import describe_errors

S = TypeVar("S", bound=OkrTable)
TABLES: Mapping[str, type[OkrTable]] = {
    "cycle": CycleTable,
    "team": TeamTable,
    "objective": ObjectiveTable,
    "dismissed": DismissedTable,
}
KEY_RESULT = "key_result"


@dataclass(frozen=True, slots=True)
class Row(Generic[S]):
    """A table and where it stands; `parsed` is None where it was refused, and its id is still known.

    `cycle` is None in a file that names no cycle; `objective_id` is the objective's id for a key result.
    """

    id: str
    parsed: S | None
    file: TomlFile = field(repr=False)
    path: TomlPath = ()
    cycle: str | None = None
    objective_id: str = ""

    @property
    def location(self) -> FileLocation:
        """Where the table begins."""
        return FileLocation(self.file.name, line_of(self.file.lines, self.path))

    @property
    def table(self) -> S:
        """The table; only for rows without a problem."""
        if self.parsed is None:
            raise ValueError(f"{self.location} was refused")
        return self.parsed

    def problem(self, path: TomlPath, message: str, remedy: str = "") -> Problem:
        """A problem at a path below this table."""
        at = (*self.path, *path)
        return Problem(self.file.location(at), self.file.key(at), message, remedy)


@dataclass(slots=True)
class LoadedFiles:
    """Everything that the files hold; `incomplete` when a part could not be walked, so that absence means nothing."""

    cycles: list[Row[CycleTable]] = field(default_factory=list)
    teams: list[Row[TeamTable]] = field(default_factory=list)
    objectives: list[Row[ObjectiveTable]] = field(default_factory=list)
    key_results: list[Row[KeyResultTable]] = field(default_factory=list)
    dismissed: list[Row[DismissedTable]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    incomplete: bool = False


def load_tables(files: Iterable[TomlFile]) -> LoadedFiles:
    """Read every table of every file, and keep every problem."""
    loaded = LoadedFiles()
    for file in files:
        _Reader(loaded, file).read()
    return loaded


class _Reader:
    """Reads one file into the sheets."""

    def __init__(self, files: LoadedFiles, file: TomlFile) -> None:
        self.files = files
        self.file = file

    def read(self) -> None:
        """Walk the file's tables."""
        for name in self.file.data:
            if name not in TABLES:
                self._report((name,), "unknown key", did_you_mean(name, TABLES))
        cycle = self._cycle()
        for path, raw in self._tables(self.file.data, (), "team"):
            self.files.teams.append(self._row(TeamTable, path, raw, cycle))
        for path, raw in self._tables(self.file.data, (), "objective"):
            self._objective(path, raw, cycle)
        for path, raw in self._tables(self.file.data, (), "dismissed"):
            self.files.dismissed.append(self._row(DismissedTable, path, raw, cycle))

    def _cycle(self) -> str | None:
        raw = self.file.data.get("cycle")
        if raw is None:
            return None
        if not isinstance(raw, dict):
            self._report(("cycle",), "expected a table", "Write it as [cycle].")
            return None
        row = self._row(CycleTable, ("cycle",), raw, None)
        self.files.cycles.append(row)
        return row.id

    def _objective(self, path: TomlPath, raw: Mapping[str, Any], cycle: str | None) -> None:
        known = {*ObjectiveTable.model_fields, KEY_RESULT}
        own = {key: value for key, value in raw.items() if key in ObjectiveTable.model_fields}
        for name in raw.keys() - known:
            self._report((*path, name), "unknown key", did_you_mean(name, known))
            # Key results below a mistyped name are not known, and nobody is blamed for a link to them.
            self.files.incomplete |= isinstance(raw[name], list | dict)
        row = self._row(ObjectiveTable, path, own, cycle)
        self.files.objectives.append(row)
        for inner, table in self._tables(raw, path, KEY_RESULT):
            self.files.key_results.append(self._row(KeyResultTable, inner, table, cycle, objective_id=row.id))

    def _tables(self, parent: Mapping[str, Any], at: TomlPath, name: str) -> Iterator[tuple[TomlPath, dict[str, Any]]]:
        """The elements of an array of tables, each with its path."""
        tables = parent.get(name, [])
        if not isinstance(tables, list):
            header = ".".join([str(part) for part in at if isinstance(part, str)] + [name])
            self.files.incomplete = True
            self._report((*at, name), "expected a list of tables", f"Write each as [[{header}]], with two brackets.")
            return
        for number, raw in enumerate(tables):
            if isinstance(raw, dict):
                yield (*at, name, number), raw
            else:
                self.files.incomplete = True
                self._report((*at, name, number), "expected a table", "")

    def _row(
        self, table_type: type[S], path: TomlPath, raw: dict[str, Any], cycle: str | None, *, objective_id: str = ""
    ) -> Row[S]:
        named = raw.get("id")
        parsed: S | None = None
        try:
            parsed = table_type.model_validate(raw)
        except ValidationError as error:
            problems = describe_errors(error, self.file, path, table_type)
            self.files.problems += problems
        return Row(named if isinstance(named, str) else "", parsed, self.file, path, cycle, objective_id)

    def _report(self, path: TomlPath, message: str, remedy: str) -> None:
        self.files.problems.append(Problem(self.file.location(path), self.file.key(path), message, remedy))


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
        teams = {(row.cycle or running, row.id): row.parsed.teams for row in files.objectives if row.parsed}
        for objective in files.objectives:
            problems += _from_objective(objective, known)
        for key_result in files.key_results:
            problems += _from_key_result(key_result, known)
            own = teams.get((key_result.cycle or running, key_result.objective_id), ())
            problems += _needs_of_itself(key_result, own or (key_result.parsed.owners if key_result.parsed else ()))
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
            same = "Every cycle has the same teams: remove one of them. If they are two teams, give one another id."
            yield row.problem(("id",), message, same if noun == "team" else "Give one of them another id.")


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


def _needs_of_itself(row: Row[KeyResultTable], teams: Sequence[str]) -> Iterator[Problem]:
    """A team that is alone with a key result depends on others, never on itself."""
    for number, need in enumerate(row.parsed.depends_on if row.parsed else ()):
        if [*teams] == [need.team]:
            message = f"`{need.team}` holds this key result itself, and no team depends on itself"
            yield row.problem(("depends_on", number, "team"), message, "Name another team, or leave it out.")


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
