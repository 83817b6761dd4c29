"""Gathers the tables of all OKR files, each read for itself, so that a fault in one hides no other."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from pydantic import ValidationError

from hub.model.errors import Problem
from hub.model.okr import FileLocation
from hub.model.similarity import did_you_mean
from hub.okr_form.shapes import CycleTable, DismissedTable, KeyResultTable, ObjectiveTable, OkrTable, TeamTable
from hub.toml.document import TomlFile
from hub.toml.positions import TomlPath, line_of
from hub.toml.validation_errors import describe_errors

S = TypeVar("S", bound=OkrTable)
TABLES = ("cycle", "team", "objective", "dismissed")


@dataclass(frozen=True, slots=True)
class Row(Generic[S]):
    """A table and where it stands; `shape` is None where it was refused, and its id is still known.

    `cycle` is None in a file that names no cycle; `under` is the objective's id for a key result.
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
    """Everything that the files hold; `torn` when a part could not be walked, so that absence means nothing."""

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
        own = {key: value for key, value in raw.items() if key != "key_result"}
        row = self._row(ObjectiveTable, path, own, cycle)
        self.files.objectives.append(row)
        for inner, table in self._tables(raw, path, "key_result"):
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
            self.files.problems += describe_errors(error, self.file, path, table_type)
        return Row(named if isinstance(named, str) else "", parsed, self.file, path, cycle, objective_id)

    def _report(self, path: TomlPath, message: str, remedy: str) -> None:
        self.files.problems.append(Problem(self.file.location(path), self.file.key(path), message, remedy))
