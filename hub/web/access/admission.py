"""Builds the configured authentication."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from fastapi import APIRouter, FastAPI
from starlette.middleware.sessions import SessionMiddleware

from hub.config.sections import AuthSettings
from hub.store.base import EndedSessions
from hub.web.access.attempts import LoginRateLimit
from hub.web.access.hosts import AllowedHosts, allowed_hosts
from hub.web.access.sessions import Sessions, TransientEndedSessions
from hub.web.access.sign_in import TokenSignIn, token_routes
from hub.web.access.ways import OidcAuth, ProxyAuth, TokenAuth
from hub.web.site import Authenticator, LoopbackAuth

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
    """Build it for the configured mode. `bound` is the listening address, `ended` stores ended sessions."""
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
        from hub.web.access.provider import OidcProvider, provider_routes

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
