"""The pages on which people register an App from a manifest and install it; each does at once what its button would."""

import json
import secrets
from typing import Any
from urllib.parse import parse_qs, urlencode

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from hub.sandbox.github.access import App
from hub.sandbox.github.node_registry import SiteSetup
from hub.sandbox.github.state import Account

KEY_BITS = 2048
NEW_APP = "/settings/apps/new"


def routes(site: SiteSetup, base: str) -> list[Route]:
    """The registration of an organization and of a person, the code's conversion, and the installation."""
    pages = _Pages(site)
    return [
        Route(f"/organizations/{{owner}}{NEW_APP}", pages.register, methods=["POST"]),
        Route(f"{base}/app-manifests/{{code}}/conversions", pages.convert, methods=["POST"]),
        Route("/apps/{slug}/installations/new", pages.install),
    ]


class _Pages:
    def __init__(self, site: SiteSetup) -> None:
        self._site = site

    async def register(self, request: Request) -> Response:
        """Make the App that the manifest describes, and lead back with a code."""
        fields = parse_qs((await request.body()).decode())
        manifest = json.loads(fields["manifest"][0])
        owner = self._site.accounts.get(request.path_params["owner"].lower())
        if owner is None:
            return PlainTextResponse("Not Found", 404)
        code = secrets.token_hex(20)
        with self._site.lock:
            self._site.manifests[code] = self._add_app(owner, manifest)
        query = urlencode({"code": code, "state": request.query_params.get("state", "")})
        return RedirectResponse(f"{manifest['redirect_url']}?{query}", 302)

    def _add_app(self, owner: Account, manifest: dict[str, Any]) -> tuple[App, str]:
        key = rsa.generate_private_key(public_exponent=65537, key_size=KEY_BITS)
        pem = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
        )
        public_format = serialization.PublicFormat.SubjectPublicKeyInfo
        public_key = key.public_key().public_bytes(serialization.Encoding.PEM, public_format)
        number = str(300_000 + len(self._site.apps))
        slug = "-".join(str(manifest["name"]).lower().split())
        app = self._site.add_app(number, slug, public_key.decode())
        app.owner, app.permissions = owner.login, manifest["default_permissions"]
        app.setup_url = manifest["setup_url"]
        return app, pem.decode()

    async def convert(self, request: Request) -> Response:
        """Give the App's key for its code, once."""
        with self._site.lock:
            made = self._site.manifests.pop(request.path_params["code"], None)
            if made is None:
                return JSONResponse({"message": "Not Found", "status": "404"}, 404)
            app, pem = made
            return JSONResponse(
                {
                    "id": int(app.id),
                    "slug": app.slug,
                    "name": app.slug,
                    "html_url": f"{self._site.url}/apps/{app.slug}",
                    "client_id": f"Iv1.{app.id}",
                    "client_secret": secrets.token_hex(20),
                    "webhook_secret": None,
                    "pem": pem,
                    "permissions": dict(app.permissions),
                    "events": [],
                },
                201,
            )

    async def install(self, request: Request) -> Response:
        """Install the App for its owner, and lead to its set-up page."""
        app = next((app for app in self._site.apps.values() if app.slug == request.path_params["slug"]), None)
        if app is None:
            return PlainTextResponse("Not Found", 404)
        with self._site.lock:
            app.installations = app.installations or (int(app.id) + 600_000,)
        query = urlencode({"installation_id": app.installations[0], "setup_action": "install"})
        return RedirectResponse(f"{app.setup_url}?{query}", 302)
