"""Syncs and retractions of one place, with parts in them that may be broken or cut off."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path

from connectors.base import Connector
from hub.core.insight.run_summary import RunResult
from hub.pipeline.pull import Source
from hub.pipeline.retract import RetractResult, retract
from hub.pipeline.run_context import Mode, RunContext
from hub.pipeline.sync import sync
from hub.store.sqlite.store import SqliteStore
from rules.base import Rule
from tests.builders import TODAY, acme_okrs
from tests.fakes.rule import a_rule, every_ticket
from tests.fakes.store import a_store_at
from tests.hub.pipeline.workspace import FREE
from tests.write_back.trackers import Place

RULES = (a_rule("bad-title", every_ticket),)


def a_job(
    connector: Connector, store: SqliteStore, *, full: bool = True, rules: Sequence[Rule] = RULES, day: date = TODAY
) -> RunContext:
    return RunContext(
        sources=[Source(connector)],
        okrs=acme_okrs(),
        rules=rules,
        settings={},
        waivers=(),
        limits=FREE,
        store=store,
        now=lambda: datetime.now(UTC),
        today=lambda: day,
        stopwatch=lambda: 0.0,
        owner="host:1",
        mode=Mode.PUBLISH,
        confirmed=False,
        full=full,
    )


def opened(path: Path) -> SqliteStore:
    """The state, whoever held it before: that process is gone."""
    return a_store_at(path)


def synced(
    place: Place,
    path: Path,
    *,
    connector: Connector | None = None,
    store: SqliteStore | None = None,
    full: bool = True,
    rules: Sequence[Rule] = RULES,
    day: date = TODAY,
) -> RunResult:
    connector, store = connector or place.connector(), store or opened(path)
    try:
        return sync(
            a_job(connector, store, full=full, rules=rules, day=day),
            lambda outcome: {"receipts": len(outcome.receipts)},
        )
    finally:
        connector.close()
        # What is left open here is open as well in a process that is forked later, whose writes are lost with it.
        store.close()


def retracted(
    place: Place,
    path: Path,
    *,
    connector: Connector | None = None,
    store: SqliteStore | None = None,
    search: bool = False,
) -> RetractResult:
    connector, store = connector or place.connector(), store or opened(path)
    try:
        return retract(a_job(connector, store), lambda _actions: True, search=search)
    finally:
        connector.close()
        # What is left open here is open as well in a process that is forked later, whose writes are lost with it.
        store.close()
