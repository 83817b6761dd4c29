"""Reads what strangers send: never more than is allowed, never for ever, and never much of all of them at once."""

import asyncio
from dataclasses import dataclass
from types import TracebackType

from starlette.requests import ClientDisconnect, Request

LARGEST = 5 * 1024 * 1024
ALTOGETHER = 64 * 1024 * 1024
# Whoever sends too much hears so at the end of it; beyond this they are cut off.
HEARD_OUT = 32 * 1024 * 1024
SECONDS = 10.0


class BodyRefused(Exception):
    """A body that was not read to its end: the status to answer with, and a word for the metrics."""

    def __init__(self, status: int, word: str) -> None:
        self.status = status
        self.word = word
        super().__init__(word)


@dataclass(slots=True)
class Room:
    """How much of all bodies together is held at the moment; for one event loop alone."""

    largest: int = LARGEST
    altogether: int = ALTOGETHER
    seconds: float = SECONDS
    held: int = 0

    def body_of(self, request: Request) -> "Reading":
        """To be read with `async with`: what it holds is given back at the end of the block."""
        return Reading(self, request)


class Reading:
    """One body, chunk by chunk: what a length in the headers says is only believed where it says too much."""

    def __init__(self, room: Room, request: Request) -> None:
        self._room = room
        self._request = request
        self._mine = 0

    async def __aenter__(self) -> bytes:
        body: bytes | None = None
        try:
            async with asyncio.timeout(self._room.seconds):
                body = await self._read()
        except TimeoutError:
            raise BodyRefused(408, "slow") from None
        except ClientDisconnect:
            raise BodyRefused(400, "broken") from None
        finally:
            if body is None:
                self._give_back()
        return body

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        self._give_back()

    async def _read(self) -> bytes:
        chunks: list[bytes] = []
        total = 0
        too_much = _announced(self._request) > self._room.largest
        async for chunk in self._request.stream():
            total += len(chunk)
            too_much = too_much or total > self._room.largest
            if too_much:
                chunks.clear()
                self._give_back()
                if total > HEARD_OUT:
                    break
                continue
            self._take(len(chunk))
            chunks.append(chunk)
        if too_much:
            raise BodyRefused(413, "too_large")
        return b"".join(chunks)

    def _take(self, size: int) -> None:
        if self._room.held + size > self._room.altogether:
            raise BodyRefused(503, "busy")
        self._room.held += size
        self._mine += size

    def _give_back(self) -> None:
        self._room.held -= self._mine
        self._mine = 0


def _announced(request: Request) -> int:
    said = request.headers.get("content-length", "")
    return int(said) if said.isascii() and said.isdigit() and len(said) < 20 else 0
