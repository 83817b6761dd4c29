"""The schema of jobs: made once however many start, brought up to date, never taken back."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from importlib import resources

import psycopg
import pytest

from hub.model.errors import StoreError
from hub.store.jobs.queue import EVALUATE, JobQueue
from hub.store.jobs.schema import OWN_TABLES, connect, jobs_url, migrations, schema_name
from tests.hub.store.postgres_server import PostgresServer


@pytest.fixture
def url(postgres_server: PostgresServer) -> str:
    return postgres_server.new_schema()


@pytest.fixture
def connection(url: str) -> Iterator["psycopg.Connection[object]"]:
    with closing(psycopg.connect(url, autocommit=True)) as connection:
        yield connection


def test_many_that_start_at_once_make_it_once(url: str) -> None:
    with ThreadPoolExecutor(8) as pool:
        for connection in pool.map(connect, [url] * 16):
            connection.close()
    with closing(connect(url)) as connection:
        assert connection.execute("select count(*) from migration").fetchone() == (len(migrations()),)
        assert connection.execute("select count(*) from engine").fetchone() == (1,)
    with JobQueue(url) as jobs:
        assert jobs.queue(EVALUATE)


def test_it_is_beside_the_state_and_not_in_it(url: str, connection: "psycopg.Connection[object]") -> None:
    connect(url).close()
    query = "select count(*) from information_schema.tables where table_schema = current_schema()"
    assert connection.execute(query).fetchone() == (0,)
    with closing(psycopg.connect(jobs_url(url, schema_name(connection)))) as other:
        assert other.execute("select current_schema()").fetchone() == (schema_name(connection),)


def test_a_schema_of_an_earlier_version_is_brought_up_to_date(
    url: str, connection: "psycopg.Connection[object]"
) -> None:
    known, missing = migrations()[:-3], migrations()[-3:]
    name = schema_name(connection)
    folder = resources.files("procrastinate.sql") / "migrations"
    connection.execute(f"create schema {name}".encode())
    connection.execute(f"set search_path = {name}".encode())
    for migration in known:
        connection.execute((folder / migration).read_bytes())
    connection.execute(OWN_TABLES.encode())
    for migration in known:
        connection.execute("insert into migration values (%s)", [migration])
    connect(url).close()
    assert connection.execute("select count(*) from migration where name = any(%s)", [list(missing)]).fetchone() == (3,)
    with JobQueue(url) as jobs:
        assert [jobs.queue(EVALUATE), jobs.queue(EVALUATE)] == [True, False]


def test_a_schema_of_a_newer_version_is_left_alone(url: str) -> None:
    with closing(connect(url)) as connection:
        connection.execute("insert into migration values ('99.00.00_01_pre_something.sql')")
    with pytest.raises(StoreError, match=r"a newer procrastinate made the jobs' schema \(99"):
        connect(url)


def test_a_user_who_may_not_make_it_is_told_what_to_grant(url: str, connection: "psycopg.Connection[object]") -> None:
    connection.execute("drop role if exists guest")
    connection.execute("create role guest login")
    schema = connection.execute("select current_schema()").fetchone()
    assert schema is not None
    connection.execute(f"grant usage on schema {schema[0]} to guest".encode())
    with pytest.raises(StoreError, match="grant create on database"):
        connect(url.replace("hub@", "guest:s3cret@"))
    with pytest.raises(StoreError) as refused:
        connect(url.replace("hub@", "guest:s3cret@"))
    assert "s3cret" not in str(refused.value)
