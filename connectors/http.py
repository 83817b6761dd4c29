"""The one gate to a tracker: deadlines, concurrency, pace, retry and redaction; only it and its client import httpx."""

import json
import random
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import BoundedSemaphore, Lock

import httpx
import tenacity

from connectors import astray
from connectors.base import World
from connectors.budget import Budget
from connectors.carried import carried
from connectors.client import headers_of, new_client
from connectors.deadline import within
from connectors.journal import Journal
from connectors.judge import judge
from connectors.network import Network, barred, network_to
from connectors.pace import Pace, pace_of
from connectors.redact import Redactor
from connectors.turns import Caller, Turns
from connectors.unpack import Torn, Unfit, unpacked
from connectors.wire import Again, Answer, Limits, Lost, Refuse, Request, Response, Unusable
from hub.model.errors import CredentialsRefused, RetryLater, SourceError

__all__ = ["Gate", "Limits"]

MOST_IN_FLIGHT, MOST_REDIRECTS = 16, 3
UNAUTHORIZED = 401
# Asking on with credentials that were refused gets accounts locked.
REFUSED_SECONDS = 60
REFUSED_BEFORE = Refuse(CredentialsRefused, "not sent: the credentials were refused before (HTTP 401)")
NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)


@dataclass(slots=True)
class _Call:
    """One request on its way through its attempts."""

    request: Request
    deadline: datetime
    attempt: int = 0
    signed: Mapping[str, str] = field(default_factory=dict, repr=False)
    renewed: bool = False


