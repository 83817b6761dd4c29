"""Read every source side by side; one that fails becomes a gap, never an empty list."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime

from connectors.base import Connector
from hub.model.errors import QueryRefused, SourceError
from hub.model.initiative import Gap, Pulled, Snapshot

NOT_SELECTED = "not read in this run: --only names other connectors"


@dataclass(frozen=True, slots=True)
class Source:
    """A configured connector; `selected` is false where `--only` leaves it out."""

    connector: Connector
    selected: bool = True


def pull(sources: Sequence[Source], now: datetime) -> Snapshot:
    """Every source's tickets and gaps, in the order of the configuration.

    A query that the tracker refuses is no gap but a fault of the configuration: QueryRefused is raised.
    """
    pool = ThreadPoolExecutor(max_workers=max(1, len(sources)), thread_name_prefix="pull")
    try:
        return Snapshot(tuple(pool.map(_pull_one, sources)), now)
    finally:
        # Whoever interrupts a run must not wait for a tracker that hangs.
        pool.shutdown(wait=False, cancel_futures=True)


def _pull_one(source: Source) -> Pulled:
    name = source.connector.name
    if not source.selected:
        return Pulled(name, gaps=(Gap(name, NOT_SELECTED),))
    try:
        return source.connector.pull()
    except QueryRefused:
        raise
    except SourceError as error:
        # Nothing came back, so it is a gap of the whole source, whichever ticket it failed at.
        what = error.what if error.key is None else f"{error.key}: {error.what}"
        return Pulled(name, gaps=(Gap(name, what),))


def failed(snapshot: Snapshot) -> tuple[Gap, ...]:
    """The gaps that mean something went wrong."""
    return tuple(gap for pulled in snapshot.pulled for gap in pulled.gaps if gap.reason != NOT_SELECTED)
