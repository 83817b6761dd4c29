"""Guesses are near, explained, and never name what is private."""

from hub.core.suggest import closest, suggester
from hub.model.okr import Okrs, Visibility
from tests.builders import a_key_result, a_ref, a_team, an_initiative, an_objective, some_okrs

OKRS = some_okrs(
    teams=(a_team("product"), a_team("platform"), a_team("sales")),
    objectives=(
        an_objective("growth", title="Grow"),
        an_objective("adoption", "product", title="Daily use"),
        an_objective("launch", "product", "platform", title="Launch the Acme product"),
        an_objective("speed", "platform", title="Fast answers"),
        an_objective("deals", "sales", title="Sell"),
    ),
    key_results=(
        a_key_result("revenue", "growth", title="Yearly revenue of 10M USD"),
        a_key_result("dau", "adoption", title="500,000 daily active users"),
        a_key_result("conversion", "launch", title="5 % conversion from free to paid"),
        a_key_result("nps", "launch", title="Net Promoter Score of 35"),
        a_key_result("p99", "speed", title="Checkout answers in 200 ms"),
        a_key_result("renewals", "deals", title="90 % of contracts renewed"),
        a_key_result("merger", "adoption", title="Buy the conversion company", visibility=Visibility.PRIVATE),
    ),
)


def offered(title: str, team: str | None = "product", okrs: Okrs = OKRS, **changes: object) -> dict[str, str]:
    ticket = an_initiative("jira:ACME-1", title=title, **changes)
    team_of = {} if team is None else {a_ref("jira:ACME-1"): team}
    return {candidate.key_result: candidate.why for candidate in suggester(okrs, team_of)(ticket)}


def test_alike_words_of_the_own_team_come_first_and_are_named() -> None:
    found = offered("Raise conversion of free accounts at checkout")
    assert next(iter(found)) == "conversion"
    assert found["conversion"] == "same team, similar words: conversion, free"


def test_another_teams_key_result_follows_with_its_words() -> None:
    found = offered("Raise conversion at checkout")
    assert list(found) == ["conversion", "p99"]
    assert found["p99"] == "similar words: checkout"


def test_a_team_with_one_key_result_is_offered_that() -> None:
    assert offered("Tidy up", team="sales") == {"renewals": "your team's only open key result"}


def test_a_team_whose_words_do_not_match_is_offered_its_own() -> None:
    found = offered("Tidy up")
    assert set(found) == {"dau", "conversion", "nps"}
    assert set(found.values()) == {"your team's key result"}


def test_a_ticket_without_a_team_is_offered_what_sounds_alike() -> None:
    assert list(offered("Revenue report", team=None)) == ["revenue"]
    assert offered("Tidy up", team=None) == {}


def test_a_plural_matches_its_singular() -> None:
    assert next(iter(offered("Free conversions"))) == "conversion"


def test_peoples_labels_help_and_the_processs_own_do_not() -> None:
    assert next(iter(offered("Tidy up", labels=frozenset({"nps"})))) == "nps"
    assert "renewals" not in offered("Tidy up", labels=frozenset({"kr-renewals", "okr-stale"}))


def test_a_private_key_result_is_never_among_the_candidates() -> None:
    assert "merger" not in offered("Buy the conversion company merger")


def test_never_more_than_three_are_offered() -> None:
    assert len(offered("Daily users conversion score revenue checkout contracts")) == 3


def test_the_order_of_key_results_changes_no_offer() -> None:
    turned = some_okrs(
        teams=tuple(OKRS.teams.values()),
        objectives=tuple(reversed(OKRS.objectives.values())),
        key_results=tuple(reversed(OKRS.key_results.values())),
    )
    for title in ("Tidy up", "Raise conversion at checkout", "Daily score"):
        assert offered(title, okrs=turned) == offered(title)


def test_the_closest_ids_stand_best_first() -> None:
    assert closest("dua", ["revenue", "p99", "dau"]) == ("dau",)
    assert closest("launch", ["launch-nps", "launch-dau", "revenue"]) == ("launch-dau", "launch-nps")
    assert closest("LAUNCH-DUA ", ["launch-nps", "launch-dau"])[0] == "launch-dau"


def test_there_is_always_a_closest_id_unless_there_are_none() -> None:
    assert closest("zzz", ["dau", "nps", "p99", "revenue"]) == ("dau",)
    assert closest("dau", []) == ()
