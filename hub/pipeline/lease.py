"""The lease of a run: kept alive while it works, and whether the process that took it is still there."""

import os
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import TYPE_CHECKING

from hub.model.errors import StoreError
from hub.store.base import RunLog

if TYPE_CHECKING:
    import psutil

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
    """This process, as the lease and its error message name it: `host:pid@start`."""
    import psutil

    return f"{socket.gethostname()}:{_process_name(psutil.Process(os.getpid()))}"


def is_owner_dead(owner: str) -> bool:
    """Whether the process that holds the state ran on this machine and does not any more.

    Its number alone does not tell: in a container that was started again, the new process has the number of the old.
    """
    host, _, name = owner.rpartition(":")
    pid, _, start = name.partition("@")
    if host != socket.gethostname() or not pid.isdigit():
        return False
    import psutil

    try:
        named = _process_name(psutil.Process(int(pid)))
    except psutil.NoSuchProcess:
        return True
    except psutil.AccessDenied:
        return False
    return bool(start) and named != name


def _process_name(process: "psutil.Process") -> str:
    """Its start in hundredths of a second after the machine's: unlike a time of day, no setting of the clock moves it.

    `create_time()` alone follows the clock: a process that lives would not be recognised after a correction.
    """
    import psutil

    return f"{process.pid}@{round((process.create_time() - psutil.boot_time()) * 100)}"
