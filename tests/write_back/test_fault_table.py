"""The table: every fault at every boundary of every write of both trackers; after one clean run all is as it should.

Over HTTP each request is broken in six ways, once or for as long as the run lasts. A power cut happens at every call
that the ledger or the tracker takes, before and after it; at every third the process is killed by signal 9 instead.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import cache, partial
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from typing import Any

import pytest

from hub.model.action import Status
from hub.model.errors import StoreError
from hub.store.sqlite.store import SqliteStore
from tests.builders import TODAY
from tests.fakes.store import PowerCut
from tests.write_back.power_cut import OF_THE_STORE, OF_THE_TRACKER, Cut, Fuse, Watch, by_signal
from tests.write_back.runs import opened, retracted, synced
from tests.write_back.trackers import OTHER_TOKEN, PLACES, RESOLVED, Marks, Place, as_read, broken, copied

MUCH_LATER = TODAY + timedelta(days=14)
much_later = partial(synced, day=MUCH_LATER)

STANDING = Marks(frozenset({"okr-unaligned"}), (False,))
TWO = Marks(frozenset({"okr-unaligned"}), (False, False))
SETTLED = Marks(frozenset(), (True,))
NOTHING = Marks(frozenset(), ())
BROKEN = ("status_after", "drop_after", "hang_after", "status", "drop", "hang")
TIMES = (1, None)


@dataclass(frozen=True)
class Operation:
    """What is broken, from which state, by which run, and how the ticket should look in the end.

    With a `title` the comment stands there before, and the ticket is renamed. `returns` says that the comment was
    resolved for so long that a new one replaces it, and `answered` that people answered the old one.
    """

    name: str
    path: str
    title: str | None
    run: Callable[..., object]
    end: Marks
    boundaries: int
    returns: bool = False
    answered: bool = False

    def __str__(self) -> str:
        return self.name


OPERATIONS = (
    Operation("create comment", "create_comment", None, synced, STANDING, 24),
    Operation("add label", "add_label", None, synced, STANDING, 24),
    Operation("update comment", "edit_comment", "bad and renamed", synced, STANDING, 20),
    Operation("resolve comment", "edit_comment", "good", synced, SETTLED, 26),
    Operation("remove label", "remove_label", "good", synced, SETTLED, 26),
    Operation("delete comment", "delete_comment", None, retracted, NOTHING, 16),
    Operation("replace comment", "create_comment", "bad again", much_later, STANDING, 30, returns=True),
    Operation("delete replaced comment", "delete_comment", "bad again", much_later, STANDING, 30, returns=True),
    Operation("close replaced comment", "edit_comment", "bad again", much_later, TWO, 30, returns=True, answered=True),
)
REPLACE = OPERATIONS[6]
SAME_RUN = ("add label", "remove label", "delete replaced comment")
CUT = tuple(operation for operation in OPERATIONS if operation.name not in SAME_RUN)
REPLACED = "OKR check: closed. A newer comment below goes on from here."
KILLED_EVERY = 3
WHOLE_RUNS = ("lost ledger", "other account", "two workers", "two workers, one overtaken", "lagging index")
TABLE = tuple(product(PLACES, OPERATIONS, BROKEN, TIMES))


def counted(place: Place) -> int:
    return len(place.marks(place.bad).comments)


@dataclass(frozen=True)
class Beginning:
    """The state from which an operation begins: the site, the hub's file, and a picture of what is not the hub's."""

    site: Any
    file: bytes | None
    before: object


@cache
def beginning(tracker: str, operation: Operation) -> Beginning:
    """Made once for each process, by real syncs: whoever uses it takes copies."""
    with TemporaryDirectory() as folder, PLACES[tracker]() as place:
        path = Path(folder) / "hub.db"
        before = place.others() if operation.title is None else None
        if operation.title is not None or operation.run is retracted:
            synced(place, path)
            synced(place, path)
        if operation.returns:
            place.retitle(place.bad, "good")
            synced(place, path)
        if operation.answered:
            place.comment(place.bad, f"> {RESOLVED}\n\nIt is not.")
        if operation.title is not None:
            place.retitle(place.bad, operation.title)
            before = place.others()
        return Beginning(place.sandbox.site, path.read_bytes() if path.exists() else None, before)


@contextmanager
def at(tracker: str, operation: Operation, folder: Path) -> Iterator[tuple[Place, Path, object]]:
    """The tracker in the state from which the operation begins; with a picture of what is not the hub's."""
    start, path = beginning(tracker, operation), folder / "hub.db"
    if start.file is not None:
        path.write_bytes(start.file)
        path.chmod(0o600)
    with PLACES[tracker](copied(start.site)) as place:
        yield place, path, start.before


