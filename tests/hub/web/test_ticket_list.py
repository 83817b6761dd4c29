"""The list of tickets: each filter alone and together, what an unknown value matches, and the order."""

from dataclasses import replace

import pytest

from hub.model.initiative import Ref, StatusCategory
from hub.web.page import PageParams
from hub.web.snapshot import PortfolioSnapshot
from hub.web.tables import sort_rows
from hub.web.ticket_list import TicketFilter, matching_tickets, parse_ticket_filter, ticket_columns
from tests.builders import an_initiative
from tests.hub.web.snapshots import SECRET, SECRET_TITLE, a_snapshot, with_a_secret

TICKETS = (
    an_initiative("jira:ACME-1", title="Pay by invoice", serves="dau"),
    an_initiative("jira:ACME-2", title="Pay later"),
    an_initiative("jira:ACME-10", title="Invoice archive", serves="dau", status=StatusCategory.DONE),
    an_initiative("jira:ACME-11", labels=frozenset({"okr-exempt"})),
    an_initiative("github:acme/app#3", title="Pay faster", serves="p99"),
    an_initiative("jira:OTHER-1", title="Nobody's", status=StatusCategory.CANCELLED),
    an_initiative("jira:ACME-12", title="Some day", status=StatusCategory.TO_DO),
    replace(an_initiative("jira:ACME-77", title="For reference"), reference_only=True),
)


def snapshot() -> PortfolioSnapshot:
    return a_snapshot(*TICKETS, okrs=with_a_secret())


def keys(**query: str) -> list[str]:
    return [ref.key for ref in matching_tickets(snapshot(), parse_ticket_filter(PageParams(query=query)))]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"team": "platform"}, {"acme/app#3"}),
        ({"team": "-"}, {"OTHER-1"}),
        ({"key_result": "dau"}, {"ACME-1", "ACME-10"}),
        ({"key_result": "dau", "state": "done"}, {"ACME-10"}),
        ({"state": "active"}, {"ACME-1", "ACME-2", "acme/app#3"}),
        ({"state": "to do"}, {"ACME-12"}),
        ({"state": "cancelled"}, {"OTHER-1"}),
        ({"work": "unserved"}, {"ACME-2"}),
        ({"work": "exempt"}, {"ACME-11"}),
        ({"rule": "initiative-without-key-result"}, {"ACME-2"}),
        ({"text": "pay"}, {"ACME-1", "ACME-2", "acme/app#3"}),
        ({"text": "invoice pay"}, {"ACME-1"}),
        ({"text": "pay", "team": "product", "work": "served"}, {"ACME-1"}),
        ({"scope": "ratio"}, {"ACME-1", "ACME-2", "acme/app#3"}),
        ({"key_result": "dau", "scope": "okr"}, {"ACME-1", "ACME-10"}),
    ],
)
def test_all_that_is_stated_must_be_true_of_a_ticket(query: dict[str, str], expected: set[str]) -> None:
    assert {*keys(**query)} == expected


@pytest.mark.parametrize("query", [{"team": "nobody"}, {"key_result": "none"}, {"rule": "none"}, {"text": "zzz"}])
def test_an_unknown_team_key_result_rule_or_word_matches_nothing(query: dict[str, str]) -> None:
    assert keys(**query) == []


@pytest.mark.parametrize("query", [{"state": "<script>"}, {"work": "x"}, {"scope": "x"}, {"page": "x"}])
def test_an_unknown_choice_is_as_if_it_were_not_there(query: dict[str, str]) -> None:
    assert len(keys(**query)) == len(TICKETS)


def test_active_tickets_come_first_by_key_and_the_best_match_where_words_are_searched_for() -> None:
    assert keys()[:3] == ["acme/app#3", "ACME-1", "ACME-2"]
    assert keys(text="invoice")[0] == "ACME-10"


def test_what_a_private_key_result_is_linked_to_is_listed_to_its_audience_alone() -> None:
    linked = an_initiative("jira:ACME-5", serves=SECRET, title=SECRET_TITLE)
    for teams, found in (((), 0), (("product",), 1)):
        seen = a_snapshot(linked, *TICKETS, okrs=with_a_secret(), teams=teams)
        for ticket_filter in (TicketFilter(key_result=SECRET), TicketFilter(text=SECRET_TITLE)):
            assert len(matching_tickets(seen, ticket_filter)) == found


def test_sorting_by_a_hidden_title_tells_nothing_of_it() -> None:
    linked = an_initiative("jira:ACME-5", serves=SECRET, title="AAA first of all")
    seen = a_snapshot(linked, *TICKETS, okrs=with_a_secret())
    refs = matching_tickets(seen, TicketFilter())
    for sort in ("title", "-title"):
        assert sort_rows(refs, ticket_columns(seen), sort)[-1] == Ref("jira", "ACME-5")


def test_every_column_sorts_all_tickets_both_ways() -> None:
    seen = snapshot()
    columns = ticket_columns(seen)
    for column in columns:
        for sort in (column.name, f"-{column.name}") if column.name else ():
            assert len(sort_rows(matching_tickets(seen, TicketFilter()), columns, sort)) == len(TICKETS)
    by_key = sort_rows(matching_tickets(seen, TicketFilter()), columns, "key")
    assert [ref.key for ref in by_key][1:4] == ["ACME-1", "ACME-2", "ACME-10"]
