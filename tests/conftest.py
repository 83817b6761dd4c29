"""What every test gets: logs that say nothing below a warning, and properties that may take their time."""

import os
import signal
import sys
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from connectors.http.host_limiter import limiter_for
from hub.logs import configure
from tests.hub.store.postgres_server import REQUIRED, PostgresServer, programs, temporary

# How long an example takes says how busy the machine is, and nothing about the example.
settings.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("unhurried")

# Tests start very many processes, and without compiled modules each would compile all of them again.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False


@pytest.fixture(autouse=True)
def _no_host_is_remembered() -> None:
    """A port may be taken again by another test's tracker, whose clock is another: its pace is not that one's."""
    limiter_for.cache_clear()


@pytest.fixture(autouse=True, scope="session")
def _ctrl_c_ends_a_program() -> None:
    """A shell without job control starts what is in the background without it, and so would be all that we start."""
    if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True, scope="session")
def _quiet_logs() -> None:
    configure(0)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """A PostgreSQL of our own, where its programs are installed; `HUB_POSTGRES_TESTS=required` says that they are."""
    if programs() is None:
        assert not REQUIRED, "PostgreSQL's programs are not installed"
        pytest.skip("PostgreSQL's programs are not installed")
    with temporary() as server:
        yield server
