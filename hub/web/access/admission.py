"""Puts the way in together that the settings ask for."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from fastapi import APIRouter, FastAPI
from starlette.middleware.sessions import SessionMiddleware

from hub.config.sections import AccessSettings
from hub.store.base import EndedSessions
from hub.web.access.attempts import Attempts
from hub.web.access.hosts import KnownHosts, known_hosts
from hub.web.access.sessions import EndedInMemory, Sessions
from hub.web.access.sign_in import TokenForm, token_routes
from hub.web.access.ways import ByProvider, ByProxy, ByToken
from hub.web.site import Access, OpenOnLoopback

COOKIE = "alignment_hub"


@dataclass(frozen=True)
class Admission:
    """Who is let in, the addresses that this needs, and what is laid around the application."""

    access: Access
    routes: tuple[APIRouter, ...]
    around: Callable[[FastAPI], None]
    attempts: Attempts


def admission(
    settings: AccessSettings,
    *,
    now: Callable[[], datetime],
    workspace: str,
    bound: str,
    public_url: str,
    ended: EndedSessions | None = None,
) -> Admission:
    """By the mode. `bound` is the address that is listened on, `ended` remembers who signed out."""
    sessions, attempts = Sessions(settings, now, ended or EndedInMemory()), Attempts(now, settings.trusted_proxies)

    with_session = partial(_with_session, settings, https=public_url.startswith("https://"))
    if settings.mode == "proxy":
        return Admission(ByProxy(settings), (), lambda _app: None, attempts)
    if settings.mode == "token":
        form = TokenForm(settings, sessions, attempts, workspace)
        return Admission(ByToken(settings, sessions, attempts), (token_routes(form, sessions),), with_session, attempts)
    if settings.mode == "oidc":
        # The library for it takes a while to load, and nobody else needs it.
        from hub.web.access.provider import Provider, provider_routes

        provider = Provider(settings, sessions, attempts, public_url)
        return Admission(ByProvider(settings, sessions), (provider_routes(provider, sessions),), with_session, attempts)
    names = known_hosts(bound, public_url)
    return Admission(OpenOnLoopback(), (), lambda app: app.add_middleware(KnownHosts, names=names), attempts)


def _with_session(settings: AccessSettings, app: FastAPI, *, https: bool) -> None:
    kept = settings.session_secret
    key = kept.get_secret_value() if kept else secrets.token_urlsafe(32)
    seconds = settings.session_hours * 3600
    app.add_middleware(SessionMiddleware, secret_key=key, session_cookie=COOKIE, max_age=seconds, https_only=https)
