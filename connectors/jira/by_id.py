"""Tickets by id or key, in portions that the server gives whole."""

from collections.abc import Callable, Iterator, Sequence

from connectors.http import ApiClient
from connectors.jira import api
from connectors.wire import Request, Response
from hub.model.errors import SourceError


def fetch_by_id(
    client: ApiClient, fetch: Callable[[Sequence[str]], Request], ids: Sequence[str], size: int
) -> Iterator[tuple[Sequence[str], Response | SourceError]]:
    """What was asked for, and the answer; asked again in smaller portions where the server gives fewer at once.

    Without that, what it left out would look as if it were not there.
    """
    pending = _chunks(ids, size)
    while pending:
        retries: list[Sequence[str]] = []
        answers = client.send_all(fetch(chunk) for chunk in pending)
        for chunk, answer in zip(pending, answers, strict=True):
            limit = len(chunk) if isinstance(answer, SourceError) else api.page_limit(answer, len(chunk))
            if limit < len(chunk):
                retries += _chunks(chunk, limit)
            else:
                yield chunk, answer
        pending = retries


def _chunks(ids: Sequence[str], size: int) -> list[Sequence[str]]:
    return [ids[start : start + size] for start in range(0, len(ids), size)]
