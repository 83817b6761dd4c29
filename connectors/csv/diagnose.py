"""What can be said of exports before a sync: the files, how they are written, and what stands in them."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from connectors.base import World
from connectors.csv.columns import link_types, waiting_by_header
from connectors.csv.settings import CsvSettings
from connectors.csv.sheet import opened
from connectors.diagnosis import Says, link_checks, listed, work_checks
from connectors.links import Waiting, says_nothing_of_waiting
from connectors.shared.csv_file import CsvUnreadable
from hub.model.check_up import Check
from hub.model.errors import SourceError
from hub.model.initiative import Pulled

OLD_DAYS = 7
USEFUL = ("labels", "description", "due", "parent")


def diagnose(
    name: str,
    settings: CsvSettings,
    world: World,
    paths: Callable[[], Iterable[Path]],
    pull: Callable[[], Pulled],
) -> Iterator[Check]:
    """File by file, then all of them together."""
    says = Says(name)
    try:
        for path in paths():
            yield from _file(says, path, settings, world)
        pulled = pull()
    except SourceError as error:
        remedy = "Fix `paths` or the file; name other headers under `columns`"
        yield says.fail(error.what, remedy, configured=True)
        return
    yield says.ok(f"{len(pulled.initiatives)} tickets are in the exports; the hub never writes to an export")
    for place, count in sorted(Counter(one.containers[0] for one in pulled.initiatives).items()):
        yield says.ok(f"{place}: {count} tickets", place=place)
    yield from work_checks(says, settings, pulled.initiatives)
    if settings.project:
        yield says.ok(f"the tickets count as items of {settings.project}", place=settings.project, shared=True)
    for gap in pulled.gaps[:10]:
        yield says.warn(f"not read: {gap.reason}", "Fix the row, or export it again")
    for note in pulled.notes:
        yield says.warn(note, "Export dates as 2026-11-30, or set `day_first`")


def _file(says: Says, path: Path, settings: CsvSettings, world: World) -> Iterator[Check]:
    try:
        with opened(path, settings) as sheet:
            found, kind = sheet.columns.places, sheet.columns.kind
            links = link_types(sheet.header)
            written = f"{sheet.encoding}, delimiter {sheet.delimiter!r}"
    except CsvUnreadable:
        # Reading all files tells this once more, with those of the other files.
        return
    yield says.ok(f"{path.name} is a {kind} export ({written}) with {listed(sorted(found))}")
    yield from _links(says, path, list(links), settings)
    missing = [name for name in USEFUL if name not in found]
    if missing:
        yield says.skip(f"{path.name} has no column for {listed(missing)}", "Export it too, or name it in `columns`")
    days = (world.now() - datetime.fromtimestamp(path.stat().st_mtime, UTC)).days
    if days > OLD_DAYS:
        yield says.warn(f"{path.name} is {days} days old", "Export it again before you rely on it")


def _links(says: Says, path: Path, types: list[str], settings: CsvSettings) -> Iterator[Check]:
    """The link types that the export has columns for, and how their names are understood."""
    read = [name for name in types if waiting_by_header(name, settings.links) is not Waiting.NONE]
    unread = [name for name in types if name not in read]
    strange = [name for name in unread if not says_nothing_of_waiting(name, "", "", settings.links)]
    yield from link_checks(says, f"{path.name}: ", types, read, strange)