class Gate:
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
        world: World,
        limits: Limits | None = None,
        secrets: Iterable[str] = (),
        network: Network | None = None,
        pace: Pace | None = None,
    ) -> None:
        """`sign` gives the headers to let us in, `renew` tells whether there are others than those; see `Caller`."""
        self.requests = 0
        self._connector = connector
        self._base = base_url.rstrip("/")
        self._sign, self._renew = sign, renew
        self._world = world
        self._limits = limits or Limits()
        held = tuple(secrets)
        self.redact = Redactor(held)
        host = httpx.URL(self._base).netloc.decode()
        self._journal = Journal(connector, host, world)
        caller = Caller(connector, host, account or "\n".join(held), writer)
        self._turns = Turns(caller, pace or pace_of(host), world, self._limits)
        self._refused_until: datetime | None = None
        self._width = max(1, min(MOST_IN_FLIGHT, self._limits.in_flight))
        self._places = BoundedSemaphore(self._width)
        self._counting = Lock()
        self._network = network or network_to(self._base)
        self.redact.add(*self._network.secrets)
        self._client = new_client(self._network)

    @property
    def budgets(self) -> tuple[Budget, ...]:
        """What the host last said is left of its limits, by kind of call."""
        return self._turns.budgets

    def send(self, request: Request) -> Response:
        """Send, repeating where that is safe; gives a 2xx answer or raises of the `SourceError` family."""
        with self._places:
            call = _Call(request, self._world.now() + timedelta(seconds=self._limits.total))
            answer = self._retrying(call)(self._attempt, call)
            assert isinstance(answer, Response)  # noqa: S101 - the loop ends with an answer or an error
            return answer

    def send_all(self, requests: Iterable[Request]) -> Generator[Response | SourceError, None, None]:
        """Answers in the order of the requests, several in flight; a failed one is an error among the answers.

        Requests are drawn only a little ahead of the answers taken, so memory stays flat however many there are.
        """
        waiting: deque[Future[Response | SourceError]] = deque()
        pool, send = ThreadPoolExecutor(self._width, thread_name_prefix=self._connector), carried(self._send_or_error)
        try:
            for request in requests:
                waiting.append(pool.submit(send, request))
                if len(waiting) >= 2 * self._width:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            pool.shutdown(cancel_futures=True)

    def close(self) -> None:
        """Let go of connections, and tell what is left."""
        self._turns.note()
        self._client.close()

    def _send_or_error(self, request: Request) -> Response | SourceError:
        try:
            return self.send(request)
        except SourceError as error:
            return error

    def _retrying(self, call: _Call) -> tenacity.Retrying:
        """The loop; whether, and after how long, stands in the verdict."""
        return tenacity.Retrying(
            retry=tenacity.retry_if_result(lambda answer: isinstance(answer, Again)),
            # Never shorter than asked; a little longer, so that those who were stopped together do not come together.
            wait=lambda state: _verdict(state).wait * random.uniform(1.0, 1.1),  # noqa: S311
            stop=lambda state: self._world.now() + timedelta(seconds=state.upcoming_sleep) > call.deadline,
            sleep=self._world.sleep,
            retry_error_callback=lambda state: self._out_of_time(call, _verdict(state)),
        )

    def _attempt(self, call: _Call) -> Response | Again:
        asked = self._world.now()
        self._wait_for_turn(call)
        call.attempt += 1
        sent = self._world.now()
        answer = self._exchange(call)
        verdict = judge(call.request, answer, call.attempt, self._limits, self._world.now())
        self._journal.note(call.request, answer, verdict, asked=asked, sent=sent)
        if isinstance(answer, Response):
            self._turns.learn(call.request, answer)
            if answer.status == UNAUTHORIZED and self._renewed(call):
                return Again(0.0, "the credentials were renewed")
        if isinstance(verdict, Again | Refuse):
            self._turns.heed(verdict)
        if isinstance(verdict, Refuse):
            raise self._error(call.request, verdict)
        return verdict if isinstance(verdict, Again) else verdict.response

    def _renewed(self, call: _Call) -> bool:
        """A call that was not let in has done nothing: with other credentials even a POST may be sent again."""
        if not call.renewed and self._renew(call.signed):
            call.renewed = True
            call.attempt -= 1
            return True
        self._refused_until = self._world.now() + timedelta(seconds=REFUSED_SECONDS)
        return False

    def _wait_for_turn(self, call: _Call) -> None:
        if self._refused_until is not None and self._world.now() < self._refused_until:
            raise self._error(call.request, REFUSED_BEFORE)
        turn = self._turns.take(call.request, call.deadline)
        if isinstance(turn, Refuse):
            raise self._error(call.request, turn)
        # Our own pace takes nothing of the time that the tracker has for its answers.
        call.deadline += timedelta(seconds=turn)

    def _out_of_time(self, call: _Call, verdict: Again) -> Response:
        raise self._error(call.request, Refuse(RetryLater, f"{verdict.why}, out of time", verdict.wait))

    def _error(self, request: Request, refusal: Refuse) -> SourceError:
        what = self.redact(f"{request.method} {request.path}: {refusal.why}")
        if issubclass(refusal.error, RetryLater):
            return refusal.error(self._connector, what, wait=refusal.wait, key=request.ticket)
        return refusal.error(self._connector, what, key=request.ticket)

    def _exchange(self, call: _Call) -> Answer:
        """One request and its answer, following a tracker that moved something on the same host."""
        url: httpx.URL | str = httpx.URL(self._base + call.request.path, params=dict(call.request.params) or None)
        for _ in range(MOST_REDIRECTS):
            answer = self._once(call, url)
            if not isinstance(answer, Response) or call.request.method != "GET":
                return answer
            if (moved := astray.within(str(url), answer)) is None:
                return answer
            url = moved
        return answer

    def _once(self, call: _Call, url: httpx.URL | str) -> Answer:
        request, limits = call.request, self._limits
        left = max(0.1, (call.deadline - self._world.now()).total_seconds())
        with self._counting:
            self.requests += 1
        call.signed = dict(self._sign())
        self.redact.add(call.signed.get("Authorization", "").rpartition(" ")[2])
        typed = {} if request.body is None else {"Content-Type": "application/json"}
        try:
            with (
                within(left),
                self._client.stream(
                    request.method,
                    url,
                    content=None if request.body is None else json.dumps(request.body, separators=(",", ":")).encode(),
                    headers={**typed, **request.headers, **call.signed},
                    timeout=httpx.Timeout(min(limits.read, left), connect=min(limits.connect, left)),
                ) as answer,
            ):
                return self._read(answer, call.deadline)
        except NOT_SENT as error:
            return barred(error, self._network) or Lost.NOT_SENT
        except (httpx.HTTPError, httpx.InvalidURL, Torn):  # InvalidURL: for a new address that is none
            return Lost.NO_ANSWER

    def _read(self, answer: httpx.Response, deadline: datetime) -> Answer:
        """The body in pieces, because a server that trickles is never slow enough for a read timeout."""
        try:
            body = unpacked(self._in_time(answer, deadline), answer.headers.get("content-encoding", ""))
        except Unfit as why:
            if answer.is_success:
                return Unusable(str(why))
            body = b""  # what was refused stands in the status
        return Response(answer.status_code, astray.whole(str(answer.url), headers_of(answer)), body)

    def _in_time(self, answer: httpx.Response, deadline: datetime) -> Iterator[bytes]:
        for piece in answer.iter_raw():
            yield piece
            if self._world.now() > deadline:
                raise Torn("out of time")


def _verdict(state: tenacity.RetryCallState) -> Again:
    outcome = state.outcome
    assert outcome is not None  # noqa: S101 - asked only after an attempt
    verdict: Again = outcome.result()
    return verdict
