"""Addresses that are not the tracker's API, over real HTTP: a login page, a site that moved."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from pydantic import SecretStr

from connectors.github.connector import GitHubConnector
from connectors.github.settings import GitHubSettings
from connectors.http.messages import Request
from connectors.jira.connector import JiraConnector
from hub.model.errors import OutcomeUnknown, SourceError
from tests.connectors.http.test_client import POST, READ, Handler, a_gate, served
from tests.connectors.jira.rows import some_settings
from tests.fakes.connector_context import FakeTime, a_world

PAGE = b"<!DOCTYPE html><html><body>Sign in</body></html>"
SEARCH = Request("POST", "/rest/api/2/search", body={"jql": "x"})


def a_page(handler: Handler) -> None:
    handler.reply(200, PAGE, Content_Type="text/html; charset=utf-8")


def led_to(status: int, address: Callable[[str], str]) -> Callable[[Handler], None]:
    return lambda handler: handler.reply(status, b"", Location=address(handler.path))


def jira(url: str, time: FakeTime) -> JiraConnector:
    return JiraConnector("jira", some_settings(url=url, email=None), a_world(time))


def github(url: str, time: FakeTime) -> GitHubConnector:
    settings = GitHubSettings(url=url, token=SecretStr("s3cr3t-t0ken"), repositories=("acme/app",))
    return GitHubConnector("github", settings, a_world(time))


@pytest.mark.parametrize("make", [jira, github])
def test_a_login_page_is_said_once_and_without_retries(make: Callable[[str, FakeTime], Any]) -> None:
    time = FakeTime()
    with served(a_page) as (url, seen):
        connector = make(url, time)
        with pytest.raises(SourceError, match="answered with a web page, not with the tracker's API: a login page"):
            connector.whoami()
        connector.close()
    assert (len(seen), time.waits) == (1, [])


def test_a_page_in_place_of_a_search_is_said_without_retries() -> None:
    time = FakeTime()
    with served(a_page) as (url, seen), a_gate(url, time) as gate:
        for request in (READ, SEARCH):
            with pytest.raises(SourceError, match="web page"):
                gate.send(request)
        with pytest.raises(OutcomeUnknown, match="web page"):
            gate.send(POST)
    assert (seen, time.waits) == (["GET", "POST", "POST"], [])


def test_a_host_that_has_no_such_address_and_answers_with_a_page() -> None:
    with (
        served(lambda handler: handler.reply(404, PAGE)) as (url, _),
        a_gate(url) as gate,
        pytest.raises(SourceError, match="HTTP 404: a web page, not the tracker's API"),
    ):
        gate.send(READ)


@pytest.mark.parametrize("status", [301, 302, 307, 308])
@pytest.mark.parametrize("request_", [READ, SEARCH, POST])
def test_a_moved_site_names_its_new_address(status: int, request_: Request) -> None:
    time = FakeTime()
    move = led_to(status, lambda path: f"https://new.acme.test/jira{path}")
    with served(move) as (url, seen), a_gate(url, time) as gate, pytest.raises(SourceError) as moved:
        gate.send(request_)
    assert "the site has moved to https://new.acme.test/jira: write that in `url`" in str(moved.value)
    assert "secret" not in str(moved.value)
    assert (len(seen), time.waits) == (1, [])


def test_a_search_that_moved_on_the_same_host_names_the_whole_address() -> None:
    with (
        served(led_to(301, lambda path: f"/jira{path}")) as (url, _),
        a_gate(url) as gate,
        pytest.raises(SourceError, match=f"moved to {url}/jira: write that"),
    ):
        gate.send(SEARCH)


@pytest.mark.parametrize("make", [jira, github])
def test_what_the_libraries_ask_names_the_new_address_too(make: Callable[[str, FakeTime], Any]) -> None:
    time = FakeTime()
    with served(led_to(301, lambda path: f"https://new.acme.test/there{path}")) as (url, seen):
        connector = make(url, time)
        with pytest.raises(SourceError, match=r"moved to https://new.acme.test/there: write that in `url`"):
            connector.whoami()
        connector.close()
    assert (len(seen), time.waits) == (1, [])


@pytest.mark.parametrize("make", [jira, github])
def test_a_redirect_to_a_login_page_is_no_new_address(make: Callable[[str, FakeTime], Any]) -> None:
    with served(led_to(302, lambda _path: "https://sso.acme.test/login?SAMLRequest=abc")) as (url, seen):
        connector = make(url, FakeTime())
        with pytest.raises(SourceError) as sent_on:
            connector.whoami()
        connector.close()
    assert "sent on to https://sso.acme.test/login: a login page?" in str(sent_on.value)
    assert "SAML" not in str(sent_on.value)
    assert len(seen) == 1


@pytest.mark.parametrize("location", ["", "http://[bad", "//", "mailto:x"])
@pytest.mark.parametrize("make", [jira, github])
def test_a_redirect_that_makes_no_sense_is_a_refusal_as_well(
    make: Callable[[str, FakeTime], Any], location: str
) -> None:
    with served(led_to(307, lambda _path: location)) as (url, _), a_gate(url) as gate:
        connector = make(url, FakeTime())
        for ask in (connector.whoami, lambda: gate.send(SEARCH)):
            with pytest.raises(SourceError, match=r"HTTP 307|the connection broke"):
                ask()
        connector.close()


def test_an_answer_of_the_library_that_breaks_off_is_asked_for_again() -> None:
    time, bodies = FakeTime(), iter([b'{"deploymentType": ', b"plain words"])

    def handle(handler: Handler) -> None:
        handler.reply(200, next(bodies, json.dumps({"deploymentType": "Server", "name": "hub", "key": "k"}).encode()))

    with served(handle) as (url, seen):
        connector = jira(url, time)
        assert connector.whoami().id
        connector.close()
    assert len(seen) == 4