def assert_healed(place: Place, path: Path, operation: Operation, before: object) -> None:
    """After one clean run: one comment and the right labels, nothing of anybody else's touched, nothing left to do."""
    place.sandbox.faults.clear()
    comments = partial(counted, place)
    assert operation.title is None or comments() >= 1, "there was a moment without a comment"
    watch = Watch(comments)
    operation.run(place, path, connector=Cut(place.connector(), OF_THE_TRACKER, watch))
    assert operation.title is None or min(watch.seen, default=1) >= 1, "there was a moment without a comment"
    assert place.marks(place.bad) == operation.end
    if operation.answered:
        assert as_read(place.texts(place.bad)[0]) == REPLACED
        assert as_read(place.texts(place.bad)[1]).startswith("OKR check: bad title")
    assert place.marks(place.other) == NOTHING
    assert place.others() == before
    written = place.sandbox.traffic.writes
    assert operation.run(place, path).receipts == ()
    assert place.sandbox.traffic.writes == written


def test_the_table_is_whole_and_says_how_long_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    cuts = sum(operation.boundaries for operation in CUT) * len(PLACES)
    kills = sum(len(range(1, operation.boundaries + 1, KILLED_EVERY)) for operation in CUT) * len(PLACES)
    whole = len(WHOLE_RUNS) * len(PLACES)
    with capsys.disabled():
        print(f"\nfault table: {len(TABLE)} over HTTP + {cuts} power cuts + {kills} kills + {whole} whole runs")  # noqa: T201
    assert (len(TABLE), cuts, kills, whole) == (216, 292, 100, 10)


@pytest.mark.parametrize(("tracker", "operation", "effect", "times"), TABLE)
def test_a_broken_request_is_healed_by_one_clean_run(
    tmp_path: Path, tracker: str, operation: Operation, effect: str, times: int | None
) -> None:
    with at(tracker, operation, tmp_path) as (place, path, before):
        broken(place, operation.path, effect, times)
        operation.run(place, path)
        assert place.sandbox.faults.hits > 0
        assert_healed(place, path, operation, before)


@pytest.mark.parametrize(("tracker", "operation"), product(PLACES, CUT))
def test_a_power_cut_at_every_boundary_is_healed_by_one_clean_run(
    tmp_path: Path, tracker: str, operation: Operation
) -> None:
    for number in range(1, operation.boundaries + 1):
        (folder := tmp_path / str(number)).mkdir()
        with at(tracker, operation, folder) as (place, path, before):
            fuse = Fuse(number)
            with pytest.raises(PowerCut):
                cut_short(operation, place, path, fuse)
            assert_healed(place, path, operation, before)


@pytest.mark.parametrize(("tracker", "operation"), product(PLACES, CUT))
def test_the_boundaries_of_an_operation_are_as_many_as_the_table_says(
    tmp_path: Path, tracker: str, operation: Operation
) -> None:
    with at(tracker, operation, tmp_path) as (place, path, _):
        cut_short(operation, place, path, fuse := Fuse())
    assert fuse.passed == operation.boundaries


@pytest.mark.parametrize("tracker", PLACES)
def test_a_replacement_wishes_first_posts_and_then_takes_the_old_comment_away(tmp_path: Path, tracker: str) -> None:
    with at(tracker, REPLACE, tmp_path) as (place, path, _):
        cut_short(REPLACE, place, path, fuse := Fuse())
    begin = fuse.names.index("record_replacement_intent")
    steps = ("record_replacement_intent", "create_comment", "record_comment", "delete_comment", "record_replaced")
    assert fuse.names[begin : begin + 2 * len(steps)] == [name for step in steps for name in (step, step)]


