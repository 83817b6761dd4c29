"""GitHub's labels are made with their colour once, whoever else is at it; one that is there stays as people made it."""

from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from connectors.github.admin_client import LABELS
from tests.sandbox_support.faults import Fault
from tests.write_back.runs import synced
from tests.write_back.trackers import GitHubPlace, github_place

LABEL = "okr-unaligned"
MADE = ("POST", "/repos/acme/app/labels")


@pytest.fixture
def place() -> Iterator[GitHubPlace]:
    with github_place() as made:
        yield made


def definition(place: GitHubPlace) -> tuple[str, str | None]:
    label = place.sandbox.site.repository("acme/app").labels[LABEL]
    return label.color, label.description


def tries(place: GitHubPlace) -> list[int]:
    """The answers to each request that was to make a label."""
    return [seen.status for seen in place.sandbox.traffic.write_requests() if (seen.method, seen.path) == MADE]


def test_a_label_is_made_once_with_its_colour_and_what_it_means(place: GitHubPlace, tmp_path: Path) -> None:
    place.retitle(place.other, "bad as well")
    synced(place, tmp_path / "hub.db")
    assert definition(place) == LABELS[LABEL]
    assert tries(place) == [201]
    synced(place, tmp_path / "another.db")
    assert tries(place) == [201]


def test_two_workers_that_race_make_it_once(place: GitHubPlace, tmp_path: Path) -> None:
    place.sandbox.faults.latency = 0.02
    states = [tmp_path / "one.db", tmp_path / "two.db"]
    workers = [Thread(target=synced, args=(place, path)) for path in states]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert tries(place).count(201) == 1
    assert set(tries(place)) <= {201, 422}
    assert definition(place) == LABELS[LABEL]
    assert place.marks(place.bad).labels == {LABEL}


def test_one_that_people_made_keeps_its_colour_and_its_words(place: GitHubPlace, tmp_path: Path) -> None:
    site = place.sandbox.site
    site.add_label(site.repository("acme/app"), LABEL, "123456", "by hand")
    synced(place, tmp_path / "hub.db")
    assert definition(place) == ("123456", "by hand")
    assert tries(place) == []
    assert place.marks(place.bad).labels == {LABEL}


@pytest.mark.parametrize("effect", ["status_after", "drop_after", "status", "drop"])
def test_an_answer_that_is_lost_makes_no_second_one(place: GitHubPlace, tmp_path: Path, effect: str) -> None:
    fault: dict[str, Any] = {"method": "POST", "path": r"/app/labels$", "status": 502}
    place.sandbox.faults.add(Fault(effect, **fault))
    for _ in range(2):
        synced(place, tmp_path / "hub.db")
    assert tries(place).count(201) <= 1
    assert definition(place) == LABELS[LABEL]
    assert place.marks(place.bad).labels == {LABEL}
