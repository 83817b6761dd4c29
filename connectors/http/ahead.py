"""Calls that begin before their results are asked for, so that none waits for another one's round trip."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Lock
from typing import Generic, TypeVar

from connectors.threads import with_context

K = TypeVar("K")
R = TypeVar("R")


class Ahead(Generic[K, R]):
    """Running calls by what they ask; keys are compared and need no hash. Each result is handed out once."""

    def __init__(self) -> None:
        self._begun: list[tuple[K, Future[R]]] = []
        self._lock = Lock()

    def begin(self, key: K, call: Callable[[], R]) -> None:
        """Call in a thread of its own; what it returns or raises is what the future gives."""
        pool = ThreadPoolExecutor(1, thread_name_prefix="ahead")
        with self._lock:
            self._begun.append((key, pool.submit(with_context(call))))
        pool.shutdown(wait=False)

    def take(self, key: K) -> Future[R] | None:
        """The call that asks the same, if one was begun and nobody has taken it."""
        with self._lock:
            for at, (begun, future) in enumerate(self._begun):
                if begun == key:
                    del self._begun[at]
                    return future
        return None

    def forget(self) -> None:
        """Leave to themselves those that nobody took."""
        with self._lock:
            self._begun.clear()
