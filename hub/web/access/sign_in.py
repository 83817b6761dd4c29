"""Signing in and out: a form for a token, or the redirect to the OpenID provider."""

from urllib.parse import parse_qs

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response

from hub.config.sections import AuthSettings
from hub.web.access.attempts import LoginRateLimit
from hub.web.access.refusals import SIGN_IN, local_path
from hub.web.access.rights import role_of_token
from hub.web.access.sessions import Sessions
from hub.web.access.ways import token_fingerprint
from hub.web.bodies import BodyLimiter, BodyRejected
from hub.web.render import render_frame, templates
from hub.web.same_origin import is_cross_site
from hub.web.viewer import Role, Viewer

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
