"""The queue of jobs and what one step leaves for the next, in PostgreSQL: keys in the jobs, data in tables of ours."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Self

import psycopg
from procrastinate import App, SyncPsycopgConnector
from procrastinate.exceptions import AlreadyEnqueued
from procrastinate.jobs import Job

from hub.model.initiative import PullResult
from hub.model.service_state import RunRequest
from hub.store.jobs.encoding import decode_pull, decode_tickets, encode_pull, encode_tickets
from hub.store.jobs.schema import LOCK_CLASS, connect, named_errors

QUEUE = "hub"
SCHEDULE, PULL, EVALUATE, PUBLISH, DIGESTS = "schedule", "pull", "evaluate", "publish", "digests"
PRIORITIES: Mapping[str, int] = {SCHEDULE: 40, PUBLISH: 30, EVALUATE: 20, PULL: 10, DIGESTS: 0}
"""What others wait for goes first."""
EVALUATION_WAIT = timedelta(seconds=15)
"""So long what was pulled waits for sources that are still being read, so that one run takes all of them."""
TICKETS_IN_A_ROW = 5_000
# Only one at a time changes our tables: then whoever ends last sees that nobody is left.
_TABLE_LOCK = f"select pg_advisory_xact_lock({LOCK_CLASS}, hashtext(current_schema() || ':tables'))"
_TRY_LOCK = f"select pg_try_advisory_lock({LOCK_CLASS}, hashtext(current_schema() || ':' || %s))"
_UNLOCK = f"select pg_advisory_unlock({LOCK_CLASS}, hashtext(current_schema() || ':' || %s))"


@dataclass(frozen=True, slots=True)
class PullOrder:
    """A source that is to be read; what is read is void once its `version` is another."""

    connector: str
    version: int
    is_full: bool


@dataclass(frozen=True, slots=True)
class PulledSource:
    """What was read of a source, from `at` on, and the last refresh request that this answers."""

    pulled: PullResult
    is_full: bool
    up_to_event: int
    at: datetime


class JobQueue:
    """One connection, for one thread at a time; locks that were taken end with it. All methods raise StoreError."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._connection = connect(url)
        self._jobs = App(connector=SyncPsycopgConnector()).job_manager

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def queue(self, task: str, *, key: str = "", **arguments: Any) -> bool:
        """Queue a job, unless one with its key is waiting already; `key` tells apart jobs that may run side by side."""
        name = f"{task}:{key}" if key else task
        job = Job(
            queue=QUEUE,
            priority=PRIORITIES[task],
            lock=name,
            queueing_lock=name,
            task_name=task,
            task_kwargs=arguments,
        )
        with named_errors(self._url):
            try:
                with self._connection.transaction():
                    self._jobs.defer_job(job, connection=self._connection)
            except AlreadyEnqueued:
                return False
        return True

    # --- sources that are to be read

    def request(self, request: RunRequest, last_run: int, now: datetime) -> None:
        """Have the sources of the request pulled; not one that is being evaluated, or that waits for that already.

        `last_run` is the number of the last run that began.
        """
        with self.tables() as db:
            db.execute(
                "update engine set last_run = %s where not exists (select 1 from pulled) and not exists"
                " (select 1 from source where requested_since is not null or evaluating_since is not null)",
                [last_run],
            )
            for name in sorted(request.connectors):
                db.execute("insert into source (connector) values (%s) on conflict do nothing", [name])
                is_covered = db.execute(
                    "select 1 from source join pulled using (connector, version) where connector = %s"
                    " and up_to_event >= %s and (is_full or not %s) and requested_since is null",
                    [name, request.up_to_event, request.full],
                ).fetchone()
                if is_covered is None:
                    self._request(db, [name], now, full=request.full)

    def begin_pull(self, connector: str) -> PullOrder | None:
        """What is to be read; None where nobody waits for it, or a run writes there at this moment."""
        if self.is_writing(connector):
            return None
        with self.tables() as db:
            row = db.execute(
                "select version, requested_full from source where connector = %s and requested_since is not null"
                " and evaluating_since is null",
                [connector],
            ).fetchone()
        return None if row is None else PullOrder(connector, *row)

    def finish_pull(self, order: PullOrder, source: PulledSource) -> bool:
        """Keep what was read for the next evaluation, which begins once nothing else is being read.

        False where a run began there meanwhile, so that the source is to be read again.
        """
        name, tickets = order.connector, source.pulled.initiatives
        with self.tables() as db:
            done = db.execute(
                "update source set requested_since = null, requested_full = false where connector = %s and version = %s"
                " and evaluating_since is null returning 1",
                [name, order.version],
            ).fetchone()
            if done is None:
                return False
            db.execute("delete from pulled where connector = %s", [name])
            row = [name, order.version, source.is_full, source.up_to_event, source.at, encode_pull(source.pulled)]
            db.execute("insert into pulled values (%s, %s, %s, %s, %s, %s)", row)
            for number, start in enumerate(range(0, len(tickets), TICKETS_IN_A_ROW)):
                body = encode_tickets(tickets[start : start + TICKETS_IN_A_ROW])
                db.execute("insert into pulled_tickets values (%s, %s, %s)", [name, number, body])
            self._queue_evaluation(db, source.at)
        return True

    def forget(self, connector: str) -> None:
        """The source can't be read as it is configured: nobody waits for it any more."""
        with self.tables() as db:
            db.execute(
                "update source set requested_since = null, requested_full = false where connector = %s", [connector]
            )

    def queue_again(self, now: datetime) -> None:
        """Queue the jobs that are to be done and may have been lost; evaluate where another source takes long."""
        with self.tables() as db:
            self._queue_requested(db)
            self._queue_evaluation(db, now)

    # --- evaluation

    def claim(self, last_run: int, now: datetime) -> dict[str, PulledSource]:
        """What was pulled and is as new as the state, by connector; from now on a run may write there.

        The caller holds the lock of evaluations. Left out is what was read before another run ended: where the last
        evaluation was killed, where a publication goes on, and all of it where a run that is none of ours, with a
        number up to `last_run`, came in between.
        """
        with self.tables() as db:
            void = {name for (name,) in db.execute("select connector from source where evaluating_since is not null")}
            if db.execute("select last_run from engine").fetchone() != (last_run,):
                void |= {name for (name,) in db.execute("select connector from pulled")}
                db.execute("update engine set last_run = %s", [last_run])
            void |= {name for (name,) in db.execute("select connector from pulled") if self.is_writing(name)}
            self._void(db, void)
            self._request(db, void, now, full=False)
            fresh = db.execute("select connector from source join pulled using (connector, version)").fetchall()
            claimed = {name: _load_pulled(db, name) for (name,) in fresh}
            self._void(db, claimed)
            db.execute("update source set evaluating_since = %s where connector = any(%s)", [now, list(claimed)])
        return claimed

    def release(self, connectors: Sequence[str], now: datetime, *, again: bool = False) -> None:
        """The run ended: what was read meanwhile is void. With `again` the sources are read again at once."""
        with self.tables() as db:
            self._void(db, connectors)
            if again:
                self._request(db, connectors, now, full=False)
            self._queue_requested(db)
            self.queue(SCHEDULE)

    # --- locks, of which the database lets go as soon as the process is gone

    def lock(self, name: str) -> bool:
        """Whether the lock was to be had; it is held until `unlock`, or until this connection ends."""
        with named_errors(self._url):
            return self._connection.execute(_TRY_LOCK, [name]).fetchone() == (True,)

    def unlock(self, name: str) -> None:
        """Let go of it."""
        with named_errors(self._url):
            self._connection.execute(_UNLOCK, [name])

    def is_writing(self, connector: str) -> bool:
        """Whether a process carries out a part of a plan there."""
        name = f"{PUBLISH}:{connector}"
        if not self.lock(name):
            return True
        self.unlock(name)
        return False

    @contextmanager
    def tables(self) -> Iterator["psycopg.Connection[Any]"]:
        """A transaction that alone changes our tables."""
        with named_errors(self._url), self._connection.transaction():
            self._connection.execute(_TABLE_LOCK)
            yield self._connection

    def _request(self, db: "psycopg.Connection[Any]", connectors: Iterable[str], now: datetime, *, full: bool) -> None:
        for name in connectors:
            db.execute(
                "update source set requested_since = coalesce(requested_since, %s),"
                " requested_full = requested_full or %s where connector = %s and evaluating_since is null",
                [now, full, name],
            )
        self._queue_requested(db)

    def _queue_requested(self, db: "psycopg.Connection[Any]") -> None:
        query = "select connector from source where requested_since is not null and evaluating_since is null"
        for (name,) in db.execute(query).fetchall():
            self.queue(PULL, key=name, connector=name)

    def _void(self, db: "psycopg.Connection[Any]", connectors: Any) -> None:
        """What was pulled of these so far, and what is being pulled, counts for nothing."""
        names = list(connectors)
        db.execute("delete from pulled where connector = any(%s)", [names])
        db.execute(
            "update source set version = version + 1, evaluating_since = null where connector = any(%s)", [names]
        )

    def _queue_evaluation(self, db: "psycopg.Connection[Any]", now: datetime) -> None:
        oldest = db.execute("select min(at) from pulled").fetchone()
        if oldest is None or oldest[0] is None:
            return
        is_reading = db.execute("select 1 from source where requested_since is not null").fetchone() is not None
        if not is_reading or oldest[0] + EVALUATION_WAIT <= now:
            self.queue(EVALUATE)


def _load_pulled(db: "psycopg.Connection[Any]", name: str) -> PulledSource:
    query = "select body, is_full, up_to_event, at from pulled where connector = %s"
    ((body, *others),) = db.execute(query, [name]).fetchall()
    rows = db.execute("select body from pulled_tickets where connector = %s order by number", [name])
    tickets = tuple(ticket for (part,) in rows for ticket in decode_tickets(part))
    return PulledSource(decode_pull(body, tickets), *others)
