"""Requests that follow from one another: the next are on their way while an answer is being read."""

from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import TypeVar

from connectors.carried import with_context
from connectors.wire import Request
from hub.model.errors import SourceError

K = TypeVar("K")
T = TypeVar("T")
A = TypeVar("A")
KeyedRequest = tuple[K, Request]
# The gate lets no more through at once; some wait at its door, so that none of its places stays empty.
MAX_CONCURRENT = 32


class _End:
    """What comes after the last item."""


def send_pipelined(
    send: Callable[[Request], A],
    first: Iterable[KeyedRequest[K]],
    reply: Callable[[K, A | SourceError], Iterable[KeyedRequest[K]]],
) -> None:
    """Ask the first and whatever the replies ask in turn; each answer is replied to here as soon as it has come."""
    pool, answer = ThreadPoolExecutor(MAX_CONCURRENT, thread_name_prefix="pipelined"), with_context(_send_or_error)
    try:
        pending = {pool.submit(answer, send, request): key for key, request in first}
        while pending:
            for future in wait(pending, return_when=FIRST_COMPLETED).done:
                for key, request in reply(pending.pop(future), future.result()):
                    pending[pool.submit(answer, send, request)] = key
    finally:
        pool.shutdown(cancel_futures=True)


def prefetch(items: Iterator[T]) -> Generator[T, None, None]:
    """The same, with the next one being fetched while one is in use."""
    with ThreadPoolExecutor(1, thread_name_prefix="prefetch") as pool:
        upcoming: Future[object] = pool.submit(next, items, _End)
        while (item := upcoming.result()) is not _End:
            upcoming = pool.submit(next, items, _End)
            yield item  # type: ignore[misc]


def _send_or_error(send: Callable[[Request], A], request: Request) -> A | SourceError:
    try:
        return send(request)
    except SourceError as error:
        return error
