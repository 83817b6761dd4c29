"""A fresh example for each test, with its state in a file or, in some modules also, in PostgreSQL."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.end_to_end.workspace import Desk, desk_in
from tests.hub.store.postgres_server import PostgresServer

# These run on both databases; with HUB_STATE_TESTS=postgres all others run on that one instead of a file.
ON_BOTH = frozenset({"test_main_job", "test_crashes", "test_interrupted", "test_status_of_limits"})
DEFAULT = os.environ.get("HUB_STATE_TESTS", "sqlite")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "database" in metafunc.fixturenames and metafunc.module.__name__.rpartition(".")[2] in ON_BOTH:
        metafunc.parametrize("database", ["sqlite", "postgres"], indirect=True, scope="module")


@pytest.fixture(scope="module")
def database(request: pytest.FixtureRequest) -> str:
    """The database of the state."""
    kind: str = getattr(request, "param", DEFAULT)
    return kind


def in_database(desk: Desk, database: str, request: pytest.FixtureRequest) -> Desk:
    """The desk, whose state is kept there."""
    if database == "postgres":
        server: PostgresServer = request.getfixturevalue("postgres_server")
        desk.keep_state_in(server.new_schema())
    return desk


@pytest.fixture
def desk(tmp_path: Path, database: str, request: pytest.FixtureRequest) -> Iterator[Desk]:
    with desk_in(tmp_path) as desk:
        yield in_database(desk, database, request)


@pytest.fixture
def synced(desk: Desk) -> Desk:
    """After a first sync that posted everything."""
    assert desk.sync().code == 0
    return desk


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory, database: str, request: pytest.FixtureRequest) -> Iterator[Desk]:
    """After a first sync, for tests that only ask."""
    with desk_in(tmp_path_factory.mktemp("told")) as desk:
        assert in_database(desk, database, request).sync().code == 0
        yield desk
