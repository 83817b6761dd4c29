"""What all workers know together: the last round, what stands in the way, and sources that could not be read."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from hub.store.jobs.queue import JobQueue

ENGINE_COLUMNS = (
    "last_run",
    "error",
    "is_held",
    "failing_since",
    "failures",
    "retry_at",
    "last_round",
    "full_tried",
    "refreshes_answered",
)


@dataclass(frozen=True, slots=True)
class EngineState:
    """What all workers know together; see `hub.model.service_state.SchedulerState`.

    `last_run` is the number of the last run that a worker did; `evaluating` and `requested` are sources, by name, with
    the time since when. The others are those of `hub.service.runs.SourceBackoff`.
    """

    last_run: int = 0
    error: str = ""
    is_held: bool = False
    failing_since: datetime | None = None
    failures: int = 0
    retry_at: datetime | None = None
    last_round: Mapping[str, Any] | None = None
    tried: Mapping[str, datetime] = field(default_factory=dict)
    full_tried: datetime | None = None
    refreshes_answered: datetime | None = None
    source_failures: Mapping[str, tuple[int, datetime]] = field(default_factory=dict)
    evaluating: Mapping[str, datetime] = field(default_factory=dict)
    requested: Mapping[str, datetime] = field(default_factory=dict)
    has_workers: bool = False


class Engine:
    """The tables behind `EngineState`; see `JobQueue`."""

    def __init__(self, jobs: JobQueue) -> None:
        self._jobs = jobs

    def record_round(self, state: EngineState) -> None:
        """A run came to its end; the next one starts from here."""
        with self._jobs.tables() as db:
            db.execute(
                "update engine set last_run = %s, full_tried = %s, refreshes_answered = %s, last_round = %s,"
                " error = '', is_held = false, failing_since = null, failures = 0, retry_at = null",
                [state.last_run, state.full_tried, state.refreshes_answered, json.dumps(state.last_round)],
            )
            for name, tried in state.tried.items():
                failures, retry_at = state.source_failures.get(name, (0, None))
                db.execute(
                    "update source set tried = %s, failures = %s, retry_at = %s where connector = %s",
                    [tried, failures, retry_at, name],
                )

    def record_failure(self, state: EngineState) -> None:
        """Something stands in the way of all runs."""
        with self._jobs.tables() as db:
            db.execute(
                "update engine set error = %s, is_held = %s, failing_since = %s, failures = %s, retry_at = %s",
                [state.error, state.is_held, state.failing_since, state.failures, state.retry_at],
            )

    def state(self) -> EngineState:
        """What the workers are doing."""
        with self._jobs.tables() as db:
            (values,) = db.execute(
                "select last_run, error, is_held, failing_since, failures, retry_at, last_round, full_tried,"
                " refreshes_answered from engine"
            ).fetchall()
            sources = db.execute(
                "select connector, tried, failures, retry_at, evaluating_since, requested_since from source"
            ).fetchall()
            alive = "select 1 from procrastinate_workers where last_heartbeat > now() - interval '30 seconds'"
            has_workers = db.execute(alive).fetchone() is not None
        return EngineState(
            **dict(zip(ENGINE_COLUMNS, values, strict=True)),
            tried={name: tried for name, tried, *_ in sources if tried},
            source_failures={name: (count, until) for name, _, count, until, *_ in sources if until},
            evaluating={name: since for name, *_, since, _ in sources if since},
            requested={name: since for name, *_, since in sources if since},
            has_workers=has_workers,
        )
