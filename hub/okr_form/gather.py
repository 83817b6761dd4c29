"""Gathers the tables of all OKR files, each read for itself, so that a fault in one hides no other."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from pydantic import ValidationError

from hub.model.errors import Problem
from hub.model.okr import Place
from hub.okr_form.shapes import CycleShape, DismissedShape, KeyResultShape, ObjectiveShape, Shape, TeamShape
from hub.toml.document import TomlFile, did_you_mean
from hub.toml.positions import TomlPath, line_of
from hub.toml.validation_errors import file_problems

S = TypeVar("S", bound=Shape)
TABLES = ("cycle", "team", "objective", "dismissed")


@dataclass(frozen=True, slots=True)
class Row(Generic[S]):
    """A table and where it stands; `shape` is None where it was refused, and its id is still known.

    `cycle` is None in a file that names no cycle; `under` is the objective's id for a key result.
    """

    id: str
    shape: S | None
    file: TomlFile = field(repr=False)
    path: TomlPath = ()
    cycle: str | None = None
    under: str = ""

    @property
    def place(self) -> Place:
        """Where the table begins."""
        return Place(self.file.name, line_of(self.file.lines, self.path))

    @property
    def whole(self) -> S:
        """The table; only for rows without a problem."""
        if self.shape is None:
            raise ValueError(f"{self.place} was refused")
        return self.shape

    def problem(self, path: TomlPath, what: str, remedy: str = "") -> Problem:
        """A problem at a path below this table."""
        at = (*self.path, *path)
        return Problem(self.file.place(at), self.file.key(at), what, remedy)


@dataclass(slots=True)
class Sheets:
    """Everything that the files hold; `torn` when a part could not be walked, so that absence means nothing."""

    cycles: list[Row[CycleShape]] = field(default_factory=list)
    teams: list[Row[TeamShape]] = field(default_factory=list)
    objectives: list[Row[ObjectiveShape]] = field(default_factory=list)
    key_results: list[Row[KeyResultShape]] = field(default_factory=list)
    dismissed: list[Row[DismissedShape]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    torn: bool = False


def gather(files: Iterable[TomlFile]) -> Sheets:
    """Read every table of every file, and keep every problem."""
    sheets = Sheets()
    for file in files:
        _Reader(sheets, file).read()
    return sheets


class _Reader:
    """Reads one file into the sheets."""

    def __init__(self, sheets: Sheets, file: TomlFile) -> None:
        self.sheets = sheets
        self.file = file

    def read(self) -> None:
        """Walk the file's tables."""
        for name in self.file.data:
            if name not in TABLES:
                self._blame((name,), "unknown key", did_you_mean(name, TABLES))
        cycle = self._cycle()
        for path, raw in self._tables(self.file.data, (), "team"):
            self.sheets.teams.append(self._row(TeamShape, path, raw, cycle))
        for path, raw in self._tables(self.file.data, (), "objective"):
            self._objective(path, raw, cycle)
        for path, raw in self._tables(self.file.data, (), "dismissed"):
            self.sheets.dismissed.append(self._row(DismissedShape, path, raw, cycle))

    def _cycle(self) -> str | None:
        raw = self.file.data.get("cycle")
        if raw is None:
            return None
        if not isinstance(raw, dict):
            self._blame(("cycle",), "expected a table", "Write it as [cycle].")
            return None
        row = self._row(CycleShape, ("cycle",), raw, None)
        self.sheets.cycles.append(row)
        return row.id

    def _objective(self, path: TomlPath, raw: Mapping[str, Any], cycle: str | None) -> None:
        own = {key: value for key, value in raw.items() if key != "key_result"}
        row = self._row(ObjectiveShape, path, own, cycle)
        self.sheets.objectives.append(row)
        for inner, table in self._tables(raw, path, "key_result"):
            self.sheets.key_results.append(self._row(KeyResultShape, inner, table, cycle, under=row.id))

    def _tables(self, parent: Mapping[str, Any], at: TomlPath, name: str) -> Iterator[tuple[TomlPath, dict[str, Any]]]:
        """The elements of an array of tables, each with its path."""
        found = parent.get(name, [])
        if not isinstance(found, list):
            header = ".".join([str(part) for part in at if isinstance(part, str)] + [name])
            self.sheets.torn = True
            self._blame((*at, name), "expected a list of tables", f"Write each as [[{header}]], with two brackets.")
            return
        for number, raw in enumerate(found):
            if isinstance(raw, dict):
                yield (*at, name, number), raw
            else:
                self.sheets.torn = True
                self._blame((*at, name, number), "expected a table", "")

    def _row(
        self, shape: type[S], path: TomlPath, raw: dict[str, Any], cycle: str | None, *, under: str = ""
    ) -> Row[S]:
        named = raw.get("id")
        made: S | None = None
        try:
            made = shape.model_validate(raw)
        except ValidationError as error:
            self.sheets.problems += file_problems(error, self.file, path, shape)
        return Row(named if isinstance(named, str) else "", made, self.file, path, cycle, under)

    def _blame(self, path: TomlPath, what: str, remedy: str) -> None:
        self.sheets.problems.append(Problem(self.file.place(path), self.file.key(path), what, remedy))
