"""A GitHub App signs in by its key, works with an installation's token and writes as its bot."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from connectors.github.connector import GitHubConnector
from hub.model.errors import CredentialsRefused
from tests.connectors.github.served import Served, a_site, served

INSTALLATION = "/app/installations/42/access_tokens"


@pytest.fixture(scope="module")
def key() -> str:
    made = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return made.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    ).decode()


@contextmanager
def an_app(*, minutes: int) -> Iterator[tuple[Served, Counter[str]]]:
    """A site that also hands out tokens which are good for some minutes."""
    site, asked = a_site(), Counter[str]()
    bot = site.account("acme-hub[bot]")

    def answers(request: Request) -> JSONResponse | None:
        asked[request.url.path] += 1
        signed = request.headers.get("authorization", "").startswith("Bearer ey")
        if request.url.path == INSTALLATION and signed:
            token = f"ghs_42_{asked[INSTALLATION]}"
            site.add_token(token, bot.login)
            expires = f"2099-01-01T00:{minutes:02}:00Z" if minutes else "2020-01-01T00:00:00Z"
            return JSONResponse({"token": token, "expires_at": expires, "permissions": {}}, 201)
        if request.url.path == "/app" and signed:
            return JSONResponse({"id": 7, "slug": "acme-hub", "name": "Acme Hub"})
        if request.url.path == "/users/acme-hub[bot]":
            return JSONResponse({"id": bot.id, "login": bot.login, "url": "/users/acme-hub", "type": "Bot"})
        return None

    def around(app: ASGIApp) -> ASGIApp:
        async def both(scope: Scope, receive: Receive, send: Send) -> None:
            answer = answers(Request(scope, receive))
            await (answer or app)(scope, receive, send)

        return both

    with served(site, around=around) as there:
        yield there, asked


def connect(there: Served, key: str) -> GitHubConnector:
    return there.connector(token=None, app_id=7, installation_id=42, private_key=key)


def test_an_app_reads_with_one_token_and_writes_as_its_bot(key: str) -> None:
    with an_app(minutes=30) as (there, asked):
        there.site.add_issue("acme/app", "Work")
        connector = connect(there, key)
        pulled = connector.pull()
        assert [each.title for each in pulled.initiatives] == ["Work"]
        assert connector.whoami().name == "acme-hub[bot]"
        assert connector.whoami().id == str(there.site.account("acme-hub[bot]").id)
        assert asked[INSTALLATION] == 1
        assert pulled.requests == 3


def test_a_token_that_ends_is_renewed(key: str) -> None:
    with an_app(minutes=0) as (there, asked):
        connector = connect(there, key)
        connector.pull()
        first = asked[INSTALLATION]
        connector.pull()
        assert asked[INSTALLATION] > first >= 1


def test_a_key_that_cannot_be_read_is_refused_without_showing_it() -> None:
    with an_app(minutes=30) as (there, _):
        broken = "-----BEGIN RSA PRIVATE KEY-----\nc2VjcmV0\n-----END RSA PRIVATE KEY-----"
        with pytest.raises(CredentialsRefused, match="private key cannot be read") as caught:
            connect(there, broken).whoami()
        assert "c2VjcmV0" not in f"{caught.value!r} {caught.value.__cause__!r}"
        with pytest.raises(CredentialsRefused, match="private key cannot be read"):
            connect(there, broken).pull()


def test_an_installation_that_does_not_exist_is_refused(key: str) -> None:
    with an_app(minutes=30) as (there, _):
        connector = there.connector(token=None, app_id=7, installation_id=1, private_key=key)
        with pytest.raises(CredentialsRefused, match="/app/installations/1/access_tokens: HTTP 404"):
            connector.whoami()
        with pytest.raises(CredentialsRefused):
            connector.pull()
