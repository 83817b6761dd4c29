"""How sessions of requests reach a site: by our certificates, within a deadline, and with a bound on what comes."""

import io
from collections.abc import Iterator
from functools import cache
from http.client import HTTPResponse
from typing import TYPE_CHECKING, Any

from connectors.deadline import seconds_left, within
from connectors.network import Network
from connectors.unpack import Torn, Unfit, unpacked

if TYPE_CHECKING:
    import requests
    from requests.adapters import HTTPAdapter

PIECE = 65_536
# A whole answer, from the first byte to the last, may take this many times the longest pause within it.
PAUSES = 2.0
LONGEST_PAUSE = 30.0


def adapter_to(network: Network) -> "HTTPAdapter":
    """An adapter that goes the way of the gate."""
    adapter: HTTPAdapter = _kind()(network)
    return adapter


@cache
def _kind() -> Any:
    from requests.adapters import HTTPAdapter  # noqa: PLC0415 - it opens a socket when it is loaded

    return type("Bounded", (_Bounds, HTTPAdapter), {})


class _Bounds:
    """Laid over the library's adapter: trusts whom the gate trusts, and takes no more than the gate takes."""

    def __init__(self, network: Network) -> None:
        self._network = network
        super().__init__()

    @property
    def _library(self) -> Any:
        return super()

    def init_poolmanager(self, *given: Any, **named: Any) -> Any:
        return self._library.init_poolmanager(*given, **named, ssl_context=self._network.trust)

    def proxy_manager_for(self, *given: Any, **named: Any) -> Any:
        return self._library.proxy_manager_for(*given, **named, ssl_context=self._network.trust)

    def cert_verify(self, conn: Any, url: Any, *_: Any, **__: Any) -> None:
        """Always against our authorities: the library would add its own."""
        if str(url).lower().startswith("https"):
            conn.cert_reqs = "CERT_REQUIRED"

    def get_connection_with_tls_context(self, *given: Any, **named: Any) -> Any:
        """Connections whose answers keep the deadline."""
        pool = self._library.get_connection_with_tls_context(*given, **named)
        pool.ConnectionCls = _punctual(pool.ConnectionCls)
        return pool

    def send(self, *given: Any, **named: Any) -> Any:
        """The whole answer: nothing is left to be read later."""
        timeout = named.get("timeout")
        pause = timeout[1] if isinstance(timeout, tuple) else timeout
        with within(PAUSES * float(pause or LONGEST_PAUSE)):
            response = self._library.send(*given, **named)
            response._content = _body(response)  # noqa: SLF001 - as the library keeps what it has read
            response._content_consumed = True  # noqa: SLF001
        return response


def _body(response: "requests.Response") -> bytes:
    from requests import ConnectionError as Broken  # noqa: PLC0415 - see above
    from requests import RequestException  # noqa: PLC0415
    from urllib3.exceptions import HTTPError  # noqa: PLC0415

    try:
        return unpacked(_pieces(response), response.headers.get("Content-Encoding", ""))
    except Unfit as why:
        if response.status_code // 100 == 2:
            raise RequestException(why) from None
        return b""  # what was refused stands in the status
    except (HTTPError, Torn, OSError) as why:
        raise Broken(why) from None
    finally:
        response.close()


def _pieces(response: "requests.Response") -> Iterator[bytes]:
    for piece in response.raw.stream(PIECE, decode_content=False):
        seconds_left(None)
        yield piece


@cache
def _punctual(connection: type[Any]) -> type[Any]:
    """The same kind of connection, whose answers keep the deadline of `connectors.deadline`."""
    if getattr(connection, "response_class", None) is _PunctualAnswer:
        return connection
    return type(connection.__name__, (connection,), {"response_class": _PunctualAnswer})


class _PunctualAnswer(HTTPResponse):
    """Its head and its body are read by a deadline."""

    def __init__(self, sock: Any, *given: Any, **named: Any) -> None:
        super().__init__(sock, *given, **named)
        self.fp = io.BufferedReader(_PunctualFile(self.fp.detach(), sock))


class _PunctualFile(io.RawIOBase):
    """What comes through a socket, each time for no longer than is left."""

    def __init__(self, raw: Any, sock: Any) -> None:
        self._raw, self._sock, self._pause = raw, sock, sock.gettimeout()

    def readable(self) -> bool:
        return True

    def readinto(self, room: Any) -> int | None:
        self._sock.settimeout(seconds_left(self._pause))
        count: int | None = self._raw.readinto(room)
        return count

    def close(self) -> None:
        if not self.closed:
            super().close()
            self._raw.close()
