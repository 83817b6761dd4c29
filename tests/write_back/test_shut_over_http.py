"""Tickets that take no write: said once with the tracker's words, and tried again when there is a reason."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from hub.cli.output import outcome_code
from hub.core.insight.run_summary import RunResult
from hub.core.planning.write_refusals import skip_reasons
from hub.model.action import Status
from hub.store.sqlite.store import SqliteStore
from tests.builders import TODAY
from tests.sandbox_support.faults import Fault
from tests.write_back.runs import synced
from tests.write_back.trackers import PLACES, Marks, Place

NOTHING = Marks(frozenset(), ())
STANDING = Marks(frozenset({"okr-unaligned"}), (False,))
LOCKED = "Unable to create comment because issue is locked."
ARCHIVED = "Repository was archived so is read-only."
FULL = "This issue has reached the maximum number of comments"
NO_EDIT = "The issue is not editable because of its status"


def jira_says(words: str) -> dict[str, Any]:
    return {"errorMessages": [words], "errors": {}}


COMMENT = r"/comments?(\?|$)"
REFUSALS = {
    "locked": ("github", Fault("status", "POST", COMMENT, None, status=403, body={"message": LOCKED}), LOCKED),
    "archived": ("github", Fault("status", "POST", "/repos/", None, status=403, body={"message": ARCHIVED}), ARCHIVED),
    "full": ("jira", Fault("status", "POST", COMMENT, None, status=400, body=jira_says(FULL)), FULL),
    "closed to us": ("jira", Fault("status", "POST", COMMENT, None, status=404, body=jira_says("Not found")), "404"),
    "unknown to us": ("github", Fault("status", "POST", COMMENT, None, status=404, body={"message": "Not"}), "404"),
}


@pytest.fixture(params=REFUSALS)
def shut(request: pytest.FixtureRequest) -> Iterator[tuple[Place, str]]:
    tracker, fault, words = REFUSALS[request.param]
    with PLACES[tracker]() as place:
        place.sandbox.faults.add(fault)
        yield place, words


def statuses(outcome: RunResult) -> set[Status]:
    return {receipt.status for receipt in outcome.receipts}


def test_it_is_said_once_with_the_trackers_words_and_no_label_stands_unexplained(
    shut: tuple[Place, str], tmp_path: Path
) -> None:
    place, words = shut
    first = synced(place, tmp_path / "hub.db", full=False)
    assert statuses(first) == {Status.UNWRITABLE}
    assert all(words in receipt.detail for receipt in first.receipts)
    assert outcome_code(first, "never") == 0
    hits = place.sandbox.faults.hits
    second = synced(place, tmp_path / "hub.db", full=False)
    assert second.receipts == ()
    assert place.sandbox.faults.hits == hits
    assert place.marks(place.bad) == NOTHING
    (reason,) = skip_reasons(*SqliteStore(tmp_path / "hub.db").ledger_entries().values())
    assert words in reason
    assert "without an answer" not in reason


def test_it_is_tried_again_when_the_ticket_changes(shut: tuple[Place, str], tmp_path: Path) -> None:
    place, _ = shut
    synced(place, tmp_path / "hub.db", full=False)
    place.sandbox.faults.clear()
    assert synced(place, tmp_path / "hub.db", full=False).receipts == ()
    place.retitle(place.bad, "bad indeed")
    synced(place, tmp_path / "hub.db", full=False)
    assert place.marks(place.bad) == STANDING
    assert skip_reasons(*SqliteStore(tmp_path / "hub.db").ledger_entries().values()) == []


@pytest.mark.parametrize("how", [{"full": True}, {"full": False, "day": TODAY + timedelta(days=7)}])
def test_it_is_tried_again_in_a_week_and_with_full(how: dict[str, Any], tmp_path: Path) -> None:
    tracker, fault, _ = REFUSALS["locked"]
    with PLACES[tracker]() as place:
        place.sandbox.faults.add(fault)
        synced(place, tmp_path / "hub.db", full=False)
        place.sandbox.faults.clear()
        synced(place, tmp_path / "hub.db", full=False, day=TODAY + timedelta(days=6))
        assert place.marks(place.bad) == NOTHING
        synced(place, tmp_path / "hub.db", **how)
        assert place.marks(place.bad) == STANDING


def test_a_comment_that_may_not_be_edited_is_left_until_the_ticket_changes(tmp_path: Path) -> None:
    with PLACES["jira"]() as place:
        synced(place, tmp_path / "hub.db", full=False)
        place.retitle(place.bad, "good")
        place.sandbox.faults.add(Fault("status", "PUT", "/issue/", None, status=400, body=jira_says(NO_EDIT)))
        outcome = synced(place, tmp_path / "hub.db", full=False)
        assert statuses(outcome) == {Status.UNWRITABLE}
        assert outcome_code(outcome, "never") == 0
        hits = place.sandbox.faults.hits
        assert synced(place, tmp_path / "hub.db", full=False).receipts == ()
        assert place.sandbox.faults.hits == hits
        place.sandbox.faults.clear()
        place.comment(place.bad, "reopened")
        synced(place, tmp_path / "hub.db", full=False)
        assert place.marks(place.bad) == Marks(frozenset(), (True,))


def test_a_label_of_an_earlier_version_that_no_comment_explains_is_taken_off(tmp_path: Path) -> None:
    tracker, fault, _ = REFUSALS["locked"]
    with PLACES[tracker]() as place:
        place.sandbox.faults.add(fault)
        synced(place, tmp_path / "hub.db", full=False)
        place.label(place.bad, "okr-unaligned")
        store = SqliteStore(tmp_path / "hub.db")
        (known,) = store.ledger_entries().values()
        store.begin_run("host:1", place.sandbox.site.now(), lease_seconds=60)
        store.record_label(known.target, "okr-unaligned", present=True)
        store.close()
        for _ in range(3):
            synced(place, tmp_path / "hub.db", full=False)
        assert place.marks(place.bad) == NOTHING


def test_missing_rights_are_still_a_failure_of_every_run(tmp_path: Path) -> None:
    with PLACES["github"]() as place:
        said = {"message": "Resource not accessible by integration"}
        place.sandbox.faults.add(Fault("status", "POST", COMMENT, None, status=403, body=said))
        for _ in range(2):
            outcome = synced(place, tmp_path / "hub.db", full=False)
            assert Status.FAILED in statuses(outcome)
            assert outcome_code(outcome, "never") == 3
        reasons = skip_reasons(*SqliteStore(tmp_path / "hub.db").ledger_entries().values())
        assert not any("without an answer" in reason for reason in reasons)
