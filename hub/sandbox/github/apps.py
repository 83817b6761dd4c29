"""GitHub Apps: who signs with the App's key is the App, and gets an installation's token for an hour."""

from collections.abc import Callable
from typing import Any

import jwt
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from hub.sandbox.github import profiles
from hub.sandbox.github.access import App
from hub.sandbox.github.node_registry import SiteSetup

MAX_SIGNATURE_SECONDS = 600


SignedEndpoint = Callable[[Request, App], Response]


def routes(site: SiteSetup, base: str) -> list[Route]:
    """The endpoints that an App signs for with its key, and the profile of its bot."""
    return [
        Route(
            f"{base}/app/installations/{{id:int}}/access_tokens",
            _require_signature(site, _token(site)),
            methods=["POST"],
        ),
        Route(f"{base}/app", _require_signature(site, _myself)),
        Route(f"{base}/app/installations", _require_signature(site, _installations(site))),
        Route(f"{base}/users/{{login}}", _user(site)),
    ]


def _require_signature(site: SiteSetup, answer: SignedEndpoint) -> Callable[[Request], Response]:
    def endpoint(request: Request) -> Response:
        app = _signer(site, request)
        if app is None:
            return JSONResponse({"message": "A JSON web token could not be decoded", "status": "401"}, 401)
        with site.lock:
            return answer(request, app)

    return endpoint


def _token(site: SiteSetup) -> SignedEndpoint:
    def token(request: Request, app: App) -> Response:
        if request.path_params["id"] not in app.installations:
            return JSONResponse({"message": "Not Found", "status": "404"}, 404)
        issued = f"ghs_{app.slug}{len(app.issued):04}"
        app.issued.append(issued)
        site.add_token(issued, app.bot)
        expires = (site.now() + app.lifetime).strftime("%Y-%m-%dT%H:%M:%SZ")
        return JSONResponse({"token": issued, "expires_at": expires, "permissions": {"issues": "write"}}, 201)

    return token


def _myself(_request: Request, app: App) -> Response:
    return JSONResponse({"id": int(app.id), "slug": app.slug, "name": app.slug})


def _installations(site: SiteSetup) -> SignedEndpoint:
    def installations(_request: Request, app: App) -> Response:
        account = site.accounts.get(app.owner.lower())
        rows: list[dict[str, Any]] = [
            {
                "id": number,
                "account": profiles.user(account),
                "app_id": int(app.id),
                "app_slug": app.slug,
                "target_type": account.typename if account else "Organization",
                "permissions": dict(app.permissions),
                "events": [],
                "repository_selection": "all",
            }
            for number in app.installations
        ]
        return JSONResponse(rows)

    return installations


def _user(site: SiteSetup) -> Callable[[Request], Response]:
    def user(request: Request) -> Response:
        account = site.accounts.get(request.path_params["login"].lower())
        if account is None:
            return JSONResponse({"message": "Not Found", "status": "404"}, 404)
        return JSONResponse(profiles.profile(account))

    return user


def expire(site: SiteSetup, app: App) -> None:
    """Every token that was issued so far is refused from now on."""
    for token in app.issued:
        site.tokens.pop(token, None)


def _signer(site: SiteSetup, request: Request) -> App | None:
    """The App whose key signed the request, for ten minutes at most."""
    token = request.headers.get("authorization", "").partition(" ")[2]
    for app in site.apps.values():
        try:
            claims = jwt.decode(token, app.public_key, algorithms=["RS256"], options={"verify_exp": False})
        except jwt.InvalidTokenError:
            continue
        if (
            str(claims.get("iss")) == app.id
            and 0 < claims.get("exp", 0) - claims.get("iat", 0) <= MAX_SIGNATURE_SECONDS
        ):
            return app
    return None
