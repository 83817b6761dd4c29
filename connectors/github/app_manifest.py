"""A GitHub App for the hub, registered from a manifest in the browser and installed, with exactly the rights it needs.

docs.github.com/en/apps/sharing-github-apps/registering-a-github-app-from-a-manifest
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from html import escape
from typing import Any
from urllib.parse import quote

from connectors.base import ConnectorContext
from connectors.github import api
from connectors.github.settings import PERMISSIONS, missing_permissions
from connectors.github.survey import site_of
from connectors.http.client import ApiClient
from connectors.http.loopback import LoopbackServer, Page, Query, new_state
from connectors.http.messages import CallKind, Request, content_of
from hub.model.errors import CredentialsRefused, SourceError
from hub.model.survey import AppCredentials

NAME, MAX_NAME_LENGTH = "github", 34
REGISTERED, INSTALLED = "/registered", "/installed"
Json = Mapping[str, Any]


def register(url: str, owner: str, announce: Callable[[str], None], context: ConnectorContext) -> AppCredentials:
    """Lead the person through the browser; raises of the `SourceError` family where GitHub refuses."""
    with LoopbackServer[AppCredentials]() as server:
        registration = _Registration(url, owner, announce, context, server)
        server.routes |= {"/": registration.start, REGISTERED: registration.convert, INSTALLED: registration.installed}
        announce(f"Open {server.url}/ in a browser on this machine, and register and install the App there.")
        return server.wait()


def manifest(owner: str, site: str, callback: str) -> dict[str, Any]:
    """The App as GitHub is asked to make it: private, without webhooks, with the rights that `hub doctor` looks for."""
    return {
        "name": f"Alignment Hub {owner}"[:MAX_NAME_LENGTH].strip(),
        "url": f"{site}/{owner}",
        "redirect_url": f"{callback}{REGISTERED}",
        "setup_url": f"{callback}{INSTALLED}",
        "public": False,
        "default_permissions": {name: access for name, (_, access) in PERMISSIONS.items()},
        "default_events": [],
    }


@dataclass(slots=True)
class _Registration:
    """One registration on its way: the App's own secrets stay here until it is installed."""

    url: str
    owner: str
    announce: Callable[[str], None]
    context: ConnectorContext
    server: LoopbackServer[AppCredentials]
    state: str = field(default_factory=new_state, repr=False)
    app: Json = field(default_factory=dict, repr=False)

    def start(self, _query: Query) -> Page:
        """The form that posts the manifest to GitHub."""
        site = site_of(self.url)
        # A person's own Apps have another address than an organization's.
        place = "" if self._is_user() else f"/organizations/{quote(self.owner, safe='')}"
        action = escape(f"{site}{place}/settings/apps/new?state={self.state}")
        value = escape(json.dumps(manifest(self.owner, site, self.server.url)))
        return Page(
            f"<h1>A GitHub App for {escape(self.owner)}</h1><form method=post action='{action}'>"
            f"<input type=hidden name=manifest value='{value}'><button>Register it at {escape(site)}</button></form>"
        )

    def convert(self, query: Query) -> Page:
        """GitHub sends the browser back with a code that gives the App's key, once."""
        if query.get("state") != self.state or not query.get("code"):
            return Page("<p>This answer doesn't belong to this registration. Start again.</p>", status=400)
        if self.app:
            return self._to_installation()
        path = f"/app-manifests/{quote(query['code'], safe='')}/conversions"
        # The code stands in the address, and errors name addresses.
        app = self._send(Request("POST", path, kind=CallKind.WRITE, idempotent=False), {}, query["code"])
        if not isinstance(app, dict) or not all(app.get(name) for name in ("id", "pem", "html_url")):
            raise SourceError(NAME, "GitHub's answer to the registration holds no key")
        self.app = app
        self.announce(f"Registered {app['html_url']}. Install it in the browser, for the repositories to read.")
        return self._to_installation()

    def _to_installation(self) -> Page:
        return Page(location=f"{self.app['html_url']}/installations/new")

    def installed(self, _query: Query) -> Page:
        """Whatever the address says, GitHub is asked where the App is installed."""
        installation = self._installation() if self.app else None
        if installation is None:
            return Page(f"<p>The App isn't installed for {escape(self.owner)} yet.</p>", status=409)
        if missing := missing_permissions(installation.get("permissions") or {}):
            raise CredentialsRefused(NAME, f"the App was installed without {missing}: accept them on its page")
        self.server.finish(
            AppCredentials(
                app_id=str(self.app["id"]),
                installation_id=int(installation["id"]),
                page=str(self.app["html_url"]),
                private_key=str(self.app["pem"]),
                webhook_secret=str(self.app.get("webhook_secret") or ""),
            )
        )
        return Page("<p>Done. Go back to the terminal.</p>")

    def _installation(self) -> Json | None:
        rows = self._send(Request("GET", "/app/installations", params={"per_page": 100}), self._signed())
        return next(
            (row for row in rows if str((row.get("account") or {}).get("login")).casefold() == self.owner.casefold()),
            None,
        )

    def _is_user(self) -> bool:
        try:
            kind = self._send(Request("GET", f"/users/{quote(self.owner, safe='')}"), {}).get("type")
        except SourceError:
            return False
        return bool(kind == "User")

    def _signed(self) -> Mapping[str, str]:
        from github import Auth  # noqa: PLC0415 - a third of a second, spent only when asked

        return api.headers(Auth.AppAuth(str(self.app["id"]), str(self.app["pem"])).create_jwt())

    def _send(self, request: Request, headers: Mapping[str, str], *secrets: str) -> Any:
        """One call with its own credentials; errors hold none of them, nor the `secrets`."""
        addresses = api.Addresses.of(self.url)
        own = (str(self.app[name]) for name in ("pem", "client_secret", "webhook_secret") if self.app.get(name))
        sign = lambda: headers  # noqa: E731
        client = ApiClient(NAME, addresses.base, sign=sign, context=self.context, secrets=(*own, *secrets))
        try:
            return content_of(client.send(replace(request, path=f"{addresses.api_prefix}{request.path}")))
        finally:
            client.close()
