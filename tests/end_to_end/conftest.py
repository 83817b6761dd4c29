"""A fresh example for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.end_to_end.workspace import Desk, desk_in


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with desk_in(tmp_path) as desk:
        yield desk


@pytest.fixture
def synced(desk: Desk) -> Desk:
    """After a first sync that posted everything."""
    assert desk.sync().code == 0
    return desk


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """After a first sync, for tests that only ask."""
    with desk_in(tmp_path_factory.mktemp("told")) as desk:
        assert desk.sync().code == 0
        yield desk
