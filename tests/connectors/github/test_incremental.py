"""What is read after the first time: as much as changed, and together with what is remembered the same as all."""

import random
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from connectors.github.connector import GitHubConnector
from connectors.github.settings import GitHubSettings
from hub.model.initiative import Initiative, Ref, SyncMode
from hub.sandbox.github.site import PERSON, TOKEN, GitHubSite
from hub.sandbox.github.state import Issue
from hub.sandbox.server import serve
from tests.connectors.github.served import FIELDS
from tests.connectors.pull_state import Memory, by_id, different
from tests.fakes.connector_context import FakeTime, a_world
from tests.sandbox_support.apps import GitHubSandbox, github_app
from tests.sandbox_support.faults import Fault


@dataclass
class Stage:
    sandbox: GitHubSandbox
    url: str
    time: FakeTime
    memory: Memory = field(default_factory=Memory)

    @property
    def site(self) -> GitHubSite:
        return self.sandbox.site

    def connector(self, **changes: Any) -> GitHubConnector:
        form = {"url": self.url, "token": TOKEN, "repositories": ["acme/app"], "projects": ["acme/5"]} | changes
        return GitHubConnector("github", GitHubSettings(**form), a_world(self.time, since=date(2026, 10, 1)))

    def sync(self, *, full: bool = False, ranked: bool = True, **changes: Any) -> dict[str, Initiative]:
        """What is known after a pull by the cursor."""
        self.sandbox.traffic.clear()
        connector = self.connector(**changes)
        try:
            return by_id(self.memory.sync(connector, full=full), ranked=ranked)
        finally:
            connector.close()

    def all(self, *, ranked: bool = True, **changes: Any) -> dict[str, Initiative]:
        """What a full pull shows."""
        connector = self.connector(**changes)
        try:
            return by_id(connector.pull(), ranked=ranked)
        finally:
            connector.close()

    def wait(self, **time: float) -> None:
        self.time.moment += timedelta(**time)


@contextmanager
def staged() -> Iterator[Stage]:
    time = FakeTime()
    site = GitHubSite(time.now)
    site.add_token()
    site.add_repository("acme/app")
    site.add_repository("acme/web")
    site.add_project("acme", 5, "Road map", FIELDS)
    sandbox = github_app(site)
    with serve(sandbox.app) as running:
        yield Stage(sandbox, running.url, time)


@pytest.fixture
def stage() -> Iterator[Stage]:
    with staged() as stage:
        for number in range(1, 4):
            stage.site.add_item("acme/5", stage.site.add_issue("acme/app", f"Work {number}"), {"Status": "Todo"})
        stage.site.add_item("acme/5", stage.site.add_issue("acme/web", "Elsewhere"))
        stage.site.add_issue("acme/app", "On no board")
        for _ in range(2):
            stage.sync()
            stage.wait(hours=1)
        yield stage


def test_a_sync_without_changes_asks_once_for_each_repository_and_project(stage: Stage) -> None:
    before = stage.memory.kept()
    assert len(stage.sync()) == 5
    assert stage.sandbox.traffic.requests == 3  # acme/app, the project, and acme/web, which only the project leads to
    assert (stage.memory.fresh.mode, stage.memory.fresh.initiatives) == (SyncMode.INCREMENTAL, ())
    assert stage.memory.kept() == before


def test_changed_issues_and_changed_items_are_read_again(stage: Stage) -> None:
    stage.site.edit_issue("acme/app#1", title="New words")
    stage.site.set_field(stage.site.issue("acme/web#1").items[0], "Status", "In Progress")
    stage.site.add_item("acme/5", stage.site.add_issue("acme/app", "New work"), {"Key Result": "dau"})
    assert stage.sync() == stage.all()
    assert {ticket.title for ticket in stage.memory.fresh.initiatives} == {"New words", "Elsewhere", "New work"}
    assert stage.sync() == stage.all()
    assert stage.memory.fresh.initiatives == ()


def test_the_option_for_all_ignores_the_cursor(stage: Stage) -> None:
    stage.sync(full=True)
    assert stage.memory.fresh.mode is SyncMode.FULL


def test_other_settings_read_everything_anew(stage: Stage) -> None:
    assert stage.sync(types=["Epic"]) == {}
    assert stage.memory.fresh.mode is SyncMode.FULL


def test_what_is_no_longer_chosen_is_gone_at_once(stage: Stage) -> None:
    chosen = {"labels": ["initiative"]}
    for number in (1, 2):
        stage.site.add_label_by_person(f"acme/app#{number}", "initiative")
    assert len(stage.sync(**chosen)) == 2
    stage.wait(hours=1)
    stage.site.remove_label("acme/app#1", "initiative")
    stage.site.edit_issue("acme/app#2", state="closed")
    known = stage.sync(**chosen)
    assert known == stage.all(**chosen)
    assert [ticket.ref.key for ticket in known.values()] == ["acme/app#2"]


