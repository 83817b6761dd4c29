"""Who waits for whom, from links, words and sub-issues."""

import pytest

from hub.core.mapping.links import TicketIndex, dependencies
from hub.model.initiative import Initiative, Ref
from hub.model.link import Dependency, DependencySource
from tests.builders import a_ref, an_initiative

JIRA, OTHER, GITHUB = a_ref("jira:ACME-1"), a_ref("jira:ACME-2"), a_ref("github:acme/app#7")


def found(*tickets: Initiative, teams: dict[Ref, str] | None = None, unread: frozenset[str] = frozenset()):
    known = {ticket.ref: ticket for ticket in tickets}
    return dependencies(known, teams or {}, TicketIndex(known, unread))


def waits(text: str, ref: str = "jira:ACME-1") -> Initiative:
    return an_initiative(ref, depends_on_text=(text,))


@pytest.mark.parametrize(
    "tickets",
    [
        (an_initiative("jira:ACME-1", blocked_by=(GITHUB,)), an_initiative("github:acme/app#7")),
        (an_initiative("jira:ACME-1"), an_initiative("github:acme/app#7", blocks=(JIRA,))),
        (an_initiative("jira:ACME-1", blocked_by=(GITHUB,)), an_initiative("github:acme/app#7", blocks=(JIRA,))),
    ],
)
def test_a_block_stated_on_either_side_or_both_is_one_dependency(tickets: tuple[Initiative, ...]) -> None:
    assert found(*tickets) == (Dependency(JIRA, GITHUB, DependencySource.LINK),)


def test_a_link_to_a_ticket_that_was_not_read_counts() -> None:
    assert found(an_initiative(blocked_by=(GITHUB,))) == (Dependency(JIRA, GITHUB, DependencySource.LINK),)


@pytest.mark.parametrize(
    "text",
    ["acme/app#7", "ACME/App#7", "https://tracker.test/acme/app#7", "https://tracker.test/acme/app#7/", " acme/app#7 ",
     "github:acme/app#7"],
)  # fmt: skip
def test_words_name_a_ticket_of_the_other_tracker(text: str) -> None:
    assert found(waits(text), an_initiative("github:acme/app#7")) == (Dependency(JIRA, GITHUB, DependencySource.TEXT),)


def test_a_bare_number_means_the_same_repository() -> None:
    tickets = (waits("#7", "github:acme/app#8"), an_initiative("github:acme/app#7"), an_initiative("github:acme/web#7"))
    assert found(*tickets) == (Dependency(a_ref("github:acme/app#8"), GITHUB, DependencySource.TEXT),)


def test_words_that_name_no_ticket_mean_nothing() -> None:
    assert found(waits("the marketing people")) == ()


def test_words_may_name_a_ticket_of_a_source_that_was_not_read() -> None:
    (item,) = found(waits("acme/app#7"), unread=frozenset({"github"}))
    assert item == Dependency(JIRA, GITHUB, DependencySource.TEXT)


@pytest.mark.parametrize("backwards", [False, True])
def test_a_key_in_two_trackers_means_the_writers_own_tracker(backwards: bool) -> None:
    tickets = [waits("ACME-2", "second:ACME-1"), an_initiative("jira:ACME-2"), an_initiative("second:ACME-2")]
    (item,) = found(*(reversed(tickets) if backwards else tickets))
    assert item.providing == a_ref("second:ACME-2")


@pytest.mark.parametrize("backwards", [False, True])
def test_a_key_in_two_other_trackers_means_the_same_one_in_any_order(backwards: bool) -> None:
    tickets = [waits("ACME-2", "github:acme/app#7"), an_initiative("jira:ACME-2"), an_initiative("cloud:ACME-2")]
    (item,) = found(*(reversed(tickets) if backwards else tickets))
    assert item.providing == a_ref("cloud:ACME-2")


def test_a_sub_issue_of_another_team_makes_its_parent_wait() -> None:
    tickets = (an_initiative("jira:ACME-1"), an_initiative("jira:ACME-2", parent=JIRA))
    assert found(*tickets, teams={JIRA: "product", OTHER: "platform"}) == (
        Dependency(JIRA, OTHER, DependencySource.SUB_ISSUE),
    )
    assert found(*tickets, teams={JIRA: "product", OTHER: "product"}) == ()


def test_a_sub_issue_under_a_ticket_of_nobody_makes_nothing_wait() -> None:
    tickets = (an_initiative("jira:ACME-1"), an_initiative("jira:ACME-2", parent=JIRA))
    assert found(*tickets, teams={OTHER: "platform"}) == ()


def test_the_strongest_sign_of_a_pair_is_kept() -> None:
    tickets = (
        an_initiative("jira:ACME-1", depends_on_text=("ACME-2",), blocked_by=(OTHER,)),
        an_initiative("jira:ACME-2", parent=JIRA),
    )
    (item,) = found(*tickets, teams={JIRA: "product", OTHER: "platform"})
    assert item.source is DependencySource.LINK


def test_no_ticket_waits_for_itself() -> None:
    assert found(an_initiative(blocked_by=(JIRA,), depends_on_text=("ACME-1",), parent=JIRA)) == ()
