"""Reads request bodies of strangers with limits of size, time and total memory."""

import asyncio
from dataclasses import dataclass
from types import TracebackType

from starlette.requests import ClientDisconnect, Request

MAX_BODY_BYTES = 5 * 1024 * 1024
MAX_TOTAL_BYTES = 64 * 1024 * 1024
# Whoever sends too much hears so at the end of it; beyond this they are cut off.
MAX_DRAIN_BYTES = 32 * 1024 * 1024
READ_TIMEOUT_SECONDS = 10.0


class BodyRejected(Exception):
    """A body that was not read to its end: the status to answer with, and a word for the metrics."""

    def __init__(self, status: int, outcome: str) -> None:
        self.status = status
        self.outcome = outcome
        super().__init__(outcome)


@dataclass(slots=True)
class BodyLimiter:
    """How many bytes of all bodies together are in memory; for one event loop only."""

    max_body_bytes: int = MAX_BODY_BYTES
    max_total_bytes: int = MAX_TOTAL_BYTES
    seconds: float = READ_TIMEOUT_SECONDS
    bytes_in_use: int = 0

    def read_body(self, request: Request) -> "LimitedBody":
        """Use with `async with`: the memory is released at the end of the block."""
        return LimitedBody(self, request)


class LimitedBody:
    """One body, chunk by chunk: the Content-Length header is trusted only where it exceeds the limit."""

    def __init__(self, limiter: BodyLimiter, request: Request) -> None:
        self._limiter = limiter
        self._request = request
        self._reserved = 0

    async def __aenter__(self) -> bytes:
        body: bytes | None = None
        try:
            async with asyncio.timeout(self._limiter.seconds):
                body = await self._read()
        except TimeoutError:
            raise BodyRejected(408, "slow") from None
        except ClientDisconnect:
            raise BodyRejected(400, "broken") from None
        finally:
            if body is None:
                self._release()
        return body

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._release()

    async def _read(self) -> bytes:
        chunks: list[bytes] = []
        total = 0
        is_too_large = _content_length(self._request) > self._limiter.max_body_bytes
        async for chunk in self._request.stream():
            total += len(chunk)
            is_too_large = is_too_large or total > self._limiter.max_body_bytes
            if is_too_large:
                chunks.clear()
                self._release()
                if total > MAX_DRAIN_BYTES:
                    break
                continue
            self._reserve(len(chunk))
            chunks.append(chunk)
        if is_too_large:
            raise BodyRejected(413, "too_large")
        return b"".join(chunks)

    def _reserve(self, size: int) -> None:
        if self._limiter.bytes_in_use + size > self._limiter.max_total_bytes:
            raise BodyRejected(503, "busy")
        self._limiter.bytes_in_use += size
        self._reserved += size

    def _release(self) -> None:
        self._limiter.bytes_in_use -= self._reserved
        self._reserved = 0


def _content_length(request: Request) -> int:
    value = request.headers.get("content-length", "")
    return int(value) if value.isascii() and value.isdigit() and len(value) < 20 else 0
