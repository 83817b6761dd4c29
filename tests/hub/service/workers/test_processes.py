"""Processes are started again when they are gone, and none is left behind."""

import os
import sys
from pathlib import Path
from signal import SIGTERM

import psutil
from structlog.testing import capture_logs

from hub.service.workers.processes import WorkerProcesses
from tests.end_to_end.serving import living_children, until

# Ends when its standard input does, as a worker does.
PATIENT = (sys.executable, "-c", "import sys; sys.stdin.read()")


def children() -> set[int]:
    return {child.pid for child in living_children(os.getpid())}


def test_whoever_is_killed_is_started_again_and_all_are_stopped() -> None:
    before, workers = children(), WorkerProcesses(PATIENT, 2)
    workers.start()
    first = children() - before
    assert len(first) == 2
    victim = min(first)
    psutil.Process(victim).kill()
    until(lambda: len(children() - before) == 2 and victim not in children())
    workers.stop()
    assert workers.join(30)
    assert children() - before == set()


def test_a_worker_that_cannot_be_started_just_now_is_started_later(tmp_path: Path) -> None:
    program, away = tmp_path / "program", tmp_path / "away"
    program.write_text(f"#!{sys.executable}\nimport sys\nsys.stdin.read()\n", encoding="utf-8")
    program.chmod(0o700)
    before, workers = children(), WorkerProcesses((str(program),), 1)
    workers.start()
    (first,) = children() - before
    program.rename(away)
    with capture_logs() as logs:
        psutil.Process(first).kill()
        until(lambda: any(entry["event"] == "a worker can't be started" for entry in logs))
    away.rename(program)
    until(lambda: len(children() - before) == 1)
    workers.stop()
    assert workers.join(30)


def test_whoever_does_not_end_in_time_is_killed() -> None:
    code = "import signal, sys; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(flush=True); sys.stdin.read()"
    before, workers = children(), WorkerProcesses((sys.executable, "-c", f"{code}; sys.stdin.read()"), 1)
    workers.start()
    (pid,) = children() - before
    until(lambda: ignores_sigterm(pid))
    workers.stop()
    assert not workers.join(0.1)
    assert children() - before == set()


def test_a_worker_that_fails_at_once_is_tried_ever_more_seldom(tmp_path: Path) -> None:
    log = tmp_path / "starts"
    code = f"open({str(log)!r}, 'a').write('x'); raise SystemExit(3)"
    workers = WorkerProcesses((sys.executable, "-c", code), 1)
    workers.start()
    until(lambda: log.exists() and len(log.read_text(encoding="ascii")) >= 3)
    workers.stop()
    assert workers.join(30)


def ignores_sigterm(pid: int) -> bool:
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
    (ignored,) = (line.split()[1] for line in status if line.startswith("SigIgn"))
    return bool(int(ignored, 16) >> (SIGTERM - 1) & 1)
