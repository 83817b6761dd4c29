"""Traces of each run for OpenTelemetry: the run, its stages and its requests, sent when the run is over."""

import os
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import unquote

from connectors.base import Exchange
from connectors.network import network_to
from connectors.sessions import equip
from hub.core.outcome import Outcome
from hub.model.errors import ConfigError, Problem
from hub.model.service_state import Ended
from hub.model.sites import is_site

if TYPE_CHECKING:
    import requests
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.trace import Span

ASKED_BY = ("OTEL_TRACES_EXPORTER", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
# A large first reading makes thousands of requests, and all of them are told at its end.
MOST_SPANS = 50_000
DEFAULT = "http://localhost:4318"
HEADERS = ("OTEL_EXPORTER_OTLP_HEADERS", "OTEL_EXPORTER_OTLP_TRACES_HEADERS")
AUTHORITIES = ("OTEL_EXPORTER_OTLP_TRACES_CERTIFICATE", "OTEL_EXPORTER_OTLP_CERTIFICATE")
OWN_CERTIFICATES = ("OTEL_EXPORTER_OTLP_TRACES_CLIENT_CERTIFICATE", "OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE")
FAILED = ("error", "partial")


class Traces:
    """Keeps the requests of the run that is being done, and tells of all of it at once; `heard` is thread-safe.

    Spans carry host, kind of call, status and waits: no address, no ticket, nobody's name.
    """

    def __init__(self, provider: "TracerProvider", now: Callable[[], datetime]) -> None:
        self._provider, self._now = provider, now
        self._tracer = provider.get_tracer("alignment-hub")
        self._requests: list[tuple[datetime, Exchange]] = []

    def heard(self, exchange: Exchange) -> None:
        """A request has come to its end."""
        self._requests.append((self._now(), exchange))

    def ended(self, ended: Ended, outcome: Outcome | None) -> None:
        """A run is over: see `hub.service.engine.Observe`."""
        requests, self._requests = self._requests, []
        about: dict[str, str | int] = {"hub.run": ended.run or 0, "hub.ended": ended.word, "hub.why": ended.round.why}
        whole = self._tracer.start_span("sync", start_time=_ns(ended.began), attributes=about)
        stages = list(self._stages(whole, ended.began, outcome))
        for end, exchange in requests[:MOST_SPANS]:
            begin = end - timedelta(seconds=exchange.seconds)
            parent = next((span for span, since, until in stages if since <= begin < until), whole)
            self._request(parent, exchange, begin, end)
        for span, _, until in stages:
            span.end(_ns(until))
        if ended.word in FAILED:
            _mark(whole, ended.word)
        whole.end(_ns(ended.ended))

    def close(self) -> None:
        """Send what is left."""
        self._provider.shutdown()

    def _stages(
        self, whole: "Span", began: datetime, outcome: Outcome | None
    ) -> Iterable[tuple["Span", datetime, datetime]]:
        since = began
        for stage, seconds in outcome.seconds.items() if outcome is not None else ():
            until = since + timedelta(seconds=seconds)
            yield self._within(whole, stage, since), since, until
            since = until

    def _request(self, parent: "Span", exchange: Exchange, begin: datetime, end: datetime) -> None:
        span = self._within(parent, f"request {exchange.kind}", begin)
        span.set_attribute("server.address", exchange.host)
        span.set_attribute("hub.connector", exchange.connector)
        span.set_attribute("hub.kind", exchange.kind)
        span.set_attribute("hub.waited_seconds", exchange.waited)
        if exchange.status.isdigit():
            span.set_attribute("http.response.status_code", int(exchange.status))
        else:
            _mark(span, exchange.status)
        span.end(_ns(end))

    def _within(self, parent: "Span", name: str, begin: datetime) -> "Span":
        from opentelemetry.trace import set_span_in_context

        return self._tracer.start_span(name, set_span_in_context(parent), start_time=_ns(begin))


def traces(now: Callable[[], datetime], environ: Mapping[str, str] | None = None) -> Traces | None:
    """What the standard variables ask for, sent over OTLP and HTTP; None where they ask for nothing."""
    environ = os.environ if environ is None else environ
    asked = [name for name in ASKED_BY if environ.get(name)]
    refused = environ.get("OTEL_TRACES_EXPORTER") == "none" or environ.get("OTEL_SDK_DISABLED") == "true"
    if not asked or refused:
        return None
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ModuleNotFoundError:
        remedy = "pip install 'alignment-hub[telemetry]', or unset it."
        raise ConfigError([Problem(asked[0], "", "traces need packages that are not installed", remedy)]) from None
    name, base = environ.get("OTEL_SERVICE_NAME", "alignment-hub"), environ.get(ASKED_BY[2], "")
    endpoint = environ.get(ASKED_BY[1]) or f"{(base or DEFAULT).rstrip('/')}/v1/traces"
    if not is_site(endpoint.partition("?")[0]):
        raise ConfigError([Problem(asked[0], "", "is no address of a collector", f"Write it as {DEFAULT}")])
    exporter = OTLPSpanExporter(endpoint, session=_session(endpoint, environ))
    provider = TracerProvider(resource=Resource.create({"service.name": name}), shutdown_on_exit=False)
    provider.add_span_processor(BatchSpanProcessor(exporter, max_queue_size=MOST_SPANS))
    return Traces(provider, now)


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

    authorities = next((environ[name] for name in AUTHORITIES if environ.get(name)), None)
    session = requests.Session()
    equip(session, network_to(endpoint, authorities))
    return session


def _mark(span: "Span", why: str) -> None:
    from opentelemetry.trace import Status, StatusCode

    span.set_status(Status(StatusCode.ERROR, why))


def _ns(moment: datetime) -> int:
    return round(moment.timestamp() * 1_000_000) * 1_000
