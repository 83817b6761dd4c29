"""What was made of a window already: once for all who ask, and anew before they see a newer window."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future
from typing import Generic, TypeVar

import structlog
from cachetools import LRUCache

from hub.web.window import PortfolioSnapshot

T = TypeVar("T")
RequestKey = tuple[str, ...]
MAX_CACHE_BYTES = 64 * 1024 * 1024
MAX_KEY_LENGTH = 2_000
# What readers asked for last is made before they see the newer window, for so long at most.
MAX_RECENT, MAX_WARM_SECONDS = 300, 10.0


class ResponseCache(Generic[T]):
    """Thread-safe. `size` tells bytes; what nobody asks for is let go first. None is an answer that is not kept."""

    def __init__(self, size: Callable[[T], int]) -> None:
        self._size = size
        self._lock = threading.Lock()
        self._entries: LRUCache[RequestKey, T] = LRUCache(MAX_CACHE_BYTES, getsizeof=size)
        self._pending: dict[RequestKey, Future[T | None]] = {}
        self._recent: OrderedDict[tuple[str, RequestKey], Callable[[PortfolioSnapshot], T | None]] = OrderedDict()

    def get(self, snapshot: PortfolioSnapshot, request_key: RequestKey) -> T | None:
        """What is there already: quick enough to be asked between two requests."""
        with self._lock:
            response = self._entries.get(_key(snapshot, request_key))
            if response is not None and (snapshot.audience, request_key) in self._recent:
                self._recent.move_to_end((snapshot.audience, request_key))
            return response

    def get_or_build(
        self, snapshot: PortfolioSnapshot, request_key: RequestKey, build: Callable[[PortfolioSnapshot], T | None]
    ) -> T | None:
        """What is there, or else is made now; whoever asks for the same meanwhile waits for it."""
        key = _key(snapshot, request_key)
        with self._lock:
            if (response := self._entries.get(key)) is not None:
                return response
            pending = self._pending.get(key)
            if pending is None:
                own_future = self._pending[key] = Future()
        if pending is not None:
            return pending.result()
        try:
            response = build(snapshot)
            own_future.set_result(response)
        except BaseException as error:
            own_future.set_exception(error)
            raise
        finally:
            with self._lock:
                self._pending.pop(key, None)
        if response is not None:
            self._store(snapshot, request_key, response, build)
        return response

    def warm(self, snapshot: PortfolioSnapshot) -> None:
        """Make for a newer window what its audience asked for last, the latest first."""
        with self._lock:
            recent = [
                (q, build) for (audience, q), build in reversed(self._recent.items()) if audience == snapshot.audience
            ]
        until = time.monotonic() + MAX_WARM_SECONDS
        for request_key, build in recent:
            if time.monotonic() > until:
                return
            try:
                self.get_or_build(snapshot, request_key, build)
            except Exception as error:  # noqa: BLE001  one page that cannot be drawn must not hold back the others
                structlog.get_logger().error("cannot be drawn", question=request_key[0], exc_info=error)

    def _store(
        self,
        snapshot: PortfolioSnapshot,
        request_key: RequestKey,
        response: T,
        build: Callable[[PortfolioSnapshot], T | None],
    ) -> None:
        key = _key(snapshot, request_key)
        if self._size(response) >= MAX_CACHE_BYTES or sum(map(len, key)) > MAX_KEY_LENGTH:
            return
        with self._lock:
            self._entries[key] = response
            self._recent[snapshot.audience, request_key] = build
            self._recent.move_to_end((snapshot.audience, request_key))
            while len(self._recent) > MAX_RECENT:
                self._recent.popitem(last=False)


def _key(snapshot: PortfolioSnapshot, request_key: RequestKey) -> RequestKey:
    return (snapshot.version, snapshot.audience, *request_key)
