"""The ways to authenticate: token, proxy, session; the roles they give, and how a request is refused."""

import hmac
import secrets
from collections.abc import Callable, Collection, Mapping
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any
from urllib.parse import quote, urlsplit

import structlog
from pydantic import SecretStr
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response

from hub.config.sections import AuthSettings
from hub.model.errors import HubError
from hub.store.base import EndedSessions
from hub.web.auth.login_rate_limit import LoginRateLimit
from hub.web.page import Role, Viewer

SIGN_IN = "/sign-in"
MAX_PATH_LENGTH = 1000


def sign_in_required(request: Request, *, can_sign_in: bool) -> Response:
    """401: not signed in. People are redirected to the sign-in, if there is one, and back afterwards."""
    if _is_api_request(request):
        return _problem(401, "Sign in first, or send Authorization: Bearer with a token.")
    if can_sign_in and request.method in ("GET", "HEAD"):
        next_path = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        return RedirectResponse(f"{SIGN_IN}?next={quote(next_path, safe='')}", status_code=303)
    return PlainTextResponse("Sign in to see this page.\n", 401, {"WWW-Authenticate": "Bearer"})


def forbidden(request: Request) -> Response:
    """403: it is known who asks, and they are not among the viewers."""
    message = "You are signed in, but you don't have access. Ask the administrator of the hub to add you under [auth]."
    return _problem(403, message) if _is_api_request(request) else PlainTextResponse(f"{message}\n", 403)


def local_path(path: str) -> str:
    """Where to go after signing in: a path of ours, whatever the address says, short enough for a cookie."""
    if len(path.encode("ascii", "backslashreplace")) > MAX_PATH_LENGTH:
        return "/"
    try:
        parts = urlsplit(path)
    except ValueError:
        return "/"
    is_external = parts.scheme or parts.netloc or not path.startswith("/") or path.startswith(("//", "/\\"))
    return "/" if is_external or any(ord(character) < 32 for character in path) else path


def _is_api_request(request: Request) -> bool:
    return request.url.path.startswith(("/api", "/metrics"))


def _problem(status: int, detail: str) -> Response:
    headers = {"WWW-Authenticate": "Bearer"} if status == 401 else None
    return JSONResponse(
        {"title": "Not allowed", "status": status, "detail": detail},
        status,
        headers,
        media_type="application/problem+json",
    )


def viewer_in(groups: Collection[str], name: str, settings: AuthSettings) -> Viewer | None:
    """The viewer with these groups; None without access."""
    own_groups = frozenset(groups)
    is_admin = not own_groups.isdisjoint(settings.admins)
    if settings.viewers and not is_admin and own_groups.isdisjoint(settings.viewers):
        return None
    teams = frozenset(team for team, team_groups in settings.teams.items() if not own_groups.isdisjoint(team_groups))
    return Viewer(name, Role.ADMIN if is_admin else Role.VIEWER, teams)


def is_same_secret(value: str, secret: SecretStr | None) -> bool:
    """Whether it is the secret, compared in constant time."""
    return secret is not None and hmac.compare_digest(value.encode(), secret.get_secret_value().encode())


def role_of_token(token: str, settings: AuthSettings) -> Role | None:
    """What a token lets its bearer do; both are compared in any case."""
    is_admin, is_viewer = is_same_secret(token, settings.admin_token), is_same_secret(token, settings.viewer_token)
    return Role.ADMIN if is_admin else Role.VIEWER if is_viewer else None


def bearer_token(header: str) -> str:
    """The token of an Authorization header, or nothing."""
    kind, _, token = header.partition(" ")
    return token.strip() if kind.casefold() == "bearer" else ""


def is_cross_site(headers: Mapping[str, str]) -> bool:
    """True for a form of another site. Programs send neither header, and bring no cookie either.

    `Sec-Fetch-Site` where the browser sends it, else `Origin` against `Host`, without the scheme: a proxy may end TLS.
    """
    fetch_site = headers.get("sec-fetch-site")
    if fetch_site is not None:
        return fetch_site != "same-origin"
    origin = headers.get("origin")
    try:
        return origin is not None and urlsplit(origin).netloc.casefold() != headers.get("host", "").casefold()
    except ValueError:
        return True


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


class ProxyAuth:
    """A trusted proxy authenticates users and proves itself with a secret in a header."""

    def __init__(self, settings: AuthSettings) -> None:
        self._settings = settings

    async def authenticate(self, request: Request) -> Viewer | Response:
        """Without the secret the other headers are not trusted."""
        configured = self._settings
        name = request.headers.get(configured.user_header, "").strip()
        if not is_same_secret(request.headers.get(configured.proxy_header, ""), configured.proxy_secret) or not name:
            return sign_in_required(request, can_sign_in=False)
        groups = [group.strip() for group in request.headers.get(configured.groups_header, "").split(",")]
        return viewer_in(groups, name, configured) or forbidden(request)


class TokenAuth:
    """A token in the Authorization header, or at the sign-in; the session stores only a digest of it."""

    def __init__(self, settings: AuthSettings, sessions: Sessions, login_rate_limit: LoginRateLimit) -> None:
        self._settings, self._sessions, self._login_rate_limit = settings, sessions, login_rate_limit

    async def authenticate(self, request: Request) -> Viewer | Response:
        """Changing a token ends the sessions that were started with it."""
        token = bearer_token(request.headers.get("authorization", ""))
        if token and (refusal := self._login_rate_limit.refusal(request)) is not None:
            return refusal
        role = role_of_token(token, self._settings) if token else await self._role_in_session(request)
        if token and role is None:
            self._login_rate_limit.record_failure(request, token)
        return Viewer(role=role) if role else sign_in_required(request, can_sign_in=not token)

    async def _role_in_session(self, request: Request) -> Role | None:
        session = await self._sessions.read(request)
        tokens = ((Role.ADMIN, self._settings.admin_token), (Role.VIEWER, self._settings.viewer_token))
        return next(
            (role for role, token in tokens if token and session.get("token") == token_fingerprint(token)), None
        )


class OidcAuth:
    """Signed in with an OpenID provider; the groups are stored in the session."""

    def __init__(self, settings: AuthSettings, sessions: Sessions) -> None:
        self._settings, self._sessions = settings, sessions

    async def authenticate(self, request: Request) -> Viewer | Response:
        """The settings are evaluated on each request."""
        session = await self._sessions.read(request)
        if "name" not in session:
            return sign_in_required(request, can_sign_in=True)
        return viewer_in(session["groups"], session["name"], self._settings) or forbidden(request)


def token_fingerprint(token: SecretStr) -> str:
    """A digest that identifies a token."""
    return sha256(b"alignment-hub session " + token.get_secret_value().encode()).hexdigest()[:32]
