"""Signing in through an OpenID provider: away to it with a state, a nonce and a proof key, and back with a code."""

from collections.abc import Mapping
from typing import Any

import structlog
from authlib.integrations.base_client import MismatchingStateError, OAuthError
from authlib.integrations.starlette_client import OAuth
from fastapi import APIRouter
from httpx2 import HTTPError, InvalidURL
from joserfc.errors import JoseError
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response

from connectors.network import network_to
from connectors.wire import MALFORMED
from hub.config.sections import AccessSettings
from hub.model.errors import HubError
from hub.web.access.attempts import Attempts
from hub.web.access.outbound import Outbound
from hub.web.access.refusals import SIGN_IN, inside
from hub.web.access.sessions import Sessions

BACK = f"{SIGN_IN}/back"
FAILED = "Sign-in failed. Try again. If it keeps failing, see the log of the hub for the provider's answer.\n"
LONGEST_NAME = 100
FAILURES = (OAuthError, JoseError, HTTPError, InvalidURL, HubError, RuntimeError, *MALFORMED)
NAMES = ("name", "preferred_username", "email", "sub")


class Provider:
    """The two steps. Nothing of a provider's answer is shown to people; its error's code goes to the log."""

    def __init__(self, settings: AccessSettings, sessions: Sessions, attempts: Attempts, public_url: str) -> None:
        self._settings, self._sessions, self._attempts = settings, sessions, attempts
        self._public_url = public_url.rstrip("/")
        self._known = OAuth()
        secret = settings.client_secret
        self._known.register(
            "provider",
            client_id=settings.client_id,
            client_secret=secret.get_secret_value() if secret else "",
            server_metadata_url=f"{settings.issuer.rstrip('/')}/.well-known/openid-configuration",
            client_kwargs={
                "scope": "openid profile email",
                "code_challenge_method": "S256",
                "transport": Outbound(),
                "trust_env": False,
            },
        )
        # What is wrong with the variables of proxies and certificates is said at the start.
        network_to(settings.issuer)

    async def leave(self, request: Request) -> Response:
        """To the provider."""
        if (refusal := self._attempts.refusal(request)) is not None:
            return refusal
        request.session["next"] = inside(request.query_params.get("next", "/"))
        back = f"{self._public_url}{BACK}" if self._public_url else str(request.url_for("come_back"))
        try:
            response: Response = await self._known.provider.authorize_redirect(request, back)
        except FAILURES as error:
            self._attempts.failed(request)
            return _failed(error, 502)
        return response

    async def come_back(self, request: Request) -> Response:
        """From the provider: the code is changed into a signed word on who it is."""
        if request.headers.get("sec-fetch-dest", "document") != "document":
            # A picture or frame on a page elsewhere: nobody's attempt, and it must not count against whoever sees it.
            return PlainTextResponse(FAILED, 400)
        if (refusal := self._attempts.refusal(request)) is not None:
            return refusal
        wanted = inside(str(request.session.get("next", "/")))
        try:
            told = await self._known.provider.authorize_access_token(request)
        except MismatchingStateError as error:
            # Of several tabs only the last one that left can come back; the provider wasn't asked, and nothing guessed.
            return _failed(error, 400)
        except FAILURES as error:
            return self._refused(request, error)
        claims: Mapping[str, Any] = told.get("userinfo") or {}
        if not claims.get("sub"):
            return self._refused(request, ValueError("no subject"))
        name = next(_name(claims[key]) for key in NAMES if claims.get(key))
        # Only what decides something: a cookie is small, and groups are nobody else's business.
        groups = self._settings.named_groups.intersection(_groups(claims.get(self._settings.groups_claim)))
        self._sessions.begin(request, name=name, groups=sorted(groups))
        return RedirectResponse(wanted, status_code=303)

    def _refused(self, request: Request, error: Exception) -> Response:
        self._attempts.failed(request, f"{request.query_params.get('state')} {request.query_params.get('code')}")
        return _failed(error, 400)


def provider_routes(provider: Provider, sessions: Sessions) -> APIRouter:
    """Away, back, and signing out."""
    router = APIRouter(include_in_schema=False)
    router.add_api_route(SIGN_IN, provider.leave, methods=["GET"])
    router.add_api_route(BACK, provider.come_back, methods=["GET"], name="come_back")
    router.add_api_route("/sign-out", sessions.end, methods=["POST"])
    return router


def _groups(claim: object) -> list[str]:
    """A list of names, or one; anything else is no group."""
    return [str(one) for one in claim] if isinstance(claim, list) else [claim] if isinstance(claim, str) else []


def _name(claim: object) -> str:
    """A name that a page and a cookie can hold."""
    return str(claim)[:LONGEST_NAME].encode("utf-8", "replace").decode()


def _failed(error: Exception, status: int) -> Response:
    code = error.error if isinstance(error, OAuthError) else type(error).__name__
    structlog.get_logger().warning("signing in failed", why=str(code))
    return PlainTextResponse(FAILED, status)
