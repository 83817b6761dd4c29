"""Links from tickets to key results, over HTTP in every dialect: one each, found by its id, and no other is touched."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from hub.model.action import RemoteLink
from hub.model.errors import CredentialsRefused, SourceError, TicketNotFound
from tests.connectors.jira.deployments import WAYS, Stage, staged
from tests.sandbox_support.faults import Fault

LINK = RemoteLink(
    "alignment-hub:acme:2026-Q4/dau & co?", "500,000 daily users", "https://hub.test/key-results/dau", "Grow"
)
PERSONS = {"object": {"url": "https://wiki.test/plan", "title": "The plan"}}


@pytest.fixture(params=WAYS, ids=str)
def stage(request: pytest.FixtureRequest) -> Iterator[Stage]:
    with staged(request.param) as made:
        made.site.remote_links.add(made.site.add_issue("ACME-1").id, PERSONS)
        yield made


def titles(stage: Stage) -> list[str]:
    return [row["object"]["title"] for row in stage.site.remote_links.of(stage.site.issue("ACME-1").id)]


def test_a_link_is_made_once_and_changed_in_place(stage: Stage) -> None:
    connector, target = stage.connector(), stage.target("ACME-1")
    assert connector.capabilities.remote_links is not None
    connector.set_remote_link(target, LINK)
    connector.set_remote_link(target, LINK)
    assert titles(stage) == ["The plan", "500,000 daily users"]
    connector.set_remote_link(target, RemoteLink(LINK.global_id, "600,000 daily users", LINK.url))
    assert titles(stage) == ["The plan", "600,000 daily users"]


def test_a_link_that_was_made_and_not_answered_is_no_second_one(stage: Stage) -> None:
    connector, target = stage.connector(), stage.target("ACME-1")
    connector.whoami()
    stage.sandbox.faults.add(Fault("drop", path="/remotelink", times=1))
    connector.set_remote_link(target, LINK)
    assert titles(stage) == ["The plan", "500,000 daily users"]


def test_a_link_is_removed_and_a_persons_stays(stage: Stage) -> None:
    connector, target = stage.connector(), stage.target("ACME-1")
    connector.set_remote_link(target, LINK)
    connector.remove_remote_link(target, LINK.global_id)
    assert titles(stage) == ["The plan"]
    with pytest.raises(TicketNotFound):
        connector.remove_remote_link(target, LINK.global_id)


def test_without_the_right_to_link_nothing_is_made(stage: Stage) -> None:
    site = stage.site
    site.accounts[site.bot.id] = replace(site.bot, permissions=site.bot.permissions - {"LINK_ISSUES"})
    with pytest.raises(CredentialsRefused):
        stage.connector().set_remote_link(stage.target("ACME-1"), LINK)
    assert titles(stage) == ["The plan"]


def test_links_are_listed_by_their_ids(stage: Stage) -> None:
    connector, target = stage.connector(), stage.target("ACME-1")
    assert connector.remote_link_ids(target) == ()
    connector.set_remote_link(target, LINK)
    assert connector.remote_link_ids(target) == (LINK.global_id,)


def test_an_answer_that_lists_no_links_is_not_taken_for_none(stage: Stage) -> None:
    connector, target = stage.connector(), stage.target("ACME-1")
    connector.whoami()
    stage.sandbox.faults.add(Fault("status", path="/remotelink", status=200, body={}, times=1))
    with pytest.raises(SourceError, match="did not come"):
        connector.remote_link_ids(target)
