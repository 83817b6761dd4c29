"""What can be said of exports before a sync: the files, how they are written, and what stands in them."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from connectors.base import ConnectorContext
from connectors.csv.columns import link_types, waiting_of_header
from connectors.csv.settings import CsvSettings
from connectors.csv.sheet import open_export
from connectors.diagnosis import CheckReporter, join_names, link_checks, work_checks
from connectors.links import Waiting, is_unrelated
from connectors.shared.csv_file import CsvUnreadable
from hub.model.check_up import Check
from hub.model.errors import SourceError
from hub.model.initiative import PullResult

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
        yield report.warn(f"not read: {gap.reason}", "Fix the row, or export it again")
    for note in pulled.notes:
        yield report.warn(note, "Export dates as 2026-11-30, or set `day_first`")


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
