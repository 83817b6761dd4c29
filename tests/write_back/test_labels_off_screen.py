"""A Jira whose edit screen lacks the labels: the comment goes all the same, and people are told once what to mend."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from hub.model.action import ActionKind, Status
from hub.model.errors import Health
from hub.store.sqlite.store import SqliteStore
from tests.write_back.runs import synced
from tests.write_back.trackers import JiraPlace, Marks, jira_place

ONLY_THE_COMMENT = Marks(frozenset(), (False,))


@pytest.fixture
def place() -> Iterator[JiraPlace]:
    with jira_place() as made:
        made.sandbox.site.off_screen.add("labels")
        yield made


def test_the_comment_goes_and_the_label_is_told_as_failed_with_the_reason(place: JiraPlace, tmp_path: Path) -> None:
    label, comment = synced(place, tmp_path / "hub.db").receipts
    assert (label.action.kind, label.status) == (ActionKind.ADD_LABEL, Status.FAILED)
    assert "the Labels field is not on the ticket's edit screen: ask an administrator" in label.detail
    assert (comment.action.kind, comment.status) == (ActionKind.CREATE_COMMENT, Status.DONE)
    assert place.marks("ACME-1") == ONLY_THE_COMMENT


def test_a_run_after_does_not_try_the_label_again_and_says_why_there_is_none(place: JiraPlace, tmp_path: Path) -> None:
    synced(place, tmp_path / "hub.db")
    written = place.sandbox.traffic.writes
    assert synced(place, tmp_path / "hub.db", full=False).receipts == ()
    assert place.sandbox.traffic.writes == written
    (known,) = SqliteStore(tmp_path / "hub.db").ledger_entries().values()
    assert set(known.unsettable_labels) == {"okr-unaligned"}


def test_a_finding_that_is_settled_needs_no_label_field(place: JiraPlace, tmp_path: Path) -> None:
    synced(place, tmp_path / "hub.db")
    place.retitle("ACME-1", "good")
    (receipt,) = synced(place, tmp_path / "hub.db").receipts
    assert (receipt.action.kind, receipt.status) == (ActionKind.RESOLVE_COMMENT, Status.DONE)
    assert place.marks("ACME-1") == Marks(frozenset(), (True,))


def test_the_doctor_finds_the_screen_without_labels_and_tells_how_to_mend_it(place: JiraPlace) -> None:
    connector = place.connector()
    failed = [check for check in connector.diagnose() if check.outcome is Health.FAIL]
    connector.close()
    assert ["the labels field is not on the edit screen" in check.message for check in failed] == [True]
    assert failed[0].remedy == "Ask an administrator to put Labels on the edit screen of these projects"


def test_a_full_run_after_the_screen_was_mended_sets_the_label(place: JiraPlace, tmp_path: Path) -> None:
    synced(place, tmp_path / "hub.db")
    place.sandbox.site.off_screen.clear()
    synced(place, tmp_path / "hub.db", full=True)
    assert place.marks("ACME-1") == Marks(frozenset({"okr-unaligned"}), (False,))
