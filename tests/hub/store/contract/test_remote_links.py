"""The hub's links on tickets and the values of key results, as both databases keep them."""

from dataclasses import replace
from datetime import UTC, datetime

from hub.model.action import Target
from hub.model.initiative import PullResult
from hub.model.measure import Measure, MeasureAnswer
from hub.model.remote_link import PostedRemoteLink
from hub.store.base import Store
from tests.builders import a_ref

NOW = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)
TARGET = Target(a_ref("jira:ACME-1"), "10001")
LINK = PostedRemoteLink(TARGET, "alignment-hub:acme:2026-Q4/dau", "d1")
COUNT = MeasureAnswer(Measure("jira", "labels = growth"), 12.5, NOW)


def test_a_link_is_remembered_changed_and_forgotten(store: Store) -> None:
    store.record_remote_link(TARGET, LINK.global_id, "")
    assert store.remote_links() == (replace(LINK, digest=""),)
    store.record_remote_link(TARGET, LINK.global_id, "d1")
    store.record_remote_link(TARGET, "other", "d2")
    assert store.remote_links() == (LINK, PostedRemoteLink(TARGET, "other", "d2"))
    store.remote_link_gone(TARGET, "other")
    assert store.remote_links() == (LINK,)


def test_a_ticket_that_is_called_otherwise_has_its_link_under_the_new_name(store: Store) -> None:
    store.record_remote_link(TARGET, LINK.global_id, "d1")
    moved = Target(a_ref("jira:NEW-7"), TARGET.id)
    store.record_remote_link(moved, LINK.global_id, "d1")
    assert store.remote_links() == (PostedRemoteLink(moved, LINK.global_id, "d1"),)


def test_values_are_kept_until_others_are_read(store: Store) -> None:
    never = MeasureAnswer(Measure("jira", "labels = growth", field="Users"), error="is down")
    store.save_snapshot([PullResult("jira", measures=(COUNT, never))], NOW)
    assert store.snapshot()[0].measures == (COUNT, never)
    store.save_snapshot([PullResult("jira")], NOW)
    assert store.snapshot()[0].measures == (COUNT, never)
    store.save_snapshot([PullResult("jira", measures=())], NOW)
    assert store.snapshot()[0].measures == ()
