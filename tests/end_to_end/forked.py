"""Services that are forked from one process which has loaded the program: each starts in a fraction of the time."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from time import monotonic, sleep
from typing import Any

from tests.end_to_end.serving import PATIENCE, Serving
from tests.end_to_end.workspace import AS_OF, Desk, apart

STARTER = """
import json, os, signal, sys
import connectors.github.connector, connectors.jira.connector, hub.cli.main, hub.cli.serve, hub.pipeline.sync
import hub.service.main, hub.store.postgres.store, hub.store.sqlite.store, rules.registry, sqlite_utils
rules.registry.all_rules()
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
for line in sys.stdin:
    words, out = json.loads(line)
    pid = os.fork()
    if pid == 0:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.dup2(os.open(out, os.O_WRONLY), 1)
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
        hub.cli.main.main(words)
        os._exit(0)
    print(pid, flush=True)
"""


class ForkedProcess:
    """The part of `subprocess.Popen` that `Serving` needs, for a process that is somebody else's child."""

    def __init__(self, pid: int, out: Path) -> None:
        self.pid, self.returncode = pid, 0
        self.stdout = out.open(encoding="utf-8")

    def send_signal(self, number: int) -> None:
        os.kill(self.pid, number)
        self.returncode = -number

    def kill(self) -> None:
        with suppress(ProcessLookupError):
            self.send_signal(signal.SIGKILL)

    def communicate(self, timeout: float = PATIENCE) -> tuple[str, str]:
        """Wait for the end."""
        end = monotonic() + timeout
        while self._is_there():
            assert monotonic() < end, "it did not end"
            sleep(0.005)
        self.stdout.close()
        return "", ""

    def _is_there(self) -> bool:
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return False
        return True


class Starter:
    """Starts services on one desk."""

    def __init__(self, desk: Desk, process: "subprocess.Popen[str]") -> None:
        self._desk, self._process, self._count = desk, process, 0

    @contextmanager
    def serving(self) -> Iterator[Serving]:
        """See `tests.end_to_end.serving.serving`."""
        self._count += 1
        out = self._desk.folder / f"service-{self._count}"
        os.mkfifo(out)
        words = ["serve", "--port", "0", *AS_OF, "--config", str(self._desk.config)]
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps([words, str(out)]) + "\n")
        self._process.stdin.flush()
        process: Any = ForkedProcess(int(self._process.stdout.readline()), out)
        try:
            yield Serving(process)
        finally:
            process.kill()
            process.communicate()


@contextmanager
def starting(desk: Desk) -> Iterator[Starter]:
    """While this goes on, services can be started."""
    command = [sys.executable, "-c", STARTER]
    with subprocess.Popen(
        command, **{**apart(desk.folder), "stdin": subprocess.PIPE}, stdout=subprocess.PIPE
    ) as process:
        yield Starter(desk, process)
        process.kill()
