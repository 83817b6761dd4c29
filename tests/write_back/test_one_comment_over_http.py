"""One comment on each ticket over HTTP: with a lost state, another account, and an answer that never came."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from hub.cli.output import outcome_code
from hub.core.planning.write_refusals import skip_reasons
from hub.model.action import Status
from tests.builders import TODAY
from tests.sandbox_support.faults import Fault
from tests.write_back.runs import opened, synced
from tests.write_back.trackers import OTHER_TOKEN, PLACES, Marks, Place

STANDING = Marks(frozenset({"okr-unaligned"}), (False,))


@pytest.fixture(params=PLACES)
def place(request: pytest.FixtureRequest) -> Iterator[Place]:
    with PLACES[request.param]() as made:
        yield made


@pytest.mark.parametrize("label", ["there", "taken by a person"])
def test_a_lost_state_writes_nothing_where_all_is_as_it_should_be(place: Place, tmp_path: Path, label: str) -> None:
    synced(place, tmp_path / "hub.db")
    if label != "there":
        place.unlabel(place.bad, "okr-unaligned")
        place.label(place.bad, "okr-unaligned")
    written = place.sandbox.traffic.writes
    assert {receipt.status for receipt in synced(place, tmp_path / "lost.db").receipts} <= {Status.UNCHANGED}
    for state in ("lost.db", "hub.db", "lost.db"):
        assert synced(place, tmp_path / state).receipts == ()
    assert place.sandbox.traffic.writes == written


def test_a_lost_state_writes_only_what_differs(place: Place, tmp_path: Path) -> None:
    synced(place, tmp_path / "hub.db")
    place.retitle(place.bad, "bad and renamed")
    place.retitle(place.other, "bad as well")
    written = place.sandbox.traffic.writes
    synced(place, tmp_path / "lost.db")
    assert place.marks(place.bad) == place.marks(place.other) == STANDING
    # The first says the same whatever its title is; the second gets its label and its comment.
    assert place.sandbox.traffic.writes - written <= 4


def test_nothing_is_posted_beside_the_comment_of_another_account(place: Place, tmp_path: Path) -> None:
    synced(place, tmp_path / "hub.db", connector=place.connector(OTHER_TOKEN))
    written = place.sandbox.traffic.writes
    outcome = synced(place, tmp_path / "bot.db", full=False)
    assert {receipt.status for receipt in outcome.receipts} == {Status.UNWRITABLE}
    assert outcome_code(outcome, "never") == 0
    for _ in range(2):
        assert synced(place, tmp_path / "bot.db", full=False).receipts == ()
    assert place.sandbox.traffic.writes == written
    (known,) = opened(tmp_path / "bot.db").ledger_entries().values()
    (why,) = skip_reasons(known)
    assert "posted a comment with this hub's mark there: delete that comment, or run the hub as that account" in why
    assert "econd" in why


@pytest.mark.parametrize("shown", ["at once", "in the next run"])
def test_a_comment_whose_answer_was_lost_is_looked_for_before_it_is_sent_again(
    place: Place, tmp_path: Path, shown: str
) -> None:
    """The tracker takes the comment, no answer comes, and its list may show the comment only later."""
    method, path = place.paths["create_comment"]
    place.sandbox.faults.add(Fault("drop_after", method=method, path=path, times=1))
    if shown != "at once":
        nothing = [] if place.name == "github" else {"comments": [], "startAt": 0, "maxResults": 100, "total": 0}
        looks = r"/issues/\d+/comments|orderBy=created"
        place.sandbox.faults.add(Fault("rewrite", "GET", looks, 2, change=lambda _told: nothing))
    first = {receipt.status for receipt in synced(place, tmp_path / "hub.db").receipts}
    assert (Status.DEFERRED in first) == (shown != "at once")
    synced(place, tmp_path / "hub.db")
    assert place.marks(place.bad) == STANDING
    assert synced(place, tmp_path / "hub.db").receipts == ()


def test_a_comment_that_never_arrived_is_sent_in_the_next_run(place: Place, tmp_path: Path) -> None:
    method, path = place.paths["create_comment"]
    place.sandbox.faults.add(Fault("drop", method=method, path=path, times=None))
    assert Status.DEFERRED in {receipt.status for receipt in synced(place, tmp_path / "hub.db").receipts}
    place.sandbox.faults.clear()
    synced(place, tmp_path / "hub.db")
    assert place.marks(place.bad) == STANDING


def test_a_closed_comment_is_no_second_one_for_a_hub_that_lost_its_state(place: Place, tmp_path: Path) -> None:
    synced(place, tmp_path / "hub.db")
    place.retitle(place.bad, "good")
    synced(place, tmp_path / "hub.db")
    place.comment(place.bad, "> OKR check: resolved\n\nIt is not.")
    place.retitle(place.bad, "bad again")
    synced(place, tmp_path / "hub.db", day=TODAY + timedelta(days=14))
    before, written = place.texts(place.bad), place.sandbox.traffic.writes
    assert len(before) == 2
    synced(place, tmp_path / "lost.db", day=TODAY + timedelta(days=14))
    assert place.texts(place.bad) == before
    assert place.sandbox.traffic.writes == written
