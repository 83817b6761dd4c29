"""Portfolio metrics for Prometheus: read from the snapshot and the state on every scrape."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from hub.model.pacing import RateLimitStatus
from hub.model.service_state import SchedulerState
from hub.web.snapshot import PortfolioSnapshot
from hub.web.snapshot_cache import SnapshotCache


@dataclass(frozen=True)
class PortfolioCollector(Collector):
    """Numbers of the public snapshot; none without one. `rate_limits` must not raise."""

    snapshots: SnapshotCache
    rate_limits: Callable[[], Sequence[RateLimitStatus]]
    now: Callable[[], datetime]
    scheduler_state: Callable[[], SchedulerState | None] = lambda: None

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """See `Collector.collect`."""
        yield from _rate_limits(self.rate_limits(), self.now())
        snapshot = self.snapshots.current()
        if snapshot is not None:
            yield from _findings(snapshot)
            yield from _sources(snapshot, self.now(), self.scheduler_state())
            yield from _runs(snapshot)


def _rate_limits(rate_limits: Sequence[RateLimitStatus], now: datetime) -> Iterator[GaugeMetricFamily]:
    labels = ("connector", "host", "kind")
    remaining = GaugeMetricFamily(
        "hub_rate_limit_remaining", "Calls that remain of a host's rate limit.", labels=labels
    )
    limit = GaugeMetricFamily("hub_rate_limit", "A host's rate limit.", labels=labels)
    for rate_limit_status in rate_limits:
        for rate_limit_budget in rate_limit_status.budgets:
            label_values = (rate_limit_status.connector, rate_limit_status.host, rate_limit_budget.kind)
            remaining.add_metric(label_values, rate_limit_budget.remaining_at(now))
            limit.add_metric(label_values, rate_limit_budget.limit)
        for kind, writes, maximum in (
            ("minute", rate_limit_status.minute, rate_limit_status.per_minute),
            ("hour", rate_limit_status.hour, rate_limit_status.per_hour),
        ):
            if maximum:
                label_values = (rate_limit_status.connector, rate_limit_status.host, f"writes a {kind}")
                remaining.add_metric(label_values, max(0, int(maximum) - writes))
                limit.add_metric(label_values, maximum)
    yield from (remaining, limit)


def _findings(snapshot: PortfolioSnapshot) -> Iterator[GaugeMetricFamily]:
    gauge = GaugeMetricFamily("hub_findings", "Open findings.", labels=("rule", "severity"))
    counts = Counter((finding.rule, str(finding.severity)) for finding in snapshot.judgement.findings)
    zero_counts = {(rule.name, str(rule.severity)): 0 for rule in snapshot.rules}
    for (rule, severity), count in sorted({**zero_counts, **counts}.items()):
        gauge.add_metric((rule, severity), count)
    yield gauge
    waiting = GaugeMetricFamily("hub_deferred_comments", "New comments that wait for a later run.")
    waiting.add_metric((), len(snapshot.deferred_comments))
    yield waiting
    built_at = GaugeMetricFamily("hub_snapshot_built_timestamp_seconds", "When the data of the pages was computed.")
    built_at.add_metric((), snapshot.built_at.timestamp())
    yield built_at


def _sources(
    snapshot: PortfolioSnapshot, now: datetime, scheduler: SchedulerState | None
) -> Iterator[GaugeMetricFamily]:
    read = GaugeMetricFamily("hub_source_age_seconds", "Seconds since a source was read.", labels=("connector",))
    gaps = GaugeMetricFamily("hub_source_gaps", "Parts of a source that could not be read.", labels=("connector",))
    for source in snapshot.sources:
        checked_at = scheduler.last_checked(source.connector, source.read) if scheduler else source.read
        read.add_metric((source.connector,), (now - checked_at).total_seconds())
        gaps.add_metric((source.connector,), len(source.gaps))
    yield from (read, gaps)


def _runs(snapshot: PortfolioSnapshot) -> Iterator[GaugeMetricFamily]:
    last = next((run for run in snapshot.runs if run.finished is not None), None)
    if last is None or last.finished is None:
        return
    finished = GaugeMetricFamily("hub_last_run_ended_timestamp_seconds", "When the last run ended.", labels=("status",))
    finished.add_metric((last.status,), last.finished.timestamp())
    yield finished
    writes = GaugeMetricFamily("hub_last_run_writes", "Writes of the last run, by result.", labels=("status",))
    counts = last.summary.get("counts", {})
    for status in ("done", "deferred", "failed", "refused", "unwritable"):
        writes.add_metric((status,), counts.get(status, 0))
    yield writes
