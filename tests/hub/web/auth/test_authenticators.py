"""Each way in lets in whom it should, and nobody else, over real HTTP."""

import sqlite3
from contextlib import AbstractContextManager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from httpx import Client
from pydantic import ValidationError

from hub.config.sections import AuthSettings
from hub.store.sqlite.store import SqliteEndedSessions
from tests.hub.web.auth.sites import SECRET_TITLE, Clock, visited

VIEWER, ADMIN, PROXY = "viewer-token-of-acme", "admin-token-of-acme", "between-proxy-and-hub"
TOKENS = {"mode": "token", "viewer_token": VIEWER, "admin_token": ADMIN}
BY_PROXY: dict[str, Any] = {"mode": "proxy", "proxy_secret": PROXY, "teams": {"board": ["okr-board"]}}
BOARD = {"X-Hub-Proxy-Secret": PROXY, "X-Forwarded-User": "Kim", "X-Forwarded-Groups": "staff, okr-board"}


def test_open_pages_answer_to_names_of_this_machine_alone() -> None:
    with visited() as client:
        assert client.get("/").status_code == 200
        assert client.get("/", headers={"Host": "evil.test"}).status_code == 421
        assert client.get("/", headers={"Host": "evil.test:8080"}).status_code == 421
        assert client.get("/", headers={"Host": "[::1]:8080"}).status_code == 200
        assert client.get("/healthz", headers={"Host": "10.0.0.7"}).status_code == 200


def test_open_pages_answer_to_the_public_name_that_is_configured() -> None:
    with visited(public_url="https://okr.acme.test") as client:
        assert client.get("/", headers={"Host": "okr.acme.test"}).status_code == 200


def test_private_key_results_stay_veiled_where_nobody_is_asked_who_they_are() -> None:
    with visited() as client:
        page = client.get("/").text
        assert SECRET_TITLE not in page
        assert "merger" not in page


def test_without_a_token_people_are_led_to_the_sign_in_and_programs_are_told() -> None:
    with visited(**TOKENS) as client:
        page = client.get("/rules?x=1")
        assert (page.status_code, page.headers["location"]) == (303, "/sign-in?next=%2Frules%3Fx%3D1")
        told = client.get("/api/findings")
        assert (told.status_code, told.headers["content-type"]) == (401, "application/problem+json")
        assert told.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize("token", [VIEWER, ADMIN])
def test_a_token_in_the_header_lets_in(token: str) -> None:
    with visited(**TOKENS) as client:
        assert client.get("/", headers={"Authorization": f"Bearer {token}"}).status_code == 200


@pytest.mark.parametrize("given", ["Bearer", "Bearer wrong", f"Basic {VIEWER}", f"Bearer {VIEWER}x", "Bearer é"])
def test_anything_but_a_token_of_ours_is_refused(given: str) -> None:
    with visited(**TOKENS) as client:
        assert client.get("/", headers={"Authorization": given.encode()}).status_code in (303, 401)


def test_somebody_signs_in_with_a_token_and_out_again() -> None:
    with visited(**TOKENS) as client:
        page = client.post("/sign-in", data={"token": VIEWER, "next": "/rules"})
        assert (page.status_code, page.headers["location"]) == (303, "/rules")
        assert "httponly" in page.headers["set-cookie"].lower()
        assert VIEWER not in page.headers["set-cookie"]
        assert client.get("/rules").status_code == 200
        client.post("/sign-out")
        assert client.get("/rules").status_code == 303


@pytest.mark.parametrize(
    "wanted", ["https://evil.test/", "//evil.test", "/\\evil.test", "javascript:alert(1)", "/\r\nX: y"]
)
def test_nobody_is_led_elsewhere_after_signing_in(wanted: str) -> None:
    with visited(**TOKENS) as client:
        page = client.post("/sign-in", data={"token": VIEWER, "next": wanted})
        assert (page.status_code, page.headers["location"]) == (303, "/")


