"""Signing in through an OpenID provider, over real HTTP; a provider that lies, or one in between, opens nothing."""

import json
from base64 import b64decode
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from httpx import Client, Response
from joserfc.jwk import RSAKey

from tests.hub.web.auth.sites import SECRET_TITLE, Identity, identity, visited


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


def test_only_groups_that_decide_something_are_kept_in_the_cookie() -> None:
    named = {"viewers": ["staff"], "admins": ["coaches"], "teams": {"board": ["okr-board"]}}
    with identity() as provider, visited(**settings(provider, **named)) as client:
        provider.claims = {"groups": ["staff", "works-council", "okr-board", "patients-of-the-company-doctor"]}
        sign_in(client)
        held = json.loads(b64decode(client.cookies["alignment_hub"].split(".")[0] + "=="))["who"]
        assert held["groups"] == ["okr-board", "staff"]
        assert SECRET_TITLE in client.get("/").text


def test_good_sign_ins_cost_nothing_and_failed_ones_are_limited() -> None:
    with identity() as provider, visited(**settings(provider)) as client:
        assert {sign_in(client).status_code for _ in range(15)} == {303}
        pictures = {"Sec-Fetch-Dest": "image"}
        shown = [client.get(f"/auth/callback?code=x&state={n}", headers=pictures).status_code for n in range(15)]
        assert set(shown) == {400}
        assert [guess(client, f"x{n}").status_code for n in range(12)] == [400] * 10 + [429] * 2
        assert client.get("/sign-in").status_code == 429
        assert client.get("/").status_code == 200


def guess(client: Client, code: str) -> Response:
    """Away to the provider, and back with a code that it never gave."""
    away = client.get("/sign-in")
    if away.status_code != 302:
        return away
    state = parse_qs(urlsplit(away.headers["location"]).query)["state"][0]
    return client.get(f"/auth/callback?code={code}&state={state}")


def test_tabs_that_all_lead_to_the_provider_cost_nobody_their_sign_in() -> None:
    with identity() as provider, visited(**settings(provider)) as client:
        away = [client.get("/sign-in").headers["location"] for _ in range(12)]
        back = [client.get(text).headers["location"] for text in away]
        assert [client.get(text).status_code for text in back] == [400] * 11 + [303]
        assert client.get("/").status_code == 200


@pytest.mark.parametrize("path", ["/teams?" + "a" * 4000, "/" + "\u4e16" * 900, "/?q=" + "%E4%B8%96" * 200])
def test_a_path_that_no_cookie_could_hold_leads_to_the_first_page(path: str) -> None:
    with identity() as provider, visited(**settings(provider)) as client:
        away = client.get("/sign-in", params={"next": path})
        assert max(len(line) for line in away.headers.get_list("set-cookie")) < 4096
        back = client.get(away.headers["location"])
        assert client.get(back.headers["location"]).headers["location"] == "/"


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
        assert client.get("/auth/callback?code=c0de&state=guess").status_code == 400
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
