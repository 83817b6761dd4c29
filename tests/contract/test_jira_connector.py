"""Everything that the Jira connector says on the wire is as the vendor describes it, in every dialect."""

import base64
import json
import logging
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from connectors.jira.connector import JiraConnector
from hub.model.action import RemoteLink, Target
from hub.model.errors import SourceError
from hub.model.initiative import SyncMode
from hub.model.measure import Measure
from hub.model.message import Message, Text
from tests.connectors.jira.deployments import WAYS, Stage, Way, staged
from tests.connectors.pull_state import Memory
from tests.contract.openapi import Checker, Pair, center_checker, jira_checker

CALLS_OF_CLOUD = {
    ("GET", "myself"),
    ("GET", "field"),
    ("POST", "search/jql"),
    ("POST", "issue/bulkfetch"),
    ("POST", "comment/list"),
    ("PUT", "issue/"),
}
CALLS_OF_CENTER = {
    ("GET", "serverInfo"),
    ("GET", "myself"),
    ("GET", "field"),
    ("POST", "search"),
    ("GET", "issue/"),
    ("PUT", "issue/"),
}


@pytest.fixture(params=WAYS, ids=str)
def way(request: pytest.FixtureRequest) -> Way:
    chosen: Way = request.param
    return chosen


@pytest.fixture
def checker(way: Way) -> Checker:
    return center_checker() if way.center else jira_checker()


@pytest.fixture
def stage(way: Way, checker: Checker) -> Iterator[Stage]:
    with staged(way, checker.watch) as stage:
        stage.site.add_field("Story points", "number")
        for number in range(1, 250):
            stage.site.add_issue(f"ACME-{number}", "A title", description="Depends on ACME-2", labels=["kr-launch-dau"])
        stage.site.add_project("TEAM", team_managed=True)
        own = stage.site.add_field("Key Result", "select", "TEAM")
        stage.site.add_issue("TEAM-1", fields={own.id: {"id": "1", "value": "launch-dau"}})
        yield stage


def do_everything(connector: JiraConnector, target: Target) -> None:
    message = Message("OKR check", footer=(Text("words"),))
    connector.pull()
    comment = connector.create_comment(target, message)
    connector.find_comments(target)
    connector.update_comment(target, comment.id, message)
    connector.update_labels(target, frozenset({"okr-unaligned"}), frozenset({"okr-stale"}))
    connector.has_reply(target, comment.id)
    list(connector.find_own_comments([target]))
    connector.delete_comment(target, comment.id)
    connector.set_remote_link(target, RemoteLink("hub:1", "A key result", "https://hub.test/key-results/a", "Grow"))
    connector.remote_link_ids(target)
    connector.remove_remote_link(target, "hub:1")
    connector.measure(Measure(connector.name, "project = ACME", sum="Story points"))
    list(connector.diagnose())


def test_every_call_of_the_connector_fits_the_description(stage: Stage, checker: Checker) -> None:
    do_everything(stage.connector(id_page_size=200), stage.target())
    assert [line for line in checker.violations() if "answer:" not in line] == []
    asked = {(pair.method, pair.path.partition("/rest/api/")[2][2:].rstrip("0123456789")) for pair in checker.pairs}
    assert asked >= (CALLS_OF_CENTER if stage.way.center else CALLS_OF_CLOUD)


def test_every_call_of_a_pull_of_changes_and_of_a_census_fits_the_description(stage: Stage, checker: Checker) -> None:
    memory = Memory()
    stage.site.add_issue("PLAT-1", "Needed by others")
    memory.sync(stage.connector())
    first = len(checker.pairs)
    stage.time.sleep(3600)
    stage.site.edit("ACME-2", summary="New words")
    stage.site.link("PLAT-1", "ACME-3")
    stage.site.move("ACME-4", "PLAT-2")
    memory.store.record_label(stage.target("ACME-5"), "okr-unaligned", present=True)
    memory.sync(stage.connector())
    assert memory.fresh.mode is SyncMode.INCREMENTAL
    stage.site.delete_issue("ACME-6")
    stage.time.sleep(25 * 3600)
    memory.sync(stage.connector())
    assert memory.fresh.mode is SyncMode.RECONCILE
    assert memory.whole.gaps == ()
    asked = [json.loads(pair.body) for pair in checker.pairs[first:] if pair.body]
    assert any("updated >= " in body.get("jql", "") for body in asked)
    assert stage.way.center or any("reconcileIssues" in body for body in asked)
    assert checker.violations() == []


def test_every_answer_of_the_sandbox_fits_the_description(stage: Stage, checker: Checker) -> None:
    for number in range(30):
        stage.site.comment("ACME-3", f"/okr exempt upkeep {number}")
    do_everything(stage.connector(query="project in (ACME, TEAM)"), stage.target())
    assert checker.violations() == []


def test_token_is_in_no_log_and_no_address(stage: Stage, checker: Checker, caplog: pytest.LogCaptureFixture) -> None:
    connector, secret = stage.connector(), getattr(stage.site.bot, stage.way.secret)
    with caplog.at_level(logging.DEBUG):
        do_everything(connector, stage.target())
        stage.fail("", times=None, status=403, body={"errorMessages": [f"{secret} may not"]})
        with pytest.raises(SourceError) as refused:
            connector.find_comments(stage.target())
    coded = base64.b64encode(secret.encode()).decode().rstrip("=")
    places = [caplog.text, repr(connector.__dict__), str(refused.value), repr(refused.value.__dict__)]
    places += [f"{pair.path}?{pair.query} {pair.body!r}" for pair in checker.pairs]
    assert [place for place in places if secret in place or coded in place] == []


def test_the_checker_of_data_center_notices_what_is_wrong() -> None:
    checker = center_checker()
    right = Pair("GET", "/jira/rest/api/2/myself", "", "application/json", b"", 200, "application/json", b"{}")
    assert checker.check(right) == []
    wrongs: list[tuple[dict[str, Any], str]] = [
        ({"query": "colour=red"}, "colour"),
        ({"path": "/jira/rest/api/3/myself"}, "Path not found"),
        ({"answer": b'{"name": 5}'}, "name"),
        ({"method": "POST", "path": "/rest/api/2/search", "body": b'{"startAt": "first"}'}, "startAt"),
    ]
    for change, wrong in wrongs:
        assert wrong in " ".join(checker.check(replace(right, **change)))
