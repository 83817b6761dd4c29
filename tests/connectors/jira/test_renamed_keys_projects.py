"""A project whose key was changed, while the configuration and the OKR files still say the old one."""

from dataclasses import replace

import pytest

from connectors.jira.queries import known_moves, moved_projects, updated_moves
from hub.model.initiative import Initiative
from tests.builders import an_initiative

QUERY = "project in (ACME, BIZ) AND type = Epic"


def ticket(key: str, *more: str, context: bool = False) -> Initiative:
    ticket = an_initiative(f"jira:{key}", reference_only=context)
    return replace(ticket, containers=(*more, key.partition("-")[0]))


def today(name: str) -> str:
    return {"ACME": "SHOP", "BIZ": "BIZ"}.get(name, "")


def never(name: str) -> str:
    pytest.fail(f"nobody needs to ask for {name}")


def test_tickets_stand_under_both_keys_and_their_own_is_the_last() -> None:
    moved = moved_projects(QUERY, [ticket("SHOP-1"), ticket("BIZ-1")], today)
    assert moved.under(ticket("SHOP-1")).containers == ("ACME", "SHOP")
    assert moved.under(ticket("SHOP-1", "team/core")).containers == ("team/core", "ACME", "SHOP")
    assert moved.under(ticket("BIZ-1")).containers == ("BIZ",)
    assert moved.notes() == (
        "the project ACME is called SHOP now: write SHOP in `query` and in the `owns` of its team",
    )


@pytest.mark.parametrize(
    ("query", "keys"),
    [
        (QUERY, ["ACME-1", "BIZ-1"]),
        (QUERY, ["ACME-1", "BIZ-1", "OTHER-1"]),
        (QUERY, ["BIZ-1"]),
        (QUERY, []),
        ("type = Epic", ["SHOP-1"]),
    ],
)
def test_nothing_is_asked_where_no_key_can_have_changed(query: str, keys: list[str]) -> None:
    assert moved_projects(query, map(ticket, keys), never).old_keys == {}


def test_a_project_that_is_no_renamed_one_takes_no_name() -> None:
    assert moved_projects(QUERY, [ticket("OTHER-1"), ticket("BIZ-1")], lambda _name: "").old_keys == {}
    assert moved_projects(QUERY, [ticket("SHOP-1", context=True)], never).old_keys == {}


def test_what_was_learned_is_remembered_and_news_are_noticed() -> None:
    kept = [ticket("SHOP-1", "ACME"), ticket("BIZ-1", "team/core")]
    assert known_moves(QUERY, kept).old_keys == {"SHOP": "ACME"}
    assert updated_moves(QUERY, kept, [ticket("SHOP-2")], never).old_keys == {"SHOP": "ACME"}
    news = updated_moves(QUERY, [ticket("ACME-1")], [ticket("SHOP-2")], today)
    assert news.old_keys == {"SHOP": "ACME"}
    assert news.is_news([ticket("ACME-1")])
    assert not news.is_news(kept)
