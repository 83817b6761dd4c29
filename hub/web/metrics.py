"""Prometheus metrics of the running service: runs, requests, deliveries, snapshots; never people or tickets."""

from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector

from connectors.base import RequestRecord
from hub.core.outcome import RunResult
from hub.model.initiative import SyncMode
from hub.model.service_state import FinishedRun

STAGE_BUCKETS = (0.1, 0.5, 1.0, 5.0, 15.0, 60.0, 300.0, 900.0)
REQUEST_BUCKETS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 15.0, 30.0)
SNAPSHOT_BUCKETS = (0.1, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)


class Metrics:
    """Counters and histograms; thread-safe. Each has a registry of its own, so that two services do not mix."""

    def __init__(self) -> None:
        self.registry = registry = CollectorRegistry()
        ProcessCollector(registry=registry)
        self._runs = Counter(
            "hub_runs", "Finished runs, by result and reason.", ("status", "reason"), registry=registry
        )
        self._stages = Histogram(
            "hub_run_stage_seconds",
            "Seconds of each stage of a run.",
            ("stage",),
            registry=registry,
            buckets=STAGE_BUCKETS,
        )
        at_host = ("connector", "host", "kind")
        self._requests = Counter(
            "hub_requests", "Requests to trackers, by status.", (*at_host, "status"), registry=registry
        )
        self._durations = Histogram(
            "hub_request_seconds",
            "Seconds until a tracker answered.",
            at_host,
            registry=registry,
            buckets=REQUEST_BUCKETS,
        )
        self._waits = Counter(
            "hub_request_queue_seconds", "Seconds that requests waited for the rate limit.", at_host, registry=registry
        )
        self._missed = Counter(
            "hub_incremental_missed", "Changes that incremental syncs missed.", ("connector",), registry=registry
        )
        description = "Changes that incremental syncs found."
        self._changes = Counter("hub_incremental_changes", description, ("connector",), registry=registry)
        self._deliveries = Counter(
            "hub_webhook_deliveries", "Deliveries of webhooks, by outcome.", ("connector", "outcome"), registry=registry
        )
        self._snapshots = Histogram(
            "hub_snapshot_build_seconds",
            "Seconds to compute the data of the pages.",
            registry=registry,
            buckets=SNAPSHOT_BUCKETS,
        )

    def on_request(self, exchange: RequestRecord) -> None:
        """A request to a tracker; see `connectors.base.ConnectorContext`."""
        at = (exchange.connector, exchange.host, exchange.kind)
        self._requests.labels(*at, exchange.status).inc()
        self._durations.labels(*at).observe(exchange.seconds)
        self._waits.labels(*at).inc(exchange.waited)

    def on_run_end(self, finished: FinishedRun, outcome: RunResult | None) -> None:
        """A run that ended; see `hub.service.engine.RunObserver`."""
        self._runs.labels(finished.result, finished.request.reason).inc()
        if outcome is None:
            return
        for stage, seconds in outcome.seconds.items():
            self._stages.labels(stage).observe(seconds)
        for pulled in outcome.snapshot.delta or outcome.snapshot.pulled:
            if pulled.mode is not SyncMode.FULL:
                self._changes.labels(pulled.connector).inc(len(pulled.initiatives))
                self._missed.labels(pulled.connector).inc(pulled.missed_by_cursor)

    def on_delivery(self, connector: str, outcome: str) -> None:
        """A delivery of a webhook; see `hub.web.webhooks`."""
        self._deliveries.labels(connector, outcome).inc()

    def on_snapshot(self, seconds: float) -> None:
        """A snapshot that was built; see `hub.web.snapshot_cache`."""
        self._snapshots.observe(seconds)
