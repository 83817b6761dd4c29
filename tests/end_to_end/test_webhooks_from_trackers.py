"""Both trackers send webhooks, the door takes them, and a sync looks again at just what they named."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from pydantic import SecretStr

from connectors.base import Connector
from connectors.github.connector import GitHubConnector
from connectors.github.settings import GitHubSettings
from connectors.jira.connector import JiraConnector
from connectors.jira.settings import JiraSettings
from hub.model.action import Target
from hub.model.initiative import PullState, Ref
from hub.model.message import Message, Point, Text
from hub.sandbox.github.node_registry import TOKEN
from hub.sandbox.server import serve
from hub.store.base import Store
from hub.store.postgres.store import PostgresStore
from hub.store.sqlite.store import SqliteStore
from hub.web.webhooks import load_own_accounts, webhook_connectors, webhook_routes
from tests.fakes.connector_context import FakeTime, a_world
from tests.sandbox_support.apps import github_app, jira_app
from tests.sandbox_support.github_webhooks import NotifyingGitHub, github_hooks
from tests.sandbox_support.jira_webhooks import NotifyingJira, jira_hooks
from tests.sandbox_support.webhooks import Hooks

SECRET = "s3cret"
LABEL = frozenset({"okr-stale"})
MESSAGE = Message("OKR check: one point", (Point("one point", (Text("words"),)),))


@dataclass
class Scene:
    site: Any
    hooks: Hooks
    connector: Connector
    store: Store
    time: FakeTime

    def knocked(self) -> set[str]:
        """What was asked for since the last time."""
        self.hooks.wait_until_sent()
        found = self.store.requested_refreshes()
        self.store.complete_refreshes(max((pending_refresh.id for pending_refresh in found), default=0))
        return {pending_refresh.ticket for pending_refresh in found}


@contextmanager
def a_github(time: FakeTime) -> Iterator[tuple[Any, Hooks, Connector]]:
    hooks = github_hooks(SECRET)
    site = NotifyingGitHub(hooks, time.now)
    site.add_token()
    site.add_repository("acme/app")
    with serve(github_app(site).app) as running:
        form = {"url": running.url, "token": TOKEN, "repositories": ["acme/app"], "webhook_secret": SECRET}
        yield site, hooks, GitHubConnector("tracker", GitHubSettings(**form), a_world(time))


@contextmanager
def a_jira(time: FakeTime, deployment: str) -> Iterator[tuple[Any, Hooks, Connector]]:
    hooks = jira_hooks(SECRET, is_signed=deployment == "Cloud")
    site = NotifyingJira(hooks, clock=time.now, deployment=deployment)
    site.add_project("ACME")
    with serve(jira_app(site).app) as running:
        cloud = deployment == "Cloud"
        settings = JiraSettings(
            url=running.url,
            query="project = ACME",
            email=site.bot.email if cloud else None,
            token=SecretStr(site.bot.token if cloud else site.bot.bearer),
            webhook_secret=SecretStr(SECRET),
            writes_per_minute=0,
        )
        yield site, hooks, JiraConnector("tracker", settings, a_world(time))


def opened(kind: str, time: FakeTime) -> Any:
    return a_github(time) if kind == "github" else a_jira(time, kind)


@contextmanager
def a_scene(kind: str, store: Store) -> Iterator[Scene]:
    time = FakeTime()
    with ExitStack() as stack:
        site, hooks, connector = stack.enter_context(opened(kind, time))
        app = FastAPI()
        app.include_router(
            webhook_routes(webhook_connectors([connector]), store.record_deliveries, lambda: None, now=time.now)
        )
        running = stack.enter_context(serve(app))
        hooks.url = f"{running.url}/webhooks/tracker" + (f"/{SECRET}" if kind == "DataCenter" else "")
        load_own_accounts([connector])
        yield Scene(site, hooks, connector, store, time)
        for item in (hooks, connector):
            item.close()


@pytest.fixture
def store(new_state: Callable[[], str], database: str, tmp_path: Path) -> Iterator[Store]:
    with closing(PostgresStore(new_state()) if database == "postgres" else SqliteStore(tmp_path / "hub.db")) as store:
        yield store


@pytest.fixture(params=["github", "Cloud", "DataCenter"])
def scene(request: pytest.FixtureRequest, store: Store) -> Iterator[Scene]:
    with a_scene(request.param, store) as scene:
        yield scene


def a_ticket(scene: Scene, number: int) -> Any:
    if isinstance(scene.site, NotifyingGitHub):
        return scene.site.add_issue("acme/app", f"Work {number}")
    return scene.site.add_issue(f"ACME-{number}")


def id_of(ticket: Any) -> str:
    return str(getattr(ticket, "node_id", ticket.id))


def label(scene: Scene, ticket: Any, name: str) -> None:
    if isinstance(scene.site, NotifyingGitHub):
        scene.site.add_label_by_person(ticket, name)
    else:
        scene.site.add_label(ticket.key, name)


def test_a_new_ticket_and_a_changed_one_are_looked_at_again(scene: Scene) -> None:
    first, second = a_ticket(scene, 1), a_ticket(scene, 2)
    assert scene.knocked() == {id_of(first), id_of(second)}
    label(scene, first, "kr-revenue")
    assert scene.knocked() == {id_of(first)}
    assert set(scene.hooks.answers) == {202}


def test_a_changed_issue_field_is_looked_at_though_no_time_moves(store: Store) -> None:
    with a_scene("github", store) as scene:
        scene.site.add_issue_field("acme", {"name": "Key Result", "type": "TEXT"})
        ticket = a_ticket(scene, 1)
        scene.knocked()
        state = scene.connector.pull().cursor
        for value in ("dau", "nps", None):
            scene.site.set_issue_field(ticket, "Key Result", value)
            assert scene.knocked() == {id_of(ticket)}
            known = PullState(state or "", {}, requested=frozenset({id_of(ticket)}))
            (read,) = scene.connector.pull(known).initiatives
            assert [mention.raw for mention in read.key_result_mentions] == ([value] if value else [])


def test_what_the_hub_itself_writes_wakes_nobody(scene: Scene) -> None:
    ticket = a_ticket(scene, 1)
    scene.knocked()
    target = Target(Ref("tracker", str(ticket.key)), id_of(ticket))
    comment = scene.connector.create_comment(target, MESSAGE)
    scene.connector.update_labels(target, LABEL, frozenset())
    assert scene.knocked() == set()
    assert scene.connector.read_comment(target, comment.id) is not None
    label(scene, ticket, "okr-accept")
    assert scene.knocked() == {id_of(ticket)}


@pytest.mark.parametrize("kind", ["github", "Cloud"])
def test_lost_copied_and_turned_around_deliveries_leave_the_same_tickets(kind: str, store: Store) -> None:
    with a_scene(kind, store) as scene:
        tickets = [a_ticket(scene, number) for number in range(1, 7)]
        scene.knocked()
        scene.hooks.faults.copies, scene.hooks.faults.reversed_batch_size = 2, 5
        scene.hooks.faults.is_lost = lambda number: number % 4 == 0
        for ticket in tickets:
            for name in ("kr-a", "kr-b"):
                label(scene, ticket, name)
        assert scene.knocked() == {id_of(ticket) for ticket in tickets}
        assert scene.hooks.answers[200] > 0


@pytest.mark.parametrize("kind", ["github", "Cloud"])
def test_a_ticket_that_was_named_is_read_though_the_search_lags_behind(kind: str, store: Store) -> None:
    with a_scene(kind, store) as scene:
        ticket = a_ticket(scene, 1)
        scene.time.sleep(60)
        first = scene.connector.pull()
        assert first.cursor is not None
        if kind != "github":
            scene.site.index_lag = 3600.0
        scene.time.sleep(3600)
        label(scene, ticket, "kr-revenue")
        again = frozenset(scene.knocked())
        known = PullState(first.cursor, {ticket.id: ticket for ticket in first.initiatives}, requested=again)
        read = scene.connector.pull(known)
        assert {ticket.id: "kr-revenue" in ticket.labels for ticket in read.initiatives} == {id_of(ticket): True}


@pytest.mark.parametrize("kind", ["github", "Cloud", "DataCenter"])
def test_an_id_that_the_query_does_not_find_is_not_taken_in(kind: str, store: Store) -> None:
    with a_scene(kind, store) as scene:
        a_ticket(scene, 1)
        scene.time.sleep(60)
        first = scene.connector.pull()
        assert first.cursor is not None
        if kind == "github":
            scene.site.add_repository("acme/other")
            stranger = scene.site.add_issue("acme/other", "Not ours")
        else:
            stranger = scene.site.add_issue("OTHER-1")
        known = PullState(
            first.cursor,
            {ticket.id: ticket for ticket in first.initiatives},
            requested=frozenset({id_of(stranger), "404404"}),
        )
        read = scene.connector.pull(known)
        assert id_of(stranger) not in {ticket.id for ticket in read.initiatives}
        assert [gap for gap in read.gaps if gap.key is None] == []
