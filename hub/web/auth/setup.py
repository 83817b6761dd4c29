"""Puts authentication together as the settings say, with the sign-in and sign-out pages."""

import secrets
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from urllib.parse import parse_qs, urlsplit

from fastapi import APIRouter, FastAPI
from starlette.datastructures import Headers
from starlette.middleware.sessions import SessionMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from hub.config.sections import AuthSettings
from hub.store.base import EndedSessions
from hub.web.auth.authenticators import (
    SIGN_IN,
    OidcAuth,
    ProxyAuth,
    Sessions,
    TokenAuth,
    TransientEndedSessions,
    is_cross_site,
    local_path,
    role_of_token,
    token_fingerprint,
)
from hub.web.auth.login_rate_limit import LoginRateLimit
from hub.web.page import Role, Viewer, render_frame, templates
from hub.web.server import BodyLimiter, BodyRejected
from hub.web.snapshot_cache import Authenticator, LoopbackAuth

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


MAX_BODY_BYTES = 8192
TIMED_OUT = "This form took too long to arrive: go back and try again.\n"


class TokenSignIn:
    """The sign-in with a token, for people with a browser."""

    def __init__(
        self, settings: AuthSettings, sessions: Sessions, login_rate_limit: LoginRateLimit, workspace: str
    ) -> None:
        self._settings, self._sessions, self._login_rate_limit = settings, sessions, login_rate_limit
        self._workspace = workspace
        self._body_limiter = BodyLimiter(max_body_bytes=MAX_BODY_BYTES)

    async def show(self, request: Request) -> Response:
        """The form."""
        return self._page(local_path(request.query_params.get("next", "/")))

    async def submit(self, request: Request) -> Response:
        """Check the token; a wrong one counts as an attempt, and the message never says what was wrong."""
        if is_cross_site(request.headers):
            return PlainTextResponse("This form was sent from another site.\n", 403)
        if (refusal := self._login_rate_limit.refusal(request)) is not None:
            return refusal
        try:
            async with self._body_limiter.read_body(request) as body:
                token, next_path = _parse_body(body)
        except BodyRejected as refused:
            if refused.status == 413:  # as good as empty
                return self._page("/", is_rejected=True)
            return PlainTextResponse(TIMED_OUT, refused.status, {"Connection": "close"})
        role = role_of_token(token, self._settings)
        if role is None:
            self._login_rate_limit.record_failure(request, token)
            return self._page(next_path, is_rejected=True)
        secret = self._settings.admin_token if role is Role.ADMIN else self._settings.viewer_token
        assert secret is not None  # noqa: S101  the role came of it
        self._sessions.begin(request, token=token_fingerprint(secret))
        return RedirectResponse(next_path, status_code=303)

    def _page(self, next_path: str, *, is_rejected: bool = False) -> Response:
        content = templates().get_template("sign_in.html").render(next_path=next_path, is_rejected=is_rejected)
        page = render_frame(content, title="Sign in", path=SIGN_IN, viewer=Viewer(), workspace=self._workspace)
        return HTMLResponse(page, 401 if is_rejected else 200, {"Cache-Control": "no-store"})


def token_routes(sign_in: TokenSignIn, sessions: Sessions) -> APIRouter:
    """The form, what it sends, and signing out."""
    router = APIRouter(include_in_schema=False)
    router.add_api_route(SIGN_IN, sign_in.show, methods=["GET"])
    router.add_api_route(SIGN_IN, sign_in.submit, methods=["POST"])
    router.add_api_route("/sign-out", sessions.end, methods=["POST"])
    return router


def _parse_body(body: bytes) -> tuple[str, str]:
    """The token, and where to go afterwards."""
    fields = parse_qs(body.decode("utf-8", "replace"))
    return fields.get("token", [""])[-1].strip(), local_path(fields.get("next", ["/"])[-1])


COOKIE = "alignment_hub"


@dataclass(frozen=True)
class Authentication:
    """The authenticator, the routes that it needs, and the middleware."""

    authenticator: Authenticator
    routes: tuple[APIRouter, ...]
    install: Callable[[FastAPI], None]
    login_rate_limit: LoginRateLimit


def setup(
    settings: AuthSettings,
    *,
    now: Callable[[], datetime],
    workspace: str,
    bound: str,
    public_url: str,
    ended_sessions: EndedSessions | None = None,
) -> Authentication:
    """Build it for the configured mode. `bound` is the listening address, `ended_sessions` stores ended sessions."""
    sessions, login_rate_limit = (
        Sessions(settings, now, ended_sessions or TransientEndedSessions()),
        LoginRateLimit(now, settings.trusted_proxies),
    )

    with_session = partial(_with_session, settings, https=public_url.startswith("https://"))
    if settings.mode == "proxy":
        return Authentication(ProxyAuth(settings), (), lambda _app: None, login_rate_limit)
    if settings.mode == "token":
        sign_in = TokenSignIn(settings, sessions, login_rate_limit, workspace)
        return Authentication(
            TokenAuth(settings, sessions, login_rate_limit),
            (token_routes(sign_in, sessions),),
            with_session,
            login_rate_limit,
        )
    if settings.mode == "oidc":
        # The library takes a while to load and is needed only here.
        from hub.web.auth.oidc import OidcProvider, provider_routes

        provider = OidcProvider(settings, sessions, login_rate_limit, public_url)
        return Authentication(
            OidcAuth(settings, sessions), (provider_routes(provider, sessions),), with_session, login_rate_limit
        )
    names = allowed_hosts(bound, public_url)
    return Authentication(
        LoopbackAuth(), (), lambda app: app.add_middleware(AllowedHosts, names=names), login_rate_limit
    )


def _with_session(settings: AuthSettings, app: FastAPI, *, https: bool) -> None:
    session_secret = settings.session_secret
    key = session_secret.get_secret_value() if session_secret else secrets.token_urlsafe(32)
    seconds = settings.session_hours * 3600
    app.add_middleware(SessionMiddleware, secret_key=key, session_cookie=COOKIE, max_age=seconds, https_only=https)
