"""The HTTP client of a connector: concurrency, rate limits, retries, redaction and a log line for every request."""

import json
import random
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import BoundedSemaphore, Lock

import httpx
import structlog
import tenacity

from connectors.base import ConnectorContext, RequestRecord
from connectors.http import retry_policy
from connectors.http.host_limiter import HostRateLimiter, limiter_for
from connectors.http.messages import (
    Answer,
    Fail,
    Limits,
    NoResponse,
    Redactor,
    Request,
    Response,
    Retry,
    RetryDecision,
    Success,
    Unusable,
)
from connectors.http.network import Network, as_unreachable, network_for
from connectors.http.rate_limit import RateLimit
from connectors.http.retry_policy import decide
from connectors.http.throttle import ClientIdentity, Throttle
from connectors.http.transport import IncompleteBody, UnusableBody, decompress, headers_of, new_client, time_limit
from connectors.threads import with_context
from hub.model.errors import CredentialsRefused, RetryLater, SourceError


class RequestLog:
    """Of one connector at one host: a line in the log, and a word to whoever counts."""

    def __init__(self, connector: str, host: str, context: ConnectorContext) -> None:
        self._connector, self._host, self._context = connector, host, context

    def record(
        self, request: Request, answer: Answer, decision: RetryDecision, *, requested_at: datetime, sent_at: datetime
    ) -> None:
        """Say what was asked, what came, how long it took and how long it made us wait."""
        seconds = (self._context.now() - sent_at).total_seconds()
        status = str(answer.status) if isinstance(answer, Response) else answer.name.lower()
        waited = (sent_at - requested_at).total_seconds() + (decision.wait if isinstance(decision, Retry) else 0.0)
        self._context.on_request(
            RequestRecord(self._connector, self._host, request.kind.value, status, seconds, waited)
        )
        if not structlog.is_configured():
            return
        structlog.get_logger().debug(
            "request",
            connector=self._connector,
            method=request.method,
            path=request.path,
            status=answer.status if isinstance(answer, Response) else answer.value,
            milliseconds=round(seconds * 1000),
            wait=0.0 if isinstance(decision, Success) else round(decision.wait, 1),
        )


__all__ = ["ApiClient", "Limits"]

MAX_CONCURRENT_REQUESTS, MAX_REDIRECTS = 16, 3
UNAUTHORIZED = 401
# Asking on with credentials that were refused gets accounts locked.
REFUSAL_SECONDS = 60
REFUSED_EARLIER = Fail(CredentialsRefused, "not sent: the credentials were refused before (HTTP 401)")
NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)


@dataclass(slots=True)
class _Call:
    """One request on its way through its attempts."""

    request: Request
    deadline: datetime
    attempt: int = 0
    signed: Mapping[str, str] = field(default_factory=dict, repr=False)
    renewed: bool = False


