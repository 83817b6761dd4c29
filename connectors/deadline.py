"""Until when an answer must be whole: a read timeout alone never ends with a server that sends a byte now and then."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from time import monotonic

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
