"""Workers: the same run in jobs, however many processes do them, and whichever of them is killed."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from signal import SIGKILL, SIGTERM
from typing import Any

import psutil
import psycopg
import pytest

from hub.config.settings import load
from hub.service.workers.queue import PULL, SCHEDULE, JobQueue
from tests.end_to_end.serving import Serving, serving, until
from tests.end_to_end.test_serve_killed import (
    OFTEN,
    SELDOM,
    assert_each_ticket_is_told_once,
    requests,
    rhythm,
    slow,
)
from tests.end_to_end.workspace import AS_OF, Desk, desk_in
from tests.hub.store.postgres_server import PostgresServer

FILE = 'state = "sqlite:///hub.db"'


@pytest.fixture
def desk(tmp_path: Path, postgres_server: PostgresServer) -> Iterator[Desk]:
    with desk_in(tmp_path) as desk:
        desk.configure(FILE, f'state = "{postgres_server.new_schema()}"')
        yield desk


def test_workers_do_what_a_sync_does(desk: Desk) -> None:
    rhythm(desk, SELDOM)
    with serving(desk, "--workers", "2") as service:
        until(lambda: service.ran)
        assert_each_ticket_is_told_once(desk)
        written = desk.writes
        assert service.end(SIGTERM) == 0
    assert desk.sync().code == 0
    assert desk.writes == written
