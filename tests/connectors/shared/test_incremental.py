"""What an incremental pull leaves for the next one, and how that tells whether anything changed."""

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from connectors.shared.incremental import (
    SyncCursor,
    Watermark,
    are_references_unchanged,
    are_unchanged,
    fetch_referenced,
    relate_as_before,
)
from hub.model.initiative import Initiative, PullState
from tests.builders import a_ref, an_initiative

TOP = an_initiative("jira:TOP-1", parent=a_ref("jira:TOP-9"), reference_only=True)
WORK = an_initiative("jira:ACME-1", parent=TOP.ref, blocked_by=(a_ref("jira:FAR-1"),))
NOW = datetime(2026, 11, 16, 9, tzinfo=UTC)
CURSOR = SyncCursor(
    fingerprint="f",
    reconciled_at=NOW.isoformat(),
    tracker_time=NOW.isoformat(),
    local_time=NOW.isoformat(),
    referenced={"TOP-1": TOP.id, "FAR-1": "", "TOP-9": ""},
)


def visible(keys: Collection[str]) -> Iterable[Initiative]:
    return [replace(TOP, reference_only=False)] if "TOP-1" in keys else []


def test_what_a_ticket_refers_to_is_kept_with_what_was_not_visible() -> None:
    found = fetch_referenced([WORK], visible)
    assert found.tickets == (TOP,)
    assert found.keys == CURSOR.referenced


@pytest.mark.parametrize(
    ("found", "unchanged"),
    [
        ([replace(TOP, reference_only=False)], True),
        ([replace(TOP, title="Other words")], False),
        ([], False),
        ([TOP, an_initiative("jira:FAR-1")], False),
    ],
)
def test_references_are_unchanged_only_where_all_are_there_as_they_were(
    found: list[Initiative], unchanged: bool
) -> None:
    known = PullState("", {ticket.id: ticket for ticket in (WORK, TOP)})
    assert are_references_unchanged(CURSOR, found, known) is unchanged


def test_a_ticket_whose_named_keys_may_not_have_been_looked_up_counts_as_changed() -> None:
    naming = replace(WORK, depends_on_text=("ACME-7",))
    known = PullState("", {naming.id: naming})
    assert are_unchanged({naming.id: naming}, known)
    assert not are_unchanged({naming.id: naming}, replace(known, recheck=frozenset({naming.id})))


OTHER = a_ref("jira:ACME-2")


@pytest.mark.parametrize(
    ("change", "as_before"),
    [
        ({"title": "Other words", "labels": frozenset({"kr-speed"})}, True),
        ({"parent": OTHER}, False),
        ({"parent": None}, False),
        ({"blocked_by": ()}, False),
        ({"blocks": (OTHER,)}, False),
        ({"depends_on_text": ("ACME-2",)}, False),
        ({"mentions": ("ACME-2",)}, False),
        ({"containers": ("NEW",)}, False),
        ({"ref": OTHER}, False),
        ({"reference_only": True}, False),
    ],
)
def test_only_references_and_names_make_a_ticket_relate_otherwise(change: dict[str, Any], as_before: bool) -> None:
    known = PullState("", {WORK.id: WORK})
    assert relate_as_before({WORK.id: replace(WORK, **change)}, known) is as_before
    assert not relate_as_before({"new": WORK}, known)


def test_the_text_of_a_ticket_that_was_edited_is_looked_up_once_more() -> None:
    naming = replace(WORK, depends_on_text=("ACME-7",))
    known = PullState("", {naming.id: naming})
    assert relate_as_before({naming.id: naming}, known)
    assert not relate_as_before({naming.id: replace(naming, title="Other words")}, known)
    assert not relate_as_before({naming.id: naming}, replace(known, recheck=frozenset({naming.id})))


def test_a_cursor_is_read_back_and_another_version_is_not() -> None:
    assert SyncCursor.parse(CURSOR.text()) == CURSOR
    assert SyncCursor.parse('{"at": 1}') is None
    assert SyncCursor.parse("nonsense") is None


def test_a_watermark_advances_with_our_clock_and_with_the_last_change_seen() -> None:
    mark = Watermark(NOW, NOW)
    later = NOW + timedelta(hours=2)
    assert mark.advance(later, None) == Watermark(later, later)
    assert mark.advance(NOW - timedelta(hours=1), later).tracker_time == later
    assert mark.safe_point == NOW - timedelta(hours=1)
