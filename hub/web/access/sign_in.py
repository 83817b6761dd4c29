"""Signing in and out: a form for a token, or the way to the OpenID provider and back."""

from urllib.parse import parse_qs

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response

from hub.config.sections import AccessSettings
from hub.web.access.attempts import Attempts
from hub.web.access.refusals import SIGN_IN, inside
from hub.web.access.rights import role_of_token
from hub.web.access.sessions import Sessions
from hub.web.access.ways import mark
from hub.web.bodies import BodyRefused, Room
from hub.web.render import framed, templates
from hub.web.same_origin import from_elsewhere
from hub.web.viewer import Role, Viewer

LONGEST_FORM = 8192
NOT_TAKEN = "This form took too long to arrive: go back and try again.\n"


class TokenForm:
    """The sign-in with a token, for people with a browser."""

    def __init__(self, settings: AccessSettings, sessions: Sessions, attempts: Attempts, workspace: str) -> None:
        self._settings, self._sessions, self._attempts = settings, sessions, attempts
        self._workspace = workspace
        self._room = Room(largest=LONGEST_FORM)

    async def show(self, request: Request) -> Response:
        """The form."""
        return self._form(inside(request.query_params.get("next", "/")))

    async def take(self, request: Request) -> Response:
        """Look at the token; a wrong one costs an attempt, and is told in the same words whatever was wrong."""
        if from_elsewhere(request.headers):
            return PlainTextResponse("This form was sent from another site.\n", 403)
        if (refusal := self._attempts.refusal(request)) is not None:
            return refusal
        try:
            async with self._room.body_of(request) as body:
                token, wanted = _fields(body)
        except BodyRefused as refused:
            if refused.status == 413:  # as good as empty
                return self._form("/", wrong=True)
            return PlainTextResponse(NOT_TAKEN, refused.status, {"Connection": "close"})
        role = role_of_token(token, self._settings)
        if role is None:
            self._attempts.failed(request, token)
            return self._form(wanted, wrong=True)
        held = self._settings.admin_token if role is Role.ADMIN else self._settings.viewer_token
        assert held is not None  # noqa: S101  the role came of it
        self._sessions.begin(request, token=mark(held))
        return RedirectResponse(wanted, status_code=303)

    def _form(self, wanted: str, *, wrong: bool = False) -> Response:
        content = templates().get_template("sign_in.html").render(wanted=wanted, wrong=wrong)
        whole = framed(content, title="Sign in", path=SIGN_IN, viewer=Viewer(), workspace=self._workspace)
        return HTMLResponse(whole, 401 if wrong else 200, {"Cache-Control": "no-store"})


def token_routes(form: TokenForm, sessions: Sessions) -> APIRouter:
    """The form, what it sends, and signing out."""
    router = APIRouter(include_in_schema=False)
    router.add_api_route(SIGN_IN, form.show, methods=["GET"])
    router.add_api_route(SIGN_IN, form.take, methods=["POST"])
    router.add_api_route("/sign-out", sessions.end, methods=["POST"])
    return router


def _fields(body: bytes) -> tuple[str, str]:
    """The token, and where to go afterwards."""
    fields = parse_qs(body.decode("utf-8", "replace"))
    return fields.get("token", [""])[-1].strip(), inside(fields.get("next", ["/"])[-1])
