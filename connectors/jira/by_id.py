"""Tickets by id or key, in portions that the server gives whole."""

from collections.abc import Callable, Iterator, Sequence

from connectors.http import Gate
from connectors.jira import api
from connectors.wire import Request, Response
from hub.model.errors import SourceError


def by_id(
    gate: Gate, fetch: Callable[[Sequence[str]], Request], ids: Sequence[str], size: int
) -> Iterator[tuple[Sequence[str], Response | SourceError]]:
    """What was asked for, and the answer; asked again in smaller portions where the server gives fewer at once.

    Without that, what it left out would look as if it were not there.
    """
    left = _portions(ids, size)
    while left:
        again: list[Sequence[str]] = []
        answers = gate.send_all(fetch(some) for some in left)
        for some, answer in zip(left, answers, strict=True):
            most = len(some) if isinstance(answer, SourceError) else api.rows_at_once(answer, len(some))
            if most < len(some):
                again += _portions(some, most)
            else:
                yield some, answer
        left = again


def _portions(ids: Sequence[str], size: int) -> list[Sequence[str]]:
    return [ids[start : start + size] for start in range(0, len(ids), size)]
