"""A run whose lease was taken over touches no ticket any more."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from connectors.base import Actor
from hub.model.errors import StoreError
from hub.store.sqlite.store import SqliteStore
from tests.builders import an_initiative
from tests.fakes.connector import FakeConnector
from tests.hub.pipeline.workspace import a_desk


class Overtaken(FakeConnector):
    """Another run takes the state over after this one has decided what to write."""

    def __init__(self, take_over: Callable[[], object]) -> None:
        super().__init__()
        self._take_over = take_over

    def whoami(self) -> Actor:
        self._take_over()
        return super().whoami()


def test_a_run_that_is_taken_over_while_it_publishes_touches_no_ticket(tmp_path: Path) -> None:
    path = tmp_path / "hub.db"
    desk = a_desk(store=SqliteStore(path))
    later = desk.clock.now() + timedelta(hours=1)
    desk.jira = Overtaken(lambda: SqliteStore(path).begin_run("host:2", later, lease_seconds=60))
    desk.jira.put(an_initiative("jira:ACME-1", title="bad one"))
    with pytest.raises(StoreError, match="taken over"):
        desk.run()
    assert desk.written == 0
    assert desk.store.ledger_entries() == {}
