"""The sessions (requests) of jira and PyGithub: our certificates, proxy, deadlines and size limits."""

import io
from collections.abc import Callable, Iterator
from functools import cache
from http.client import HTTPResponse
from threading import Lock
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

from connectors.base import ConnectorContext
from connectors.http.messages import Answer, Fail, Limits, NoResponse, Request, Response, Retry, Unusable, content_of
from connectors.http.network import Network, as_unreachable, is_not_sent, network_for
from connectors.http.retry_policy import REDIRECTS, decide, is_readable, with_absolute_location
from connectors.http.transport import ACCEPTED, IncompleteBody, UnusableBody, decompress, remaining_seconds, time_limit
from hub.model.errors import RetryLater, SourceError

if TYPE_CHECKING:
    import requests
    from requests.adapters import HTTPAdapter


CHUNK_BYTES = 65_536
# A whole answer, from the first byte to the last, may take this many times the longest pause within it.
TOTAL_TIMEOUT_FACTOR = 2.0
DEFAULT_READ_TIMEOUT = 30.0


def adapter_for(network: Network) -> "HTTPAdapter":
    """An adapter that goes the way of the gate."""
    adapter: HTTPAdapter = _adapter_class()(network)
    return adapter


@cache
def _adapter_class() -> Any:
    from requests.adapters import HTTPAdapter  # noqa: PLC0415 - it opens a socket when it is loaded

    return type("Bounded", (_BoundedAdapter, HTTPAdapter), {})


class _BoundedAdapter:
    """Laid over the library's adapter: trusts whom the gate trusts, and takes no more than the gate takes."""

    def __init__(self, network: Network) -> None:
        self._network = network
        super().__init__()

    @property
    def _library(self) -> Any:
        return super()

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> Any:
        return self._library.init_poolmanager(*args, **kwargs, ssl_context=self._network.ssl_context)

    def proxy_manager_for(self, *args: Any, **kwargs: Any) -> Any:
        return self._library.proxy_manager_for(*args, **kwargs, ssl_context=self._network.ssl_context)

    def cert_verify(self, conn: Any, url: Any, *_: Any, **__: Any) -> None:
        """Always against our authorities: the library would add its own."""
        if str(url).lower().startswith("https"):
            conn.cert_reqs = "CERT_REQUIRED"

    def get_connection_with_tls_context(self, *args: Any, **kwargs: Any) -> Any:
        """Connections whose answers keep the deadline."""
        pool = self._library.get_connection_with_tls_context(*args, **kwargs)
        pool.ConnectionCls = _with_deadline(pool.ConnectionCls)
        return pool

    def send(self, *args: Any, **kwargs: Any) -> Any:
        """The whole answer: nothing is left to be read later."""
        timeout = kwargs.get("timeout")
        read_timeout = timeout[1] if isinstance(timeout, tuple) else timeout
        with time_limit(TOTAL_TIMEOUT_FACTOR * float(read_timeout or DEFAULT_READ_TIMEOUT)):
            response = self._library.send(*args, **kwargs)
            response._content = _read_body(response)  # noqa: SLF001 - as the library keeps what it has read
            response._content_consumed = True  # noqa: SLF001
        return response


def _read_body(response: "requests.Response") -> bytes:
    from requests import ConnectionError as Broken  # noqa: PLC0415 - see above
    from requests import RequestException  # noqa: PLC0415
    from urllib3.exceptions import HTTPError  # noqa: PLC0415

    try:
        return decompress(_chunks(response), response.headers.get("Content-Encoding", ""))
    except UnusableBody as error:
        if response.status_code // 100 == 2:
            raise RequestException(error) from None
        return b""  # what was refused stands in the status
    except (HTTPError, IncompleteBody, OSError) as error:
        raise Broken(error) from None
    finally:
        response.close()


def _chunks(response: "requests.Response") -> Iterator[bytes]:
    for chunk in response.raw.stream(CHUNK_BYTES, decode_content=False):
        remaining_seconds(None)
        yield chunk


@cache
def _with_deadline(connection: type[Any]) -> type[Any]:
    """The same kind of connection, whose answers keep the deadline of `connectors.http.transport`."""
    if getattr(connection, "response_class", None) is _DeadlineResponse:
        return connection
    return type(connection.__name__, (connection,), {"response_class": _DeadlineResponse})


