"""The gate on a wire: real sockets for what breaks, respx for what is sent."""

import base64
import json
import logging
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import pytest
import respx
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.http.client import ApiClient
from connectors.http.host_limiter import HostRateLimiter
from connectors.http.messages import CallKind, Limits, Redactor, Request, Response, error_text
from hub.model.errors import CredentialsRefused, OutcomeUnknown, RetryLater, SourceError
from tests.fakes.connector_context import FakeTime, a_world
from tests.fakes.refused_address import refused_address

SITE = "https://tracker.test/base"
SECRET = "s3cr3t-t0ken"
READ = Request("GET", "/page", params={"jql": "secret project"})
POST = Request("POST", "/comment", body={"body": "naïve"}, kind=CallKind.WRITE, idempotent=False, ticket="ACME-1")
PUT = Request("PUT", "/comment/1", body={"body": "x"}, kind=CallKind.WRITE, ticket="ACME-1")
Handle = Callable[["Handler"], None]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def _serve(self) -> None:
        self.rfile.read(int(self.headers.get("content-length", 0)))
        self.server.handled.append(self.command)  # type: ignore[attr-defined]
        self.server.handle_with(self)  # type: ignore[attr-defined]

    do_GET = do_POST = do_PUT = do_CONNECT = _serve  # noqa: N815

    def reply(self, status: int, body: bytes = b"{}", **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        if "Content_Length" not in headers:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        pass


@contextmanager
def served(handle: Handle) -> Iterator[tuple[str, list[str]]]:
    """A loopback server that answers with `handle`; yields its address and the methods that reached it."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.handle_with, server.handled, server.daemon_threads = handle, [], True  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", server.handled  # type: ignore[attr-defined]
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def a_gate(url: str = SITE, time: FakeTime | None = None, **changes: Any) -> Iterator[ApiClient]:
    pace = changes.pop("pace", None) or HostRateLimiter()
    sign = changes.pop("sign", lambda: {"Authorization": f"Bearer {SECRET}"})
    ours = {name: changes.pop(name) for name in ("renew", "account", "writer") if name in changes}
    limits = Limits(**{"writes_per_minute": 0, **changes})
    gate = ApiClient(
        "jira", url, sign=sign, context=a_world(time), limits=limits, secrets=[SECRET], limiter=pace, **ours
    )
    try:
        yield gate
    finally:
        gate.close()


def drop(handler: Handler) -> None:
    handler.close_connection = True
    handler.connection.close()


def truncate(handler: Handler) -> None:
    handler.reply(200, b'{"issues": [', Content_Length="4000")
    handler.close_connection = True


@respx.mock
def test_request_goes_out_signed_compact_and_named() -> None:
    route = respx.post(f"{SITE}/comment").respond(201, json={"id": "1"})
    with a_gate() as gate:
        assert gate.send(POST).json() == {"id": "1"}
    sent = route.calls.last.request
    assert json.loads(sent.content) == {"body": "naïve"}
    assert b" " not in sent.content
    assert sent.headers["authorization"] == f"Bearer {SECRET}"
    assert sent.headers["accept-language"] == "en"
    assert sent.headers["user-agent"].startswith("alignment-hub/")
    assert sent.headers["content-type"] == "application/json"


@respx.mock
def test_credentials_are_asked_for_before_every_attempt() -> None:
    route = respx.get(f"{SITE}/page").mock(side_effect=[httpx.Response(502), httpx.Response(200, json={})])
    tokens = iter(["old", "new"])
    with a_gate(sign=lambda: {"Authorization": next(tokens)}) as gate:
        gate.send(READ)
    assert [call.request.headers["authorization"] for call in route.calls] == ["old", "new"]


@respx.mock
def test_wait_is_never_shorter_than_asked() -> None:
    respx.get(f"{SITE}/page").mock(
        side_effect=[httpx.Response(429, headers={"Retry-After": "50"}), httpx.Response(200, json={})]
    )
    time = FakeTime()
    with a_gate(time=time) as gate:
        gate.send(READ)
        assert gate.requests == 2
    assert sum(time.waits) >= 50


@respx.mock
def test_wait_beyond_the_cap_is_not_slept_and_holds_for_the_whole_host() -> None:
    route = respx.get(f"{SITE}/page").respond(429, headers={"Retry-After": "300"})
    time, pace = FakeTime(), HostRateLimiter()
    with a_gate(time=time, pace=pace) as gate, a_gate(time=time, pace=pace) as other:
        with pytest.raises(RetryLater) as first:
            gate.send(READ)
        with pytest.raises(RetryLater) as second:
            other.send(READ)
    assert (first.value.wait, second.value.wait, time.waits, route.call_count) == (300, 300, [], 1)


@respx.mock
def test_pause_of_one_gate_is_kept_by_another_to_the_same_host() -> None:
    respx.get(f"{SITE}/page").mock(side_effect=[httpx.Response(429, headers={"Retry-After": "70"})])
    respx.get(f"{SITE}/other").respond(200, json={})
    time, pace = FakeTime(), HostRateLimiter()
    with (
        a_gate(time=time, pace=pace, max_wait_seconds=60) as gate,
        a_gate(time=time, pace=pace, max_wait_seconds=90) as other,
    ):
        with pytest.raises(RetryLater):
            gate.send(READ)
        other.send(Request("GET", "/other"))
    assert time.waits == [70]


@respx.mock
def test_deadline_holds_over_all_tries() -> None:
    respx.get(f"{SITE}/page").respond(429, headers={"Retry-After": "50"})
    time = FakeTime()
    with a_gate(time=time, total=120) as gate, pytest.raises(RetryLater):
        gate.send(READ)
    assert sum(time.waits) <= 120


@respx.mock
def test_writes_keep_their_distance_and_reads_do_not() -> None:
    respx.put(f"{SITE}/comment/1").respond(200, json={})
    respx.get(f"{SITE}/page").respond(200, json={})
    time = FakeTime()
    with a_gate(time=time, writes_per_minute=30) as gate:
        for request in (PUT, READ, PUT, READ, PUT):
            gate.send(request)
    assert time.waits == [2, 2]


@respx.mock
def test_error_shows_neither_secret_nor_query_nor_header() -> None:
    encoded = base64.b64encode(SECRET.encode()).decode()
    respx.get(f"{SITE}/page").respond(401, json={"message": f"bad token {SECRET} / {encoded}"})
    with a_gate() as gate, pytest.raises(CredentialsRefused) as refused:
        gate.send(READ)
    shown = f"{refused.value!s} {refused.value!r} {refused.value.__dict__} {refused.value.__context__!r}"
    assert SECRET not in shown
    assert encoded not in shown
    assert "secret project" not in shown
    assert "GET /page: HTTP 401: bad token" in shown


@respx.mock
def test_urls_are_not_logged(caplog: pytest.LogCaptureFixture) -> None:
    respx.get(f"{SITE}/page").respond(200, json={})
    with caplog.at_level(logging.INFO), a_gate() as gate:
        gate.send(READ)
    assert "secret" not in caplog.text


@respx.mock
def test_redirect_is_followed_on_the_same_host_only() -> None:
    respx.get(f"{SITE}/page").respond(301, headers={"Location": "/base/moved"})
    respx.get(f"{SITE}/moved").respond(200, json={"here": True})
    respx.get(f"{SITE}/away").respond(302, headers={"Location": "https://evil.test/x"})
    with a_gate() as gate:
        assert gate.send(READ).json() == {"here": True}
        with pytest.raises(SourceError, match="HTTP 302"):
            gate.send(Request("GET", "/away"))


def test_many_answers_come_in_the_order_of_their_requests() -> None:
    with served(lambda handler: handler.reply(200, json.dumps(handler.path).encode())) as (url, _), a_gate(url) as gate:
        answers = list(gate.send_all(Request("GET", f"/{n}") for n in range(100)))
        assert gate.requests == 100
    assert [answer.json() for answer in answers if isinstance(answer, Response)] == [f"/{n}" for n in range(100)]


def test_failed_request_is_one_error_among_the_answers() -> None:
    def handle(handler: Handler) -> None:
        handler.reply(404 if handler.path == "/2" else 200)

    with served(handle) as (url, _), a_gate(url) as gate:
        answers = list(gate.send_all(Request("GET", f"/{n}") for n in range(5)))
    assert [isinstance(answer, SourceError) for answer in answers] == [False, False, True, False, False]


def test_requests_are_drawn_only_a_little_ahead_of_the_answers() -> None:
    drawn = []

    def requests() -> Iterator[Request]:
        for n in range(1000):
            drawn.append(n)
            yield Request("GET", f"/{n}")

    with served(lambda handler: handler.reply(200)) as (url, _), a_gate(url, max_concurrent_requests=4) as gate:
        answers = gate.send_all(requests())
        next(answers)
        assert len(drawn) <= 8
        answers.close()  # type: ignore[attr-defined]


def test_no_more_requests_are_in_flight_than_allowed() -> None:
    lock, now, most = threading.Lock(), [0], [0]

    def handle(handler: Handler) -> None:
        with lock:
            now[0] += 1
            most[0] = max(most[0], now[0])
        threading.Event().wait(0.01)
        with lock:
            now[0] -= 1
        handler.reply(200)

    with served(handle) as (url, _), a_gate(url, max_concurrent_requests=50) as gate:
        list(gate.send_all(Request("GET", "/") for _ in range(60)))
    assert 1 < most[0] <= 16


@pytest.mark.parametrize("fault", [drop, truncate, lambda h: h.reply(502), lambda h: h.reply(201, b"<html>")])
def test_post_that_may_have_arrived_is_sent_once(fault: Handle) -> None:
    with served(fault) as (url, seen), a_gate(url) as gate, pytest.raises(OutcomeUnknown) as unknown:
        gate.send(POST)
    assert seen == ["POST"]
    assert unknown.value.key == "ACME-1"


@pytest.mark.parametrize("fault", [drop, truncate, lambda h: h.reply(502), lambda h: h.reply(200, b"no words")])
def test_read_survives_faults_that_pass(fault: Handle) -> None:
    faults = iter([fault, fault])

    def handle(handler: Handler) -> None:
        next(faults, lambda h: h.reply(200))(handler)

    with served(handle) as (url, seen), a_gate(url) as gate:
        assert gate.send(READ).json() == {}
    assert len(seen) == 3


@pytest.mark.parametrize("fault", [drop, truncate, lambda h: h.reply(500)])
def test_read_gives_up_after_its_tries(fault: Handle) -> None:
    with served(fault) as (url, seen), a_gate(url, tries=3) as gate, pytest.raises(RetryLater):
        gate.send(PUT)
    assert len(seen) == 3


def test_server_that_never_answers_is_left_after_the_read_timeout() -> None:
    arrived, released = threading.Event(), threading.Event()

    def handle(_handler: Handler) -> None:
        arrived.set()
        released.wait(60)

    with served(handle) as (url, seen):
        with a_gate(url, read=0.1, tries=2) as gate, pytest.raises(OutcomeUnknown):
            gate.send(POST)
        # On a busy machine the server's thread comes to it only now.
        assert arrived.wait(60)
        released.set()
    assert seen == ["POST"]


def test_refused_connection_is_safe_to_repeat_even_for_a_post() -> None:
    with refused_address() as url, a_gate(url, tries=3) as gate:
        with pytest.raises(RetryLater, match="could not connect"):
            gate.send(POST)
        assert gate.requests == 3


statuses = st.lists(st.sampled_from([200, 201, 204, 400, 401, 403, 404, 408, 409, 429, 500, 502, 503]), max_size=4)


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(statuses)
def test_post_is_repeated_only_while_it_was_refused(script: list[int]) -> None:
    with respx.mock:
        replies = [httpx.Response(status, json={}) for status in [*script, 201]]
        route = respx.post(f"{SITE}/comment").mock(side_effect=replies)
        with a_gate(max_wait_seconds=10_000, total=100_000, tries=9) as gate, suppress(SourceError):
            gate.send(POST)
    answered = [call.response.status_code for call in route.calls]
    assert all(status == 429 for status in answered[:-1])


# --- what is left, and who waits for what


LEFT = {"x-ratelimit-limit": "5000", "x-ratelimit-resource": "core"}


def github_left(time: FakeTime, remaining: int, seconds: int = 30) -> dict[str, str]:
    reset = str(int(time.now().timestamp()) + seconds)
    return LEFT | {"x-ratelimit-remaining": str(remaining), "x-ratelimit-reset": reset}


@respx.mock
def test_reserve_is_kept_for_calls_about_a_single_ticket() -> None:
    time = FakeTime()
    respx.get(f"{SITE}/page").respond(200, json={}, headers=github_left(time, 200))
    respx.put(f"{SITE}/comment/1").respond(200, json={}, headers=github_left(time, 199))
    with a_gate(time=time) as gate:
        gate.send(READ)
        gate.send(PUT)
        assert time.waits == []
        gate.send(READ)
        assert time.waits == [30]


@respx.mock
def test_calls_slow_down_before_the_reserve_is_reached() -> None:
    time = FakeTime()
    respx.get(f"{SITE}/page").respond(200, json={}, headers=github_left(time, 400, 3000))
    with a_gate(time=time) as gate:
        for _ in range(4):
            gate.send(READ)
    assert time.waits == [1, 1]


@respx.mock
def test_limit_that_ends_too_late_is_not_sat_out() -> None:
    time = FakeTime()
    route = respx.get(f"{SITE}/page").respond(200, json={}, headers=github_left(time, 0, 3000))
    with a_gate(time=time) as gate:
        gate.send(READ)
        with pytest.raises(RetryLater, match="nearly spent") as later:
            gate.send(READ)
        graphql = respx.post(f"{SITE}/graphql").respond(200, json={"data": {}})
        gate.send(Request("POST", "/graphql", kind=CallKind.GRAPHQL))
    assert (later.value.wait, time.waits, route.call_count, graphql.call_count) == (3000, [], 1, 1)


@respx.mock
def test_gate_shows_what_is_left() -> None:
    time = FakeTime()
    respx.get(f"{SITE}/page").respond(200, json={}, headers=github_left(time, 4321))
    with a_gate(time=time) as gate:
        assert gate.rate_limits == ()
        gate.send(READ)
        assert [(budget.kind, budget.limit, budget.remaining) for budget in gate.rate_limits] == [("core", 5000, 4321)]


@respx.mock
def test_limit_of_one_ticket_holds_only_writes_to_it() -> None:
    headers = {"Retry-After": "20", "RateLimit-Reason": "jira-per-issue-on-write"}
    respx.put(f"{SITE}/comment/1").mock(
        side_effect=[httpx.Response(429, headers=headers), *[httpx.Response(200, json={})] * 3]
    )
    respx.get(f"{SITE}/page").respond(200, json={})
    other = Request("PUT", "/comment/1", kind=CallKind.WRITE, ticket="ACME-2")
    time = FakeTime()
    with a_gate(time=time, max_wait_seconds=10) as gate:
        with pytest.raises(RetryLater):
            gate.send(PUT)
        gate.send(READ)
        gate.send(other)
        with pytest.raises(RetryLater):
            gate.send(PUT)
        assert time.waits == []
        time.sleep(20)
        gate.send(PUT)
    assert time.waits == [20]


@respx.mock
def test_burst_limit_holds_only_its_endpoint() -> None:
    headers = {"Retry-After": "20", "RateLimit-Reason": "jira-burst-based"}
    ticket = respx.get(url__regex=f"{SITE}/issue/.*").respond(429, headers=headers)
    respx.get(f"{SITE}/page").respond(200, json={})
    time = FakeTime()
    with a_gate(time=time, max_wait_seconds=10) as gate:
        for key in ("ACME-1", "ACME-22"):
            with pytest.raises(RetryLater):
                gate.send(Request("GET", f"/issue/{key}"))
        gate.send(READ)
    assert (ticket.call_count, time.waits) == (1, [])


# --- credentials


@respx.mock
def test_token_that_ended_is_renewed_and_the_call_signed_anew() -> None:
    tokens = ["old"]
    route = respx.post(f"{SITE}/comment").mock(
        side_effect=lambda sent: httpx.Response(201 if sent.headers["authorization"] == "new" else 401, json={"id": 1})
    )

    def renew(signed: Mapping[str, str]) -> bool:
        tokens[0] = "new"
        return signed["Authorization"] == "old"

    with a_gate(sign=lambda: {"Authorization": tokens[0]}, renew=renew, tries=1) as gate:
        assert gate.send(POST).status == 201
    assert [call.response.status_code for call in route.calls] == [401, 201]


@respx.mock
def test_renewed_token_that_is_refused_as_well_is_not_renewed_for_ever() -> None:
    route = respx.get(f"{SITE}/page").respond(401)
    with a_gate(renew=lambda _: True) as gate, pytest.raises(CredentialsRefused):
        gate.send(READ)
    assert route.call_count == 2


@respx.mock
def test_refused_credentials_are_not_tried_on_and_on() -> None:
    route = respx.get(f"{SITE}/page").mock(side_effect=[httpx.Response(401), httpx.Response(200, json={})])
    time = FakeTime()
    with a_gate(time=time) as gate:
        for _ in range(3):
            with pytest.raises(CredentialsRefused):
                gate.send(READ)
        assert route.call_count == 1
        time.sleep(60)
        assert gate.send(READ).status == 200


@respx.mock
def test_token_that_was_issued_on_the_way_is_shown_in_no_error() -> None:
    respx.get(f"{SITE}/page").respond(403, json={"message": "no ghs_issuedlater"})
    with a_gate(sign=lambda: {"Authorization": "Bearer ghs_issuedlater"}) as gate, pytest.raises(SourceError) as error:
        gate.send(READ)
    assert "ghs_issuedlater" not in str(error.value)


# --- writes


@respx.mock
def test_writes_beyond_the_hour_are_put_off() -> None:
    route = respx.put(f"{SITE}/comment/1").respond(200, json={})
    time = FakeTime()
    with a_gate(time=time, writes_per_hour=3) as gate:
        for _ in range(3):
            gate.send(PUT)
        with pytest.raises(RetryLater, match="own limit of writes") as later:
            gate.send(PUT)
        time.sleep(3600)
        gate.send(PUT)
    assert (later.value.wait, route.call_count) == (3600, 4)


@respx.mock
def test_writes_of_different_accounts_are_counted_apart() -> None:
    respx.put(f"{SITE}/comment/1").respond(200, json={})
    time, pace = FakeTime(), HostRateLimiter()
    for account in ("one", "two", "one"):
        with a_gate(time=time, pace=pace, account=account, writes_per_minute=30) as gate:
            gate.send(PUT)
    assert time.waits == [2]


@respx.mock
def test_two_tokens_of_one_account_share_its_limit_of_writes() -> None:
    respx.put(f"{SITE}/comment/1").respond(200, json={})
    time, pace, asked = FakeTime(), HostRateLimiter(), []

    def writer() -> str:
        asked.append("who?")
        return "712020:bot"

    for token in ("one", "two"):
        with a_gate(time=time, pace=pace, account=token, writer=writer, writes_per_minute=30) as gate:
            gate.send(PUT)
            gate.send(PUT)
    assert time.waits == [2, 2, 2]
    assert asked == ["who?"] * 2


@respx.mock
def test_nobody_asks_who_writes_before_something_is_written() -> None:
    respx.get(f"{SITE}/page").respond(200, json={})
    with a_gate(writer=lambda: pytest.fail("a read asked who writes")) as gate:
        gate.send(READ)


@pytest.mark.parametrize("encode", [str, str.upper, lambda secret: base64.b64encode(f"me:{secret}".encode()).decode()])
def test_words_that_are_cut_within_a_secret_show_nothing_of_it(encode: Callable[[str], str]) -> None:
    redact, shown = Redactor([SECRET]), encode(SECRET)
    for room in range(260, 301):
        answer = Response(403, {}, json.dumps({"message": "." * room + shown + "." * 300}).encode())
        left = redact(error_text(answer)).replace("[secret]", "").replace(".", "").replace("…", "")
        assert left in shown[:7], left
        assert len(left) <= 3 or encode not in (str, str.upper)
