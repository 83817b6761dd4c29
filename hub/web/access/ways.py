"""The four ways in: each looks at a request and says who asks, or what they are told instead."""

from hashlib import sha256

from pydantic import SecretStr
from starlette.requests import Request
from starlette.responses import Response

from hub.config.sections import AccessSettings
from hub.web.access.attempts import Attempts
from hub.web.access.refusals import refused, unknown
from hub.web.access.rights import bearer, role_of_token, same, viewer_in
from hub.web.access.sessions import Sessions
from hub.web.viewer import Role, Viewer


class ByProxy:
    """A proxy in front has asked already, and proves with a secret in a header that it is the one."""

    def __init__(self, settings: AccessSettings) -> None:
        self._settings = settings

    async def admit(self, request: Request) -> Viewer | Response:
        """Without the secret the other headers are anybody's words."""
        about = self._settings
        name = request.headers.get(about.user_header, "").strip()
        if not same(request.headers.get(about.proxy_header, ""), about.proxy_secret) or not name:
            return unknown(request, signs_in=False)
        groups = [group.strip() for group in request.headers.get(about.groups_header, "").split(",")]
        return viewer_in(groups, name, about) or refused(request)


class ByToken:
    """A token in the Authorization header, or once at the sign-in; what the session keeps of it is its mark alone."""

    def __init__(self, settings: AccessSettings, sessions: Sessions, attempts: Attempts) -> None:
        self._settings, self._sessions, self._attempts = settings, sessions, attempts

    async def admit(self, request: Request) -> Viewer | Response:
        """A token that was changed ends the sessions that were begun with it."""
        given = bearer(request.headers.get("authorization", ""))
        if given and (refusal := self._attempts.refusal(request)) is not None:
            return refusal
        role = role_of_token(given, self._settings) if given else await self._remembered(request)
        if given and role is None:
            self._attempts.failed(request, given)
        return Viewer(role=role) if role else unknown(request, signs_in=not given)

    async def _remembered(self, request: Request) -> Role | None:
        held = await self._sessions.held(request)
        tokens = ((Role.ADMIN, self._settings.admin_token), (Role.VIEWER, self._settings.viewer_token))
        return next((role for role, token in tokens if token and held.get("token") == mark(token)), None)


class ByProvider:
    """An OpenID provider said who it is, at the sign-in; their groups are kept in the session."""

    def __init__(self, settings: AccessSettings, sessions: Sessions) -> None:
        self._settings, self._sessions = settings, sessions

    async def admit(self, request: Request) -> Viewer | Response:
        """The settings are asked anew with each request."""
        held = await self._sessions.held(request)
        if "name" not in held:
            return unknown(request, signs_in=True)
        return viewer_in(held["groups"], held["name"], self._settings) or refused(request)


def mark(token: SecretStr) -> str:
    """Tells tokens apart without being one."""
    return sha256(b"alignment-hub session " + token.get_secret_value().encode()).hexdigest()[:32]
