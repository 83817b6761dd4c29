"""What a comment tells people to do ends its point, and raises no other on the ticket."""

from pathlib import Path

import pytest

from hub.core.planning.points import POINTS
from tests.remedies.own_tickets import KEPT, OwnTickets
from tests.remedies.runs import KINDS, Pure, Result, every_step, job_on, new_steps, over_http, results, told
from tests.remedies.talks import TALKS, answers
from tests.remedies.worlds import EVERY_SETTINGS, SITUATIONS, TELLING, Settings

EVERYTHING = TELLING[0]


def promise_kept(found: list[Result]) -> None:
    wrong = [
        f"{result.situation.name} | {result.words} | {result.wrong}\n{result.comment}"
        for result in found
        if result.wrong
    ]
    assert not wrong, "\n\n".join(wrong)


@pytest.mark.parametrize("commands", [True, False], ids=["commands", "no commands"])
@pytest.mark.parametrize("kind", KINDS)
def test_every_step_that_a_comment_names_ends_its_point(kind: str, commands: bool, tmp_path: Path) -> None:
    found: list[Result] = []
    for number, settings in enumerate(settings for settings in TELLING if settings.commands is commands):
        folder = tmp_path / str(number)
        folder.mkdir()
        with over_http(kind, settings, folder) as stage:
            found += results(stage, new_steps(settings, kind))
    assert found
    promise_kept(found)


@pytest.mark.parametrize("settings", EVERY_SETTINGS, ids=str)
def test_every_step_ends_its_point_whatever_the_connector_reads(settings: Settings, tmp_path: Path) -> None:
    found = results(Pure(settings, "github", tmp_path), every_step(settings, "github"))
    assert {result.situation.rule for result in found} == {situation.rule for situation in SITUATIONS}
    promise_kept(found)


@pytest.mark.parametrize("kind", KINDS)
def test_the_words_of_every_settings_are_followed_over_http(kind: str) -> None:
    followed = {
        (situation.family, told(settings, kind)[situation][number])
        for settings in TELLING
        for situation, number in new_steps(settings, kind)
    }
    said = {
        (situation.family, words)
        for settings in EVERY_SETTINGS
        for situation, steps in told(settings, kind).items()
        for words in steps
    }
    assert said - followed == set()


def test_every_rule_that_speaks_on_tickets_has_a_situation() -> None:
    assert {situation.rule for situation in SITUATIONS} | {kept.rule for kept in KEPT} == set(POINTS)


@pytest.mark.parametrize("kind", KINDS)
def test_every_command_that_the_hub_answers_with_does_what_it_says(kind: str, tmp_path: Path) -> None:
    with over_http(kind, EVERYTHING, tmp_path) as stage:
        wrong = [f"{talk.said}: {said}" for talk, said in answers(stage) if said]
    assert not wrong, "\n".join(wrong)
    assert len(TALKS) > 1


@pytest.mark.parametrize("kind", KINDS)
def test_a_line_that_is_added_to_a_key_results_own_ticket_ends_its_point(kind: str, tmp_path: Path) -> None:
    with job_on(kind, EVERYTHING, tmp_path, okrs=True) as (tracker, job):
        found = list(OwnTickets(tracker, job, tmp_path).results())
    assert {kept.name for kept, _, _ in found} == {kept.name for kept in KEPT}
    assert [(kept.name, words, wrong) for kept, words, wrong in found if wrong] == []


@pytest.mark.parametrize("kind", KINDS)
def test_a_key_results_own_ticket_is_told(kind: str, tmp_path: Path) -> None:
    with job_on(kind, EVERYTHING, tmp_path, okrs=True) as (tracker, job):
        own = OwnTickets(tracker, job, tmp_path)
        own.look()
        assert [len(tracker.posted(own.keys[kept.id])) for kept in KEPT] == [1] * len(KEPT)
