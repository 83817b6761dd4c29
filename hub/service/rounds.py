"""What the engine sets going: a sync of the configuration, with everything read and opened anew for each run."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import date

from connectors.base import RequestRecord
from hub import clock
from hub.config.settings import Config
from hub.core.outcome import RunResult
from hub.core.rhythm import parse_schedule
from hub.model.knock import PendingRefresh
from hub.model.service_state import RunRequest
from hub.pipeline.job import Mode
from hub.pipeline.sync import sync_if_changed
from hub.pipeline.unchanged_run import UnchangedRun
from hub.report.document import run_document
from hub.service.schedule import SourceState, SyncSchedule
from hub.wiring import ignore_request, open_run_context, open_store


@dataclass(frozen=True, slots=True)
class RunExecutor:
    """See `hub.service.engine.Work`.

    `today` judges as of another day; `confirmed` carries out plans of any size; `heard` is told of every request.
    """

    config: Config
    today: date | None = None
    confirmed: bool = False
    verbose: int = 1
    on_request: Callable[[RequestRecord], None] = ignore_request

    def source_states(self) -> Mapping[str, SourceState]:
        """See `Jobs.source_states`."""
        with closing(open_store(self.config)) as store:
            return {source.connector: SourceState(source.read, source.reconciled_at) for source in store.sources()}

    def requested_refreshes(self) -> Sequence[PendingRefresh]:
        """See `Jobs.requested_refreshes`."""
        with closing(open_store(self.config)) as store:
            return store.requested_refreshes()

    def run(
        self, request: RunRequest, *, stopping: Callable[[], bool], on_start: Callable[[int], None]
    ) -> RunResult | None:
        """See `Jobs.run`. Reads the OKR files again."""
        mode = Mode.PUBLISH if self.config.publish.enabled else Mode.PLAN
        is_all = request.connectors >= self.config.connectors.keys()
        with open_run_context(
            self.config,
            mode=mode,
            only=() if is_all else sorted(request.connectors),
            confirmed=self.confirmed,
            full=request.full,
            today=self.today,
            verbose=self.verbose,
            log_format=self.config.service.log_format,
            on_request=self.on_request,
        ) as opened:
            context = replace(opened, stopping=stopping, on_start=on_start, refresh=request.refresh)
            result = sync_if_changed(context, run_document)
            return None if isinstance(result, UnchangedRun) else result

    def complete_refreshes(self, up_to_event: int, except_connectors: frozenset[str]) -> None:
        """See `Jobs.complete_refreshes`."""
        with closing(open_store(self.config)) as store:
            store.complete_refreshes(up_to_event, except_connectors)

    def abandon(self, run: int) -> None:
        """See `Jobs.abandon`."""
        with closing(open_store(self.config)) as store:
            store.finish_run(run, clock.now(), "cancelled", {})


def schedule_from(config: Config) -> SyncSchedule:
    """When each connector of the configuration is read."""
    service = config.service
    expressions = {name: service.schedules.get(name, service.schedule) for name in config.connectors}
    schedules = {name: parse_schedule(text) for name, text in expressions.items()}
    return SyncSchedule(schedules, parse_schedule(service.full_sync_schedule), clock.zone(service.timezone))
