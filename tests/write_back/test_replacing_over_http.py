"""A new comment in place of an old one, cut off midway, and what people or another command do before the next run."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from threading import Thread

import pytest

from hub.model.action import ActionKind, Status
from hub.model.errors import StoreError
from hub.store.sqlite.store import SqliteStore
from tests.builders import TODAY
from tests.fakes.rule import a_rule, every_ticket
from tests.fakes.store import PowerCut
from tests.write_back.power_cut import OF_THE_STORE, OF_THE_TRACKER, Cut, FuseAfter
from tests.write_back.runs import RULES, opened, retracted, synced
from tests.write_back.trackers import PLACES, RESOLVED, Marks, Place, as_read

LABEL = frozenset({"okr-unaligned"})
STANDING, SETTLED, NOTHING = Marks(LABEL, (False,)), Marks(frozenset(), (True,)), Marks(frozenset(), ())
MUCH_LATER = TODAY + timedelta(days=14)
MIDWAY = ("record_replacement_intent", "create_comment", "record_comment", "delete_comment", "record_replaced")
REPLACED = "OKR check: closed. A newer comment below goes on from here."
OPEN = "OKR check: bad title"
MORE = (*RULES, a_rule("another-fault", every_ticket))


@pytest.fixture(params=PLACES)
def place(request: pytest.FixtureRequest) -> Iterator[Place]:
    with PLACES[request.param]() as made:
        yield made


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "hub.db"


def returned(place: Place, path: Path) -> None:
    """The comment was resolved two weeks ago, and what it stood for is back."""
    synced(place, path)
    place.retitle(place.bad, "good")
    synced(place, path)
    place.retitle(place.bad, "bad again")


def cut_after(place: Place, path: Path, write: str) -> None:
    """The run that replaces the comment ends right after this write, whose receipt is lost."""
    fuse = FuseAfter(write)
    connector, store = Cut(place.connector(), OF_THE_TRACKER, fuse), Cut(opened(path), OF_THE_STORE, fuse)
    with pytest.raises(PowerCut):
        synced(place, path, connector=connector, store=store, day=MUCH_LATER)


def read(place: Place) -> list[str]:
    return [as_read(text) for text in place.texts(place.bad)]


def assert_quiet(place: Place, path: Path) -> None:
    written = place.sandbox.traffic.writes
    assert synced(place, path, day=MUCH_LATER).receipts == ()
    assert place.sandbox.traffic.writes == written


def test_what_comes_back_after_two_weeks_is_said_in_a_new_comment(place: Place, path: Path) -> None:
    returned(place, path)
    *_, receipt = synced(place, path, day=MUCH_LATER).receipts
    assert (receipt.action.kind, receipt.status) == (ActionKind.REPLACE_COMMENT, Status.DONE)
    assert place.marks(place.bad) == STANDING
    assert receipt.comment_id != receipt.action.comment_id
    assert_quiet(place, path)


def test_what_comes_back_sooner_is_said_in_the_same_comment(place: Place, path: Path) -> None:
    returned(place, path)
    *_, receipt = synced(place, path, day=MUCH_LATER - timedelta(days=3)).receipts
    assert (receipt.action.kind, receipt.status) == (ActionKind.UPDATE_COMMENT, Status.DONE)
    assert place.marks(place.bad) == STANDING


def test_the_new_comment_is_the_one_that_is_edited_from_then_on(place: Place, path: Path) -> None:
    returned(place, path)
    place.comment(place.bad, f"> {RESOLVED}\n\nIt is not.")
    synced(place, path, day=MUCH_LATER)
    assert [text[: len(OPEN)] for text in read(place)] == [REPLACED[: len(OPEN)], OPEN]
    place.retitle(place.bad, "good at last")
    synced(place, path, day=MUCH_LATER)
    closed, resolved = read(place)
    assert closed == REPLACED
    assert resolved.startswith(RESOLVED)
    assert_quiet(place, path)


@pytest.mark.parametrize("write", MIDWAY)
def test_two_workers_at_once_finish_a_replacement_with_one_comment(place: Place, path: Path, write: str) -> None:
    returned(place, path)
    cut_after(place, path, write)
    place.sandbox.faults.latency = 0.02

    def work() -> None:
        try:
            synced(place, path, store=SqliteStore(path), day=MUCH_LATER)
        except StoreError:
            return

    workers = [Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    place.sandbox.faults.latency = 0.0
    synced(place, path, day=MUCH_LATER)
    assert place.marks(place.bad) == STANDING
    assert_quiet(place, path)


@pytest.mark.parametrize("write", MIDWAY)
def test_a_ticket_that_is_mended_before_the_next_run_has_one_comment_that_says_so(
    place: Place, path: Path, write: str
) -> None:
    returned(place, path)
    cut_after(place, path, write)
    place.retitle(place.bad, "good at last")
    synced(place, path, day=MUCH_LATER)
    assert place.marks(place.bad) == SETTLED
    assert_quiet(place, path)


@pytest.mark.parametrize("write", MIDWAY)
def test_something_new_before_the_next_run_is_said_in_the_one_comment(place: Place, path: Path, write: str) -> None:
    returned(place, path)
    cut_after(place, path, write)
    synced(place, path, day=MUCH_LATER, rules=MORE)
    (text,) = read(place)
    assert text.startswith("OKR check: 2 open points")


@pytest.mark.parametrize("write", MIDWAY)
def test_a_retraction_takes_back_what_a_broken_replacement_left(place: Place, path: Path, write: str) -> None:
    returned(place, path)
    cut_after(place, path, write)
    assert not retracted(place, path).is_incomplete
    assert place.marks(place.bad) == NOTHING


@pytest.mark.parametrize("write", MIDWAY)
def test_a_state_that_is_lost_midway_leaves_one_comment(place: Place, path: Path, write: str) -> None:
    returned(place, path)
    cut_after(place, path, write)
    another = path.with_name("another.db")
    synced(place, another, day=MUCH_LATER)
    assert place.marks(place.bad) == STANDING


@pytest.mark.parametrize("write", MIDWAY[2:])
def test_a_person_who_deletes_the_comments_midway_is_heeded(place: Place, path: Path, write: str) -> None:
    returned(place, path)
    cut_after(place, path, write)
    place.delete_ours(place.bad)
    for _ in range(2):
        synced(place, path, day=MUCH_LATER)
    assert place.marks(place.bad).comments == ()