class ApiClient:
    """Everything that one connector sends goes through here.

    Errors carry the connector's name, the method, the path and the tracker's words: no query, header or secret.
    """

    def __init__(
        self,
        connector: str,
        base_url: str,
        *,
        sign: Callable[[], Mapping[str, str]],
        renew: Callable[[Mapping[str, str]], bool] = lambda _signed: False,
        account: str = "",
        writer: Callable[[], str] | None = None,
        context: ConnectorContext,
        limits: Limits | None = None,
        secrets: Iterable[str] = (),
        network: Network | None = None,
        limiter: HostRateLimiter | None = None,
    ) -> None:
        """`sign` gives the headers to let us in, `renew` tells whether there are others than those; see
        `ClientIdentity`."""
        self.requests = 0
        self._connector = connector
        self._base_url = base_url.rstrip("/")
        self._sign, self._renew = sign, renew
        self._context = context
        self._limits = limits or Limits()
        secret_values = tuple(secrets)
        self.redact = Redactor(secret_values)
        host = httpx.URL(self._base_url).netloc.decode()
        self._request_log = RequestLog(connector, host, context)
        identity = ClientIdentity(connector, host, account or "\n".join(secret_values), writer)
        self._throttle = Throttle(identity, limiter or limiter_for(host), context, self._limits)
        self._refused_until: datetime | None = None
        self._concurrency = max(1, min(MAX_CONCURRENT_REQUESTS, self._limits.max_concurrent_requests))
        self._slots = BoundedSemaphore(self._concurrency)
        self._count_lock = Lock()
        self._network = network or network_for(self._base_url)
        self.redact.add(*self._network.secrets)
        self._client = new_client(self._network)

    @property
    def rate_limits(self) -> tuple[RateLimit, ...]:
        """What the host last said is left of its limits, by kind of call."""
        return self._throttle.rate_limits

    def send(self, request: Request) -> Response:
        """Send, repeating where that is safe; gives a 2xx answer or raises of the `SourceError` family."""
        with self._slots:
            call = _Call(request, self._context.now() + timedelta(seconds=self._limits.total))
            answer = self._retry_loop(call)(self._attempt, call)
            assert isinstance(answer, Response)  # noqa: S101 - the loop ends with an answer or an error
            return answer

    def send_all(self, requests: Iterable[Request]) -> Generator[Response | SourceError, None, None]:
        """Answers in the order of the requests, several in flight; a failed one is an error among the answers.

        Requests are drawn only a little ahead of the answers taken, so memory stays flat however many there are.
        """
        pending: deque[Future[Response | SourceError]] = deque()
        pool, send = (
            ThreadPoolExecutor(self._concurrency, thread_name_prefix=self._connector),
            with_context(self._send_or_error),
        )
        try:
            for request in requests:
                pending.append(pool.submit(send, request))
                if len(pending) >= 2 * self._concurrency:
                    yield pending.popleft().result()
            while pending:
                yield pending.popleft().result()
        finally:
            pool.shutdown(cancel_futures=True)

    def close(self) -> None:
        """Let go of connections, and tell what is left."""
        self._throttle.save_status()
        self._client.close()

    def _send_or_error(self, request: Request) -> Response | SourceError:
        try:
            return self.send(request)
        except SourceError as error:
            return error

    def _retry_loop(self, call: _Call) -> tenacity.Retrying:
        """The loop; whether, and after how long, stands in the verdict."""
        return tenacity.Retrying(
            retry=tenacity.retry_if_result(lambda answer: isinstance(answer, Retry)),
            # Never shorter than asked; a little longer, so that those who were stopped together do not come together.
            wait=lambda state: _decision(state).wait * random.uniform(1.0, 1.1),  # noqa: S311
            stop=lambda state: self._context.now() + timedelta(seconds=state.upcoming_sleep) > call.deadline,
            sleep=self._context.sleep,
            retry_error_callback=lambda state: self._raise_out_of_time(call, _decision(state)),
        )

    def _attempt(self, call: _Call) -> Response | Retry:
        requested_at = self._context.now()
        self._wait_for_slot(call)
        call.attempt += 1
        sent_at = self._context.now()
        try:
            answer = self._follow_redirects(call)
            if isinstance(answer, Response):
                self._throttle.update(call.request, answer)
        finally:
            self._throttle.end_call(call.request)
        decision = decide(call.request, answer, call.attempt, self._limits, self._context.now())
        self._request_log.record(call.request, answer, decision, requested_at=requested_at, sent_at=sent_at)
        if isinstance(answer, Response) and answer.status == UNAUTHORIZED and self._renew_credentials(call):
            return Retry(0.0, "the credentials were renewed")
        if isinstance(decision, Retry | Fail):
            self._throttle.back_off(decision)
        if isinstance(decision, Fail):
            raise self._error(call.request, decision)
        return decision if isinstance(decision, Retry) else decision.response

    def _renew_credentials(self, call: _Call) -> bool:
        """A call that was not let in has done nothing: with other credentials even a POST may be sent again."""
        if not call.renewed and self._renew(call.signed):
            call.renewed = True
            call.attempt -= 1
            return True
        self._refused_until = self._context.now() + timedelta(seconds=REFUSAL_SECONDS)
        return False

    def _wait_for_slot(self, call: _Call) -> None:
        if self._refused_until is not None and self._context.now() < self._refused_until:
            raise self._error(call.request, REFUSED_EARLIER)
        slot = self._throttle.acquire(call.request, call.deadline)
        if isinstance(slot, Fail):
            raise self._error(call.request, slot)
        # Our own pace takes nothing of the time that the tracker has for its answers.
        call.deadline += timedelta(seconds=slot)

    def _raise_out_of_time(self, call: _Call, decision: Retry) -> Response:
        raise self._error(call.request, Fail(RetryLater, f"{decision.reason}, out of time", decision.wait))

    def _error(self, request: Request, refusal: Fail) -> SourceError:
        message = self.redact(f"{request.method} {request.path}: {refusal.reason}")
        if issubclass(refusal.error, RetryLater):
            return refusal.error(self._connector, message, wait=refusal.wait, key=request.ticket)
        return refusal.error(self._connector, message, key=request.ticket)

    def _follow_redirects(self, call: _Call) -> Answer:
        """One request and its answer, following a tracker that moved something on the same host."""
        url: httpx.URL | str = httpx.URL(self._base_url + call.request.path, params=dict(call.request.params) or None)
        for _ in range(MAX_REDIRECTS):
            answer = self._send_once(call, url)
            if not isinstance(answer, Response) or call.request.method != "GET":
                return answer
            if (redirect := retry_policy.same_host_redirect(str(url), answer)) is None:
                return answer
            url = redirect
        return answer

    def _send_once(self, call: _Call, url: httpx.URL | str) -> Answer:
        request, limits = call.request, self._limits
        remaining = max(0.1, (call.deadline - self._context.now()).total_seconds())
        with self._count_lock:
            self.requests += 1
        call.signed = dict(self._sign())
        self.redact.add(call.signed.get("Authorization", "").rpartition(" ")[2])
        content_headers = {} if request.body is None else {"Content-Type": "application/json"}
        try:
            with (
                time_limit(remaining),
                self._client.stream(
                    request.method,
                    url,
                    content=None if request.body is None else json.dumps(request.body, separators=(",", ":")).encode(),
                    headers={**content_headers, **request.headers, **call.signed},
                    timeout=httpx.Timeout(min(limits.read, remaining), connect=min(limits.connect, remaining)),
                ) as answer,
            ):
                return self._read(answer, call.deadline)
        except NOT_SENT as error:
            return as_unreachable(error, self._network) or NoResponse.NOT_SENT
        except (httpx.HTTPError, httpx.InvalidURL, IncompleteBody):  # InvalidURL: for a new address that is none
            return NoResponse.NO_ANSWER

    def _read(self, answer: httpx.Response, deadline: datetime) -> Answer:
        """The body in pieces, because a server that trickles is never slow enough for a read timeout."""
        try:
            body = decompress(self._chunks_in_time(answer, deadline), answer.headers.get("content-encoding", ""))
        except UnusableBody as error:
            if answer.is_success:
                return Unusable(str(error))
            body = b""  # what was refused stands in the status
        return Response(
            answer.status_code, retry_policy.with_absolute_location(str(answer.url), headers_of(answer)), body
        )

    def _chunks_in_time(self, answer: httpx.Response, deadline: datetime) -> Iterator[bytes]:
        for chunk in answer.iter_raw():
            yield chunk
            if self._context.now() > deadline:
                raise IncompleteBody("out of time")


def _decision(state: tenacity.RetryCallState) -> Retry:
    outcome = state.outcome
    assert outcome is not None  # noqa: S101 - asked only after an attempt
    decision: Retry = outcome.result()
    return decision
