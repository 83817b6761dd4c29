"""A state takes over what another holds, from either database to either: for backups and for moving."""

from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from hub.core.insight.digest import DigestBaseline
from hub.model.action import Comment, PostedFinding, Target
from hub.model.errors import StoreError
from hub.model.host_limits import HostLimit, HostLimits, HostPause
from hub.model.initiative import PullResult
from hub.model.service_state import RateLimitBudget, RateLimitStatus, WebhookDelivery
from hub.model.ticket_input import OkrKind, OkrTicket
from hub.store.base import Store
from hub.store.sql.copy import NUMBERED, TABLES
from hub.store.sql.service import SqlStore
from tests.builders import a_ref, an_initiative
from tests.hub.store.contract.states import SqliteState, State

NOW = datetime(2026, 11, 16, 9, tzinfo=UTC)
TARGET = Target(a_ref(), "10001")
FINDING = PostedFinding("stale-key-result", "warning", "f1", (a_ref(),))
OKRS = (OkrTicket(OkrKind.KEY_RESULT, "jira", "OKR-1", "77", "Words", "https://tracker.test"),)


@pytest.fixture
def file_state(tmp_path: Path) -> Iterator[State]:
    folder = tmp_path / "file"
    folder.mkdir()
    with closing(SqliteState(folder)) as state:
        yield state


def fill(store: Store) -> None:
    """Something in every table."""
    run = store.begin_run("host:1", NOW, lease_seconds=60)
    for number in range(3):
        ticket = an_initiative(f"jira:ACME-{number}", title=f"title {number} \ud83d")
        store.save_snapshot([PullResult("jira", (ticket,), okrs=OKRS)], NOW + timedelta(minutes=number))
    store.record_comment(TARGET, Comment("c1", "me"), "digest", [FINDING], resolved=False)
    store.record_label(TARGET, "okr-stale", present=True)
    store.record_deferred(run, [Target(a_ref("jira:ACME-2"), "10002")])
    store.label_created("jira", ["ACME:okr-stale"])
    store.save_dependency_history({("jira:A-1", "jira:B-1"): date(2026, 11, 1)}, is_complete=True)
    store.record_findings({"f1": "stale-key-result"}, NOW, unevaluated_rules=())
    store.record_digest("product", DigestBaseline(), NOW)
    store.reserve("jira", NOW, per_minute=60, per_hour=0, longest=60)
    budget = RateLimitBudget("graphql", 5000, 4000, NOW)
    store.save_status(RateLimitStatus("github", "api.github.com", NOW, (budget,), "github", 80, 500, 0, 0))
    left = HostLimit("hash", "graphql", "graphql", 5000, 4000, NOW + timedelta(hours=1))
    store.share_limits("api.github.com", HostLimits((HostPause("", NOW + timedelta(minutes=1)),), (left,)), NOW)
    store.record_deliveries([WebhookDelivery("jira", "d1", "h1", ("1", "2"), NOW)])
    store.finish_run(run, NOW, "done", {"counts": {"done": 1}}, {"counts": {"done": 1}})


def rows(store: Store) -> dict[str, list[tuple[object, ...]]]:
    assert isinstance(store, SqlStore)
    with store.reading(exclusive=False) as db:
        return {
            name: sorted((tuple(row) for row in db.execute(f"select * from {name}").fetchall()), key=repr)
            for name in TABLES
        }


def by_name(store: Store, table: str) -> list[dict[str, object]]:
    """Rows by column: the two databases may keep columns in another order."""
    assert isinstance(store, SqlStore)
    with store.reading(exclusive=False) as db:
        cursor = db.execute(f"select * from {table}")
        names = [column[0] for column in cursor.description]
        return sorted(
            (dict(zip(names, row, strict=True)) for row in cursor.fetchall()), key=lambda row: repr(sorted(row.items()))
        )


@pytest.mark.parametrize("direction", ["into a file", "out of a file"])
def test_every_row_of_every_table_is_taken_over(state: State, file_state: State, direction: str) -> None:
    source, target = (state, file_state) if direction == "into a file" else (file_state, state)
    old, new = source.open(), target.open()
    fill(old)
    fill(new)
    new.record_comment(Target(a_ref("jira:OLD-1"), "99"), Comment("c9", "me"), "d", [], resolved=False)
    count = new.replace_with(old, NOW)
    assert count == sum(map(len, rows(old).values()))
    for table in TABLES:
        assert by_name(new, table) == by_name(old, table), table
    assert new.snapshot() == old.snapshot()
    assert new.historical_snapshots(9) == old.historical_snapshots(9)


def test_something_is_held_in_every_table_that_the_test_fills(store: Store) -> None:
    fill(store)
    empty = {name for name, found in rows(store).items() if not found}
    assert empty <= {"command", "work_answer", "absent_ticket", "ended_session"}


def test_new_rows_get_numbers_that_no_copied_row_had(state: State, file_state: State) -> None:
    old, new = file_state.open(), state.open()
    for _ in range(3):
        old.finish_run(old.begin_run("host:1", NOW, lease_seconds=60), NOW, "done", {})
    new.replace_with(old, NOW)
    assert set(NUMBERED) < set(TABLES)
    assert new.begin_run("host:1", NOW, lease_seconds=60) == 4


def test_a_state_that_a_run_holds_is_not_replaced(state: State, file_state: State) -> None:
    old, new = file_state.open(), state.open()
    fill(old)
    new.begin_run("host:1", NOW, lease_seconds=60)
    with pytest.raises(StoreError, match="a run holds the state: host:1"):
        state.open().replace_with(old, NOW)
    assert new.ledger_entries() == {}


def test_a_state_in_use_can_be_copied_and_not_taken_alone(state: State, file_state: State) -> None:
    runner, new = state.open(), file_state.open()
    runner.begin_run("host:1", NOW, lease_seconds=60)
    runner.record_comment(TARGET, Comment("c1", "me"), "digest", [FINDING], resolved=False)
    with pytest.raises(StoreError, match="a run holds the state: host:1"):
        new.replace_with(state.open(), NOW, exclusive=True)
    assert new.is_unused()
    new.replace_with(state.open(), NOW)
    assert new.ledger_entries() == runner.ledger_entries()
    assert [run.status for run in new.runs(1)] == ["lost"]


def test_a_state_is_unused_until_a_run_begins(state: State, new_state: Callable[[], State]) -> None:
    store = state.open()
    assert store.is_unused()
    store.begin_run("host:1", NOW, lease_seconds=60)
    assert not store.is_unused()
    with closing(new_state()) as other:
        assert other.open().is_unused()
