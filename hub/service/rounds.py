"""What the engine sets going: a sync of the configuration, with everything read and opened anew for each run."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import date

from connectors.base import Exchange
from hub import clock
from hub.config.settings import Config
from hub.core.outcome import Outcome
from hub.core.rhythm import rhythm
from hub.model.knock import Knock
from hub.model.service_state import Round
from hub.pipeline.job import Mode
from hub.pipeline.sync import sync_if_changed
from hub.pipeline.unchanged_run import UnchangedRun
from hub.report.document import document
from hub.service.schedule import Last, Plan
from hub.wiring import open_job, open_store, unheard


@dataclass(frozen=True, slots=True)
class Rounds:
    """See `hub.service.engine.Work`.

    `today` judges as of another day; `confirmed` carries out plans of any size; `heard` is told of every request.
    """

    config: Config
    today: date | None = None
    confirmed: bool = False
    verbose: int = 1
    heard: Callable[[Exchange], None] = unheard

    def last(self) -> Mapping[str, Last]:
        """See `Work.last`."""
        with closing(open_store(self.config)) as store:
            return {one.connector: Last(one.read, one.counted) for one in store.sources()}

    def knocks(self) -> Sequence[Knock]:
        """See `Work.knocks`."""
        with closing(open_store(self.config)) as store:
            return store.knocks()

    def run(self, round_: Round, *, stopping: Callable[[], bool], begun: Callable[[int], None]) -> Outcome | None:
        """See `Work.run`. The OKR files are read anew."""
        mode = Mode.PUBLISH if self.config.publish.enabled else Mode.PLAN
        everything = round_.connectors >= self.config.connectors.keys()
        with open_job(
            self.config,
            mode=mode,
            only=() if everything else sorted(round_.connectors),
            confirmed=self.confirmed,
            full=round_.full,
            today=self.today,
            verbose=self.verbose,
            log_form=self.config.service.log_format,
            heard=self.heard,
        ) as job:
            asked = replace(job, stopping=stopping, begun=begun, knocked=round_.knocked)
            result = sync_if_changed(asked, document)
            return None if isinstance(result, UnchangedRun) else result

    def answered(self, upto: int, but: frozenset[str]) -> None:
        """See `Work.answered`."""
        with closing(open_store(self.config)) as store:
            store.answered(upto, but)

    def abandon(self, run: int) -> None:
        """See `Work.abandon`."""
        with closing(open_store(self.config)) as store:
            store.finish_run(run, clock.now(), "stopped", {})


def plan_of(config: Config) -> Plan:
    """When each connector of the configuration is read."""
    service = config.service
    chosen = {name: service.schedules.get(name, service.schedule) for name in config.connectors}
    rhythms = {name: rhythm(text) for name, text in chosen.items()}
    return Plan(rhythms, rhythm(service.full), clock.zone(service.timezone))
