"""The lease of a run, kept alive while it works, and what the process that takes it is called."""

import os
import secrets
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from functools import cache

from hub.model.errors import StoreError
from hub.store.base import RunLog

LEASE_SECONDS = 60.0
HEARTBEAT_SECONDS = 15.0


@contextmanager
def heartbeat(
    store: RunLog, run: int, now: Callable[[], datetime], *, every: float = HEARTBEAT_SECONDS
) -> Iterator[None]:
    """Extends the lease every quarter of its life, in a thread that ends with the run."""
    done = threading.Event()

    def extend() -> None:
        while not done.wait(every):
            with suppress(StoreError):  # a busy state is tried again; a lost lease stays lost and stops the writes
                store.extend_lease(run, now(), lease_seconds=LEASE_SECONDS)

    thread = threading.Thread(target=extend, name="heartbeat", daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def lease_owner() -> str:
    """This process, as the lease and its error message name it: `host:pid/number`.

    Host and process number are for people, who look for the process. Containers may share both: what tells two
    processes apart is the random number.
    """
    pid = os.getpid()
    return f"{socket.gethostname()}:{pid}/{_number_of(pid)}"


@cache
def _number_of(_pid: int) -> str:
    """Another one after a fork."""
    return secrets.token_hex(4)
