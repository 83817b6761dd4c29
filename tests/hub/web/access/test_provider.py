"""Signing in through an OpenID provider, over real HTTP; a provider that lies, or one in between, opens nothing."""

from typing import Any

import pytest
from httpx import Client, Response
from joserfc.jwk import RSAKey

from tests.hub.web.access.sites import SECRET_TITLE, Identity, identity, visited


def settings(provider: Identity, **more: Any) -> dict[str, Any]:
    return {"mode": "oidc", "issuer": provider.url, "client_id": "hub", "client_secret": "s3cret", **more}


def sign_in(client: Client, wanted: str = "/") -> Response:
    """As a browser does: to the provider and back, without following the last step."""
    away = client.get(f"/sign-in?next={wanted}")
    assert away.status_code == 302
    back = client.get(away.headers["location"])
    return client.get(back.headers["location"])


def test_somebody_comes_back_from_the_provider_signed_in() -> None:
    with identity() as provider, visited(**settings(provider, teams={"board": ["okr-board"]})) as client:
        provider.claims = {"name": "Kim <b>", "groups": ["okr-board"]}
        done = sign_in(client, "/rules")
        assert (done.status_code, done.headers["location"]) == (303, "/rules")
        page = client.get("/")
        assert SECRET_TITLE in page.text
        assert "Kim &lt;b&gt;" in page.text
        client.post("/sign-out")
        assert client.get("/").status_code == 303


def test_rights_come_from_groups_and_nothing_else() -> None:
    with identity() as provider, visited(**settings(provider, viewers=["staff"])) as client:
        provider.claims = {"name": "Kim", "groups": "guests"}
        assert sign_in(client).status_code == 303
        assert client.get("/").status_code == 403
        provider.claims = {"groups": ["staff"]}
        sign_in(client)
        page = client.get("/")
        assert page.status_code == 200
        assert SECRET_TITLE not in page.text


@pytest.mark.parametrize(
    "claims", [{"nonce": "another"}, {"aud": "somebody-else"}, {"iss": "https://evil.test"}, {"exp": 1}, {"sub": ""}]
)
def test_a_word_of_the_provider_that_is_not_for_us_opens_nothing(claims: dict[str, Any]) -> None:
    with identity() as provider, visited(**settings(provider)) as client:
        provider.claims = claims
        assert sign_in(client).status_code == 400
        assert client.get("/").status_code == 303


def test_a_signature_of_another_key_opens_nothing() -> None:
    with identity() as provider, visited(**settings(provider)) as client:
        provider.signs_with = RSAKey.generate_key(2048, {"kid": "one"})
        assert sign_in(client).status_code == 400
        assert client.get("/").status_code == 303


def test_coming_back_without_having_left_or_twice_opens_nothing() -> None:
    with identity() as provider, visited(**settings(provider)) as client:
        assert client.get("/sign-in/back?code=c0de&state=guess").status_code == 400
        away = client.get("/sign-in")
        back = client.get(away.headers["location"]).headers["location"]
        with Client() as stranger:
            assert stranger.get(back).status_code == 400
        assert client.get(back).status_code == 303
        assert client.get(back).status_code == 400


def test_a_refusal_and_a_provider_that_is_away_are_told_without_their_words() -> None:
    with identity() as provider, visited(**settings(provider)) as client:
        provider.refuses = True
        refused = sign_in(client)
        assert refused.status_code == 400
        assert "access_denied" not in refused.text
    with identity() as gone:
        asked = settings(gone)
    with visited(**asked) as client:
        assert client.get("/sign-in").status_code == 502
