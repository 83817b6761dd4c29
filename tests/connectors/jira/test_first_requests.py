"""What a pull asks for first goes out together; a right guess wastes nothing, a wrong one does no harm."""

import asyncio
from collections import Counter
from dataclasses import replace

import pytest
from starlette.types import ASGIApp, Receive, Scope, Send

from connectors.jira.first_requests import expected_dialect
from connectors.jira.server_info import CLOUD, DATA_CENTER, Dialect
from hub.model.errors import CredentialsRefused
from hub.model.initiative import SyncMode
from tests.connectors.jira.deployments import WAYS, Way, staged
from tests.connectors.jira.rows import some_settings
from tests.connectors.pull_state import Memory

PASSWORD = next(way for way in WAYS if way.name == "center-9-password")
OTHERS = [way for way in WAYS if way is not PASSWORD]
PATIENCE = 60.0


class Together:
    """Holds requests back until so many are waiting, and notes which; without an expectation it lets all pass."""

    def __init__(self, expected: int = 0) -> None:
        self.arrived: list[str] = []
        self.expected = expected
        self._complete = asyncio.Event()

    def around(self, app: ASGIApp) -> ASGIApp:
        async def held(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] == "http" and len(self.arrived) < self.expected:
                self.arrived.append(scope["path"].rpartition("/rest/api/")[2])
                if len(self.arrived) == self.expected:
                    self._complete.set()
                await asyncio.wait_for(self._complete.wait(), PATIENCE)
            await app(scope, receive, send)

        return held


def search_of(way: Way) -> str:
    return "2/search" if way.center else "3/search/jql"


@pytest.mark.parametrize("way", OTHERS, ids=str)
def test_first_requests_of_a_full_pull_are_in_flight_together(way: Way) -> None:
    first = {"2/serverInfo", "2/myself", "2/field", search_of(way)} | (set() if way.center else {"2/priority"})
    together = Together(len(first))
    with staged(way, together.around) as stage:
        stage.site.add_issue("ACME-1")
        pulled = stage.connector().pull()
        asked = Counter(request.path.rpartition("/rest/api/")[2] for request in stage.sandbox.traffic.log)
    assert set(together.arrived) == first
    assert pulled.complete
    assert len(pulled.initiatives) == 1
    # The right guess wastes nothing: Data Center has the search and the read by ids at one address.
    once = {path: count for path, count in asked.items() if path != "2/search"}
    assert set(once.values()) == {1}
    assert sum(asked.values()) == pulled.requests == (6 if way.center else 7)


@pytest.mark.parametrize("way", OTHERS, ids=str)
def test_searches_of_a_pull_of_changes_are_in_flight_together(way: Way) -> None:
    together = Together()
    with staged(way, together.around) as stage:
        stage.site.add_issue("ACME-1")
        memory = Memory()
        memory.sync(stage.connector())
        stage.sandbox.traffic.clear()
        together.expected = 3
        memory.sync(stage.connector())
    assert sorted(together.arrived) == sorted(("2/field", search_of(way), search_of(way)))
    assert memory.fresh.mode is SyncMode.INCREMENTAL
    assert stage.sandbox.traffic.requests == memory.fresh.requests == 3


def test_account_whose_name_is_an_address_is_taken_for_cloud_and_read_as_data_center() -> None:
    with staged(PASSWORD) as stage:
        stage.site.bot = replace(stage.site.bot, name="hub@acme.test")
        stage.site.accounts[stage.site.bot.id] = stage.site.bot
        for number in range(1, 4):
            stage.site.add_issue(f"ACME-{number}")
        connector = stage.connector(email=stage.site.bot.login)
        assert expected_dialect(some_settings(url=stage.url, email=stage.site.bot.login)) is CLOUD
        pulled = connector.pull()
        assert connector.whoami().id == stage.site.bot.id
        wasted = [request for request in stage.sandbox.traffic.log if "/rest/api/3/" in request.path]
        again = connector.pull()
    assert pulled.complete
    assert {ticket.ref.key for ticket in pulled.initiatives} == {"ACME-1", "ACME-2", "ACME-3"}
    assert again.initiatives == pulled.initiatives
    assert [(request.path.rpartition("/rest/api/")[2], request.status) for request in wasted] == [("3/search/jql", 404)]


def test_wrong_password_is_tried_once() -> None:
    with staged(PASSWORD) as stage:
        stage.site.add_issue("ACME-1")
        with pytest.raises(CredentialsRefused):
            stage.connector(token="wrong").pull()
        assert [request.status for request in stage.sandbox.traffic.log] == [401]


@pytest.mark.parametrize("way", OTHERS, ids=str)
def test_wrong_token_is_refused_with_the_trackers_words(way: Way) -> None:
    with staged(way) as stage:
        stage.site.add_issue("ACME-1")
        with pytest.raises(CredentialsRefused) as refused:
            stage.connector(token="wrong").pull()
    assert "refused before" not in refused.value.detail


def test_answer_to_what_was_begun_is_not_kept_for_a_later_pull() -> None:
    with staged(WAYS[0]) as stage:
        stage.site.add_issue("ACME-1")
        connector = stage.connector()
        stage.fail("/myself", status=503, times=None)
        assert not connector.pull().complete
        stage.sandbox.faults.clear()
        stage.site.add_issue("ACME-2")
        pulled = connector.pull()
    assert {ticket.ref.key for ticket in pulled.initiatives} == {"ACME-1", "ACME-2"}


@pytest.mark.parametrize(
    ("options", "dialect"),
    [
        ({"url": "https://acme.atlassian.net", "email": "hub@acme.test"}, CLOUD),
        ({"url": "https://jira.acme.test", "email": None}, DATA_CENTER),
        ({"url": "https://jira.acme.test", "email": None, "cloud_id": "1a2b"}, CLOUD),
        ({"url": "https://jira.acme.test", "email": "hub@acme.test"}, CLOUD),
    ],
)
def test_kind_of_site_is_guessed_from_address_and_credentials(options: dict[str, str | None], dialect: Dialect) -> None:
    assert expected_dialect(some_settings(**options)) is dialect