def test_an_old_item_does_not_hide_that_its_issue_was_edited(stage: Stage) -> None:
    stage.wait(days=20)
    stage.sync(full_resync_hours=10_000)
    stage.site.edit_issue("acme/web#1", title="New words")
    assert stage.sync(full_resync_hours=10_000) == stage.all()
    assert [ticket.title for ticket in stage.memory.fresh.initiatives] == ["New words"]


def test_an_item_that_is_put_away_is_gone_at_once(stage: Stage) -> None:
    stage.site.archive(stage.site.issue("acme/web#1").items[0])
    assert stage.sync() == stage.all(ranked=True)
    assert len(stage.memory.kept()) == 4


def test_a_census_sees_what_moves_no_time(stage: Stage) -> None:
    stage.site.block("acme/app#1", "acme/app#2")
    stage.site.delete_issue("acme/app#3")
    stage.sync()
    assert len(stage.memory.kept()) == 5
    stage.wait(hours=25)
    assert stage.sync() == stage.all()
    assert stage.memory.fresh.missed_by_cursor == 2
    assert stage.memory.store.sources()[0].missed_by_cursor == 2
    assert len(stage.memory.kept()) == 4


def test_many_issues_of_one_moment_are_not_lost_at_a_page_edge(stage: Stage) -> None:
    for number in range(230):
        stage.site.add_issue("acme/app", f"At once {number}")
    assert stage.sync() == stage.all()
    assert len(stage.memory.fresh.initiatives) == 230


def test_a_server_without_the_filter_is_asked_for_all_items(stage: Stage) -> None:
    body = {"errors": [{"message": "Field 'items' doesn't accept argument 'query'"}]}
    stage.site.set_field(stage.site.issue("acme/web#1").items[0], "Status", "In Progress")
    stage.sandbox.faults.add(Fault("status", path="/graphql", after=2, status=200, body=body))
    assert stage.sync() == stage.all()
    stage.wait(hours=1)
    stage.sync()
    assert stage.memory.fresh.initiatives == ()
    stage.wait(hours=1)
    stage.sync()
    assert stage.sandbox.traffic.requests == 3


def test_parents_and_blockers_elsewhere_come_as_context(stage: Stage) -> None:
    stage.site.add_repository("acme/plan")
    top = stage.site.add_issue("acme/plan", "Top", labels=["kr-dau"])
    above = stage.site.add_issue("acme/plan", "Above")
    stage.site.set_parent(above, top)
    stage.site.set_parent("acme/app#1", above)
    stage.site.block("acme/app#2", stage.site.add_issue("acme/plan", "Needed"))
    known = stage.sync(full=True)
    assert {ticket.title for ticket in known.values() if ticket.reference_only} == {"Top", "Above", "Needed"}
    stage.wait(hours=1)
    stage.site.edit_issue(top, title="Top of all")
    assert stage.sync() == stage.all()
    assert {ticket.title for ticket in stage.memory.kept().values() if ticket.reference_only} == {
        "Top of all",
        "Above",
        "Needed",
    }
    stage.wait(hours=1)
    stage.site.set_parent("acme/app#1", None)
    stage.site.edit_issue("acme/app#1", title="Alone")
    assert stage.sync() == stage.all()
    assert {ticket.title for ticket in stage.memory.kept().values() if ticket.reference_only} == {"Needed"}


def test_a_transferred_issue_takes_what_names_it_along(stage: Stage) -> None:
    stage.site.set_parent("acme/app#2", "acme/app#1")
    stage.sync(full=True)
    stage.wait(hours=1)
    moved = stage.site.transfer("acme/app#1", "acme/web")
    assert stage.sync() == stage.all()
    assert stage.memory.kept()[stage.site.issue("acme/app#2").node_id].parent == Ref("github", moved.key)


@pytest.mark.parametrize("full", [True, False])
def test_an_issue_that_only_a_text_names_is_followed_to_where_it_is_now(stage: Stage, full: bool) -> None:
    for name in ("acme/old", "acme/new"):
        stage.site.add_repository(name)
    stayed, old = (stage.site.add_issue("acme/old", title) for title in ("Stayed", "Moved"))
    moved = stage.site.transfer(old, "acme/new")
    stage.site.edit_issue("acme/app#2", body="Depends on acme/old#1, Acme/Old#2\nBlocked by acme/old#77, acme/none#1")
    assert stage.sync(full=full) == stage.all()
    kept = stage.memory.kept()
    named = kept[stage.site.issue("acme/app#2").node_id].depends_on_text
    assert named == ("acme/old#1", moved.key, "acme/old#77", "acme/none#1")
    assert {ticket.title for ticket in kept.values() if ticket.reference_only} == {stayed.title, moved.title}
    for _ in range(2):
        stage.wait(hours=1)
        stage.sync()
    assert [seen.path for seen in stage.sandbox.traffic.log if re.search(r"/issues/\d+$", seen.path)] == []


