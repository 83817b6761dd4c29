"""The gate's client: what it says of itself, whom it trusts, which way it takes and how long it waits."""

import logging
import ssl
from collections.abc import Iterable
from typing import Any

import httpcore
import httpx

from connectors.deadline import remaining_seconds
from connectors.network import Network
from connectors.own_version import own_version
from connectors.unpack import ACCEPTED

STASHED_LOCATION = "hub-location"


def new_client(network: Network) -> httpx.Client:
    """A client that follows nothing by itself and logs no address."""
    # httpx writes every full URL at INFO: queries belong in no log.
    for name in ("httpx", "httpcore"):
        logging.getLogger(name).setLevel(logging.WARNING)
    agent = {"User-Agent": f"alignment-hub/{own_version()}", "Accept-Language": "en", "Accept-Encoding": ACCEPTED}
    transport = httpx.HTTPTransport(verify=network.ssl_context, proxy=network.proxy, trust_env=False)
    # httpx hands on no network of ours to the pool that it makes.
    transport._pool._network_backend = DeadlineBackend()  # noqa: SLF001
    hooks = {"response": [_stash_location]}
    return httpx.Client(headers=agent, follow_redirects=False, transport=transport, trust_env=False, event_hooks=hooks)


def headers_of(answer: httpx.Response) -> dict[str, str]:
    """The headers as they came, their names in small letters."""
    return {("location" if name == STASHED_LOCATION else name): value for name, value in answer.headers.items()}


def _stash_location(answer: httpx.Response) -> None:
    """Httpx reads the new address of a redirect that it does not follow, and fails where it is none."""
    if "location" in answer.headers:
        answer.headers[STASHED_LOCATION] = answer.headers.pop("location")


class DeadlineBackend(httpcore.SyncBackend):
    """Connections whose every step keeps the deadline of `connectors.deadline`."""

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """See `httpcore.NetworkBackend`."""
        return _DeadlineStream(super().connect_tcp(host, port, _remaining(timeout), local_address, socket_options))


class _DeadlineStream(httpcore.NetworkStream):
    """A connection."""

    def __init__(self, inner: httpcore.NetworkStream) -> None:
        self._inner = inner

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, _remaining(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, _remaining(timeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        return _DeadlineStream(self._inner.start_tls(ssl_context, server_hostname, _remaining(timeout)))

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


def _remaining(timeout: float | None) -> float | None:
    try:
        return remaining_seconds(timeout)
    except TimeoutError as error:
        raise httpcore.ReadTimeout(str(error)) from None
