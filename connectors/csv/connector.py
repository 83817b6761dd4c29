"""Exports as a connector: reads the files from end to end, writes nowhere."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from connectors.base import Actor, ConnectorPlugin, World
from connectors.csv.normalise import Reading, normalise
from connectors.csv.settings import CsvSettings
from connectors.csv.sheet import Sheet, opened
from connectors.shared.csv_file import CsvUnreadable, Line
from hub.model.action import Comment, Target
from hub.model.check_up import Check
from hub.model.errors import QueryRefused, SourceError
from hub.model.initiative import Gap, Initiative, Known, Pulled, Ref
from hub.model.message import Message
from hub.model.wording import Wording

EVERY_SO_MANY = 1000


class CsvConnector:
    """Satisfies the protocol of connectors; whatever would write raises."""

    publishes = False
    keeps_okrs = False
    wording = Wording()

    def __init__(self, name: str, settings: CsvSettings, world: World) -> None:
        """Opens no file yet."""
        self.name = name
        self.accepted_gaps = settings.accepted_gaps
        self._settings = settings
        self._world = world

    def whoami(self) -> Actor:
        """Nobody: files know no accounts."""
        return Actor("export", "an export")

    def pull(self, known: Known | None = None) -> Pulled:
        """Read every file, whatever is known; one that is no export is a fault of the configuration and is raised."""
        rows: dict[Ref, Initiative] = {}
        gaps: dict[Gap, None] = {}
        notes: list[str] = []
        faults = []
        for path in self._paths():
            try:
                notes += self._read(path, rows, gaps)
            except CsvUnreadable as unreadable:
                faults.append(str(unreadable))
        if faults:
            raise QueryRefused(self.name, "; ".join(faults))
        return Pulled(self.name, tuple(_joined(rows)), tuple(gaps), notes=tuple(notes))

    def look_up(self, missing: Known) -> Pulled:
        """A file is read from end to end: what it does not hold is not there."""
        return Pulled(self.name, gone=frozenset(missing.tickets))

    def find_comments(self, target: Target) -> Sequence[Comment]:
        """An export shows no comments of ours."""
        return ()

    def says(self, target: Target, message: Message) -> str:
        """An export shows no comments of ours."""
        return ""

    def read_comment(self, target: Target, comment_id: str) -> Comment | None:
        """An export holds no comments."""
        return None

    def replied(self, target: Target, comment_id: str) -> bool:
        """Nothing of ours is there to be answered."""
        return False

    def search_comments(self, targets: Sequence[Target]) -> Iterable[tuple[Target, Comment]]:
        """Nothing of ours is there to be found."""
        return ()

    def create_comment(self, target: Target, message: Message) -> Comment:
        """Nothing can be written to an export."""
        raise self._closed(target)

    def update_comment(self, target: Target, comment_id: str, message: Message) -> Comment:
        """Nothing can be written to an export."""
        raise self._closed(target)

    def delete_comment(self, target: Target, comment_id: str) -> None:
        """Nothing can be written to an export."""
        raise self._closed(target)

    def change_labels(self, target: Target, add: frozenset[str], remove: frozenset[str]) -> None:
        """Nothing can be written to an export."""
        raise self._closed(target)

    def diagnose(self) -> Iterable[Check]:
        """Whether the files are there, how they are written, and what was found in them."""
        from connectors.csv.diagnose import diagnose  # noqa: PLC0415 - a sync never needs it

        return diagnose(self.name, self._settings, self._world, self._paths, self.pull)

    def close(self) -> None:
        """Nothing is held open."""

    def _paths(self) -> Iterator[Path]:
        """The files that the patterns name, each once; a pattern that names none is a fault of the configuration."""
        seen: set[Path] = set()
        for written in self._settings.paths:
            found = _matching(written)
            if not found:
                raise QueryRefused(self.name, f"there is no export {written}")
            for path in found:
                if path not in seen:
                    seen.add(path)
                    yield path

    def _read(self, path: Path, rows: dict[Ref, Initiative], gaps: dict[Gap, None]) -> list[str]:
        """Add the tickets and gaps of a file; what it returns is to be told of it."""
        with opened(path, self._settings) as sheet:
            reading = Reading(self.name, self._settings, sheet.columns)
            for count, line in enumerate(sheet.lines, 1):
                found = self._row(sheet, line, reading)
                if isinstance(found, Gap):
                    gaps[found] = None
                elif found is not None and _is_newer(found, rows.get(found.ref)):
                    rows[found.ref] = found
                if count % EVERY_SO_MANY == 0:
                    self._world.progress("rows", EVERY_SO_MANY)
            return list(reading.unread.told(sheet.columns, sheet.header))

    def _row(self, sheet: Sheet, line: Line, reading: Reading) -> Initiative | Gap | None:
        place = f"{sheet.name}:{line.number}"
        if line.fault:
            # A quotation mark that never ends swallows rows: nobody knows which are missing.
            return Gap(self.name, f"{place}: {line.fault}")
        return normalise(line.cells, place, reading)

    def _closed(self, target: Target) -> SourceError:
        return SourceError(self.name, "nothing can be written to an export", key=target.ref.key)


def _matching(written: str) -> list[Path]:
    """The file of that name, else those that the pattern fits."""
    path = Path(written)
    if path.is_file():
        return [path]
    try:
        found = Path(path.anchor or ".").glob(str(path.relative_to(path.anchor) if path.anchor else path))
        return sorted(one for one in found if one.is_file())
    except (ValueError, NotImplementedError, IndexError):
        return []


def _is_newer(found: Initiative, known: Initiative | None) -> bool:
    """Exports overlap: the row that was changed last counts, or that of the later file."""
    return known is None or found.updated is None or known.updated is None or found.updated >= known.updated


def _joined(rows: dict[Ref, Initiative]) -> Iterator[Initiative]:
    """Parents that are named by the tracker's id, by their key."""
    keys = {row.id: row.ref for row in rows.values()}
    for row in rows.values():
        parent = row.parent
        named_by_id = parent is not None and parent not in rows and parent.key in keys
        yield replace(row, parent=keys[parent.key]) if parent is not None and named_by_id else row


PLUGIN = ConnectorPlugin("csv", CsvSettings, CsvConnector)
