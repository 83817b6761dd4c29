"""The one gate to a tracker: deadlines, concurrency, pace, retry and redaction; the only module that imports httpx."""

from collections.abc import Callable, Iterable, Iterator, Mapping

from connectors.base import World
from connectors.wire import Limits, Request, Response
from hub.model.errors import SourceError

__all__ = ["Gate", "Limits"]


class Gate:
    """Everything that one connector sends goes through here."""

    requests: int

    def __init__(
        self,
        connector: str,
        base_url: str,
        *,
        sign: Callable[[], Mapping[str, str]],
        world: World,
        limits: Limits = Limits(),  # noqa: B008
        secrets: Iterable[str] = (),
    ) -> None:
        """`sign` gives the headers that carry the credentials, asked for before every attempt."""
        raise NotImplementedError

    def send(self, request: Request) -> Response:
        """Send, repeating where that is safe; gives a 2xx answer or raises of the `SourceError` family."""
        raise NotImplementedError

    def send_all(self, requests: Iterable[Request]) -> Iterator[Response | SourceError]:
        """Answers in the order of the requests, several in flight; a failed one is an error among the answers."""
        raise NotImplementedError

    def close(self) -> None:
        """Let go of connections."""
        raise NotImplementedError
