"""Taking back takes the labels that the hub made off GitHub's lists, and none that was there or that is in use."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sandbox_support.faults import Fault
from tests.write_back.runs import opened, retracted, synced
from tests.write_back.trackers import GitHubPlace, github_place

LABEL = "okr-unaligned"


@pytest.fixture
def place() -> Iterator[GitHubPlace]:
    with github_place() as made:
        yield made


def listed(place: GitHubPlace) -> set[str]:
    return set(place.sandbox.site.repository("acme/app").labels)


def known(path: Path) -> tuple[str, ...]:
    return tuple(opened(path).created_labels("github"))


def test_a_label_that_the_hub_made_is_taken_off_the_list(place: GitHubPlace, tmp_path: Path) -> None:
    path = tmp_path / "hub.db"
    before = listed(place)
    synced(place, path)
    assert listed(place) == before | {LABEL}
    assert known(path) == (f"acme/app:{LABEL}",)
    assert not retracted(place, path).is_incomplete
    assert listed(place) == before
    assert known(path) == ()


def test_a_label_that_was_there_before_stays(place: GitHubPlace, tmp_path: Path) -> None:
    path, site = tmp_path / "hub.db", place.sandbox.site
    site.add_label(site.repository("acme/app"), LABEL, "d93f0b", "by hand")
    synced(place, path)
    retracted(place, path)
    assert LABEL in listed(place)


@pytest.mark.parametrize("state", ["OPEN", "CLOSED"])
def test_a_label_that_a_person_put_on_another_ticket_stays_until_it_is_off(
    place: GitHubPlace, tmp_path: Path, state: str
) -> None:
    path, site = tmp_path / "hub.db", place.sandbox.site
    synced(place, path)
    site.add_label_by_person(place.other, LABEL)
    site.edit_issue(place.other, state=state)
    retracted(place, path)
    assert LABEL in listed(place)
    assert LABEL in site.issue(place.other).labels
    assert known(path) == (f"acme/app:{LABEL}",)
    site.remove_label(place.other, LABEL)
    retracted(place, path)
    assert LABEL not in listed(place)


def test_a_label_whose_words_people_changed_is_theirs(place: GitHubPlace, tmp_path: Path) -> None:
    path = tmp_path / "hub.db"
    synced(place, path)
    place.sandbox.site.repository("acme/app").labels[LABEL].description = "we like this one"
    retracted(place, path)
    assert LABEL in listed(place)
    assert known(path) == ()


def test_a_lost_ledger_leaves_the_list_as_it_is(place: GitHubPlace, tmp_path: Path) -> None:
    synced(place, tmp_path / "hub.db")
    retracted(place, tmp_path / "another.db", search=True)
    assert LABEL in listed(place)


@pytest.mark.parametrize("effect", ["status", "drop", "drop_after"])
def test_a_list_that_could_not_be_cleared_is_told_and_cleared_the_next_time(
    place: GitHubPlace, tmp_path: Path, effect: str
) -> None:
    path = tmp_path / "hub.db"
    synced(place, path)
    fault = Fault(effect, method="DELETE", path=r"/app/labels/", times=None, status=502)
    place.sandbox.faults.add(fault)
    result = retracted(place, path)
    assert result.is_incomplete
    assert "could not be deleted" in result.failures[0].reason
    place.sandbox.faults.clear()
    assert not retracted(place, path).is_incomplete
    assert LABEL not in listed(place)


def test_a_label_that_is_made_again_after_a_retraction_goes_again(place: GitHubPlace, tmp_path: Path) -> None:
    path = tmp_path / "hub.db"
    for _ in range(2):
        synced(place, path)
        assert LABEL in listed(place)
        retracted(place, path)
        assert LABEL not in listed(place)
