"""Commands in comments of many changed tickets: read together, each found however many comments a ticket has."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hub.model.initiative import PullResult, SyncMode
from hub.sandbox.jira.shapes import COMMENT_FIELD_LIMIT
from tests.connectors.jira.deployments import CENTERS, WAYS, Stage, Way, staged
from tests.connectors.pull_state import Memory
from tests.fakes.connector_context import FakeTime
from tests.sandbox_support.faults import Fault

CLOUD, CENTER = WAYS[0], CENTERS[0]
TICKETS, CHANGED = 1_300, 1_000


@contextmanager
def timed(way: Way) -> Iterator[Stage]:
    """A site whose clock is the connectors' own."""
    time = FakeTime()
    with staged(way, clock=time.now) as stage:
        stage.time = time
        yield stage


def heard(pulled: PullResult) -> set[tuple[str, str]]:
    return {(command.comment, command.argument) for command in pulled.commands}


@pytest.mark.parametrize("way", [CLOUD, CENTER], ids=str)
def test_thousand_changed_tickets_with_commands_cost_few_requests(way: Way) -> None:
    with timed(way) as stage:
        for number in range(1, TICKETS + 1):
            stage.site.add_issue(f"ACME-{number}")
        memory = Memory()
        memory.sync(stage.connector())
        stage.time.sleep(3600)
        said = {
            str(stage.site.comment(f"ACME-{number}", f"/okr exempt w{number}").id) for number in range(1, CHANGED + 1)
        }
        stage.sandbox.traffic.clear()
        memory.sync(stage.connector())
        assert memory.fresh.mode is SyncMode.INCREMENTAL
        assert {command.comment for command in memory.fresh.commands} == said
        assert stage.sandbox.traffic.requests == memory.fresh.requests <= 40


@dataclass
class People:
    """What people did to the comments of a site, and which commands of theirs were written or changed last."""

    stage: Stage
    dice: random.Random
    comments: list[str] = field(default_factory=list)
    fresh: dict[str, str] = field(default_factory=dict)

    def act(self) -> None:
        how = self.dice.choice(("talk", "talk", "command", "command", "chat", "edit", "delete", "restrict"))
        key, word = f"ACME-{self.dice.randint(1, 12)}", f"w{self.dice.randrange(10**9)}"
        site = self.stage.site
        if how == "talk":
            self.comments.append(str(site.comment(key, f"our OKR and {word}").id))
        elif how == "chat":
            for _ in range(
                self.dice.choice((COMMENT_FIELD_LIMIT - 1, COMMENT_FIELD_LIMIT, COMMENT_FIELD_LIMIT + 1, 130))
            ):
                site.comment(key, "lunch?")
        elif how == "command":
            self._commanded(str(site.comment(key, f"/okr exempt {word}").id), word)
        elif how == "restrict":
            site.comment(key, f"/okr exempt secret-{word}", role="Administrators")
        elif self.comments and how == "edit":
            comment_id = self.dice.choice(self.comments)
            if self._is_recent(comment_id):
                site.edit_comment(comment_id, f"/okr exempt {word}")
                self._commanded(comment_id, word)
        elif self.comments and how == "delete":
            comment_id = self.dice.choice(self.comments)
            site.delete_comment(comment_id)
            self.comments.remove(comment_id)
            self.fresh.pop(comment_id, None)

    def _commanded(self, comment_id: str, word: str) -> None:
        if comment_id not in self.comments:
            self.comments.append(comment_id)
        self.fresh[comment_id] = word

    def _is_recent(self, comment_id: str) -> bool:
        """Among the newest hundred of its ticket: an edit of an older comment is not looked for."""
        issue = self.stage.site.issues[self.stage.site.comments[int(comment_id)].issue]
        return int(comment_id) in issue.comments[-50:]


