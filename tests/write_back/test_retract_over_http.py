"""Taking back over HTTP: what people answered stays and says so, and a lost ledger is no hindrance."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from hub.model.action import Status
from tests.write_back.runs import retracted, synced
from tests.write_back.trackers import PLACES, Marks, Place, as_read

NOTHING = Marks(frozenset(), ())
WITHDRAWN = "OKR check: withdrawn. Alignment Hub no longer comments on this ticket."


@pytest.fixture(params=PLACES)
def place(request: pytest.FixtureRequest) -> Iterator[Place]:
    with PLACES[request.param]() as made:
        yield made


def quoting(place: Place) -> str:
    """A person's answer that quotes the hub's comment, as people do it there."""
    return "> OKR check: bad title\n\nWe know."


def calling(place: Place) -> str:
    """A person's answer that calls the hub's account."""
    return "@alignment-hub we know." if place.name == "github" else f"{place.sandbox.site.bot.id} we know."


@pytest.mark.parametrize("words", [quoting, calling])
def test_a_comment_with_an_answer_is_withdrawn_and_not_deleted(
    place: Place, tmp_path: Path, words: Callable[[Place], str]
) -> None:
    path = tmp_path / "hub.db"
    synced(place, path)
    place.comment(place.bad, words(place))
    others = place.others()
    result = retracted(place, path)
    assert not result.is_incomplete
    (text,) = place.texts(place.bad)
    assert as_read(text) == WITHDRAWN
    assert place.marks(place.bad).labels == frozenset()
    assert place.others() == others


def test_a_remark_that_speaks_of_something_else_keeps_no_comment(place: Place, tmp_path: Path) -> None:
    synced(place, tmp_path / "hub.db")
    place.comment(place.bad, "lunch?")
    retracted(place, tmp_path / "hub.db")
    assert place.marks(place.bad) == NOTHING


@pytest.mark.parametrize("search", [False, True])
def test_a_second_retraction_leaves_a_withdrawn_comment_as_it_is(place: Place, tmp_path: Path, search: bool) -> None:
    path = tmp_path / "hub.db"
    synced(place, path)
    place.comment(place.bad, quoting(place))
    retracted(place, path)
    written = place.sandbox.traffic.writes
    assert retracted(place, path, search=search).receipts == ()
    assert place.sandbox.traffic.writes == written


def test_a_lost_ledger_is_made_up_for_by_a_search_of_every_ticket(place: Place, tmp_path: Path) -> None:
    place.retitle(place.other, "bad as well")
    synced(place, tmp_path / "hub.db")
    # A comment of ours without a label is in no list: only who looks at every ticket finds it.
    place.unlabel(place.other, "okr-unaligned")
    others = place.others()
    result = retracted(place, tmp_path / "another.db", search=True)
    assert not result.is_incomplete
    assert place.marks(place.bad) == place.marks(place.other) == NOTHING
    assert place.others() == others


def test_a_ledger_that_lost_one_ticket_finds_it_by_search_alone(place: Place, tmp_path: Path) -> None:
    path = tmp_path / "hub.db"
    place.retitle(place.other, "bad as well")
    synced(place, tmp_path / "lost.db")
    place.unlabel(place.other, "okr-unaligned")
    place.retitle(place.other, "good")
    synced(place, path)
    retracted(place, path)
    assert place.marks(place.other).comments == (False,)
    result = retracted(place, path, search=True)
    assert [receipt.status for receipt in result.receipts] == [Status.DONE]
    assert place.marks(place.other) == NOTHING


def test_an_answer_is_found_by_search_as_well_where_the_ledger_is_lost(place: Place, tmp_path: Path) -> None:
    synced(place, tmp_path / "hub.db")
    place.comment(place.bad, quoting(place))
    retracted(place, tmp_path / "another.db", search=True)
    (text,) = place.texts(place.bad)
    assert as_read(text) == WITHDRAWN
    assert place.marks(place.bad).labels == frozenset()
