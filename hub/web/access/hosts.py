"""Allowed host names: prevents DNS rebinding, by which another site reaches a service on loopback."""

from collections.abc import Collection
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

# These have a key of their own, or tell nothing.
EXEMPT_PATHS = ("/webhooks/", "/healthz")
LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})


def allowed_hosts(bound: str, public_url: str) -> frozenset[str]:
    """Loopback, the listening address, and the host of the public URL."""
    return LOOPBACK_NAMES | {bound.strip("[]").casefold()} | {name for name in (_host(public_url),) if name}


class AllowedHosts:
    """Refuses requests with another host name (DNS rebinding)."""

    def __init__(self, app: ASGIApp, *, names: Collection[str]) -> None:
        self._app, self._names = app, frozenset(names)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Check the Host header of each request."""
        is_checked = scope["type"] == "http" and not scope["path"].startswith(EXEMPT_PATHS)
        if is_checked and _host(f"//{Headers(scope=scope).get('host', '')}") not in self._names:
            message = "Unknown host name. Set service.public_url to the address that people use.\n"
            await PlainTextResponse(message, 421)(scope, receive, send)
            return
        await self._app(scope, receive, send)


def _host(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").casefold()
    except ValueError:
        return ""
