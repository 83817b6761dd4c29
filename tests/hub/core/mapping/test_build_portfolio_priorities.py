"""The four priorities out of stated ones and dragged ranks."""

from hub.core.mapping.build_portfolio import priorities
from hub.model.initiative import Initiative, PriorityBand
from tests.builders import an_initiative


def banded(*tickets: Initiative) -> dict[str, int]:
    found = priorities({t.ref: t for t in tickets}, [t.ref for t in tickets])
    return {ref.key: band for ref, band in found.items()}


def test_a_stated_priority_is_the_band() -> None:
    assert banded(an_initiative(priority=PriorityBand.LOW)) == {"ACME-1": 4}


def test_a_list_that_people_ordered_is_cut_in_four() -> None:
    tickets = [an_initiative(f"jira:ACME-{n}", rank=f"0|{n:03}") for n in range(8, 0, -1)]
    assert banded(*tickets) == {f"ACME-{n}": 1 + (n - 1) // 2 for n in range(1, 9)}


def test_a_stated_priority_wins_over_the_place_in_the_list() -> None:
    tickets = [an_initiative(f"jira:ACME-{n}", rank=str(n)) for n in range(1, 4)]
    assert banded(*tickets, an_initiative("jira:ACME-9", rank="9", priority=PriorityBand.HIGHEST))["ACME-9"] == 1


def test_three_tickets_are_too_few_to_tell_bands() -> None:
    assert banded(*(an_initiative(f"jira:ACME-{n}", rank=str(n)) for n in range(1, 4))) == {}


def test_lists_of_different_containers_are_not_compared() -> None:
    tickets = [an_initiative(f"jira:{project}-{n}", rank=str(n)) for project in "AB" for n in range(1, 4)]
    assert banded(*tickets) == {}


def test_a_ticket_without_rank_or_place_has_no_band() -> None:
    ranked = [an_initiative(f"jira:ACME-{n}", rank=str(n)) for n in range(1, 5)]
    found = banded(*ranked, an_initiative("jira:ACME-8"), an_initiative("jira:ACME-9", rank="9", containers=()))
    assert found.keys() == {f"ACME-{n}" for n in range(1, 5)}
