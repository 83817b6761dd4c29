"""`hub serve` in a process of its own, and what it says of itself."""

import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from time import monotonic, sleep
from typing import Any

import httpx
import psutil

from tests.end_to_end.workspace import AS_OF, Desk

# Ends a test that hangs, and none on a busy machine: three processes that start at once take a while there.
PATIENCE = 240


class Serving:
    """A running service."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        assert process.stdout is not None
        self.process = process
        first = process.stdout.readline()
        assert first, process.communicate()[1]
        self.url = first.split()[-1]
        self._client = httpx.Client(base_url=self.url, timeout=PATIENCE)

    def get(self, path: str) -> httpx.Response:
        return self._client.get(path)

    @property
    def ready(self) -> Mapping[str, Any]:
        """What /readyz says, whatever its status."""
        document: Mapping[str, Any] = self.get("/readyz").json()
        return document

    @property
    def ended(self) -> str:
        """When the last round ended here, whether or not anything had to be run; nothing before the first."""
        last = self.ready["last"]
        return str(last["at"]) if last else ""

    @property
    def ran(self) -> bool:
        """Whether the last round came to a run of its own."""
        last = self.ready["last"]
        return bool(last and last["run"])

    def came_to(self, run: int) -> bool:
        """Whether the last round was that run, and came to its end."""
        last = self.ready["last"]
        return bool(last) and (last["run"], last["result"]) == (run, "done")

    def end(self, signal: int) -> int:
        """Send the signal and wait for the end; returns the exit code."""
        self.process.send_signal(signal)
        return self.over()

    def over(self) -> int:
        self._client.close()
        self.process.communicate(timeout=PATIENCE)
        return self.process.returncode


@contextmanager
def serving(desk: Desk, *words: str) -> Iterator[Serving]:
    """Starts on a free port; whatever is left at the end is killed."""
    process = desk.start("serve", "--port", "0", *AS_OF, *words)
    try:
        yield Serving(process)
    finally:
        process.kill()
        process.communicate()


def living_children(pid: int) -> list[psutil.Process]:
    """The processes that one started and that still run; any of them may end while it is looked at."""
    living = []
    for child in psutil.Process(pid).children():
        with suppress(psutil.NoSuchProcess):
            if child.status() != psutil.STATUS_ZOMBIE:
                living.append(child)
    return living


def until(happened: Callable[[], object], *, every: float = 0.005, patience: float = PATIENCE) -> None:
    """Wait for it; AssertionError when it does not come in so many seconds."""
    end = monotonic() + patience
    while not happened():
        assert monotonic() < end, "it did not come"
        sleep(every)
