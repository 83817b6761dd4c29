"""Traces of each run for OpenTelemetry: the run, its stages and its requests, sent when the run is over."""

import os
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import unquote

from connectors.base import RequestRecord
from connectors.http.library_sessions import equip
from connectors.http.network import network_for
from hub.core.insight.run_summary import RunResult
from hub.model.errors import ConfigError, Problem
from hub.model.service_state import FinishedRun
from hub.model.urls import is_site

if TYPE_CHECKING:
    import requests
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.trace import Span

ENABLING_VARIABLES = ("OTEL_TRACES_EXPORTER", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
# A large first reading makes thousands of requests, and all of them are told at its end.
MAX_SPANS = 50_000
DEFAULT = "http://localhost:4318"
HEADERS = ("OTEL_EXPORTER_OTLP_HEADERS", "OTEL_EXPORTER_OTLP_TRACES_HEADERS")
CA_VARIABLES = ("OTEL_EXPORTER_OTLP_TRACES_CERTIFICATE", "OTEL_EXPORTER_OTLP_CERTIFICATE")
OWN_CERTIFICATES = ("OTEL_EXPORTER_OTLP_TRACES_CLIENT_CERTIFICATE", "OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE")
FAILED = ("error", "partial")


class RunTracer:
    """Keeps the requests of the run that is being done, and tells of all of it at once; `on_request` is thread-safe.

    Spans carry host, kind of call, status and waits: no address, no ticket, nobody's name.
    """

    def __init__(self, provider: "TracerProvider", now: Callable[[], datetime]) -> None:
        self._provider, self._now = provider, now
        self._tracer = provider.get_tracer("alignment-hub")
        self._requests: list[tuple[datetime, RequestRecord]] = []

    def on_request(self, exchange: RequestRecord) -> None:
        """A request has come to its end."""
        self._requests.append((self._now(), exchange))

    def on_run_end(self, finished: FinishedRun, outcome: RunResult | None) -> None:
        """A run is over: see `hub.service.scheduler.RunObserver`."""
        requests, self._requests = self._requests, []
        attributes: dict[str, str | int] = {
            "hub.run": finished.run or 0,
            "hub.result": finished.result,
            "hub.reason": finished.request.reason,
        }
        run_span = self._tracer.start_span("sync", start_time=_ns(finished.started), attributes=attributes)
        stages = list(self._stage_spans(run_span, finished.started, outcome))
        for end, exchange in requests[:MAX_SPANS]:
            begin = end - timedelta(seconds=exchange.seconds)
            parent = next((span for span, since, until in stages if since <= begin < until), run_span)
            self._add_request_span(parent, exchange, begin, end)
        for span, _, until in stages:
            span.end(_ns(until))
        if finished.result in FAILED:
            _set_error(run_span, finished.result)
        run_span.end(_ns(finished.finished))

    def close(self) -> None:
        """Send what is left."""
        self._provider.shutdown()

    def _stage_spans(
        self, run_span: "Span", started: datetime, outcome: RunResult | None
    ) -> Iterable[tuple["Span", datetime, datetime]]:
        since = started
        for stage, seconds in outcome.seconds.items() if outcome is not None else ():
            until = since + timedelta(seconds=seconds)
            yield self._child_span(run_span, stage, since), since, until
            since = until

    def _add_request_span(self, parent: "Span", exchange: RequestRecord, begin: datetime, end: datetime) -> None:
        span = self._child_span(parent, f"request {exchange.kind}", begin)
        span.set_attribute("server.address", exchange.host)
        span.set_attribute("hub.connector", exchange.connector)
        span.set_attribute("hub.kind", exchange.kind)
        span.set_attribute("hub.waited_seconds", exchange.waited)
        if exchange.status.isdigit():
            span.set_attribute("http.response.status_code", int(exchange.status))
        else:
            _set_error(span, exchange.status)
        span.end(_ns(end))

    def _child_span(self, parent: "Span", name: str, begin: datetime) -> "Span":
        from opentelemetry.trace import set_span_in_context

        return self._tracer.start_span(name, set_span_in_context(parent), start_time=_ns(begin))


def build_tracer(now: Callable[[], datetime], environ: Mapping[str, str] | None = None) -> RunTracer | None:
    """What the standard variables ask for, sent over OTLP and HTTP; None where they ask for nothing."""
    environ = os.environ if environ is None else environ
    enabled_by = [name for name in ENABLING_VARIABLES if environ.get(name)]
    is_disabled = environ.get("OTEL_TRACES_EXPORTER") == "none" or environ.get("OTEL_SDK_DISABLED") == "true"
    if not enabled_by or is_disabled:
        return None
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ModuleNotFoundError:
        remedy = "pip install 'alignment-hub[telemetry]', or unset it."
        raise ConfigError([Problem(enabled_by[0], "", "traces need packages that are not installed", remedy)]) from None
    name, base = environ.get("OTEL_SERVICE_NAME", "alignment-hub"), environ.get(ENABLING_VARIABLES[2], "")
    endpoint = environ.get(ENABLING_VARIABLES[1]) or f"{(base or DEFAULT).rstrip('/')}/v1/traces"
    if not is_site(endpoint.partition("?")[0]):
        raise ConfigError([Problem(enabled_by[0], "", "is no address of a collector", f"Write it as {DEFAULT}")])
    exporter = OTLPSpanExporter(endpoint, session=_session(endpoint, environ))
    provider = TracerProvider(resource=Resource.create({"service.name": name}), shutdown_on_exit=False)
    provider.add_span_processor(BatchSpanProcessor(exporter, max_queue_size=MAX_SPANS))
    return RunTracer(provider, now)


def telemetry_secrets(environ: Mapping[str, str] | None = None) -> tuple[str, ...]:
    """What the collector is sent to let us in, which no log may show."""
    environ = os.environ if environ is None else environ
    named = ",".join(environ.get(name, "") for name in HEADERS)
    return tuple(unquote(part).strip() for pair in named.split(",") for part in pair.partition("=")[2].split(" "))


def _session(endpoint: str, environ: Mapping[str, str]) -> "requests.Session | None":
    """The way of every other call; None where a certificate of ours is to be shown, which the library does itself."""
    if any(environ.get(name) for name in OWN_CERTIFICATES):
        return None
    import requests

    authorities = next((environ[name] for name in CA_VARIABLES if environ.get(name)), None)
    session = requests.Session()
    equip(session, network_for(endpoint, authorities))
    return session


def _set_error(span: "Span", reason: str) -> None:
    from opentelemetry.trace import Status, StatusCode

    span.set_status(Status(StatusCode.ERROR, reason))


def _ns(at: datetime) -> int:
    return round(at.timestamp() * 1_000_000) * 1_000
