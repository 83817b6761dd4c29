"""Requests that follow from one another: the next are on their way while an answer is being read."""

from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import TypeVar

from connectors.carried import carried
from connectors.wire import Request
from hub.model.errors import SourceError

K = TypeVar("K")
T = TypeVar("T")
A = TypeVar("A")
Asked = tuple[K, Request]
# The gate lets no more through at once; some wait at its door, so that none of its places stays empty.
MOST_AT_ONCE = 32


class _End:
    """What comes after the last item."""


def converse(
    send: Callable[[Request], A],
    first: Iterable[Asked[K]],
    reply: Callable[[K, A | SourceError], Iterable[Asked[K]]],
) -> None:
    """Ask the first and whatever the replies ask in turn; each answer is replied to here as soon as it has come."""
    pool, answer = ThreadPoolExecutor(MOST_AT_ONCE, thread_name_prefix="converse"), carried(_answer)
    try:
        under_way = {pool.submit(answer, send, request): key for key, request in first}
        while under_way:
            for one in wait(under_way, return_when=FIRST_COMPLETED).done:
                for key, request in reply(under_way.pop(one), one.result()):
                    under_way[pool.submit(answer, send, request)] = key
    finally:
        pool.shutdown(cancel_futures=True)


def ahead(items: Iterator[T]) -> Generator[T, None, None]:
    """The same, with the next one being fetched while one is in use."""
    with ThreadPoolExecutor(1, thread_name_prefix="ahead") as pool:
        coming: Future[object] = pool.submit(next, items, _End)
        while (item := coming.result()) is not _End:
            coming = pool.submit(next, items, _End)
            yield item  # type: ignore[misc]


def _answer(send: Callable[[Request], A], request: Request) -> A | SourceError:
    try:
        return send(request)
    except SourceError as error:
        return error
