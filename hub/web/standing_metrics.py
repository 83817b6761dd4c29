"""What Prometheus is told of how things stand: read from the window and the state each time it asks."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from hub.model.pacing import Spending
from hub.model.service_state import EngineState
from hub.web.snapshot import PortfolioSnapshot
from hub.web.snapshot_cache import SnapshotCache


@dataclass(frozen=True)
class HowThingsStand(Collector):
    """Numbers of the window that everybody sees; without one there are none. `spending` may raise nothing."""

    keeper: SnapshotCache
    spending: Callable[[], Sequence[Spending]]
    now: Callable[[], datetime]
    engine: Callable[[], EngineState | None] = lambda: None

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """See `Collector.collect`."""
        yield from _budgets(self.spending(), self.now())
        window = self.keeper.known()
        if window is not None:
            yield from _findings(window)
            yield from _sources(window, self.now(), self.engine())
            yield from _runs(window)


def _budgets(spending: Sequence[Spending], now: datetime) -> Iterator[GaugeMetricFamily]:
    labels = ("connector", "host", "kind")
    left = GaugeMetricFamily("hub_budget_left", "Calls left of a host's rate limit.", labels=labels)
    limit = GaugeMetricFamily("hub_budget_limit", "A host's rate limit.", labels=labels)
    for one in spending:
        for each in one.allowances:
            at = (one.connector, one.host, each.kind)
            left.add_metric(at, each.left(now))
            limit.add_metric(at, each.limit)
        for kind, written, most in (("minute", one.minute, one.per_minute), ("hour", one.hour, one.per_hour)):
            if most:
                at = (one.connector, one.host, f"writes a {kind}")
                left.add_metric(at, max(0, int(most) - written))
                limit.add_metric(at, most)
    yield from (left, limit)


def _findings(window: PortfolioSnapshot) -> Iterator[GaugeMetricFamily]:
    found = GaugeMetricFamily("hub_findings", "Open findings.", labels=("rule", "severity"))
    counted = Counter((one.rule, str(one.severity)) for one in window.judgement.findings)
    silent = {(one.name, str(one.severity)): 0 for one in window.rules}
    for (rule, severity), count in sorted({**silent, **counted}.items()):
        found.add_metric((rule, severity), count)
    yield found
    waiting = GaugeMetricFamily("hub_deferred_comments", "New comments that wait for a later run.")
    waiting.add_metric((), len(window.waiting))
    yield waiting
    made = GaugeMetricFamily("hub_window_made_timestamp_seconds", "When the data of the pages was computed.")
    made.add_metric((), window.made.timestamp())
    yield made


def _sources(window: PortfolioSnapshot, now: datetime, engine: EngineState | None) -> Iterator[GaugeMetricFamily]:
    read = GaugeMetricFamily("hub_source_age_seconds", "Seconds since a source was read.", labels=("connector",))
    gaps = GaugeMetricFamily("hub_source_gaps", "Parts of a source that could not be read.", labels=("connector",))
    for one in window.sources:
        looked = engine.as_of(one.connector, one.read) if engine else one.read
        read.add_metric((one.connector,), (now - looked).total_seconds())
        gaps.add_metric((one.connector,), len(one.gaps))
    yield from (read, gaps)


def _runs(window: PortfolioSnapshot) -> Iterator[GaugeMetricFamily]:
    last = next((one for one in window.runs if one.finished is not None), None)
    if last is None or last.finished is None:
        return
    ended = GaugeMetricFamily("hub_last_run_ended_timestamp_seconds", "When the last run ended.", labels=("status",))
    ended.add_metric((last.status,), last.finished.timestamp())
    yield ended
    writes = GaugeMetricFamily("hub_last_run_writes", "Writes of the last run, by result.", labels=("status",))
    counts = last.summary.get("counts", {})
    for status in ("done", "deferred", "failed", "refused", "barred"):
        writes.add_metric((status,), counts.get(status, 0))
    yield writes
