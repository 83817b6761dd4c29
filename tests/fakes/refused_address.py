"""An address at which every connection is refused."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def refused_address() -> Iterator[str]:
    """Nobody listens there, and nobody else can take the port meanwhile."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{taken.getsockname()[1]}"
