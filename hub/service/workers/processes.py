"""The worker processes beside the web process: started, started again when one is gone, and stopped with it."""

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence

import structlog

CHECK_SECONDS = 0.2
FIRST_RESTART_SECONDS, MAX_RESTART_SECONDS = 0.5, 30.0
# One that worked for so long did not fail at its start.
STEADY_SECONDS = 60.0


class WorkerProcesses:
    """`command` starts one worker, which ends when its standard input does: then none outlives this process."""

    def __init__(self, command: Sequence[str], count: int, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._command, self._count, self._clock = tuple(command), count, clock
        self._processes: list[_Worker] = []
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="workers", daemon=True)

    def start(self) -> None:
        """Start all of them."""
        self._processes = [_Worker(self._command, self._clock) for _ in range(self._count)]
        self._thread.start()

    def stop(self) -> None:
        """Tell all of them to end their jobs between two tickets; returns at once."""
        self._stopping.set()
        for worker in self._processes:
            worker.terminate()

    def join(self, seconds: float) -> bool:
        """Wait for the end after `stop`; whoever is not done then is killed, and its job comes back. False says so."""
        if self._thread.ident is not None:
            self._thread.join()
        end = self._clock() + seconds
        in_time = [worker.ended(max(0.0, end - self._clock())) for worker in self._processes]
        return all(in_time)

    def _watch(self) -> None:
        while not self._stopping.wait(CHECK_SECONDS):
            for worker in self._processes:
                worker.restart_if_gone()


class _Worker:
    """One place for a worker, and the process that has it."""

    def __init__(self, command: Sequence[str], clock: Callable[[], float]) -> None:
        self._command, self._clock = command, clock
        self._failures = 0
        self._lock = threading.Lock()
        self._is_ending = False
        self._process, self._began = self._started(), clock()
        self._ended_at: float | None = None

    def terminate(self) -> None:
        with self._lock:
            self._is_ending = True
            self._process.terminate()

    def ended(self, seconds: float) -> bool:
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
            return False
        return True

    def restart_if_gone(self) -> None:
        with self._lock:
            code = self._process.poll()
            if code is None or self._is_ending:
                return
            if self._ended_at is None:
                self._ended_at = self._clock()
                lasted = self._ended_at - self._began
                self._failures = 0 if lasted > STEADY_SECONDS else self._failures + 1
                structlog.get_logger().warning("a worker is gone and is started again", exit_code=code)
            wait = FIRST_RESTART_SECONDS * 2 ** min(self._failures - 1, 8) if self._failures else 0.0
            if self._clock() >= self._ended_at + min(MAX_RESTART_SECONDS, wait):
                self._restart()

    def _restart(self) -> None:
        """Start the process anew; a machine that has no place for it just now is asked again, ever more seldom."""
        try:
            self._process, self._began, self._ended_at = self._started(), self._clock(), None
        except OSError as error:
            self._failures, self._ended_at = self._failures + 1, self._clock()
            structlog.get_logger().error("a worker can't be started", reason=error.strerror)

    def _started(self) -> "subprocess.Popen[bytes]":
        return subprocess.Popen(self._command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)  # noqa: S603


def worker_command(options: Sequence[str]) -> tuple[str, ...]:
    """How a worker of this installation is started, with the options of its command line."""
    return (sys.executable, "-m", "hub", "worker", "--supervised", *options)