@pytest.mark.parametrize(("tracker", "operation"), product(PLACES, CUT))
def test_a_process_that_is_killed_is_healed_by_one_clean_run(
    tmp_path: Path, tracker: str, operation: Operation
) -> None:
    for number in range(1, operation.boundaries + 1, KILLED_EVERY):
        (folder := tmp_path / str(number)).mkdir()
        with at(tracker, operation, folder) as (place, path, before):
            assert killed(operation, place, path, number) == 9
            assert_healed(place, path, operation, before)


@pytest.mark.parametrize("tracker", PLACES)
def test_a_lost_ledger_is_healed_by_one_clean_run(tmp_path: Path, tracker: str) -> None:
    create = OPERATIONS[0]
    with at(tracker, create, tmp_path) as (place, path, before):
        synced(place, path)
        assert_healed(place, tmp_path / "another.db", create, before)


@pytest.mark.parametrize("tracker", PLACES)
def test_a_token_of_another_account_writes_nothing_at_all(tmp_path: Path, tracker: str) -> None:
    create = OPERATIONS[0]
    with at(tracker, create, tmp_path) as (place, path, _):
        synced(place, path)
        place.retitle(place.bad, "bad and renamed")
        renamed, written = place.others(), place.sandbox.traffic.writes
        outcome = synced(place, path, connector=place.connector(OTHER_TOKEN))
        assert {receipt.status for receipt in outcome.receipts} == {Status.REFUSED}
        assert place.sandbox.traffic.writes == written
        assert_healed(place, path, create, renamed)


@pytest.mark.parametrize("tracker", PLACES)
def test_two_workers_at_once_leave_one_comment(tmp_path: Path, tracker: str) -> None:
    create = OPERATIONS[0]
    with at(tracker, create, tmp_path) as (place, path, before):
        place.sandbox.faults.latency = 0.02
        side_by_side(place, lambda: SqliteStore(path))
        place.sandbox.faults.latency = 0.0
        assert_healed(place, path, create, before)


@pytest.mark.parametrize("tracker", PLACES)
def test_a_worker_that_is_overtaken_leaves_one_comment(tmp_path: Path, tracker: str) -> None:
    create = OPERATIONS[0]
    with at(tracker, create, tmp_path) as (place, path, before):
        place.sandbox.faults.latency = 0.02
        side_by_side(place, lambda: SqliteStore(path))
        place.sandbox.faults.latency = 0.0
        assert_healed(place, path, create, before)


@pytest.mark.parametrize("tracker", PLACES)
def test_a_search_index_that_lags_costs_no_second_comment(tmp_path: Path, tracker: str) -> None:
    create = OPERATIONS[0]
    with at(tracker, create, tmp_path) as (place, path, before):
        synced(place, path)
        place.lag()
        for _ in range(2):
            synced(place, path)
        assert place.marks(place.bad).comments == (False,)
        assert place.others() == before


def cut_short(operation: Operation, place: Place, path: Path, fuse: Fuse) -> None:
    connector = Cut(place.connector(), OF_THE_TRACKER, fuse)
    operation.run(place, path, connector=connector, store=Cut(opened(path), OF_THE_STORE, fuse))


def killed(operation: Operation, place: Place, path: Path, number: int) -> int:
    """Run in a process of its own, which kills itself at the boundary; gives the signal that ended it."""
    if (child := os.fork()) == 0:
        try:
            cut_short(operation, place, path, Fuse(number, by_signal))
        finally:
            os._exit(1)
    return os.waitpid(child, 0)[1] & 0x7F


def side_by_side(place: Place, store: Callable[[], SqliteStore]) -> None:
    """Two workers, each with its own connection to the state; the one that finds it held gives up."""

    def work() -> None:
        try:
            synced(place, Path(), store=store())
        except StoreError:
            return

    workers = [Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
