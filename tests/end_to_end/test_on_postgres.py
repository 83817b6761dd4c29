"""The hub with its state in PostgreSQL: the same job, replicas that are killed, and copies of the state."""

from collections.abc import Iterator
from pathlib import Path
from random import Random
from signal import SIGKILL
from urllib.parse import urlsplit

import psycopg
import pytest

from hub.config.settings import load
from hub.service.replica import LEASE_SECONDS
from tests.end_to_end.serving import serving, until
from tests.end_to_end.test_serve_killed import (
    OFTEN,
    assert_each_ticket_is_told_once,
    hold,
    holds,
    requests,
    rhythm,
    settled,
    slow,
)
from tests.end_to_end.workspace import STATE_IN_FILE, Desk, desk_in
from tests.hub.store.postgres_server import PostgresServer, temporary

KILLS, READS, WRITES = 6, 45, 45


@pytest.fixture
def desk(tmp_path: Path, postgres_server: PostgresServer) -> Iterator[Desk]:
    with desk_in(tmp_path) as desk:
        desk.keep_state_in(postgres_server.new_schema())
        yield desk


def test_a_sync_posts_everything_once_and_a_retraction_leaves_nothing(desk: Desk) -> None:
    others = desk.others()
    assert desk.sync("--yes").code == 0
    assert_each_ticket_is_told_once(desk)
    written = desk.writes
    assert desk.sync("--yes").code == 0
    assert desk.writes == written
    for words in (["status"], ["why", "jira:ACME-3"], ["audit", "--fail-on", "never"]):
        assert desk.hub(*words).code == 0
    assert desk.hub("retract", "--yes").code == 0
    assert (desk.marks(), desk.others()) == ({}, others)


def test_a_look_without_a_state_leaves_none(desk: Desk, postgres_server: PostgresServer) -> None:
    assert desk.sync("--dry-run").code == 0
    assert desk.hub("status").code == 0
    missing = desk.hub("state", "backup", str(desk.folder / "b.db"))
    assert (missing.code, "there is no state yet" in missing.err) == (2, True)


def test_kills_at_random_moments_double_nothing(desk: Desk) -> None:
    rhythm(desk, OFTEN)
    slow(desk, 0.004)
    others, random = desk.others(), Random(20261129)
    for life in range(KILLS):
        begin = requests(desk)
        moment = begin + (random.randint(1, READS) if life % 3 == 2 else READS + random.randint(1, WRITES))
        with serving(desk) as service:
            until(lambda moment=moment: requests(desk) >= moment, every=0.001)
            assert service.end(SIGKILL) == -SIGKILL
    slow(desk, 0.0)
    with serving(desk) as service:
        settled(desk, service)
    assert_each_ticket_is_told_once(desk)
    assert desk.others() == others


def test_the_other_replica_goes_on_as_soon_as_the_leader_is_killed(desk: Desk) -> None:
    rhythm(desk, OFTEN)
    hold(desk)
    with serving(desk) as first:
        until(lambda: holds(first))
        with serving(desk) as second:
            until(lambda: second.get("/").status_code == 200)
            assert not second.ran
            first.end(SIGKILL)
            # Before the lease of the killed one runs out.
            until(lambda: second.ran, patience=0.9 * LEASE_SECONDS)
            settled(desk, second)
    assert_each_ticket_is_told_once(desk)


def test_a_backup_is_restored_elsewhere_and_the_next_sync_writes_nothing(
    desk: Desk, postgres_server: PostgresServer
) -> None:
    backup = desk.folder / "backup.db"
    assert desk.sync("--yes").code == 0
    assert desk.hub("state", "backup", str(backup)).code == 0
    written = desk.writes
    used = load(desk.config, {}).database_url
    assert used is not None
    for state in (STATE_IN_FILE, postgres_server.new_schema()):
        desk.keep_state_in(state)
        assert desk.hub("state", "restore", str(backup)).code == 0
        assert desk.sync("--yes").code == 0
    assert desk.writes == written
    desk.keep_state_in(used)
    refused = desk.hub("state", "restore", str(backup))
    assert (refused.code, "confirm with --yes" in refused.err) == (2, True)
    assert desk.hub("state", "restore", "--yes", str(backup)).code == 0


def test_a_state_moves_from_a_file_to_a_database_and_back(tmp_path: Path, postgres_server: PostgresServer) -> None:
    with desk_in(tmp_path) as desk:
        assert desk.sync("--yes").code == 0
        written, url = desk.writes, postgres_server.new_schema()
        assert desk.hub("state", "move", url).code == 0
        again = desk.hub("state", "move", url)
        assert (again.code, "another state is there already" in again.err) == (2, True)
        desk.keep_state_in(url)
        assert desk.sync("--yes").code == 0
        assert desk.hub("state", "move", f"sqlite:///{tmp_path / 'back.db'}").code == 0
        desk.keep_state_in(f"sqlite:///{tmp_path / 'back.db'}")
        assert desk.sync("--yes").code == 0
        assert desk.writes == written


def test_a_database_with_tables_of_others_is_left_alone(tmp_path: Path, postgres_server: PostgresServer) -> None:
    url = postgres_server.new_schema()
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("create table invoices (x int)")
    with desk_in(tmp_path) as desk:
        assert desk.sync("--yes").code == 0
        refused = desk.hub("state", "move", url)
    assert refused.code == 2
    assert "tables that are not the hub's are there, such as invoices" in refused.err
    with psycopg.connect(url) as connection:
        rows = connection.execute(
            "select tablename::text from pg_tables where schemaname = current_schema()"
        ).fetchall()
    assert rows == [("invoices",)]


def test_a_database_that_is_down_is_named_without_its_password(desk: Desk) -> None:
    with temporary() as server:
        url = server.url.replace("hub@", "hub:s3cr%40t@")
        desk.keep_state_in(STATE_IN_FILE)
    lost = desk.process_with(f"HUB_STATE={url}", "sync")
    assert lost.code == 3
    assert f"127.0.0.1:{urlsplit(url).port}" in lost.err
    assert "s3cr" not in lost.said
    assert "Traceback" not in lost.said


def test_a_password_in_the_file_is_refused(desk: Desk) -> None:
    desk.keep_state_in("postgresql://hub:s3cret@127.0.0.1/hub")
    refused = desk.sync()
    assert refused.code == 2
    assert "config.toml:8: state: a password has no place in this file" in refused.err
    assert "s3cret" not in refused.said
