"""What people take away stays away, also under faults, and comes back when the finding changes; over HTTP."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from hub.store.sqlite.store import SqliteStore
from tests.fakes.rule import a_rule, every_ticket
from tests.write_back.runs import RULES, synced
from tests.write_back.trackers import PLACES, Marks, Place, broken

LABEL = "okr-unaligned"
STANDING, UNLABELLED = Marks(frozenset({LABEL}), (False,)), Marks(frozenset(), (False,))
MORE = (*RULES, a_rule("another-fault", every_ticket))
WRITES = ("create_comment", "edit_comment", "add_label", "remove_label")
FAULTS = ("status", "status_after", "drop", "drop_after", "hang_after")


@pytest.fixture(params=PLACES)
def place(request: pytest.FixtureRequest) -> Iterator[Place]:
    with PLACES[request.param]() as made:
        yield made


def unlabelled(place: Place, path: Path) -> None:
    """Everything posted, and a person took the label away."""
    synced(place, path)
    place.unlabel(place.bad, LABEL)


@pytest.mark.parametrize("effect", FAULTS)
def test_a_label_that_a_person_took_is_not_put_back_whatever_breaks(place: Place, tmp_path: Path, effect: str) -> None:
    path = tmp_path / "hub.db"
    unlabelled(place, path)
    # Something else is to be written on the same ticket and on another while all writes fail.
    place.retitle(place.bad, "bad and renamed")
    place.retitle(place.other, "bad as well")
    for what in WRITES:
        broken(place, what, effect, None)
    synced(place, path)
    place.sandbox.faults.clear()
    for _ in range(2):
        synced(place, path)
        assert place.marks(place.bad) == UNLABELLED
        assert place.marks(place.other) == STANDING


@pytest.mark.parametrize("effect", FAULTS)
def test_the_label_comes_back_when_the_finding_changes_also_through_faults(
    place: Place, tmp_path: Path, effect: str
) -> None:
    path = tmp_path / "hub.db"
    unlabelled(place, path)
    synced(place, path)
    broken(place, "add_label", effect, 1)
    synced(place, path, rules=MORE)
    place.sandbox.faults.clear()
    synced(place, path, rules=MORE)
    assert place.marks(place.bad) == STANDING
    written = place.sandbox.traffic.writes
    assert synced(place, path, rules=MORE).receipts == ()
    assert place.sandbox.traffic.writes == written


def test_a_person_who_takes_it_once_more_is_heeded_once_more(place: Place, tmp_path: Path) -> None:
    path = tmp_path / "hub.db"
    unlabelled(place, path)
    synced(place, path, rules=MORE)
    place.unlabel(place.bad, LABEL)
    for _ in range(2):
        synced(place, path, rules=MORE)
        assert place.marks(place.bad) == UNLABELLED


def test_a_label_of_unknown_outcome_that_a_person_took_is_put_back_once_at_most(place: Place, tmp_path: Path) -> None:
    path = tmp_path / "hub.db"
    broken(place, "add_label", "drop_after", None)
    synced(place, path)
    place.sandbox.faults.clear()
    place.unlabel(place.bad, LABEL)
    synced(place, path)
    place.unlabel(place.bad, LABEL)
    for _ in range(2):
        synced(place, path)
        assert place.marks(place.bad) == UNLABELLED


def test_a_label_that_a_person_puts_back_is_theirs_and_stays(place: Place, tmp_path: Path) -> None:
    path = tmp_path / "hub.db"
    unlabelled(place, path)
    synced(place, path)
    place.label(place.bad, LABEL)
    place.retitle(place.bad, "good")
    for _ in range(2):
        synced(place, path)
        assert place.marks(place.bad) == Marks(frozenset({LABEL}), (True,))


def test_what_was_answered_is_in_the_state_until_it_is_over(place: Place, tmp_path: Path) -> None:
    path = tmp_path / "hub.db"
    unlabelled(place, path)
    synced(place, path)
    (known,) = SqliteStore(path).ledger_entries().values()
    assert set(known.labels_removed_by_human) == {LABEL}
    place.retitle(place.bad, "good")
    synced(place, path)
    place.retitle(place.bad, "bad again")
    synced(place, path)
    assert place.marks(place.bad).comments == (False,)
