"""Monitoring: metrics for Prometheus of the service and the portfolio, and `/readyz`."""

from collections import Counter as CountByKey
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from fastapi import APIRouter
from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.registry import Collector
from pydantic import SecretStr
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from connectors.base import RequestRecord
from hub.core.insight.run_summary import RunResult
from hub.model.initiative import SyncMode
from hub.model.service_state import FinishedRun, RateLimitStatus, SchedulerState
from hub.web.auth.authenticators import bearer_token, is_same_secret
from hub.web.auth.login_rate_limit import LoginRateLimit
from hub.web.snapshot import PortfolioSnapshot
from hub.web.snapshot_cache import SnapshotCache, WebDependencies

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
        """A run that ended; see `hub.service.scheduler.RunObserver`."""
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
        snapshot, state = self.snapshots.current(), self.scheduler_state()
        if state is not None:
            # Summed over all replicas it is 1; for longer than a takeover it is nothing else.
            leader = GaugeMetricFamily("hub_leader", "1 where this replica does the runs, 0 where it stands by.")
            leader.add_metric((), int(state.replica.is_leader))
            yield leader
        if snapshot is not None:
            yield from _findings(snapshot)
            yield from _sources(snapshot, self.now(), state)
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
    counts = CountByKey((finding.rule, str(finding.severity)) for finding in snapshot.judgement.findings)
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


def metrics_route(
    dependencies: WebDependencies,
    metrics: Metrics,
    rate_limits: Callable[[], Sequence[RateLimitStatus]],
    token: SecretStr | None = None,
    login_rate_limit: LoginRateLimit | None = None,
) -> APIRouter:
    """The route; `rate_limits` must not raise. Wrong tokens count as failed `attempts`."""
    router = APIRouter(include_in_schema=False)
    metrics.registry.register(
        PortfolioCollector(dependencies.snapshots, rate_limits, dependencies.now, dependencies.scheduler_state)
    )

    async def scrape(request: Request) -> Response:
        presented = bearer_token(request.headers.get("authorization", ""))
        if presented and login_rate_limit is not None and (refusal := login_rate_limit.refusal(request)) is not None:
            return refusal
        if not is_same_secret(presented, token):
            viewer = await dependencies.authenticator.authenticate(request)
            if isinstance(viewer, Response):
                if presented and login_rate_limit is not None:
                    login_rate_limit.record_failure(request, presented)
                return viewer
        text = await run_in_threadpool(generate_latest, metrics.registry)
        return Response(text, headers={"Cache-Control": "no-store"}, media_type=CONTENT_TYPE_PLAIN_0_0_4)

    router.add_api_route("/metrics", scrape, methods=["GET"])
    return router


NOT_READY = 503
# Older than this, whatever the schedule: what the pages say may not be so any more.
STALE_AFTER = timedelta(days=8)


def readiness_route(
    state: Callable[[], SchedulerState], read: Callable[[], Mapping[str, datetime]], now: Callable[[], datetime]
) -> APIRouter:
    """The probe: `read` returns when each source was last read, and must not raise."""
    router = APIRouter(include_in_schema=False)

    def ready() -> Response:
        document = readiness(state(), read(), now())
        return JSONResponse(document, 200 if document["ready"] else NOT_READY, {"Cache-Control": "no-store"})

    router.add_api_route("/readyz", ready, methods=["GET", "HEAD"])
    return router


def readiness(state: SchedulerState, read: Mapping[str, datetime], now: datetime) -> dict[str, Any]:
    """The probe's answer; a source that was never read has no age.

    A stand-by is ready where it has something to show: it answers as the leader does, from the same state.
    """
    problems = (*state.problems(now), *_standby_problems(state, read))
    warnings = tuple(_warnings(state, read, now))
    current = state.current
    return {
        "ready": not problems,
        "role": "leader" if state.replica.is_leader else "stand-by",
        "leader": state.replica.leader or None,
        "data_age_seconds": round((now - min(read.values())).total_seconds(), 1) if read else None,
        "status": "not ready" if problems else "degraded" if warnings else "ready",
        "problems": problems,
        "warnings": warnings,
        "since": state.since.isoformat(),
        "run": None if current is None else {"run": current.run, "started": current.started.isoformat()},
        "last": None if (last := state.last) is None else _last(last),
        "retry_at": _iso(state.retry_at),
        "full_at": _iso(state.full_due),
        "pending_refreshes": state.pending_refreshes,
        "sources": {
            name: {
                "age_seconds": round((now - read[name]).total_seconds(), 1) if name in read else None,
                "due": _iso(state.due.get(name)),
            }
            for name in sorted(read.keys() | state.due.keys())
        },
    }


def _standby_problems(state: SchedulerState, read: Mapping[str, datetime]) -> Iterator[str]:
    if not (state.replica.is_leader or state.replica.fault or read):
        yield "nothing was read yet: the first run of the leader has not ended"


def _warnings(state: SchedulerState, read: Mapping[str, datetime], now: datetime) -> Iterator[str]:
    """Warnings: the service works, but what it shows is older or less than it should be."""
    if state.is_held:
        yield state.error
    failed = state.last.failed if state.last is not None and state.replica.is_leader else frozenset()
    for name in sorted(read.keys() | state.due.keys()):
        if name in failed:
            yield f"{name} could not be read by the last run"
        elif name not in read:
            yield f"{name} was never read"
        elif now - read[name] > STALE_AFTER:
            yield f"{name} was last read at {read[name].isoformat()}"


def _last(last: FinishedRun) -> dict[str, Any]:
    return {"run": last.run, "result": last.result, "at": last.finished.isoformat()}


def _iso(value: datetime | None) -> str | None:
    return None if value is None else value.isoformat()
