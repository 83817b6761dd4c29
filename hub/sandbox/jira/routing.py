"""Who may come in by which door: the site itself, the gateway for scoped and access tokens, and Data Center."""

import base64
import binascii

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response

from hub.sandbox.jira.records import Account
from hub.sandbox.jira.request import ApiError
from hub.sandbox.jira.rows import Rows

NOT_AUTHENTICATED = "Client must be authenticated to access this resource."


def caller(site: Rows, request: Request) -> Account | None:
    """The account that the credentials belong to; None without any, Refused with wrong ones."""
    scheme, _, coded = request.headers.get("authorization", "").partition(" ")
    if not scheme:
        return None
    gateway = uses_gateway(site, request)
    pair = (scheme.lower(), _plain(coded) if scheme.lower() == "basic" else coded)
    for account in site.accounts.values():
        if pair in _accepted_credentials(site, account, gateway=gateway):
            return account
    raise ApiError(401)


def uses_gateway(site: Rows, request: Request) -> bool:
    """Whether the request came through the gateway."""
    gateway = site.deployment.gateway
    return bool(gateway) and request.url.path.startswith(gateway)


def refusal(site: Rows, request: Request, *, anonymous: bool) -> Response:
    """How each door says 401."""
    if uses_gateway(site, request):
        return JSONResponse({"code": 401, "message": "Unauthorized"}, 401)
    if site.deployment.cloud:
        # The vendor answers in plain words here, not in JSON.
        headers = {"x-seraph-loginreason": "AUTHENTICATED_FAILED", "www-authenticate": 'OAuth realm=""'}
        return PlainTextResponse(NOT_AUTHENTICATED, 401, headers)
    if anonymous:
        return JSONResponse({"message": NOT_AUTHENTICATED, "status-code": 401}, 401)
    page = "<html><head><title>Unauthorized (401)</title></head><body><h1>Unauthorized (401)</h1></body></html>"
    return HTMLResponse(page, 401, {"x-seraph-loginreason": "AUTHENTICATED_FAILED"})


def _accepted_credentials(site: Rows, account: Account, *, gateway: bool) -> set[tuple[str, str]]:
    """What opens this door for an account: a scheme, and what is sent with it."""
    name = account.email if site.deployment.cloud else account.login
    secret = account.scoped if gateway else account.token
    keys = {("basic", f"{name}:{secret}")} if secret else set()
    if account.bearer and (gateway or not site.deployment.cloud):
        keys.add(("bearer", account.bearer))
    return keys


def _plain(coded: str) -> str:
    try:
        return base64.b64decode(coded, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return ""
