"""A settled comment on GitHub is folded away in the end, also where the first try failed, and unfolded likewise."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hub.model.action import Status
from tests.sandbox_support.faults import Fault
from tests.write_back.runs import synced
from tests.write_back.trackers import RESOLVED, GitHubPlace, github_place


@pytest.fixture
def place() -> Iterator[GitHubPlace]:
    with github_place() as made:
        yield made


def ours(place: GitHubPlace) -> Any:
    (comment,) = [
        comment for comment in place.sandbox.site.issue(place.bad).comments if comment.author.login.endswith("[bot]")
    ]
    return comment


def break_folding(place: GitHubPlace) -> None:
    """Comments can be written, but not be looked at before they are folded."""
    place.sandbox.faults.add(Fault("status", method="GET", path=r"/issues/comments/\d+$", status=502, times=None))


def quiet(place: GitHubPlace, path: Path) -> bool:
    written = place.sandbox.traffic.writes
    return synced(place, path).receipts == () and place.sandbox.traffic.writes == written


def test_folding_that_failed_is_told_and_tried_again_in_the_next_run(place: GitHubPlace, tmp_path: Path) -> None:
    path = tmp_path / "hub.db"
    synced(place, path)
    break_folding(place)
    place.retitle(place.bad, "good")
    *_, receipt = synced(place, path).receipts
    assert receipt.status is Status.DEFERRED
    assert "written, and to be folded away in the next run" in receipt.detail
    assert RESOLVED in ours(place).body
    assert ours(place).minimized is None
    place.sandbox.faults.clear()
    synced(place, path)
    assert ours(place).minimized == "resolved"
    assert quiet(place, path)


def test_unfolding_that_failed_is_tried_again_as_well(place: GitHubPlace, tmp_path: Path) -> None:
    path = tmp_path / "hub.db"
    settled(place, path)
    break_folding(place)
    place.retitle(place.bad, "bad again")
    synced(place, path)
    assert ours(place).minimized == "resolved"
    place.sandbox.faults.clear()
    synced(place, path)
    assert ours(place).minimized is None
    assert "OKR check: bad title" in ours(place).body
    assert quiet(place, path)


def test_a_ticket_that_is_mended_before_the_comment_was_unfolded_says_so(place: GitHubPlace, tmp_path: Path) -> None:
    path = tmp_path / "hub.db"
    settled(place, path)
    break_folding(place)
    place.retitle(place.bad, "bad again")
    synced(place, path)
    place.sandbox.faults.clear()
    place.retitle(place.bad, "good again")
    synced(place, path)
    assert RESOLVED in ours(place).body
    assert ours(place).minimized == "resolved"
    assert quiet(place, path)


def test_a_settled_comment_that_a_lost_state_takes_up_again_is_unfolded(place: GitHubPlace, tmp_path: Path) -> None:
    settled(place, tmp_path / "hub.db")
    place.retitle(place.bad, "bad again")
    synced(place, tmp_path / "lost.db")
    assert "OKR check: bad title" in ours(place).body
    assert ours(place).minimized is None
    assert quiet(place, tmp_path / "lost.db")


def test_an_account_that_may_not_fold_is_not_asked_again_and_again(place: GitHubPlace, tmp_path: Path) -> None:
    path = tmp_path / "hub.db"
    synced(place, path)
    place.sandbox.site.may_minimize = False
    place.retitle(place.bad, "good")
    assert {receipt.status for receipt in synced(place, path).receipts} == {Status.DONE}
    assert quiet(place, path)


def settled(place: GitHubPlace, path: Path) -> None:
    synced(place, path)
    place.retitle(place.bad, "good")
    synced(place, path)
    assert ours(place).minimized == "resolved"
