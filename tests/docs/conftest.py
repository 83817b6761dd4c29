"""A workspace that a sync has filled."""

from collections.abc import Iterator

import pytest

from tests.end_to_end.workspace import Desk, desk_in


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """After a first sync, for tests that only ask."""
    with desk_in(tmp_path_factory.mktemp("told")) as desk:
        assert desk.sync().code == 0
        yield desk
