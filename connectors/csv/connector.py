"""CSV exports as a connector, with the checks of `hub doctor`: reads the files from end to end, writes nowhere."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from connectors.base import Actor, Capabilities, ConnectorContext, ConnectorPlugin
from connectors.csv.csv_file import CsvFile, open_export
from connectors.csv.normalise import NormaliseContext, normalise
from connectors.csv.settings import CsvSettings, link_types, waiting_of_header
from connectors.shared.csv_file import CsvUnreadable, Line
from connectors.shared.diagnosis import CheckReporter, join_names, link_checks, work_checks
from connectors.shared.vocabulary import Waiting, is_unrelated
from hub.model.errors import Check, QueryRefused, SourceError
from hub.model.initiative import Gap, Initiative, PullResult, PullState, Ref
from hub.model.message import Wording

PROGRESS_INTERVAL = 1000


class CsvConnector:
    """Reads; nothing can be written to an export."""

    has_okrs = False
    wording = Wording()

    def __init__(self, name: str, settings: CsvSettings, context: ConnectorContext) -> None:
        """Opens no file yet."""
        self.name = name
        self.accepted_gaps = settings.accepted_gaps
        self._settings = settings
        self._context = context

    @property
    def capabilities(self) -> Capabilities:
        """A file can be looked into, and nothing else."""
        return Capabilities(lookup=self)

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

    def diagnose(self) -> Iterable[Check]:
        """Whether the files are there, how they are written, and what was found in them."""

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
            lines, repeated = dict[Ref, int](), dict[Ref, int]()
            for count, line in enumerate(csv_file.lines, 1):
                row = self._row(csv_file, line, normalise_context)
                if isinstance(row, Gap):
                    gaps[row] = None
                elif row is not None:
                    is_newer = _is_newer(row, rows.get(row.ref))
                    if row.ref in lines:
                        repeated[row.ref] = line.number if is_newer else lines[row.ref]
                    if is_newer:
                        rows[row.ref] = row
                        lines[row.ref] = line.number
                if count % PROGRESS_INTERVAL == 0:
                    self._context.progress("rows", PROGRESS_INTERVAL)
            if csv_file.is_changed():
                gaps[Gap(self.name, f"{csv_file.name} {CHANGED}")] = None
            messages = normalise_context.unreadable_cells.messages(csv_file.columns, csv_file.header)
            return [*messages, *_repeated_rows(csv_file.name, repeated)]

    def _row(self, csv_file: CsvFile, line: Line, normalise_context: NormaliseContext) -> Initiative | Gap | None:
        location = f"{csv_file.name}:{line.number}"
        if line.error:
            # A quotation mark that never ends swallows rows: nobody knows which are missing.
            return Gap(self.name, f"{location}: {line.error}")
        return normalise(line.cells, location, normalise_context)


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


def _repeated_rows(name: str, line_by_ticket: Mapping[Ref, int]) -> Iterator[str]:
    """Tickets that stand in several rows of one file, with the line of the one that counts."""
    if line_by_ticket:
        examples = [f"{ref.key} (line {line} counts)" for ref, line in sorted(line_by_ticket.items())[:MAX_EXAMPLES]]
        more = f" and {len(line_by_ticket) - MAX_EXAMPLES} more" if len(line_by_ticket) > MAX_EXAMPLES else ""
        rule = "the row that was changed last counts, else the later one"
        yield f"{name}: {REPEATED}: {', '.join(examples)}{more}; {rule}"


CHANGED = "was written to while it was read: the next sync reads it again"
REPEATED = "tickets that stand in more than one row"
MAX_EXAMPLES = 3


def _resolve_parents(rows: dict[Ref, Initiative]) -> Iterator[Initiative]:
    """Parents that are named by the tracker's id, by their key."""
    keys = {row.id: row.ref for row in rows.values()}
    for row in rows.values():
        parent = row.parent
        named_by_id = parent is not None and parent not in rows and parent.key in keys
        yield replace(row, parent=keys[parent.key]) if parent is not None and named_by_id else row


PLUGIN = ConnectorPlugin("csv", CsvSettings, CsvConnector)


STALE_DAYS = 7
OPTIONAL_COLUMNS = ("labels", "description", "due", "parent")


def diagnose(
    name: str,
    settings: CsvSettings,
    context: ConnectorContext,
    paths: Callable[[], Iterable[Path]],
    pull: Callable[[], PullResult],
) -> Iterator[Check]:
    """File by file, then all of them together."""
    report = CheckReporter(name)
    try:
        for path in paths():
            yield from _file(report, path, settings, context)
        pulled = pull()
    except SourceError as error:
        remedy = "Fix `paths` or the file; name other headers under `columns`"
        yield report.fail(error.detail, remedy, configured=True)
        return
    yield report.ok(f"{len(pulled.initiatives)} tickets are in the exports; the hub never writes to an export")
    for container, count in sorted(Counter(ticket.containers[0] for ticket in pulled.initiatives).items()):
        yield report.ok(f"{container}: {count} tickets", container=container)
    yield from work_checks(report, settings, pulled.initiatives)
    if settings.project:
        yield report.ok(f"the tickets count as items of {settings.project}", container=settings.project, shared=True)
    for gap in pulled.gaps[:10]:
        place = f"{gap.key}: " if gap.key else ""
        yield report.warn(f"not read: {place}{gap.reason}", "Fix the row, or export it again")
    for note in pulled.notes:
        remedy = "Leave one of the rows out" if REPEATED in note else "Export dates as 2026-11-30, or set `day_first`"
        yield report.warn(note, remedy)


def _file(report: CheckReporter, path: Path, settings: CsvSettings, context: ConnectorContext) -> Iterator[Check]:
    try:
        with open_export(path, settings) as csv_file:
            positions, kind = csv_file.columns.positions, csv_file.columns.kind
            links = link_types(csv_file.header)
            details = f"{csv_file.encoding}, delimiter {csv_file.delimiter!r}"
    except CsvUnreadable:
        # Reading all files tells this once more, with those of the other files.
        return
    yield report.ok(f"{path.name} is a {kind} export ({details}) with {join_names(sorted(positions))}")
    yield from _links(report, path, list(links), settings)
    missing = [name for name in OPTIONAL_COLUMNS if name not in positions]
    if missing:
        yield report.skip(
            f"{path.name} has no column for {join_names(missing)}", "Export it too, or name it in `columns`"
        )
    days = (context.now() - datetime.fromtimestamp(path.stat().st_mtime, UTC)).days
    if days > STALE_DAYS:
        yield report.warn(f"{path.name} is {days} days old", "Export it again before you rely on it")


def _links(report: CheckReporter, path: Path, types: list[str], settings: CsvSettings) -> Iterator[Check]:
    """The link types that the export has columns for, and how their names are understood."""
    read = [name for name in types if waiting_of_header(name, settings.links) is not Waiting.NONE]
    unread = [name for name in types if name not in read]
    unclear = [name for name in unread if not is_unrelated(name, "", "", settings.links)]
    yield from link_checks(report, f"{path.name}: ", types, read, unclear)