def test_what_a_text_names_is_followed_when_it_is_transferred_later(stage: Stage) -> None:
    stage.site.edit_issue("acme/app#2", body="Depends on acme/app#1")
    stage.sync()
    stage.wait(hours=1)
    stage.site.add_repository("acme/new")
    moved = stage.site.transfer("acme/app#1", "acme/new")
    assert stage.sync() == stage.all()
    assert stage.memory.kept()[stage.site.issue("acme/app#2").node_id].depends_on_text == (moved.key,)


def test_a_page_that_does_not_come_leaves_the_cursor_where_it_was(stage: Stage) -> None:
    before = stage.memory.store.sources()[0].cursor
    stage.site.edit_issue("acme/app#1", title="New words")
    stage.sandbox.faults.add(Fault("status", path="/graphql", times=4, status=502))
    stage.sync()
    assert not stage.memory.whole.complete
    assert stage.memory.store.sources()[0].cursor == before
    assert stage.sync() == stage.all()


@pytest.mark.parametrize("gone", [False, True])
def test_a_key_that_could_not_be_asked_for_is_asked_for_again(stage: Stage, *, gone: bool) -> None:
    for name in ("acme/old", "acme/new"):
        stage.site.add_repository(name)
    old = stage.site.add_issue("acme/old", "Moved")
    key = old.key
    moved = stage.site.transfer(old, "acme/new")
    naming = [f"acme/app#{number}" for number in (1, 2)]
    stage.site.edit_issue(naming[1], body=f"Depends on {key}")
    limit = Fault("status", path=r"/repos/acme/old/issues/1", times=None, status=429, headers={"Retry-After": "3600"})
    stage.sandbox.faults.add(limit)
    stage.sync()
    named = {stage.site.issue(text).node_id: text for text in naming}
    gaps = [gap for gap in stage.memory.fresh.gaps if not gap.reason.startswith("comments of")]
    assert [(named[gap.key], key in gap.reason) for gap in gaps if gap.key in named] == [(naming[1], True)]
    stage.sandbox.faults.clear()
    stage.wait(hours=2)
    if gone:
        stage.site.delete_issue(naming[1])
    known = stage.sync()
    assert stage.memory.fresh.gaps == ()
    texts = {ticket.depends_on_text for ticket in known.values() if ticket.ref.key in naming}
    assert texts == ({()} if gone else {(), (moved.key,)})


@pytest.mark.parametrize(("before", "fresh"), [("acme/app#3", "acme/app#1"), ("acme/app#1", "acme/app#3")])
def test_a_key_is_asked_for_though_a_ticket_of_before_names_it_too(stage: Stage, before: str, fresh: str) -> None:
    stage.site.edit_issue(before, body="Depends on acme/old#1")
    for _ in range(2):
        stage.sync()
        stage.wait(hours=1)
    for name in ("acme/old", "acme/new"):
        stage.site.add_repository(name)
    moved = stage.site.transfer(stage.site.add_issue("acme/old", "Moved"), "acme/new")
    stage.site.edit_issue(fresh, body="Depends on acme/old#1")
    texts = [ticket.depends_on_text for ticket in stage.sync().values() if ticket.ref.key in (before, fresh)]
    assert texts == [(moved.key,)] * 2


def test_an_issue_that_could_not_be_read_and_is_no_more_leaves_no_gap(stage: Stage) -> None:
    new = stage.site.add_issue("acme/app", "New")
    stage.sandbox.faults.add(Fault("rewrite", path="graphql", times=None, change=refusing(new.node_id)))
    stage.sync()
    assert [gap.key for gap in stage.memory.fresh.gaps] == [new.node_id]
    stage.sandbox.faults.clear()
    stage.wait(hours=1)
    stage.site.delete_issue(new.key)
    stage.sync()
    assert stage.memory.fresh.gaps == ()


def refusing(id_: str) -> Any:
    """An answer that holds everything but one issue that was asked for by its id."""

    def change(answer: Any) -> Any:
        nodes = (answer.get("data") or {}).get("nodes") or []
        at = next((at for at, node in enumerate(nodes) if (node or {}).get("id") == id_), None)
        if at is None:
            return answer
        error = {"type": "SERVICE_UNAVAILABLE", "message": "not now", "path": ["nodes", at]}
        return answer | {"data": {"nodes": [*nodes[:at], None, *nodes[at + 1 :]]}, "errors": [error]}

    return change