def test_a_wrong_token_is_told_and_many_of_them_are_stopped() -> None:
    with visited(**TOKENS) as client:
        answers = [client.post("/sign-in", data={"token": f"guess-{n}"}) for n in range(12)]
        assert [answer.status_code for answer in answers] == [401] * 10 + [429] * 2
        assert "Unknown token" in answers[0].text
        assert answers[-1].headers["retry-after"]
        assert client.post("/sign-in", data={"token": VIEWER}).status_code == 429


@pytest.mark.parametrize("path", ["/", "/api/findings", "/metrics"])
def test_wrong_bearer_tokens_are_limited_and_sessions_go_on(path: str) -> None:
    clock = Clock()
    with visited(clock, **TOKENS, metrics_token="metrics-token-of-acme") as client:
        client.post("/sign-in", data={"token": VIEWER})
        old = {"Authorization": "Bearer an-old-token"}
        assert {client.get(path, headers=old).status_code for _ in range(20)} == {401}
        guesses = [client.get(path, headers={"Authorization": f"Bearer guess-{n}"}).status_code for n in range(11)]
        assert guesses == [401] * 9 + [429] * 2
        good = {"Authorization": f"Bearer {ADMIN}"}
        assert client.get(path, headers=good).status_code == 429
        assert client.get("/").status_code == 200
        clock.moment += timedelta(minutes=1)
        assert client.get(path, headers=good).status_code == 200


def test_good_tokens_cost_nothing() -> None:
    with visited(**TOKENS) as client:
        assert {client.post("/sign-in", data={"token": VIEWER}).status_code for _ in range(15)} == {303}
        good = {"Authorization": f"Bearer {ADMIN}"}
        assert {client.get("/api/findings", headers=good).status_code for _ in range(15)} == {200}


def test_behind_a_trusted_proxy_one_client_does_not_lock_out_another() -> None:
    with visited(**TOKENS, trusted_proxies=["127.0.0.0/8"]) as client:
        guesser, other = {"X-Forwarded-For": "9.9.9.9, 198.51.100.1"}, {"X-Forwarded-For": "198.51.100.2"}
        for number in range(10):
            client.post("/sign-in", data={"token": f"guess-{number}"}, headers=guesser)
        assert client.post("/sign-in", data={"token": VIEWER}, headers=guesser).status_code == 429
        assert client.post("/sign-in", data={"token": VIEWER}, headers=other).status_code == 303


def test_signing_out_ends_every_copy_of_the_cookie_also_elsewhere_and_after_a_restart(tmp_path: Path) -> None:
    kept, state = {"session_secret": "signs-cookies-for-long"}, tmp_path / "hub.db"
    clock = Clock()

    def copy() -> AbstractContextManager[Client]:
        return visited(clock, ended=SqliteEndedSessions(state), **TOKENS, **kept)

    with copy() as client, copy() as second:
        assert not state.exists()
        client.post("/sign-in", data={"token": VIEWER})
        cookies = dict(client.cookies)
        second.cookies.update(cookies)
        assert second.get("/").status_code == 200
        client.post("/sign-in", data={"token": VIEWER})
        client.post("/sign-out")
        assert client.get("/").status_code == 303
        assert second.get("/").status_code == 200  # another session of the same person
        assert second.post("/sign-out").status_code == 303
        for item in (client, second):
            item.cookies.update(cookies)
            assert item.get("/").status_code == 303
    with copy() as restarted:
        restarted.cookies.update(cookies)
        assert restarted.get("/").status_code == 303
        restarted.cookies.clear()
        restarted.post("/sign-in", data={"token": VIEWER})
        assert restarted.get("/").status_code == 200
        clock.moment += timedelta(hours=13)
        restarted.post("/sign-in", data={"token": VIEWER})
        restarted.post("/sign-out")
    with sqlite3.connect(state) as db:
        assert db.execute("select count(*) from ended_session").fetchone() == (1,)


