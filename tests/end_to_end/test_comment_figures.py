"""The comments of the example and of a crowd: short, without foreign words, and answerable by who reads them."""

import statistics

import pytest

from benchmarks.comments import Posted, has_no_answer, internal_terms, of_a_crowd, of_acme, unlinked_names
from hub.core.planning.comment import count_words
from rules.registry import ALL_RULES

MEDIAN, MOST, OF_A_POINT, OF_A_HEADLINE = 65, 120, 45, 12
TRACKERS = ("GitHub", "Jira Cloud", "Data Center")
RULES = tuple(rule.name for rule in ALL_RULES)


@pytest.fixture(scope="module", params=["acme", "crowd"])
def comments(request: pytest.FixtureRequest) -> list[Posted]:
    found = of_acme() if request.param == "acme" else of_a_crowd(2_000)
    assert len(found) >= (10 if request.param == "acme" else 200)
    return found


@pytest.mark.parametrize("tracker", TRACKERS)
def test_comments_are_short_in_every_layout(comments: list[Posted], tracker: str) -> None:
    counts = [posted.words[tracker] for posted in comments]
    assert statistics.median(counts) <= MEDIAN
    assert max(counts) <= MOST


def test_points_and_headlines_are_short(comments: list[Posted]) -> None:
    points = [point for posted in comments for point in (*posted.message.points, *posted.message.folded)]
    assert [(point.topic, count_words(point)) for point in points if count_words(point) > OF_A_POINT] == []
    assert [
        posted.message.headline for posted in comments if len(posted.message.headline.split()) > OF_A_HEADLINE
    ] == []


def test_no_comment_holds_configuration_a_rules_name_or_a_command_line(comments: list[Posted]) -> None:
    assert [(posted.ref, internal_terms(posted, RULES)) for posted in comments if internal_terms(posted, RULES)] == []


def test_every_other_ticket_is_a_link(comments: list[Posted]) -> None:
    assert [(posted.ref, unlinked_names(posted)) for posted in comments if unlinked_names(posted)] == []


def test_whatever_asks_for_an_answer_prints_a_complete_one(comments: list[Posted]) -> None:
    assert [posted.ref for posted in comments if has_no_answer(posted)] == []
