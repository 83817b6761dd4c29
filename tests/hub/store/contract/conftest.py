"""Every test of the contract runs once for each database."""

from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import count
from pathlib import Path

import pytest

from hub.store.base import Store
from tests.hub.store.contract.states import PostgresState, SqliteState, State
from tests.hub.store.postgres_server import PostgresServer


@pytest.fixture(params=["sqlite", "postgres"])
def database(request: pytest.FixtureRequest) -> Callable[[Path], State]:
    if request.param == "sqlite":
        return SqliteState
    server: PostgresServer = request.getfixturevalue("postgres_server")
    return lambda _folder: PostgresState(server.new_schema())


@pytest.fixture
def state(database: Callable[[Path], State], tmp_path: Path) -> Iterator[State]:
    with closing(database(tmp_path)) as made:
        yield made


@pytest.fixture
def store(state: State) -> Store:
    return state.open()


@pytest.fixture
def new_state(database: Callable[[Path], State], tmp_path: Path) -> Callable[[], State]:
    """For tests that need an empty one many times; they close it."""
    numbers = count()

    def make() -> State:
        folder = tmp_path / str(next(numbers))
        folder.mkdir()
        return database(folder)

    return make
