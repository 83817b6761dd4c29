"""A fresh example for each test, with its state in a file or, in some modules also, in PostgreSQL."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.end_to_end.workspace import STATE_IN_FILE, Desk, desk_in
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


@pytest.fixture(scope="module")
def new_state(database: str, request: pytest.FixtureRequest) -> Callable[[], str]:
    """Returns where an empty state is to be, in the words of the configuration: a file beside it, or a schema."""
    if database == "postgres":
        server: PostgresServer = request.getfixturevalue("postgres_server")
        return server.new_schema
    return lambda: STATE_IN_FILE


@pytest.fixture
def state_file(desk: Desk, database: str) -> Path:
    """For tests of the file itself, such as who may read it."""
    if database == "postgres":
        pytest.skip("tests the file of a state in SQLite; a state in PostgreSQL has none")
    return desk.folder / "hub.db"


@pytest.fixture
def desk(tmp_path: Path, new_state: Callable[[], str]) -> Iterator[Desk]:
    with desk_in(tmp_path) as desk:
        desk.keep_state_in(new_state())
        yield desk


@pytest.fixture
def synced(desk: Desk) -> Desk:
    """After a first sync that posted everything."""
    assert desk.sync().code == 0
    return desk


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory, new_state: Callable[[], str]) -> Iterator[Desk]:
    """After a first sync, for tests that only ask."""
    with desk_in(tmp_path_factory.mktemp("told")) as desk:
        desk.keep_state_in(new_state())
        assert desk.sync().code == 0
        yield desk
