"""What the pages and the probe ask of the scheduler, whether this process does the runs or stands by."""

from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime
from threading import Lock
from uuid import uuid4

import structlog
from cachetools import TTLCache, cached

from hub.config.settings import Config
from hub.model.errors import HubError
from hub.model.service_state import SchedulerState, WebhookDelivery
from hub.service.runs import RunExecutor
from hub.service.scheduler import RunScheduler
from hub.state import open_store
from hub.wiring import clock_of

# However many ask what the state says of rate limits and sources, it is read once in so many seconds.
CACHED_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Control:
    """What the pages ask of the scheduler, in either role."""

    config: Config
    scheduler: RunScheduler
    ages: Callable[[], Mapping[str, datetime]]

    def state(self) -> SchedulerState:
        """A stand-by knows from the state alone when sources were read."""
        state = self.scheduler.state()
        return state if state.replica.is_leader else replace(state, checked_at=self.ages())

    def run_now(self) -> None:
        """A stand-by asks the leader, through the state, to read every connector."""
        if self.scheduler.state().replica.is_leader:
            self.scheduler.run_now()
            return
        now, name = clock_of(self.config)(), f"sync requested {uuid4()}"
        requests = [WebhookDelivery(connector, name, name, ("",), now) for connector in self.config.connectors]
        try:
            with closing(open_store(self.config)) as store:
                store.record_deliveries(requests)
        except HubError as error:
            structlog.get_logger().error("the sync that was asked for is not passed on", error=str(error))


def source_ages(executor: RunExecutor) -> Callable[[], Mapping[str, datetime]]:
    """When each source was last read, as of some seconds ago at most; none where the state cannot say."""

    def read() -> Mapping[str, datetime]:
        try:
            return {
                name: source_state.read
                for name, source_state in executor.source_states().items()
                if source_state.read is not None
            }
        except HubError:
            return {}

    return cached(TTLCache(1, CACHED_SECONDS), lock=Lock())(read)