@pytest.mark.parametrize("way", [CLOUD, CENTER], ids=str)
@pytest.mark.parametrize("seed", range(6))
def test_no_command_is_missed_whatever_people_do_with_comments(way: Way, seed: int) -> None:
    with timed(way) as stage:
        for number in range(1, 13):
            stage.site.add_issue(f"ACME-{number}")
        memory, people = Memory(), People(stage, random.Random(seed))
        memory.sync(stage.connector())
        for _ in range(8):
            stage.time.sleep(600)
            people.fresh.clear()
            for _ in range(people.dice.randint(1, 12)):
                people.act()
            pulled = memory.sync(stage.connector())
            assert memory.fresh.gaps == ()
            assert set(people.fresh.items()) <= heard(memory.fresh)
            alive = {str(comment) for comment in stage.site.comments}
            assert {id_ for id_, _ in heard(memory.fresh)} <= alive
            assert "secret" not in str(memory.fresh.commands)
            assert pulled.complete


@pytest.mark.parametrize("way", [CLOUD, CENTER], ids=str)
def test_more_new_comments_than_a_page_holds_are_all_read(way: Way) -> None:
    with timed(way) as stage:
        stage.site.add_issue("ACME-1")
        memory = Memory()
        memory.sync(stage.connector())
        stage.time.sleep(3600)
        stage.site.comment("ACME-1", "/okr exempt upkeep")
        for _ in range(230):
            stage.site.comment("ACME-1", "lunch?")
        memory.sync(stage.connector())
        assert [command.argument for command in memory.fresh.commands] == ["upkeep"]


@pytest.mark.parametrize("way", [CLOUD, CENTER], ids=str)
def test_tickets_whose_comments_could_not_be_read_are_gaps_and_read_again(way: Way) -> None:
    with timed(way) as stage:
        for number in range(1, 4):
            stage.site.add_issue(f"ACME-{number}")
        memory = Memory()
        memory.sync(stage.connector())
        stage.time.sleep(600)
        said = {str(stage.site.comment(f"ACME-{number}", "/okr exempt upkeep").id) for number in range(1, 4)}
        address = "/rest/api/2/search" if way.center else "/issue/bulkfetch"
        # The tickets come, and then the same request for their comments fails as often as it is tried.
        before = 3 if way.center else 1
        stage.sandbox.faults.add(Fault("status", method="POST", path=address, status=500, after=before, times=None))
        memory.sync(stage.connector())
        assert memory.fresh.commands == ()
        assert {gap.key for gap in memory.fresh.gaps} >= {stage.target(f"ACME-{number}").id for number in range(1, 4)}
        stage.sandbox.faults.clear()
        memory.sync(stage.connector())
        assert {command.comment for command in memory.fresh.commands} == said


def test_site_that_gives_no_comments_with_tickets_is_asked_ticket_by_ticket() -> None:
    with timed(CLOUD) as stage:
        for number in range(1, 4):
            stage.site.add_issue(f"ACME-{number}")
            stage.site.comment(f"ACME-{number}", "/okr exempt upkeep")

        def without_comments(answer: dict[str, list[dict[str, dict[str, object]]]]) -> object:
            for row in answer["issues"]:
                row["fields"].pop("comment", None)
            return answer

        stage.fail("/issue/bulkfetch", "rewrite", times=None, change=without_comments)
        pulled = stage.connector().pull()
        reads = [seen for seen in stage.sandbox.traffic.log if seen.path.endswith("/comment")]
    assert len(pulled.commands) == len(reads) == 3
    assert pulled.complete


def finding_no_comments(app: ASGIApp) -> ASGIApp:
    """A site whose search does not know the latest comments yet."""

    async def handle(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await app(scope, receive, send)
        body = await Request(scope, receive).body()
        if b"comment ~" in body:
            return await JSONResponse({"issues": [], "isLast": True})(scope, receive, send)

        async def again() -> Message:
            return {"type": "http.request", "body": body, "more_body": False}

        return await app(scope, again, send)

    return handle


def test_first_read_of_a_big_site_finds_commands_that_its_search_does_not_know_yet() -> None:
    time = FakeTime()
    with staged(CLOUD, finding_no_comments, clock=time.now) as stage:
        stage.time = time
        for number in range(1, 71):
            stage.site.add_issue(f"ACME-{number}", created="2026-10-05")
        comment = stage.site.comment("ACME-7", "/okr exempt upkeep")
        pulled = stage.connector().pull()
    assert heard(pulled) == {(str(comment.id), "upkeep")}
