"""Jira mails people about an edited comment only when something got worse."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fakes.rule import a_rule, every_ticket
from tests.write_back.runs import RULES, synced
from tests.write_back.trackers import JiraPlace, jira_place

MORE = (*RULES, a_rule("another-fault", every_ticket))
QUIET = "notifyUsers=false"


@pytest.fixture
def place() -> Iterator[JiraPlace]:
    with jira_place() as made:
        yield made


def edits(place: JiraPlace) -> list[str]:
    """The queries of the edits of comments so far."""
    return [seen.query for seen in place.sandbox.traffic.log if seen.method == "PUT" and "/comment/" in seen.path]


def test_a_change_of_words_is_edited_in_without_mail(place: JiraPlace, tmp_path: Path) -> None:
    synced(place, tmp_path / "hub.db")
    place.retitle(place.bad, "bad and renamed")
    synced(place, tmp_path / "hub.db")
    assert edits(place) == [QUIET]


def test_a_further_finding_is_mailed_and_one_that_went_is_not(place: JiraPlace, tmp_path: Path) -> None:
    path = tmp_path / "hub.db"
    synced(place, path)
    synced(place, path, rules=MORE)
    assert edits(place) == [""]
    synced(place, path)
    assert edits(place) == ["", QUIET]


def test_what_is_settled_is_said_without_mail_and_what_is_wrong_again_with(place: JiraPlace, tmp_path: Path) -> None:
    path = tmp_path / "hub.db"
    synced(place, path)
    place.retitle(place.bad, "good")
    synced(place, path)
    place.retitle(place.bad, "bad again")
    synced(place, path)
    assert edits(place) == [QUIET, ""]


def test_a_comment_that_is_put_right_or_withdrawn_is_edited_without_mail(place: JiraPlace, tmp_path: Path) -> None:
    path, site = tmp_path / "hub.db", place.sandbox.site
    synced(place, path)
    synced(place, path)
    (comment,) = site.comments_of(place.bad, site.bot.id)
    site.edit_comment(comment.id, "no")
    synced(place, path)
    assert edits(place) == [QUIET]
