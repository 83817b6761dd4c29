"""How sessions of requests reach a site: by our certificates, within a deadline, and with a bound on what comes."""

import io
from collections.abc import Iterator
from functools import cache
from http.client import HTTPResponse
from typing import TYPE_CHECKING, Any

from connectors.deadline import remaining_seconds, time_limit
from connectors.network import Network
from connectors.unpack import IncompleteBody, UnusableBody, decompress

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
    """The same kind of connection, whose answers keep the deadline of `connectors.deadline`."""
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
