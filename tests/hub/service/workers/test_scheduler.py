"""What stands in for a scheduler beside workers goes on looking, whatever it finds."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from hub.config.settings import load
from hub.core.insight.run_summary import RunResult
from hub.model.service_state import FinishedRun
from hub.service.workers.processes import WorkerProcesses
from hub.service.workers.scheduler import QueuedScheduler
from hub.state import open_store
from hub.store.jobs.engine import Engine, EngineState
from hub.store.jobs.queue import JobQueue
from tests.end_to_end.serving import until
from tests.hub.store.postgres_server import PostgresServer

NOW = datetime(2026, 11, 16, 10, tzinfo=UTC)
# As a worker of another version may write it.
STRANGE: dict[str, Any] = {"connectors": ["jira"]}
ROUND = STRANGE | {
    "full": False,
    "started": NOW.isoformat(),
    "finished": NOW.isoformat(),
    "result": "done",
    "run": 1,
    "failed": [],
    "counts": {},
    "refusal": "",
}


def test_a_round_that_cannot_be_read_is_told_and_the_next_one_is_looked_at(
    tmp_path: Path, postgres_server: PostgresServer
) -> None:
    url = postgres_server.new_schema()
    (tmp_path / "config.toml").write_text(f'okrs = ["*.toml"]\nstate = "{url}"\n', encoding="utf-8")
    config = load(tmp_path / "config.toml", {})
    open_store(config).close()
    seen: list[FinishedRun] = []

    def observe(finished: FinishedRun, _result: RunResult | None) -> None:
        seen.append(finished)

    scheduler = QueuedScheduler(config, WorkerProcesses((), 0), now=lambda: NOW, observer=observe, refresh=lambda: None)
    with JobQueue(url) as jobs, capture_logs() as logs:
        Engine(jobs).record_round(EngineState(1, last_round=STRANGE))
        scheduler.start()
        until(lambda: "KeyError" in scheduler.state().error)
        for _ in range(3):
            scheduler.wake()
            until(lambda: not scheduler._wake_up.is_set())
        Engine(jobs).record_round(EngineState(1, last_round=ROUND))
        scheduler.wake()
        until(lambda: seen)
        until(lambda: not scheduler.state().error)
    scheduler.stop()
    assert scheduler.join(60)
    assert [finished.run for finished in seen] == [1]
    (logged,) = (entry["error"] for entry in logs if entry["log_level"] == "error")
    assert "KeyError" in logged


class FailingQueue:
    """A queue that has a fault of another kind than a store's, once."""

    def __init__(self) -> None:
        self.queued: list[str] = []
        self.error: Exception | None = RuntimeError("no thread")

    def queue(self, _task: str, *, key: str, requested: bool) -> None:
        error, self.error = self.error, None
        if error is not None:
            raise error
        self.queued.append(f"{key} {requested}")


def test_what_was_asked_for_is_queued_at_the_next_look_whatever_went_wrong(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text('okrs = ["*.toml"]\n', encoding="utf-8")
    scheduler = QueuedScheduler(
        load(tmp_path / "config.toml", {}),
        WorkerProcesses((), 0),
        now=lambda: NOW,
        observer=lambda *_: None,
        refresh=lambda: None,
    )
    jobs: Any = FailingQueue()
    scheduler.wake()
    scheduler.run_now()
    with pytest.raises(RuntimeError):
        scheduler._queue(jobs)
    scheduler._queue(jobs)
    scheduler._queue(jobs)
    assert sorted(jobs.queued) == ["now True", "webhook False"]