EDITS = (
    *("create", "words", "label", "close", "field", "archive", "transfer", "link", "parent", "remove", "delete"),
    *("issue field", "milestone"),
)
GOAL = {"field": "Goal"}
UNSEEN = {"transfer", "link", "parent", "remove", "delete"}


def edit(site: GitHubSite, dice: random.Random, how: str) -> None:  # noqa: C901, PLR0912 - an edit a branch
    issues: list[Issue] = [issue for repo in site.repositories.values() for issue in repo.issues.values()]
    issue, other = dice.choice(issues), dice.choice(issues)
    item = dice.choice(issue.items) if issue.items else None
    if how == "create":
        made = site.add_issue(dice.choice(("acme/app", "acme/web")), "Made")
        if dice.random() < 0.7:
            site.add_item("acme/5", made, {"Status": "Todo"})
    elif how == "words":
        site.edit_issue(issue, title=f"Words {dice.random()}")
    elif how == "label":
        site.put_label(issue, f"kr-{dice.randrange(5)}", site.account(PERSON))
    elif how == "close":
        site.edit_issue(issue, state=dice.choice(("open", "closed")))
    elif how == "field" and item:
        site.set_field(item, "Status", dice.choice(("Todo", "In Progress", "Done")))
    elif how == "issue field":
        site.set_issue_field(issue, "Goal", dice.choice(("dau", "nps", None)))
    elif how == "milestone":
        due = dice.choice(("2026-12-01", "2027-01-15", None))
        site.edit_milestone(site.milestone(issue.repo, "Q4"), due=due, state=dice.choice(("open", "closed")))
    elif how == "archive" and item:
        site.archive(item, archived=not item.archived)
    elif how == "transfer" and issue.repo.name == "app":
        site.transfer(issue, "acme/web")
    elif how == "link" and issue is not other:
        site.block(issue, other)
    elif how == "parent" and issue.id < other.id:
        site.set_parent(issue, other)
    elif how == "remove" and item:
        site.remove_item(item)
    elif how == "delete" and len(issues) > 3:
        site.delete_issue(issue)


def a_work(site: GitHubSite, dice: random.Random, number: int) -> Issue:
    if number == 0:
        site.add_issue_field("acme", {"name": "Goal", "type": "TEXT"})
    milestone = {"title": "Q4"} if number % 2 else None
    made = site.add_issue(dice.choice(("acme/app", "acme/web")), f"Work {number}", milestone=milestone)
    site.set_issue_field(made, "Goal", "dau" if number == 1 else None)  # one that the project leads to
    return made


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.randoms(use_true_random=False))
@example(random.Random(29))  # one that left the project stays for what stands below it
def test_changes_and_memory_make_the_same_picture_as_a_full_pull(dice: random.Random) -> None:
    with staged() as stage:
        for number in range(8):
            made = a_work(stage.site, dice, number)
            if number % 3:
                stage.site.add_item("acme/5", made, {"Status": "Todo"})
        stage.sync(key_results=GOAL)
        for _ in range(4):
            done = dice.choices(EDITS, k=dice.randrange(5))
            for how in done:
                stage.wait(minutes=dice.randrange(300))
                edit(stage.site, dice, how)
            stage.wait(minutes=dice.randrange(2000))
            # Some edits move no time: those are for the census.
            hours = 0 if UNSEEN & set(done) else 10_000
            known = stage.sync(ranked=False, full_resync_hours=hours, key_results=GOAL)
            assert different(known, stage.all(ranked=False, key_results=GOAL)) == []
            assert stage.memory.kept().keys() == known.keys()


@pytest.mark.parametrize("seconds", [0, 1, 600])
@pytest.mark.parametrize("before", [0, 1], ids=["right after", "after another pull"])
def test_a_command_in_the_second_of_the_last_change_is_heard_once_it_can_be(before: int, seconds: int) -> None:
    with staged() as stage:
        stage.site.add_issue("acme/app", "Work 1")
        stage.sync()
        stage.wait(minutes=2)
        stage.site.edit_issue("acme/app#1", title="Other words")
        for _ in range(1 + before):
            stage.sync()
        stage.site.add_comment("acme/app#1", "/okr recheck")
        stage.wait(seconds=seconds)
        stage.sync()
        assert [str(command.verb) for command in stage.memory.fresh.commands] == ["recheck"]
        stage.wait(minutes=2)
        for _ in range(2):
            stage.sync()
        assert stage.memory.fresh.commands == ()
