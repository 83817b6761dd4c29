"""What was made of a window already: once for all who ask, and anew before they see a newer window."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future
from typing import Generic, TypeVar

import structlog
from cachetools import LRUCache

from hub.web.window import Window

T = TypeVar("T")
Question = tuple[str, ...]
KEPT_BYTES = 64 * 1024 * 1024
LONGEST_QUESTION = 2_000
# What readers asked for last is made before they see the newer window, for so long at most.
REMEMBERED, SECONDS = 300, 10.0


class Kept(Generic[T]):
    """Thread-safe. `size` tells bytes; what nobody asks for is let go first. None is an answer that is not kept."""

    def __init__(self, size: Callable[[T], int]) -> None:
        self._size = size
        self._lock = threading.Lock()
        self._kept: LRUCache[Question, T] = LRUCache(KEPT_BYTES, getsizeof=size)
        self._making: dict[Question, Future[T | None]] = {}
        self._asked: OrderedDict[tuple[str, Question], Callable[[Window], T | None]] = OrderedDict()

    def known(self, window: Window, question: Question) -> T | None:
        """What is there already: quick enough to be asked between two requests."""
        with self._lock:
            found = self._kept.get(_key(window, question))
            if found is not None and (window.audience, question) in self._asked:
                self._asked.move_to_end((window.audience, question))
            return found

    def made(self, window: Window, question: Question, make: Callable[[Window], T | None]) -> T | None:
        """What is there, or else is made now; whoever asks for the same meanwhile waits for it."""
        key = _key(window, question)
        with self._lock:
            if (found := self._kept.get(key)) is not None:
                return found
            under_way = self._making.get(key)
            if under_way is None:
                mine = self._making[key] = Future()
        if under_way is not None:
            return under_way.result()
        try:
            found = make(window)
            mine.set_result(found)
        except BaseException as error:
            mine.set_exception(error)
            raise
        finally:
            with self._lock:
                self._making.pop(key, None)
        if found is not None:
            self._keep(window, question, found, make)
        return found

    def again(self, window: Window) -> None:
        """Make for a newer window what its audience asked for last, the latest first."""
        with self._lock:
            wanted = [(q, make) for (audience, q), make in reversed(self._asked.items()) if audience == window.audience]
        until = time.monotonic() + SECONDS
        for question, make in wanted:
            if time.monotonic() > until:
                return
            try:
                self.made(window, question, make)
            except Exception as error:  # noqa: BLE001  one page that cannot be drawn must not hold back the others
                structlog.get_logger().error("cannot be drawn", question=question[0], exc_info=error)

    def _keep(self, window: Window, question: Question, found: T, make: Callable[[Window], T | None]) -> None:
        key = _key(window, question)
        if self._size(found) >= KEPT_BYTES or sum(map(len, key)) > LONGEST_QUESTION:
            return
        with self._lock:
            self._kept[key] = found
            self._asked[window.audience, question] = make
            self._asked.move_to_end((window.audience, question))
            while len(self._asked) > REMEMBERED:
                self._asked.popitem(last=False)


def _key(window: Window, question: Question) -> Question:
    return (window.stamp, window.audience, *question)
