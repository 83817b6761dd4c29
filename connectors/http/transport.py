"""The httpx transport: trusted certificates, proxy, how long a response may take and how large it may become."""

import logging
import ssl
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from time import monotonic
from typing import Any

import httpcore
import httpx

from connectors.http.network import Network


@cache
def own_version() -> str:
    """As installed; "uninstalled" in a bare checkout. Looked up once: a package's whole description is read for it."""
    try:
        return version("alignment-hub")
    except PackageNotFoundError:
        return "uninstalled"


DEADLINE: ContextVar[float | None] = ContextVar("until", default=None)


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Whatever this thread reads from the network in the block has come by then, or is given up."""
    token = DEADLINE.set(monotonic() + seconds)
    try:
        yield
    finally:
        DEADLINE.reset(token)


def remaining_seconds(timeout: float | None) -> float | None:
    """How long one read may wait: its own timeout, or what is left of the block; TimeoutError where nothing is."""
    until = DEADLINE.get()
    if until is None:
        return timeout
    remaining = until - monotonic()
    if remaining <= 0:
        raise TimeoutError("the answer did not come to its end in time")
    return remaining if timeout is None else min(timeout, remaining)


ACCEPTED = "gzip, deflate"
MAX_BODY_BYTES = 32 * 1024 * 1024
"""Bytes of one body, packed and unpacked: many times the largest page that a tracker sends."""
GZIP, ZLIB, RAW = 31, 15, -15
PACKED = {"gzip": GZIP, "x-gzip": GZIP, "deflate": ZLIB}


class UnusableBody(ValueError):
    """A body that cannot be taken, and why: asking again changes nothing."""


class IncompleteBody(ValueError):
    """A packed body that ends before its end: the connection broke, and asking again may help."""


def decompress(chunks: Iterable[bytes], encoding: str, limit: int = MAX_BODY_BYTES) -> bytes:
    """The body; Unfit where it is too large, packed as nobody asked for, or broken; Torn where its end is missing."""
    encodings = [name for part in encoding.lower().split(",") if (name := part.strip()) not in ("", "identity")]
    if len(encodings) > 1 or not PACKED.keys() >= set(encodings):
        known = "".join(letter for letter in encoding[:40] if letter.isprintable())
        raise UnusableBody(f"the answer is packed as {known}, and {ACCEPTED} were requested")
    body = _Body(limit, PACKED[encodings[0]] if encodings else 0)
    for chunk in chunks:
        body.take(chunk)
    if body.is_open:
        raise IncompleteBody("the answer ends before its end")
    return b"".join(body.parts)


class _Body:
    """What came so far, and how much more may come."""

    def __init__(self, limit: int, kind: int) -> None:
        self.parts: list[bytes] = []
        self._kind, self._limit = kind, limit
        self._packed = self._plain = 0
        self.is_open = False
        self._buffer = b""
        self._unpacker = None if kind in (0, ZLIB) else zlib.decompressobj(kind)

    def take(self, chunk: bytes) -> None:
        """One more piece, as it came from the wire."""
        self._packed += len(chunk)
        if self._packed > self._limit:
            raise self._size_error()
        if not self._kind:
            self.parts.append(chunk)
            return
        try:
            self._unpack(self._detect_format(chunk))
        except zlib.error:
            raise UnusableBody("the answer is packed and cannot be unpacked") from None

    def _detect_format(self, chunk: bytes) -> bytes:
        """Some servers leave out the two bytes that "deflate" is to begin with: until both came, nothing is sure."""
        if self._unpacker is not None:
            return chunk
        self._buffer, self.is_open = self._buffer + chunk, bool(self._buffer or chunk)
        if len(self._buffer) < 2:
            return b""
        has_header = self._buffer[0] & 15 == 8 and int.from_bytes(self._buffer[:2], "big") % 31 == 0
        self._kind = ZLIB if has_header else RAW
        self._unpacker = zlib.decompressobj(self._kind)
        return self._buffer

    def _unpack(self, chunk: bytes) -> None:
        while chunk and self._unpacker is not None:
            remaining = self._limit - self._plain
            part = self._unpacker.decompress(chunk, remaining + 1)
            if len(part) > remaining:
                raise self._size_error()
            self._plain += len(part)
            self.parts.append(part)
            chunk, self.is_open = self._unpacker.unconsumed_tail, not self._unpacker.eof
            if self._unpacker.eof:
                # Several packed bodies, one after the other, are one.
                chunk, self._unpacker = self._unpacker.unused_data, zlib.decompressobj(self._kind)

    def _size_error(self) -> UnusableBody:
        return UnusableBody(f"the answer is larger than {self._limit // (1024 * 1024)} MB")


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
    """Connections whose every step keeps the deadline of `connectors.http.transport`."""

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
