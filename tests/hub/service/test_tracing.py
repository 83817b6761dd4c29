"""Traces reach a collector over real HTTP, with the run, its stages and its requests, and nothing secret in them."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from connectors.base import RequestRecord
from hub.model.service_state import FinishedRun, RunRequest
from hub.service.tracing import build_tracer
from tests.hub.service.test_scheduler import an_outcome

BEGAN = datetime(2026, 11, 16, 9, tzinfo=UTC)
ENDED = FinishedRun(RunRequest(frozenset({"jira"})), BEGAN, BEGAN + timedelta(seconds=4), "done", 7)


class Collector(HTTPServer):
    """Keeps what it is sent."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Receiver)
        self.bodies: list[tuple[str, bytes]] = []

    @property
    def spans(self) -> dict[str, Span]:
        found = [ExportTraceServiceRequest.FromString(body) for _, body in self.bodies]
        generator = (
            span
            for item in found
            for resource in item.resource_spans
            for scope in resource.scope_spans
            for span in scope.spans
        )
        return {span.name: span for span in generator}


class Receiver(BaseHTTPRequestHandler):
    server: Collector

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.bodies.append((self.path, body))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@pytest.fixture
def collector() -> Iterator[Collector]:
    with Collector() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def attributes(span: Span) -> dict[str, object]:
    return {
        attribute.key: attribute.value.string_value or attribute.value.int_value or attribute.value.double_value
        for attribute in span.attributes
    }


def test_a_run_its_stages_and_its_requests_reach_the_collector(collector: Collector) -> None:
    url = f"http://127.0.0.1:{collector.server_port}"
    clock = [BEGAN + timedelta(seconds=1)]
    traced = build_tracer(lambda: clock[0], {"OTEL_EXPORTER_OTLP_ENDPOINT": url})
    assert traced is not None
    traced.on_request(RequestRecord("jira", "acme.atlassian.net", "search", "200", 0.5, 0.0))
    clock[0] = BEGAN + timedelta(seconds=3)
    traced.on_request(RequestRecord("jira", "acme.atlassian.net", "write", "no_answer", 0.25, 2.0))
    traced.on_run_end(ENDED, replace(an_outcome(), seconds={"pull": 2.0, "publish": 2.0}))
    traced.close()
    spans = collector.spans
    assert set(spans) == {"sync", "pull", "publish", "request search", "request write"}
    assert [path for path, _ in collector.bodies] == ["/v1/traces"]
    assert attributes(spans["sync"]) == {"hub.run": 7, "hub.result": "done", "hub.reason": "schedule"}
    for child, parent in (("pull", "sync"), ("request search", "pull"), ("request write", "publish")):
        assert spans[child].parent_span_id == spans[parent].span_id
    asked = spans["request search"]
    assert attributes(asked)["server.address"] == "acme.atlassian.net"
    assert attributes(asked)["http.response.status_code"] == 200
    assert asked.end_time_unix_nano - asked.start_time_unix_nano == 500_000_000
    assert spans["request write"].status.code == 2


@pytest.mark.parametrize(
    "environ",
    [
        {},
        {"OTEL_TRACES_EXPORTER": "none", "OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1"},
        {"OTEL_SDK_DISABLED": "true", "OTEL_TRACES_EXPORTER": "otlp"},
    ],
)
def test_nothing_is_traced_where_nobody_asks_for_it(environ: dict[str, str]) -> None:
    assert build_tracer(lambda: BEGAN, environ) is None