def test_nobody_is_let_in_by_a_cookie_while_the_state_cannot_say_who_signed_out(tmp_path: Path) -> None:
    state = tmp_path / "hub.db"
    with visited(ended=SqliteEndedSessions(state), **TOKENS) as client:
        client.post("/sign-in", data={"token": VIEWER})
        state.write_text("this is no database, and longer than the header of one would be" * 10, encoding="utf-8")
        assert client.get("/").status_code == 303
        client.post("/sign-in", data={"token": VIEWER})
        said = client.post("/sign-out")
        assert (said.status_code, "Try again" in said.text) == (503, True)


@pytest.mark.parametrize(
    "headers", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.test"}, {"Origin": "null"}]
)
def test_a_form_of_another_site_is_refused(headers: dict[str, str]) -> None:
    with visited(**TOKENS) as client:
        assert client.post("/sign-in", data={"token": VIEWER}, headers=headers).status_code == 403
        assert client.post("/sign-out", headers=headers).status_code == 403


def test_a_form_that_never_ends_is_a_wrong_token() -> None:
    with visited(**TOKENS) as client:
        assert client.post("/sign-in", data={"token": "x" * 100_000}).status_code == 401


def test_a_session_ends_with_its_hours() -> None:
    clock = Clock()
    with visited(clock, **TOKENS, session_hours=1) as client:
        client.post("/sign-in", data={"token": VIEWER})
        clock.moment += timedelta(minutes=59)
        assert client.get("/").status_code == 200
        clock.moment += timedelta(minutes=2)
        assert client.get("/").status_code == 303


def test_a_token_that_was_changed_ends_the_sessions_begun_with_it() -> None:
    kept = {"session_secret": "signs-cookies-for-long"}
    with visited(**TOKENS, **kept) as client:
        client.post("/sign-in", data={"token": VIEWER})
        cookies = dict(client.cookies)
    with visited(**{**TOKENS, "viewer_token": "a-new-viewer-token"}, **kept) as client:
        client.cookies.update(cookies)
        assert client.get("/").status_code == 303
    with visited(**TOKENS, **kept) as client:
        client.cookies.update(cookies)
        assert client.get("/").status_code == 200


def test_a_cookie_that_somebody_wrote_themselves_opens_nothing() -> None:
    with visited(**TOKENS) as client:
        client.cookies.set("alignment_hub", "eyJ3aG8iOiB7InRva2VuIjogIngifX0=.aaaa.bbbb")
        assert client.get("/").status_code == 303


def test_a_proxy_is_believed_with_its_secret_alone() -> None:
    with visited(**BY_PROXY) as client:
        assert client.get("/", headers=BOARD).status_code == 200
        for headers in ({}, {**BOARD, "X-Hub-Proxy-Secret": "guessed-by-somebody"}, {**BOARD, "X-Forwarded-User": ""}):
            assert client.get("/", headers=headers).status_code == 401


def test_groups_of_the_proxy_open_the_private_key_results_of_their_team() -> None:
    with visited(**BY_PROXY) as client:
        assert SECRET_TITLE in client.get("/", headers=BOARD).text
        outside = {**BOARD, "X-Forwarded-Groups": "staff"}
        assert SECRET_TITLE not in client.get("/", headers=outside).text


def test_who_is_in_no_group_of_the_viewers_may_not_look() -> None:
    with visited(**BY_PROXY, viewers=["staff"], admins=["root"]) as client:
        assert client.get("/", headers=BOARD).status_code == 200
        assert client.get("/", headers={**BOARD, "X-Forwarded-Groups": "root"}).status_code == 200
        refused = client.get("/", headers={**BOARD, "X-Forwarded-Groups": "guests"})
        assert refused.status_code == 403
        assert "[auth]" in refused.text


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"mode": "token"}, "needs viewer_token or admin_token"),
        ({"mode": "proxy"}, "needs proxy_secret"),
        ({"mode": "oidc", "issuer": "https://id.test"}, "needs client_id"),
        ({"mode": "token", "viewer_token": "short"}, "viewer_token is too short"),
    ],
)
def test_a_way_in_without_what_it_needs_is_told(settings: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        AuthSettings.model_validate(settings)
