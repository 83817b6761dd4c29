"""Work in other threads that logs as the run does which began it."""

from collections.abc import Callable
from contextvars import copy_context
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")


def with_context(function: Callable[P, R]) -> Callable[P, R]:
    """The function, run in the context in which this was called; any number of threads may call it at once."""
    context = copy_context()

    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        return context.copy().run(function, *args, **kwargs)

    return run
