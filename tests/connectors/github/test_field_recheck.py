"""Changes of issue fields are noticed although no time moves: a few issues are read again at each pull, in turn."""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.github.field_recheck import AT_ONCE, next_to_recheck
from hub.model.initiative import Initiative, KeyResultMention, MentionSource, Ref, StatusCategory
from tests.connectors.github.test_incremental import Stage, staged

LINKED = (KeyResultMention(MentionSource.LABEL, "dau"),)


def ticket(number: int, **changes: Any) -> Initiative:
    fields = {"ref": Ref("github", f"acme/app#{number}"), "id": f"I_{number:04}", "title": "Work", "url": "u"}
    return Initiative(**{**fields, "containers": ("acme/app",), **changes})


@given(st.integers(0, 3 * AT_ONCE), st.integers(0, 3 * AT_ONCE))
def test_every_open_issue_has_its_turn(unlinked: int, linked: int) -> None:
    tickets = [ticket(number) for number in range(unlinked)]
    tickets += [ticket(1000 + number, key_result_mentions=LINKED) for number in range(linked)]
    seen, positions = set[str](), ()
    for _ in range(3):
        ids, positions = next_to_recheck(tickets, positions)
        assert len(ids) == len(set(ids)) == min(unlinked, AT_ONCE) + min(linked, AT_ONCE)
        seen |= set(ids)
    assert seen == {each.id for each in tickets}


def test_open_issues_without_a_key_result_do_not_wait_for_the_others() -> None:
    settled = [ticket(number, status=StatusCategory.DONE) for number in range(5 * AT_ONCE)]
    tickets = [*settled, ticket(900, exempt="label bug"), ticket(901, reference_only=True), ticket(902)]
    positions: tuple[str, ...] = ()
    for _ in range(7):
        ids, positions = next_to_recheck(tickets, positions)
        assert "I_0902" in ids
        assert "I_0901" not in ids
        assert len(ids) == AT_ONCE + 1


@pytest.fixture
def stage() -> Iterator[Stage]:
    with staged() as stage:
        for definition in ({"name": "Key Result", "type": "TEXT"}, {"name": "Effort", "type": "NUMBER"}):
            stage.site.add_issue_field("acme", definition)
        for number in range(1, 4):
            stage.site.add_issue("acme/app", f"Work {number}")
        yield stage


def sync(stage: Stage) -> dict[str, list[str]]:
    stage.wait(hours=1)
    known = stage.sync(projects=[], full_resync_hours=10_000)
    assert known == stage.all(projects=[])
    return {one.ref.key: [mention.raw for mention in one.key_result_mentions] for one in known.values()}


def test_a_value_that_moves_no_time_is_noticed_by_the_next_pull(stage: Stage) -> None:
    stage.site.set_issue_field("acme/app#1", "Effort", 3)
    sync(stage)
    stage.site.set_issue_field("acme/app#2", "Key Result", "dau")
    assert sync(stage)["acme/app#2"] == ["dau"]
    stage.site.set_issue_field("acme/app#2", "Key Result", "nps")
    assert sync(stage)["acme/app#2"] == ["nps"]
    stage.site.set_issue_field("acme/app#2", "Key Result", None)
    assert sync(stage)["acme/app#2"] == []


def test_the_first_value_of_all_comes_with_a_change_and_then_the_others_are_looked_at(stage: Stage) -> None:
    sync(stage)
    stage.site.set_issue_field("acme/app#2", "Key Result", "dau")
    stage.site.edit_issue("acme/app#2", title="Other words")
    assert sync(stage)["acme/app#2"] == ["dau"]
    stage.site.set_issue_field("acme/app#3", "Key Result", "nps")
    assert sync(stage)["acme/app#3"] == ["nps"]


def test_where_nobody_uses_issue_fields_nothing_is_read_again(stage: Stage) -> None:
    for _ in range(3):
        sync(stage)
    stage.sync(projects=[], full_resync_hours=10_000)
    assert stage.sandbox.traffic.requests <= 2
