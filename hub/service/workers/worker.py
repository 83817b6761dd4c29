"""A worker process: takes one job after another until it is told to stop, or whoever started it is gone."""

import asyncio
import os
import signal
import sys
import threading
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import structlog
from procrastinate import App, PsycopgConnector
from procrastinate.exceptions import ConnectorException, UniqueViolation
from procrastinate.jobs import Job, Status

from connectors.http.network import proxy_secrets
from hub.config.settings import Config
from hub.logs import configure
from hub.model.errors import ConfigError, Problem, StoreError
from hub.service.workers.steps import Steps
from hub.state import open_store
from hub.store.jobs.queue import DIGESTS, EVALUATE, PUBLISH, PULL, QUEUE, SCHEDULE
from hub.store.jobs.schema import connect, jobs_url, schema_name

# Six fields: with seconds. What is due is looked for so often, whoever of the workers fires first.
SCHEDULE_CRON = "* * * * * */5"
MAX_SCHEDULE_DELAY_SECONDS = 60
# A worker that was not heard of for so long is gone, and its job goes back into the queue.
HEARTBEAT_SECONDS, STALLED_SECONDS, SWEEP_SECONDS = 1.0, 6.0, 1.0
# Jobs of the future and lost notifications are found by asking.
POLL_SECONDS = 1.0
FORGET_WORKER_SECONDS = 60.0
EXIT_TIMEOUT = 1


@dataclass(slots=True)
class Stop:
    """Whether the process is to end; the first reason counts, and the second one ends it at once."""

    timeout_seconds: float
    _event: threading.Event = field(default_factory=threading.Event)

    @property
    def is_set(self) -> bool:
        """Whether anybody asked."""
        return self._event.is_set()

    def request(self) -> None:
        """End between two tickets; after the timeout, or when asked again, end at once: the job comes back."""
        if self._event.is_set():
            exit_now(EXIT_TIMEOUT)
        self._event.set()
        timer = threading.Timer(self.timeout_seconds, lambda: exit_now(EXIT_TIMEOUT))
        timer.daemon = True
        timer.start()


def run_worker(config: Config, *, today: date | None = None, verbose: int = 1, supervised: bool = False) -> int:
    """Do jobs until SIGTERM or Ctrl-C; returns the exit code.

    A `supervised` worker also ends when its standard input does: its parent holds the other end.

    Raises:
        ConfigError: The state is a file, which workers can't share.
        StoreError: The database can't be reached.
    """
    url = require_postgres(config)
    configure(verbose, (*config.secrets, *proxy_secrets()), log_format=config.service.log_format)
    # Its tables are made before anybody looks into them.
    open_store(config).close()
    stop = Stop(config.service.shutdown_timeout_seconds)
    steps = Steps(config, today, verbose, stopping=lambda: stop.is_set)
    with closing(connect(url)) as connection:
        address = jobs_url(url, schema_name(connection))
    try:
        asyncio.run(_work(build_app(address, steps), stop, supervised=supervised))
    except ConnectorException as error:
        raise StoreError(f"the jobs in {config.state_name} cannot be read or written: {error.__cause__}") from error
    return 0


def require_postgres(config: Config) -> str:
    """The address of the state's database; ConfigError where the state is a file."""
    if config.database_url is None:
        remedy = "Move it with `hub state move postgresql://…`, then set `state` or HUB_STATE to the new address."
        raise ConfigError([Problem(config.location("state"), "state", "workers need the state in PostgreSQL", remedy)])
    return config.database_url


def build_app(url: str, steps: Steps) -> App:
    """The jobs by name, over procrastinate's own connections."""
    app = App(
        connector=PsycopgConnector(conninfo=url, min_size=1, max_size=4),
        periodic_defaults={"max_delay": MAX_SCHEDULE_DELAY_SECONDS},
    )

    def schedule(timestamp: int = 0, *, requested: bool = False) -> None:
        steps.schedule(requested=requested)

    task = app.task(name=SCHEDULE, queue=QUEUE, queueing_lock=SCHEDULE, priority=40)(schedule)
    app.periodic(cron=SCHEDULE_CRON)(task)
    for name, step in (
        (PULL, steps.pull),
        (EVALUATE, steps.evaluate),
        (PUBLISH, steps.publish),
        (DIGESTS, steps.send_digests),
    ):
        app.task(name=name, queue=QUEUE)(_named(step))
    return app


def _named(step: Callable[..., None]) -> Callable[..., None]:
    """A plain function, as procrastinate wants it."""

    def run(**keys: Any) -> None:
        step(**keys)

    return run


async def _work(app: App, stop: Stop, *, supervised: bool) -> None:
    loop = asyncio.get_running_loop()
    async with app.open_async():
        working = asyncio.create_task(
            app.run_worker_async(
                queues=[QUEUE],
                concurrency=1,
                fetch_job_polling_interval=POLL_SECONDS,
                delete_jobs="always",
                install_signal_handlers=False,
                update_heartbeat_interval=HEARTBEAT_SECONDS,
                stalled_worker_timeout=FORGET_WORKER_SECONDS,
            )
        )

        def end() -> None:
            stop.request()
            # A worker that is cancelled finishes its job, and takes no other.
            working.cancel()

        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, end)
        if supervised:
            _watch_parent(lambda: loop.call_soon_threadsafe(end))
        sweeping = asyncio.create_task(_sweep(app))
        try:
            with suppress(asyncio.CancelledError):
                await working
        finally:
            sweeping.cancel()
    _log().info("the worker has stopped")


async def _sweep(app: App) -> None:
    """Put the jobs of workers that are gone back into the queue."""
    while True:
        await asyncio.sleep(SWEEP_SECONDS)
        try:
            for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_SECONDS):
                _log().warning("the worker of a job is gone: the job is done again", job=job.call_string)
                await _put_back(app, job)
        except ConnectorException as error:
            # The database is away, or another worker was quicker.
            _log().debug("no sweep", reason=str(error.__cause__))


async def _put_back(app: App, job: Job) -> None:
    try:
        await app.job_manager.retry_job(job)
    except UniqueViolation:
        # The same job is waiting already.
        await app.job_manager.finish_job(job, Status.FAILED, delete_job=True)


def _watch_parent(end: Callable[[], object]) -> None:
    def watch() -> None:
        sys.stdin.buffer.read()
        end()

    threading.Thread(target=watch, name="parent", daemon=True).start()


def exit_now(code: int) -> None:
    """End without waiting for threads that wait for a tracker: the job goes back into the queue."""
    os._exit(code)


def _log() -> structlog.typing.FilteringBoundLogger:
    logger: structlog.typing.FilteringBoundLogger = structlog.get_logger()
    return logger
