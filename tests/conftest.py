"""What every test gets: logs that say nothing below a warning, and properties that may take their time."""

import pytest
from hypothesis import HealthCheck, settings

from hub.logs import configure

# How long an example takes says how busy the machine is, and nothing about the example.
settings.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("unhurried")


@pytest.fixture(autouse=True, scope="session")
def _quiet_logs() -> None:
    configure(0)
