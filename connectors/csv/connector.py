"""Exports as a connector: reads the files from end to end, writes nowhere."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from connectors.base import Actor, ConnectorContext, ConnectorPlugin
from connectors.csv.normalise import NormaliseContext, normalise
from connectors.csv.settings import CsvSettings
from connectors.csv.sheet import CsvFile, open_export
from connectors.shared.csv_file import CsvUnreadable, Line
from hub.model.action import Comment, Target
from hub.model.check_up import Check
from hub.model.errors import QueryRefused, SourceError
from hub.model.initiative import Gap, Initiative, PullResult, PullState, Ref
from hub.model.message import Message
from hub.model.wording import Wording

PROGRESS_INTERVAL = 1000


class CsvConnector:
    """Satisfies the protocol of connectors; whatever would write raises."""

    publishes = False
    has_okrs = False
    wording = Wording()

    def __init__(self, name: str, settings: CsvSettings, context: ConnectorContext) -> None:
        """Opens no file yet."""
        self.name = name
        self.accepted_gaps = settings.accepted_gaps
        self._settings = settings
        self._context = context

    def whoami(self) -> Actor:
        """Nobody: files know no accounts."""
        return Actor("export", "an export")

    def pull(self, known: PullState | None = None) -> PullResult:
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
        return PullResult(self.name, tuple(_resolve_parents(rows)), tuple(gaps), notes=tuple(notes))

    def look_up(self, missing: PullState) -> PullResult:
        """A file is read from end to end: what it does not hold is not there."""
        return PullResult(self.name, deleted=frozenset(missing.tickets))

    def find_comments(self, target: Target) -> Sequence[Comment]:
        """An export shows no comments of ours."""
        return ()

    def rendered_text(self, target: Target, message: Message) -> str:
        """An export shows no comments of ours."""
        return ""

    def read_comment(self, target: Target, comment_id: str) -> Comment | None:
        """An export holds no comments."""
        return None

    def has_reply(self, target: Target, comment_id: str) -> bool:
        """Nothing of ours is there to be answered."""
        return False

    def find_own_comments(self, targets: Sequence[Target]) -> Iterable[tuple[Target, Comment]]:
        """Nothing of ours is there to be found."""
        return ()

    def create_comment(self, target: Target, message: Message) -> Comment:
        """Nothing can be written to an export."""
        raise self._read_only_error(target)

    def update_comment(self, target: Target, comment_id: str, message: Message) -> Comment:
        """Nothing can be written to an export."""
        raise self._read_only_error(target)

    def delete_comment(self, target: Target, comment_id: str) -> None:
        """Nothing can be written to an export."""
        raise self._read_only_error(target)

    def update_labels(self, target: Target, add: frozenset[str], remove: frozenset[str]) -> None:
        """Nothing can be written to an export."""
        raise self._read_only_error(target)

    def diagnose(self) -> Iterable[Check]:
        """Whether the files are there, how they are written, and what was found in them."""
        from connectors.csv.diagnose import diagnose  # noqa: PLC0415 - a sync never needs it

        return diagnose(self.name, self._settings, self._context, self._paths, self.pull)

    def close(self) -> None:
        """Nothing is held open."""

    def _paths(self) -> Iterator[Path]:
        """The files that the patterns name, each once; a pattern that names none is a fault of the configuration."""
        visited: set[Path] = set()
        for pattern in self._settings.paths:
            matches = _matching_files(pattern)
            if not matches:
                raise QueryRefused(self.name, f"there is no export {pattern}")
            for path in matches:
                if path not in visited:
                    visited.add(path)
                    yield path

    def _read(self, path: Path, rows: dict[Ref, Initiative], gaps: dict[Gap, None]) -> list[str]:
        """Add the tickets and gaps of a file; what it returns is to be told of it."""
        with open_export(path, self._settings) as csv_file:
            normalise_context = NormaliseContext(self.name, self._settings, csv_file.columns)
            for count, line in enumerate(csv_file.lines, 1):
                row = self._row(csv_file, line, normalise_context)
                if isinstance(row, Gap):
                    gaps[row] = None
                elif row is not None and _is_newer(row, rows.get(row.ref)):
                    rows[row.ref] = row
                if count % PROGRESS_INTERVAL == 0:
                    self._context.progress("rows", PROGRESS_INTERVAL)
            return list(normalise_context.unreadable_cells.messages(csv_file.columns, csv_file.header))

    def _row(self, csv_file: CsvFile, line: Line, normalise_context: NormaliseContext) -> Initiative | Gap | None:
        location = f"{csv_file.name}:{line.number}"
        if line.error:
            # A quotation mark that never ends swallows rows: nobody knows which are missing.
            return Gap(self.name, f"{location}: {line.error}")
        return normalise(line.cells, location, normalise_context)

    def _read_only_error(self, target: Target) -> SourceError:
        return SourceError(self.name, "nothing can be written to an export", key=target.ref.key)


def _matching_files(pattern: str) -> list[Path]:
    """The file of that name, else those that the pattern fits."""
    path = Path(pattern)
    if path.is_file():
        return [path]
    try:
        matches = Path(path.anchor or ".").glob(str(path.relative_to(path.anchor) if path.anchor else path))
        return sorted(path for path in matches if path.is_file())
    except (ValueError, NotImplementedError, IndexError):
        return []


def _is_newer(ticket: Initiative, known: Initiative | None) -> bool:
    """Exports overlap: the row that was changed last counts, or that of the later file."""
    return known is None or ticket.updated is None or known.updated is None or ticket.updated >= known.updated


def _resolve_parents(rows: dict[Ref, Initiative]) -> Iterator[Initiative]:
    """Parents that are named by the tracker's id, by their key."""
    keys = {row.id: row.ref for row in rows.values()}
    for row in rows.values():
        parent = row.parent
        named_by_id = parent is not None and parent not in rows and parent.key in keys
        yield replace(row, parent=keys[parent.key]) if parent is not None and named_by_id else row


PLUGIN = ConnectorPlugin("csv", CsvSettings, CsvConnector)
