"""The connections that PyGithub opens, with sessions that are prepared as all others are."""

from functools import cache
from typing import Any

from connectors.network import network_for
from connectors.sessions import prepare


@cache
def install_connections() -> None:
    """Have the library open ours; it takes classes for the whole process, and then keeps no connection by itself."""
    from github.Requester import (  # noqa: PLC0415 - a third of a second, spent only when asked
        HTTPRequestsConnectionClass,
        HTTPSRequestsConnectionClass,
        Requester,
    )

    class Plain(HTTPRequestsConnectionClass):
        """Without TLS: a server within a company's network."""

        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            _prepare(self, "http")

    class Secure(HTTPSRequestsConnectionClass):
        """With TLS."""

        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            _prepare(self, "https")

    Requester.injectConnectionClasses(Plain, Secure)
    Requester._Requester__persist = True  # type: ignore[attr-defined]  # noqa: SLF001


def _prepare(connection: Any, scheme: str) -> None:
    """The library hands on what it was told to verify with: our file of authorities, if any."""
    ca_file = connection.verify if isinstance(connection.verify, str) else None
    connection.verify = True
    prepare(connection.session, network_for(f"{scheme}://{connection.host}:{connection.port}", ca_file))
