"""What Prometheus is told of the service at work: runs, requests, deliveries, windows; never of whom or what."""

from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector

from connectors.base import Exchange
from hub.core.outcome import Outcome
from hub.model.initiative import Extent
from hub.model.service_state import Ended

STAGES = (0.1, 0.5, 1.0, 5.0, 15.0, 60.0, 300.0, 900.0)
ANSWERS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 15.0, 30.0)
WINDOWS = (0.1, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)


class Metrics:
    """Counts what it is told of; thread-safe. Each has a registry of its own, so that two services do not mix."""

    def __init__(self) -> None:
        self.registry = registry = CollectorRegistry()
        ProcessCollector(registry=registry)
        self._runs = Counter("hub_runs", "Finished runs, by result and reason.", ("status", "why"), registry=registry)
        self._stages = Histogram(
            "hub_run_stage_seconds", "Seconds of each stage of a run.", ("stage",), registry=registry, buckets=STAGES
        )
        at_host = ("connector", "host", "kind")
        self._requests = Counter(
            "hub_requests", "Requests to trackers, by status.", (*at_host, "status"), registry=registry
        )
        self._answers = Histogram(
            "hub_request_seconds", "Seconds until a tracker answered.", at_host, registry=registry, buckets=ANSWERS
        )
        self._waits = Counter(
            "hub_wait_seconds", "Seconds that requests waited for the rate limit.", at_host, registry=registry
        )
        self._missed = Counter(
            "hub_cursor_missed", "Changes that incremental syncs missed.", ("connector",), registry=registry
        )
        words = "Changes that incremental syncs found."
        self._found = Counter("hub_cursor_found", words, ("connector",), registry=registry)
        self._deliveries = Counter(
            "hub_webhook_deliveries", "Deliveries of webhooks, by outcome.", ("connector", "outcome"), registry=registry
        )
        self._windows = Histogram(
            "hub_window_seconds", "Seconds to compute the data of the pages.", registry=registry, buckets=WINDOWS
        )

    def heard(self, exchange: Exchange) -> None:
        """A request to a tracker; see `connectors.base.World`."""
        at = (exchange.connector, exchange.host, exchange.kind)
        self._requests.labels(*at, exchange.status).inc()
        self._answers.labels(*at).observe(exchange.seconds)
        self._waits.labels(*at).inc(exchange.waited)

    def ended(self, ended: Ended, outcome: Outcome | None) -> None:
        """A run that ended; see `hub.service.engine.Observe`."""
        self._runs.labels(ended.word, ended.round.why).inc()
        if outcome is None:
            return
        for stage, seconds in outcome.seconds.items():
            self._stages.labels(stage).observe(seconds)
        for pulled in outcome.snapshot.fresh or outcome.snapshot.pulled:
            if pulled.extent is not Extent.FULL:
                self._found.labels(pulled.connector).inc(len(pulled.initiatives))
                self._missed.labels(pulled.connector).inc(pulled.missed)

    def delivered(self, connector: str, outcome: str) -> None:
        """A delivery of a webhook; see `hub.web.webhooks`."""
        self._deliveries.labels(connector, outcome).inc()

    def made(self, seconds: float) -> None:
        """A window; see `hub.web.snapshot_cache`."""
        self._windows.observe(seconds)
