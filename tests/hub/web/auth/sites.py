"""A small site with one private key result, behind each of the ways in, over real HTTP; and an OpenID provider."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlencode

from httpx import Client
from joserfc import jwt
from joserfc.jwk import RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from hub.config.sections import AuthSettings
from hub.core.checking.redaction import VisibleKeyResults, reveal, visible_to
from hub.core.insight.audit.build import build_audit
from hub.core.insight.status import key_result_statuses
from hub.model.finding import Judgement
from hub.model.okr import Okrs, Visibility
from hub.sandbox.server import serve
from hub.store.base import EndedSessions
from hub.web.app import make_app
from hub.web.auth.setup import setup
from hub.web.monitoring import Metrics, metrics_route
from hub.web.snapshot import PortfolioSnapshot
from hub.web.snapshot_cache import SnapshotCache, WebDependencies
from tests.builders import a_key_result, a_portfolio, a_team, an_objective, some_okrs

SECRET_TITLE = "Buy the competitor"


def okrs() -> Okrs:
    private = a_key_result("merger", "quiet", title=SECRET_TITLE, visibility=Visibility.PRIVATE)
    return some_okrs(
        teams=(a_team("product", "jira:ACME"), a_team("board", "jira:BOARD")),
        objectives=(an_objective("growth"), an_objective("quiet", "board")),
        key_results=(a_key_result("revenue", "growth"), private),
    )


class FakeSnapshotSource:
    def version(self) -> str:
        return "1"

    def visible_to(self, teams: frozenset[str]) -> VisibleKeyResults:
        return visible_to(okrs(), teams)

    def build(self, visible: VisibleKeyResults, version: str) -> PortfolioSnapshot:
        portfolio = a_portfolio(okrs=reveal(okrs(), visible))
        judged = Judgement()
        return PortfolioSnapshot(
            version=version,
            audience=str(sorted(visible)),
            built_at=datetime(2026, 11, 16, tzinfo=UTC),
            portfolio=portfolio,
            judgement=judged,
            audit=build_audit(portfolio, judged, (), (), ()),
            key_result_statuses=key_result_statuses(portfolio, read=False),
            rules=(),
            sources=(),
        )


@dataclass(eq=False)
class Clock:
    moment: datetime = field(default_factory=lambda: datetime.now(UTC))

    def __call__(self) -> datetime:
        return self.moment


@contextmanager
def visited(
    clock: Clock | None = None, public_url: str = "", ended: EndedSessions | None = None, **settings: Any
) -> Iterator[Client]:
    """A browser without cookies, in front of the site."""
    clock = clock or Clock()
    asked = AuthSettings.model_validate(settings)
    door = setup(asked, now=clock, workspace="main", bound="127.0.0.1", public_url=public_url, ended_sessions=ended)
    site = WebDependencies(SnapshotCache(FakeSnapshotSource()), door.authenticator, clock)
    scraped = metrics_route(site, Metrics(), lambda: (), asked.metrics_token, door.login_rate_limit)
    app = make_app(site, [*door.routes, scraped])
    door.install(app)
    with serve(app) as running, Client(base_url=running.url) as client:
        yield client


@dataclass
class Identity:
    """An OpenID provider that says what it is told to, right or wrong."""

    url: str = ""
    claims: dict[str, Any] = field(default_factory=dict)
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "one"}))
    signs_with: RSAKey | None = None
    nonce: str = ""
    refuses: bool = False

    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/.well-known/openid-configuration", self.about),
                Route("/authorize", self.authorize),
                Route("/token", self.token, methods=["POST"]),
                Route("/keys", self.keys),
            ]
        )

    async def about(self, _: Request) -> Response:
        return JSONResponse(
            {
                "issuer": self.url,
                "authorization_endpoint": f"{self.url}/authorize",
                "token_endpoint": f"{self.url}/token",
                "jwks_uri": f"{self.url}/keys",
                "response_types_supported": ["code"],
                "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": ["RS256"],
            }
        )

    async def authorize(self, request: Request) -> Response:
        asked = request.query_params
        assert asked["code_challenge_method"] == "S256"
        self.nonce = asked["nonce"]
        told = {"error": "access_denied"} if self.refuses else {"code": "c0de"}
        return RedirectResponse(f"{asked['redirect_uri']}?{urlencode({**told, 'state': asked['state']})}")

    async def token(self, request: Request) -> Response:
        form = parse_qs((await request.body()).decode())
        assert form["code_verifier"]
        moment = int(time.time())
        claims = {"iss": self.url, "aud": "hub", "sub": "u1", "iat": moment, "exp": moment + 300, "nonce": self.nonce}
        signed = jwt.encode({"alg": "RS256", "kid": "one"}, {**claims, **self.claims}, self.signs_with or self.key)
        return JSONResponse({"access_token": "opaque", "token_type": "Bearer", "id_token": signed})

    async def keys(self, _: Request) -> Response:
        return JSONResponse({"keys": [self.key.as_dict(private=False)]})


@contextmanager
def identity() -> Iterator[Identity]:
    """The provider, listening."""
    provider = Identity()
    with serve(provider.app()) as running:
        provider.url = running.url
        yield provider
