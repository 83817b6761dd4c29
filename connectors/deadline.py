"""Until when an answer must be whole: a read timeout alone never ends with a server that sends a byte now and then."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from time import monotonic

UNTIL: ContextVar[float | None] = ContextVar("until", default=None)


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Whatever this thread reads from the network in the block has come by then, or is given up."""
    token = UNTIL.set(monotonic() + seconds)
    try:
        yield
    finally:
        UNTIL.reset(token)


def seconds_left(timeout: float | None) -> float | None:
    """How long one read may wait: its own timeout, or what is left of the block; TimeoutError where nothing is."""
    until = UNTIL.get()
    if until is None:
        return timeout
    left = until - monotonic()
    if left <= 0:
        raise TimeoutError("the answer did not come to its end in time")
    return left if timeout is None else min(timeout, left)
