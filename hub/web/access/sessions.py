"""Signed-in sessions: what the signed cookie holds, and which sessions have ended before their time."""

import secrets
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response

from hub.config.sections import AuthSettings
from hub.model.errors import HubError
from hub.store.base import EndedSessions
from hub.web.same_origin import is_cross_site

SIGN_OUT_FAILED = "Signing out failed: the state of the hub cannot be written. Try again.\n"


class TransientEndedSessions:
    """For a service without a state: a restart forgets, so the cookies' key must not outlive the process either."""

    def __init__(self) -> None:
        self._ended: dict[str, datetime] = {}

    def end(self, session: str, until: datetime, now: datetime) -> None:
        """See `EndedSessions.end`."""
        self._ended = {text: at for text, at in self._ended.items() if at > now} | {session: until}

    def has_ended(self, session: str) -> bool:
        """See `EndedSessions.has_ended`."""
        return session in self._ended


class Sessions:
    """Creates, reads and ends sessions."""

    def __init__(self, settings: AuthSettings, now: Callable[[], datetime], ended: EndedSessions) -> None:
        self._hours, self._now, self._ended = settings.session_hours, now, ended

    def begin(self, request: Request, **identity: object) -> None:
        """The old session is discarded, which prevents session fixation."""
        request.session.clear()
        until = self._now() + timedelta(hours=self._hours)
        request.session["who"] = {**identity, "id": secrets.token_urlsafe(16), "until": until.timestamp()}

    async def end(self, request: Request) -> Response:
        """Sign out: copies of the cookie are worth nothing from here on."""
        if is_cross_site(request.headers):
            return PlainTextResponse("This form was sent from another site.\n", 403)
        if session := self._unexpired(request):
            until = datetime.fromtimestamp(session["until"], UTC)
            try:
                await run_in_threadpool(self._ended.end, session["id"], until, self._now())
            except HubError as error:
                structlog.get_logger().warning("signing out failed", error=str(error))
                return PlainTextResponse(SIGN_OUT_FAILED, 503)
        request.session.clear()
        return RedirectResponse("/", status_code=303)

    async def read(self, request: Request) -> dict[str, Any]:
        """What the session holds, unless it is over; in doubt it is."""
        session = self._unexpired(request)
        try:
            has_ended = bool(session) and await run_in_threadpool(self._ended.has_ended, session["id"])
        except HubError as error:
            structlog.get_logger().warning("session cookies can't be verified", error=str(error))
            has_ended = True
        return {} if has_ended else session

    def _unexpired(self, request: Request) -> dict[str, Any]:
        """The cookie is signed, so that its words are ours; one of an earlier edition has no id and cannot be ended."""
        session: dict[str, Any] = request.session.get("who") or {}
        return session if "id" in session and session.get("until", 0) > self._now().timestamp() else {}
