"""What every test gets: logs that say nothing below a warning, and properties that may take their time."""

import pytest
from hypothesis import HealthCheck, settings

from connectors.http.throttle import limiter_for
from hub.logs import configure

# How long an example takes says how busy the machine is, and nothing about the example.
settings.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("unhurried")


@pytest.fixture(autouse=True)
def _no_host_is_remembered() -> None:
    """A port may be taken again by another test's tracker, whose clock is another: its pace is not that one's."""
    limiter_for.cache_clear()


@pytest.fixture(autouse=True, scope="session")
def _quiet_logs() -> None:
    configure(0)
