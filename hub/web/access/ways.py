"""The four authenticators: each returns the viewer of a request, or the response to send instead."""

from hashlib import sha256

from pydantic import SecretStr
from starlette.requests import Request
from starlette.responses import Response

from hub.config.sections import AuthSettings
from hub.web.access.attempts import LoginRateLimit
from hub.web.access.refusals import forbidden, sign_in_required
from hub.web.access.rights import bearer_token, is_same_secret, role_of_token, viewer_in
from hub.web.access.sessions import Sessions
from hub.web.viewer import Role, Viewer


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
