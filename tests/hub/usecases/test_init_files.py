"""The files that `hub init` writes load whatever a tracker's names hold, and hold no invented goals."""

import tomllib
from datetime import date
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from hub.config.settings import parse
from hub.model.survey import Place, Setting, Survey
from hub.model.text import printable_line
from hub.okr_files.loader import okrs_from_text
from hub.report.survey import proposal_line, survey_lines
from hub.usecases.init_files import (
    Team,
    Tracker,
    build_teams,
    config_text,
    imported_text,
    okr_text,
    quarter_of,
    template_files,
)

TODAY = date(2026, 11, 16)
HOSTILE = st.text(max_size=60) | st.sampled_from(
    [
        'quote " and \\ backslash',
        "line\nend = true",
        "]\n[publish]\nenabled = true",
        "\x1b[31mred\x07",
        "@everyone ::error::",
        "'''",
        '"""',
        "\ud800",
        "\u202etxt",
    ]
)
KEYS = st.from_regex(r"[A-Z][A-Z0-9]{0,8}", fullmatch=True)
PLACES = st.lists(st.builds(Place, KEYS, HOSTILE, st.just("project")), min_size=1, max_size=6, unique_by=lambda p: p.id)


def a_tracker(places: tuple[Place, ...], *words: str, name: str = "jira") -> Tracker:
    word = words[0] if words else "word"
    settings = (
        Setting("query", f'issuetype in ("{word}")', word),
        Setting("exempt_types", tuple(words), word),
        Setting("label", "kr-{id}", word, "key_results"),
        Setting("", None, word),
    )
    survey = Survey(word, word, places, (("project", len(places)),))
    return Tracker(name, "https://jira.acme.test", survey, places, settings)


@given(PLACES, st.lists(HOSTILE, max_size=3))
def test_the_files_load_whatever_the_trackers_names_hold(places: list[Place], words: list[str]) -> None:
    tracker = a_tracker(tuple(places), *words)
    text = config_text([tracker], "auto")
    text.encode()
    config = parse(text, Path("config.toml"), {})
    assert config.publish.enabled is False
    assert set(config.connectors) == {"jira"}
    okrs = okrs_from_text(okr_text(TODAY, build_teams([tracker])), today=TODAY)
    assert {place for team in okrs.teams.values() for place in team.owns} == {f"jira:{place.id}" for place in places}
    assert okrs.objectives == {}
    assert all(printable_line(team.name) == team.name for team in okrs.teams.values())


@given(PLACES, st.lists(HOSTILE, max_size=3))
def test_the_lines_for_the_terminal_stay_lines(places: list[Place], words: list[str]) -> None:
    survey = Survey("site", "account", tuple(places), (("project", len(places)),), (), tuple(words), 3, tuple(words), 3)
    for line in (*survey_lines(survey), proposal_line(places)):
        shown = printable_line(line.text)
        assert "\n" not in shown
        assert "\x1b" not in shown


def test_a_project_and_a_repository_of_one_name_are_one_team() -> None:
    jira = a_tracker((Place("ACME", "Web Shop", "project"), Place("OPS", "Operations", "project")))
    github = a_tracker((Place("acme/web-shop", "web-shop", "repository"),), name="github")
    assert build_teams([jira, github]) == (
        Team("web-shop", "Web Shop", ("jira:ACME", "github:acme/web-shop")),
        Team("operations", "Operations", ("jira:OPS",)),
    )


def test_two_projects_of_one_name_are_two_teams() -> None:
    tracker = a_tracker((Place("A", "Shop", "project"), Place("B", "shop", "project"), Place("C", "SHOP", "project")))
    assert [team.id for team in build_teams([tracker])] == ["shop", "shop-2", "shop-3"]


def test_a_project_whose_tickets_are_in_repositories_needs_no_team() -> None:
    board = Place("acme/5", "Roadmap", "Project", shared=True)
    repository = Place("acme/app", "app", "repository")
    assert [team.owns for team in build_teams([a_tracker((board, repository), name="github")])] == [
        ("github:acme/app",)
    ]
    assert [team.owns for team in build_teams([a_tracker((board,), name="github")])] == [("github:acme/5",)]


def test_imported_teams_own_the_places_of_their_name_and_the_others_are_added() -> None:
    text = '[cycle]\nid = "2026-Q4"\nstart = 2026-10-01\nend = 2026-12-31\n\n[[team]]\nid = "shop"\nname = "Web Shop"\n'
    teams = [Team("web-shop", "Web shop", ("jira:ACME",)), Team("ops", "Ops", ("jira:OPS",))]
    okrs = okrs_from_text(imported_text(text, teams), today=TODAY)
    assert {team_id: team.owns for team_id, team in okrs.teams.items()} == {
        "shop": ("jira:ACME",),
        "ops": ("jira:OPS",),
    }


def test_the_examples_in_the_templates_load_when_their_signs_are_removed() -> None:
    for name, text in template_files(TODAY).items():
        lines = [line.removeprefix("# ") for line in text.splitlines() if line.startswith("# ")]
        examples = "\n".join(line for line in lines if line.startswith("[") or " = " in line.partition("#")[0])
        loaded = tomllib.loads(examples)
        assert loaded.keys() >= ({"connectors"} if name == "config.toml" else {"team", "objective"})


def test_the_quarter_holds_its_days() -> None:
    assert quarter_of(date(2026, 12, 31)) == ("2026-Q4", date(2026, 10, 1), date(2026, 12, 31))
    assert quarter_of(date(2026, 1, 1)) == ("2026-Q1", date(2026, 1, 1), date(2026, 3, 31))