class _DeadlineResponse(HTTPResponse):
    """Its head and its body are read by a deadline."""

    def __init__(self, sock: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        self.fp = io.BufferedReader(_DeadlineFile(self.fp.detach(), sock))


class _DeadlineFile(io.RawIOBase):
    """What comes through a socket, each time for no longer than is left."""

    def __init__(self, raw: Any, sock: Any) -> None:
        self._raw, self._sock, self._pause = raw, sock, sock.gettimeout()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        self._sock.settimeout(remaining_seconds(self._pause))
        count: int | None = self._raw.readinto(buffer)
        return count

    def close(self) -> None:
        if not self.closed:
            super().close()
            self._raw.close()


READ = Request("GET", "")
PERMANENT_REDIRECT = 301
# PyGithub would ask again for ever, and sleep in between.
NOT_READY_STATUS = 202
MAX_REDIRECTS = 3


def prepare(session: "requests.Session", network: Network) -> None:
    """Go the same way as the gate, and hold back the answers that are none before the library sees them."""
    equip(session, network)
    session.hooks["response"].append(_ResponseGuard())


def equip(session: "requests.Session", network: Network, *, verify: bool = True) -> None:
    """Go the same way as the gate, with its bounds: the environment is read in `connectors.http.network` alone.

    Without `verify` certificates are as the caller of the session says.
    """
    session.trust_env = False
    session.proxies = {"http": network.proxy, "https": network.proxy} if network.proxy else {}
    session.max_redirects = MAX_REDIRECTS
    session.headers["Accept-Encoding"] = ACCEPTED
    for scheme in ("https://", "http://") if verify else ("http://",):
        session.mount(scheme, adapter_for(network))


def answer_from_error(error: "requests.RequestException", network: Network) -> Answer:
    """The answer that an error of the library hides, or why there is none."""
    if isinstance(reason := next(iter(error.args), None), UnusableBody):
        return Unusable(str(reason))
    if error.response is not None:
        return answer_of(error.response)
    return as_unreachable(error, network) or (NoResponse.NOT_SENT if is_not_sent(error) else NoResponse.NO_ANSWER)


def answer_of(response: "requests.Response") -> Response:
    """The library's answer as ours; a new address is whole, whichever way it is written."""
    headers = {str(name).lower(): str(value) for name, value in response.headers.items()}
    return Response(response.status_code, with_absolute_location(str(response.url), headers), response.content)


class _ResponseGuard:
    """Raises where the library would take the answer for content, or follow to wherever it leads, however often."""

    def __init__(self) -> None:
        self._redirects = 0

    def __call__(self, response: "requests.Response", *_: Any, **__: Any) -> None:
        from requests import RequestException  # noqa: PLC0415 - it opens a socket when it is loaded

        is_redirect = response.status_code in REDIRECTS
        self._redirects = self._redirects + 1 if is_redirect else 0
        if is_redirect and (self._redirects > MAX_REDIRECTS or not _is_same_host_redirect(response)):
            self._redirects = 0
            raise RequestException("redirects to another address", response=response)
        if is_redirect:
            # PyGithub reads addresses that are whole.
            response.headers["Location"] = answer_of(response).headers["location"]
        if response.status_code == NOT_READY_STATUS or not (is_redirect or _is_readable(response)):
            raise RequestException("cannot be read", response=response)


def _is_readable(response: "requests.Response") -> bool:
    """Whether the libraries can read it: they take the words of a refusal out of an object."""
    answer = answer_of(response)
    if response.status_code // 100 == 2:
        return is_readable(READ, answer)
    return not answer.body or isinstance(content_of(answer), dict)


def _is_same_host_redirect(response: "requests.Response") -> bool:
    """Whether a question was moved within the same host, as the gate follows it."""
    requested, moved = urlsplit(response.url), urlsplit(answer_of(response).headers.get("location", ""))
    is_same_host = (requested.scheme, requested.netloc) == (moved.scheme, moved.netloc) and requested.path != moved.path
    return is_same_host and response.status_code == PERMANENT_REDIRECT and response.request.method == "GET"


@cache
def install_connections() -> None:
    """Have the library open ours; it takes classes for the whole process, and then keeps no connection by itself."""
    from github.Requester import (  # noqa: PLC0415 - a third of a second, spent only when asked
        HTTPRequestsConnectionClass,
        HTTPSRequestsConnectionClass,
        Requester,
    )

    class Plain(HTTPRequestsConnectionClass):
        """Without TLS: a server within a company's network."""

        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            _prepare(self, "http")

    class Secure(HTTPSRequestsConnectionClass):
        """With TLS."""

        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            _prepare(self, "https")

    Requester.injectConnectionClasses(Plain, Secure)
    Requester._Requester__persist = True  # type: ignore[attr-defined]  # noqa: SLF001


def _prepare(connection: Any, scheme: str) -> None:
    """The library hands on what it was told to verify with: our file of authorities, if any."""
    ca_file = connection.verify if isinstance(connection.verify, str) else None
    connection.verify = True
    prepare(connection.session, network_for(f"{scheme}://{connection.host}:{connection.port}", ca_file))


T = TypeVar("T")


class LibraryCalls:
    """Asks through a vendor's library, repeated by the table that the HTTP client goes by; counts the requests."""

    def __init__(self, name: str, limits: Limits, context: ConnectorContext) -> None:
        self.requests, self._count_lock = 0, Lock()
        self._name = name
        self._limits = limits
        self._context = context

    def ask(
        self,
        request: Request,
        ask_once: Callable[[], tuple[list[T], Answer | None]],
        *,
        before: Callable[[], None] = lambda: None,
        renew: Callable[[Answer], bool] = lambda _answer: False,
    ) -> T | Fail:
        """What was asked for, or why it can't be had.

        Args:
            request: What the library sends, to decide whether it may be repeated.
            ask_once: Gives the result, or nothing and the answer that stood in its way.
            before: Called before each try.
            renew: Whether the first refusal was one of credentials that are new now.
        """
        for attempt in range(1, self._limits.tries + 1):
            before()
            with self._count_lock:
                self.requests += 1
            result, answer = ask_once()
            if answer is None:
                return result[0]
            if attempt == 1 and renew(answer):
                continue
            decision = decide(request, answer, attempt, self._limits, self._context.now())
            if isinstance(decision, Fail):
                return decision
            if isinstance(decision, Retry):
                self._context.sleep(decision.wait)
        return Fail(SourceError, "no answer")


def error_of(refusal: Fail, name: str, message: str) -> SourceError:
    """The error that a connector of this name raises."""
    if issubclass(refusal.error, RetryLater):
        return refusal.error(name, message, wait=refusal.wait)
    return refusal.error(name, message)
