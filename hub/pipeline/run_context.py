"""What a run is given, and how far it goes."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from connectors.base import Connector, SupportsComments
from hub.core.checking.evaluate import RuleSetting
from hub.core.planning.safety import Limits
from hub.model.action import Action, LedgerEntries, Receipt
from hub.model.errors import RunCancelled
from hub.model.finding import Waiver
from hub.model.initiative import Ref
from hub.model.message import Wording
from hub.model.okr import Okrs
from hub.pipeline.pull import EarlyPull, RefreshRequests, Source
from hub.store.base import Store
from rules.base import Rule

if TYPE_CHECKING:
    from hub.pipeline.previous_run import RunCache


def no_progress(_: str, __: int) -> None:
    """Hears progress and says nothing."""


def never_stop() -> bool:
    """Nobody tells the run to stop."""
    return False


INTERRUPTED = "interrupted"
"""How a run ended that a person, or whoever stopped its process, ended before its time."""


class RunObserver(Protocol):
    """Hears how far a run has got, from several threads; raises nothing."""

    def on_pulled(self, tickets: Mapping[str, int]) -> None:
        """All sources were read: how many tickets are known of each."""

    def on_stage_end(self, stage: str, seconds: float) -> None:
        """The stage has ended, and the next one begins."""


class SilentObserver:
    """Hears everything and does nothing."""

    def on_pulled(self, tickets: Mapping[str, int]) -> None:
        """See `RunObserver.on_pulled`."""

    def on_stage_end(self, stage: str, seconds: float) -> None:
        """See `RunObserver.on_stage_end`."""


class Mode(StrEnum):
    """How far a run goes: PREVIEW ends with the plan, PLAN records what it read, PUBLISH writes on tickets as well."""

    PREVIEW = "preview"
    PLAN = "plan"
    PUBLISH = "publish"


@dataclass(frozen=True, slots=True)
class RunContext:
    """Everything that one sync needs, put together by the wiring; `full` reads everything anew.

    `refresh` are ids of tickets, by connector, that are looked at again because a webhook named them.
    `dashboard` is the ticket that holds the state of the whole, `hub_url` where the hub's own pages are;
    `workspace` is what the configuration calls it all. `remote_links` has key results linked on tickets.
    `progress` is told what was done and how much of it, `announce` before that how much there is to do.
    `stopping` is asked between stages and tickets, `on_start` is told the run's number, `observer` how far the run has
    got. `early` is what was read of the sources already, before the run began. What other processes read of them is
    good for the run that comes after `pulled_after` alone. `publisher` carries out the writes in place of this process.
    `cache` is what the process keeps from run to run, where it goes on to run.
    """

    sources: Sequence[Source]
    okrs: Okrs
    rules: Sequence[Rule]
    settings: Mapping[str, RuleSetting]
    waivers: Sequence[Waiver]
    limits: Limits
    store: Store
    now: Callable[[], datetime]
    today: Callable[[], date]
    stopwatch: Callable[[], float]
    owner: str
    mode: Mode = Mode.PLAN
    confirmed: bool = False
    full: bool = False
    progress: Callable[[str, int], None] = no_progress
    announce: Callable[[str, int], None] = no_progress
    dashboard: Ref | None = None
    hub_url: str = ""
    workspace: str = ""
    remote_links: bool = False
    refresh: RefreshRequests = field(default_factory=dict)
    stopping: Callable[[], bool] = never_stop
    on_start: Callable[[int], None] = lambda _run: None
    observer: RunObserver = field(default_factory=SilentObserver)
    early: EarlyPull | None = None
    cache: "RunCache | None" = None
    pulled_after: int = 0
    publisher: "Publisher | None" = None

    def without_early_pulls(self) -> "RunContext":
        """The same run, which reads every source itself."""
        return replace(self, early=None, sources=[replace(source, pulled=None) for source in self.sources])

    @property
    def wordings(self) -> Mapping[str, Wording]:
        """How the tickets of each connector name key results."""
        return {source.connector.name: _wording_of(source.connector) for source in self.sources}

    @property
    def writable(self) -> Mapping[str, SupportsComments]:
        """The connectors that this run may write with, by name."""
        return {
            source.connector.name: commenting
            for source in self.sources
            if source.selected and (commenting := source.connector.capabilities.comments) is not None
        }

    def raise_if_stopping(self) -> None:
        """Raise Stopped where the run was told to stop: asked only where nothing is half done."""
        if self.stopping():
            raise RunCancelled("the run was cancelled: the next one continues from here")


Publisher = Callable[[RunContext, int, Sequence[Action], LedgerEntries], tuple[Receipt, ...]]
"""Carries out the actions of a run, whose number it gets; returns a receipt for each. Raises what `apply` does."""


def _wording_of(connector: Connector) -> Wording:
    """The connector's wording; where it writes and the tracker has no labels, nobody is told to set one."""
    offered = connector.capabilities
    has_labels = offered.comments is None or offered.labels is not None
    return connector.wording if has_labels else replace(connector.wording, label="", labels=False)


class StageTimer:
    """Seconds of each stage, by name, as they pass."""

    def __init__(self, stopwatch: Callable[[], float], observer: RunObserver, began: float | None = None) -> None:
        self.seconds: dict[str, float] = {}
        self._stopwatch = stopwatch
        self._observer = observer
        self._last = stopwatch() if began is None else began

    def end(self, stage: str) -> None:
        """The time since the last stage ended was this stage's."""
        now = self._stopwatch()
        self.seconds[stage] = round(now - self._last, 3)
        self._last = now
        self._observer.on_stage_end(stage, self.seconds[stage])
