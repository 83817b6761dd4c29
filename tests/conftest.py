"""What every test gets: logs that say nothing below a warning, and none on stdout."""

import pytest

from hub.logs import configure


@pytest.fixture(autouse=True, scope="session")
def _quiet_logs() -> None:
    configure(0)
