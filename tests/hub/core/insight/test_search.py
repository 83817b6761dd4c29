"""The search: all words anywhere, whatever their case and accents; keys first; nothing that is private."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.core.insight.search import SearchIndex, SearchKind, build_index, find_words, search
from hub.model.text import search_text
from rules.registry import ALL_RULES
from tests.builders import an_initiative
from tests.hub.web.snapshots import SECRET, SECRET_TITLE, a_snapshot, with_a_secret

TICKETS = (
    an_initiative("jira:ACME-1", title="Größere Übersicht für Łódź", serves="dau"),
    an_initiative("jira:ACME-12", title="Faster onboarding of studios"),
    an_initiative("jira:ACME-123", title="ACME-1 follow-up: onboarding e-mails"),
    an_initiative("github:acme/app#1", title="Crème brûlée menu", serves="p99"),
)


def an_index() -> SearchIndex:
    return a_snapshot(*TICKETS).search_index


def found(query: str, kind: SearchKind = SearchKind.TICKET) -> list[str]:
    return [entry.id for entry in search(an_index(), kind, query)]


@pytest.mark.parametrize("query", ["ACME-1", "acme-1", " jira:acme-1 ", "acme 1"])
def test_the_exact_key_comes_first_however_it_is_typed(query: str) -> None:
    assert found(query)[:1] == ["jira:ACME-1"]


def test_a_key_before_keys_that_begin_so_before_titles_that_name_it() -> None:
    assert found("acme-1")[:3] == ["jira:ACME-1", "jira:ACME-12", "jira:ACME-123"]


@pytest.mark.parametrize(
    ("query", "key"),
    [
        ("ubersicht", "jira:ACME-1"),
        ("GRÖSSERE", "jira:ACME-1"),
        ("lodz", "jira:ACME-1"),
        ("creme brulee", "github:acme/app#1"),
        ("MENU crème", "github:acme/app#1"),
    ],
)
def test_case_and_accents_do_not_matter(query: str, key: str) -> None:
    assert found(query) == [key]


def test_all_words_must_match_in_any_order_and_anywhere() -> None:
    assert found("studios onboard") == ["jira:ACME-12"]
    assert found("studios brulee") == []
    assert found("") == []
    assert found("   ") == []


def test_a_ticket_is_found_by_its_team_and_by_the_key_result_it_is_linked_to() -> None:
    assert found("platform menu") == ["github:acme/app#1"]
    assert found("dau") == ["jira:ACME-1"]


def test_key_results_and_teams_are_found_by_title_key_and_each_other() -> None:
    assert found("title dau", SearchKind.KEY_RESULT) == ["dau"]
    assert found("platform", SearchKind.KEY_RESULT) == ["p99"]
    assert found("plat", SearchKind.TEAM) == ["platform"]
    assert found("acme/app", SearchKind.TEAM) == ["platform"]


@pytest.mark.parametrize(
    ("query", "rule"),
    [
        ("initiative-without-key-result", "initiative-without-key-result"),
        ("tickets without kr", "initiative-without-key-result"),
        ("unlinked issues", "initiative-without-key-result"),
        ("typo", "unresolvable-link"),
        ("outdated check-in", "stale-key-result"),
        ("blocked by a team that has not agreed", "dependency-without-shared-okr"),
    ],
)
def test_a_rule_is_found_by_what_people_call_its_fault(query: str, rule: str) -> None:
    assert rule in found(query, SearchKind.RULE)


def test_every_rule_is_found_by_its_name_first() -> None:
    index = an_index()
    for rule in ALL_RULES:
        for query in (rule.name, rule.name.replace("-", " ")):
            assert search(index, SearchKind.RULE, query)[0].id == rule.name


def test_a_typing_error_finds_what_was_meant_and_says_so() -> None:
    index = an_index()
    assert find_words(index, "onbording stuidos") == "onboarding studios"
    assert find_words(index, "amce-12") == "acme-12"
    assert find_words(index, "onboarding") == "onboarding"
    assert find_words(index, "qqqqqqqq") == "qqqqqqqq"


def test_nobody_finds_a_private_key_result_but_its_audience() -> None:
    ticket = an_initiative("jira:ACME-5", serves=SECRET, title=f"Prepare {SECRET_TITLE}")
    closed, opened = (a_snapshot(ticket, okrs=with_a_secret(), teams=teams) for teams in ((), ("product",)))
    for query in (SECRET, SECRET_TITLE, "zanzibar", "rival", "zz-secret"):
        assert not any(search(closed.search_index, kind, query) for kind in SearchKind)
        assert find_words(closed.search_index, query) == query
        assert search(opened.search_index, SearchKind.KEY_RESULT, query)
    text = " ".join(entry.text for entries in closed.search_index.entries.values() for entry in entries)
    assert search_text(SECRET_TITLE) not in text
    assert SECRET not in text


def test_a_typing_error_does_not_lead_outsiders_to_a_private_name() -> None:
    closed = a_snapshot(an_initiative("jira:ACME-5", serves=SECRET, title=SECRET_TITLE), okrs=with_a_secret())
    assert find_words(closed.search_index, "zanzibra") == "zanzibra"


@given(st.text(max_size=150))
@settings(max_examples=60, deadline=None)
def test_whatever_is_typed_is_answered_and_finds_itself_in_a_title(query: str) -> None:
    snapshot = a_snapshot(an_initiative("jira:ACME-9", title=query or "x"))
    index = build_index(snapshot.portfolio, snapshot.portfolio.initiatives, ())
    results = search(index, SearchKind.TICKET, query)
    assert bool(results) == bool(search_text(query[:100]))
