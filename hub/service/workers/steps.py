"""The steps of a run, each as a job that any worker does: schedule, pull, evaluate, publish, send digests."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

import structlog

from connectors.base import RequestRecord
from hub.config.settings import Config
from hub.core.insight.run_summary import RunResult, counts
from hub.model.errors import HubError, LeaseHeld, RunCancelled
from hub.model.service_state import RunRequest
from hub.pipeline.apply import publish_for_run
from hub.pipeline.pull import Source, pull_states, read_source
from hub.pipeline.run_context import Mode, RunContext
from hub.pipeline.sync import sync_if_changed
from hub.pipeline.unchanged_run import UnchangedRun
from hub.report.run_json import run_document
from hub.service.digest_sender import DigestSender, notify
from hub.service.runs import RunExecutor, SourceBackoff, schedule_from, select_run
from hub.service.scheduler import public_error_text, result_of, retry_wait
from hub.service.workers.shared_publisher import SharedPublisher
from hub.state import open_store
from hub.store.jobs.encoding import decode_values, encode_values
from hub.store.jobs.engine import Engine, EngineState
from hub.store.jobs.publications import Publications
from hub.store.jobs.queue import DIGESTS, EVALUATE, JobQueue, PulledSource
from hub.usecases.assess import assess
from hub.wiring import clock_of, ignore_request, open_run_context

# A burst of webhooks that ends so soon is waited for in the job itself.
SHORT_WAIT_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Steps:
    """What a worker does. `stopping` tells that the process is to end: a run ends between two tickets then."""

    config: Config
    today: date | None = None
    verbose: int = 1
    stopping: Callable[[], bool] = lambda: False
    on_request: Callable[[RequestRecord], None] = ignore_request
    sleep: Callable[[float], None] = field(default=time.sleep)

    @property
    def now(self) -> Callable[[], datetime]:
        """The clock of the configuration."""
        return clock_of(self.config)

    def schedule(self, *, requested: bool = False) -> None:
        """Have pulled what is due, or everything where that is `requested`; and have done what was left undone."""
        with JobQueue(self.config.database_url or "") as jobs:
            wait = self._schedule(jobs, requested=requested)
            if 0 < wait <= SHORT_WAIT_SECONDS:
                self.sleep(wait)
                self._schedule(jobs, requested=False)
            jobs.queue_again(self.now())
            if self.config.digests.channels:
                jobs.queue(DIGESTS)

    def _schedule(self, jobs: JobQueue, *, requested: bool) -> float:
        state, now = Engine(jobs).state(), self.now()
        if state.retry_at is not None and now < state.retry_at and not requested:
            return 0.0
        executor, schedule = RunExecutor(self.config), schedule_from(self.config)
        next_run = select_run(
            schedule,
            executor.source_states(),
            executor.requested_refreshes(),
            backoff_of(state),
            since=now,
            now=now,
            debounce=timedelta(seconds=self.config.service.webhook_debounce_seconds),
        )
        if requested:
            next_run = next_run.with_all_connectors(schedule)
        if next_run.request is not None:
            jobs.request(next_run.request, self._last_run(), now)
        return next_run.wait

    def pull(self, connector: str) -> None:
        """Read a source and keep what came; a source that could not be read is a gap, which is kept as well."""
        with JobQueue(self.config.database_url or "") as jobs:
            order = jobs.begin_pull(connector)
            if order is None:
                return
            try:
                pulled = self._pull(connector, full=order.is_full)
            except Exception as error:  # noqa: BLE001  whatever goes wrong here, the next time comes
                jobs.forget(connector)
                self._record_failure(jobs, error)
                return
            if not jobs.finish_pull(order, pulled):
                _log().info("read again: a run began meanwhile", connector=connector)

    def _pull(self, connector: str, *, full: bool) -> PulledSource:
        began = self.now()
        with self._context([connector]) as job:
            source = next(source for source in job.sources if source.connector.name == connector)
            refreshes = job.store.requested_refreshes()
            tickets = frozenset(refresh.ticket for refresh in refreshes if refresh.connector == connector)
            stored = [
                replace(stored, initiatives=tuple(job.store.lazy_tickets(connector).values()))
                for stored in job.store.sources()
                if stored.connector == connector
            ]
            states = pull_states(stored, job.store.ledger_entries(), {connector: tickets}, full=full)
            known = states[connector].pull_state if connector in states else None
            up_to_event = max((refresh.id for refresh in refreshes), default=0)
            return PulledSource(read_source(source, known), full, up_to_event, began)

    def evaluate(self) -> None:
        """One run over what was pulled, with the writes of each connector as a job of its own."""
        with JobQueue(self.config.database_url or "") as jobs:
            if not jobs.lock(EVALUATE):
                return  # it goes on in a process that was thought to be gone
            claimed = jobs.claim(self._last_run(), self.now())
            if not claimed:
                return
            again = False
            try:
                self._evaluate(jobs, claimed)
            except RunCancelled:
                again = True
            except Exception as error:  # noqa: BLE001  whatever goes wrong here, the next time comes
                self._record_failure(jobs, error)
            finally:
                jobs.release(list(claimed), self.now(), again=again)

    def _evaluate(self, jobs: JobQueue, claimed: Mapping[str, PulledSource]) -> None:
        started, last_run, runs, request = self.now(), self._last_run(), list[int](), _request(claimed)
        with self._context(sorted(claimed), full=request.full) as opened:
            context = replace(
                opened,
                sources=[_with_pull(source, claimed) for source in opened.sources],
                pulled_after=last_run,
                on_start=runs.append,
                publisher=SharedPublisher(jobs, self.publish, self.sleep),
            )
            result = sync_if_changed(context, run_document)
        outcome = None if isinstance(result, UnchangedRun) else result
        failed = frozenset(gap.connector for gap in (outcome.failures if outcome else ()) if gap.key is None)
        backoff = backoff_of(Engine(jobs).state())
        backoff.record_result(request, started, failed, self.now())
        self._complete_refreshes(claimed, failed)
        Engine(jobs).record_round(
            EngineState(
                max(runs, default=last_run),
                last_round=_round(request, outcome, started, self.now(), failed),
                tried=backoff.tried,
                full_tried=backoff.full_tried,
                refreshes_answered=backoff.refreshes_answered,
                source_failures=backoff.failures,
            )
        )

    def _complete_refreshes(self, claimed: Mapping[str, PulledSource], failed: frozenset[str]) -> None:
        with closing(open_store(self.config)) as store:
            for name in claimed.keys() - failed:
                others = frozenset(self.config.connectors) - {name}
                store.complete_refreshes(claimed[name].up_to_event, others)

    def publish(self, run: int, connector: str) -> None:
        """Carry out one connector's part of a run's plan, unless that run is over or another process does it."""
        with JobQueue(self.config.database_url or "") as jobs:
            publications = Publications(jobs)
            part = publications.take(run, connector)
            if part is None:
                return
            receipts = None
            try:
                with self._context([connector]) as job:
                    job.store.join_run(run)
                    entries = {(entry.target.ref.connector, entry.target.id): entry for entry in decode_values(part[1])}
                    ledger = {**job.store.ledger_entries(), **entries}
                    receipts = encode_values(publish_for_run(job, run, decode_values(part[0]), ledger))
            except HubError as error:
                # The run that waits for this tells that it was broken off.
                _log().warning("publication broken off", connector=connector, run=run, reason=str(error))
            finally:
                publications.finish(run, connector, receipts)

    def send_digests(self) -> None:
        """Send the weekly summaries that are due."""
        sender = DigestSender(self.config, lambda: assess(self.config, self.today), notify, self.now)
        sender.after_each_run()

    @contextmanager
    def _context(self, only: Sequence[str], *, full: bool = False) -> Iterator[RunContext]:
        """Reads the OKR files again."""
        is_all = frozenset(only) >= self.config.connectors.keys()
        with open_run_context(
            self.config,
            mode=Mode.PUBLISH if self.config.publish.enabled else Mode.PLAN,
            only=() if is_all else only,
            full=full,
            today=self.today,
            verbose=self.verbose,
            log_format=self.config.service.log_format,
            on_request=self.on_request,
        ) as opened:
            yield replace(opened, stopping=self.stopping)

    def _last_run(self) -> int:
        with closing(open_store(self.config)) as store:
            return max((run.id for run in store.history(1)), default=0)

    def _record_failure(self, jobs: JobQueue, error: Exception) -> None:
        state, now = Engine(jobs).state(), self.now()
        failures = state.failures + 1
        wait = retry_wait(failures, error)
        extra = {} if isinstance(error, HubError) else {"exc_info": error}
        _log().error("no run", error=str(error) if isinstance(error, HubError) else "", again_in=wait, **extra)
        Engine(jobs).record_failure(
            EngineState(
                error=public_error_text(error),
                is_held=isinstance(error, LeaseHeld),
                failing_since=state.failing_since or now,
                failures=failures,
                retry_at=now + timedelta(seconds=wait),
            )
        )


def _request(claimed: Mapping[str, PulledSource]) -> RunRequest:
    """What a scheduler would have asked for."""
    sources = claimed.values()
    is_full = any(source.is_full for source in sources)
    return RunRequest(frozenset(claimed), is_full, up_to_event=max(source.up_to_event for source in sources))


def _with_pull(source: Source, claimed: Mapping[str, PulledSource]) -> Source:
    """The source with what was read of it; not selected where nothing was."""
    known = claimed.get(source.connector.name)
    return replace(source, selected=known is not None, pulled=known.pulled if known is not None else None)


def backoff_of(state: EngineState) -> SourceBackoff:
    """What any worker tried."""
    return SourceBackoff(
        dict(state.tried), state.full_tried, state.refreshes_answered, failures=dict(state.source_failures)
    )


def _round(
    request: RunRequest, outcome: RunResult | None, started: datetime, finished: datetime, failed: frozenset[str]
) -> dict[str, Any]:
    """See `hub.model.service_state.FinishedRun`, as JSON."""
    return {
        "connectors": sorted(request.connectors),
        "full": request.full,
        "started": started.isoformat(),
        "finished": finished.isoformat(),
        "result": result_of(outcome),
        "run": outcome.run if outcome is not None else None,
        "failed": sorted(failed),
        "counts": counts(outcome) if outcome is not None else {},
        "refusal": (outcome.unsafe or "") if outcome is not None else "",
    }


def _log() -> structlog.typing.FilteringBoundLogger:
    logger: structlog.typing.FilteringBoundLogger = structlog.get_logger()
    return logger
