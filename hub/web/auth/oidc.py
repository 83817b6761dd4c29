"""Signing in through an OpenID provider."""

import asyncio
from collections.abc import AsyncIterable, Mapping
from typing import Any, cast

import httpx2
import structlog
from authlib.integrations.base_client import MismatchingStateError, OAuthError
from authlib.integrations.starlette_client import OAuth
from fastapi import APIRouter
from httpx2 import HTTPError, InvalidURL
from joserfc.errors import JoseError
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response

from connectors.http.messages import MALFORMED
from connectors.http.network import network_for
from connectors.http.transport import ACCEPTED, IncompleteBody, UnusableBody, decompress
from hub.config.sections import AuthSettings
from hub.model.errors import HubError
from hub.web.auth.authenticators import SIGN_IN, Sessions, local_path
from hub.web.auth.login_rate_limit import LoginRateLimit

MAX_BYTES = 1024 * 1024
SECONDS = 10.0
ENCODING_HEADERS = ("content-encoding", "content-length", "transfer-encoding")


class OutboundTransport(httpx2.AsyncBaseTransport):
    """Proxies and certificates as `connectors.http.network` reads them; the whole answer within seconds."""

    def __init__(self, seconds: float = SECONDS) -> None:
        self._seconds = seconds

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """See `httpx2.AsyncBaseTransport`."""
        network = network_for(str(request.url))
        request.headers["Accept-Encoding"] = ACCEPTED
        transport = httpx2.AsyncHTTPTransport(verify=network.ssl_context, proxy=network.proxy, trust_env=False)
        try:
            async with transport, asyncio.timeout(self._seconds):
                return await _read_all(await transport.handle_async_request(request))
        except TimeoutError:
            raise httpx2.ReadTimeout("the answer took too long", request=request) from None
        except (UnusableBody, IncompleteBody) as error:
            raise httpx2.DecodingError(str(error), request=request) from None


async def _read_all(response: httpx2.Response) -> httpx2.Response:
    chunks, size = [], 0
    async for chunk in cast("AsyncIterable[bytes]", response.stream):
        chunks.append(chunk)
        if (size := size + len(chunk)) > MAX_BYTES:
            break
    body = decompress(chunks, response.headers.get("content-encoding", ""), MAX_BYTES)
    headers = [(name, value) for name, value in response.headers.multi_items() if name not in ENCODING_HEADERS]
    return httpx2.Response(response.status_code, headers=headers, content=body)


CALLBACK = "/auth/callback"
FAILED = "Sign-in failed. Try again. If it keeps failing, see the log of the hub for the provider's answer.\n"
MAX_NAME_LENGTH = 100
FAILURES = (OAuthError, JoseError, HTTPError, InvalidURL, HubError, RuntimeError, *MALFORMED)
NAMES = ("name", "preferred_username", "email", "sub")


class OidcProvider:
    """Redirect and callback. The provider's response is never shown; its error code is logged."""

    def __init__(
        self, settings: AuthSettings, sessions: Sessions, login_rate_limit: LoginRateLimit, public_url: str
    ) -> None:
        self._settings, self._sessions, self._login_rate_limit = settings, sessions, login_rate_limit
        self._public_url = public_url.rstrip("/")
        self._clients = OAuth()
        secret = settings.client_secret
        self._clients.register(
            "provider",
            client_id=settings.client_id,
            client_secret=secret.get_secret_value() if secret else "",
            server_metadata_url=f"{settings.issuer.rstrip('/')}/.well-known/openid-configuration",
            client_kwargs={
                "scope": "openid profile email",
                "code_challenge_method": "S256",
                "transport": OutboundTransport(),
                "trust_env": False,
            },
        )
        # What is wrong with the variables of proxies and certificates is said at the start.
        network_for(settings.issuer)

    async def redirect(self, request: Request) -> Response:
        """Redirect to the provider."""
        if (refusal := self._login_rate_limit.refusal(request)) is not None:
            return refusal
        request.session["next"] = local_path(request.query_params.get("next", "/"))
        callback_url = f"{self._public_url}{CALLBACK}" if self._public_url else str(request.url_for("oidc_callback"))
        try:
            response: Response = await self._clients.provider.authorize_redirect(request, callback_url)
        except FAILURES as error:
            self._login_rate_limit.record_failure(request)
            return _failure_response(error, 502)
        return response

    async def callback(self, request: Request) -> Response:
        """The callback: exchange the code for a signed ID token."""
        if request.headers.get("sec-fetch-dest", "document") != "document":
            # An image or frame on another site: not an attempt to sign in, so it must not count against the visitor.
            return PlainTextResponse(FAILED, 400)
        if (refusal := self._login_rate_limit.refusal(request)) is not None:
            return refusal
        next_path = local_path(str(request.session.get("next", "/")))
        try:
            token = await self._clients.provider.authorize_access_token(request)
        except MismatchingStateError as error:
            # Of several tabs only the last one that left can come back; the provider wasn't asked, and nothing guessed.
            return _failure_response(error, 400)
        except FAILURES as error:
            return self._reject(request, error)
        claims: Mapping[str, Any] = token.get("userinfo") or {}
        if not claims.get("sub"):
            return self._reject(request, ValueError("no subject"))
        name = next(_name(claims[key]) for key in NAMES if claims.get(key))
        # Only what decides something: a cookie is small, and groups are private.
        groups = self._settings.named_groups.intersection(_groups(claims.get(self._settings.groups_claim)))
        self._sessions.begin(request, name=name, groups=sorted(groups))
        return RedirectResponse(next_path, status_code=303)

    def _reject(self, request: Request, error: Exception) -> Response:
        self._login_rate_limit.record_failure(
            request, f"{request.query_params.get('state')} {request.query_params.get('code')}"
        )
        return _failure_response(error, 400)


def provider_routes(provider: OidcProvider, sessions: Sessions) -> APIRouter:
    """The redirect to the provider, its callback, and signing out."""
    router = APIRouter(include_in_schema=False)
    router.add_api_route(SIGN_IN, provider.redirect, methods=["GET"])
    router.add_api_route(CALLBACK, provider.callback, methods=["GET"], name="oidc_callback")
    router.add_api_route("/sign-out", sessions.end, methods=["POST"])
    return router


def _groups(claim: object) -> list[str]:
    """The groups of a claim: a list of names or one name; anything else is ignored."""
    return [str(item) for item in claim] if isinstance(claim, list) else [claim] if isinstance(claim, str) else []


def _name(claim: object) -> str:
    """A name that a page and a cookie can hold."""
    return str(claim)[:MAX_NAME_LENGTH].encode("utf-8", "replace").decode()


def _failure_response(error: Exception, status: int) -> Response:
    code = error.error if isinstance(error, OAuthError) else type(error).__name__
    structlog.get_logger().warning("signing in failed", reason=str(code))
    return PlainTextResponse(FAILED, status)
