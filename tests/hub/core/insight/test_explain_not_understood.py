"""What was not understood, summed up by kind; nothing in it tells of a private key result."""

from dataclasses import replace

from hub.core.insight.explain import Kind, by_kind, without_private_names
from hub.model.initiative import Initiative
from hub.model.okr import Visibility
from hub.model.ticket_input import NotUnderstood
from tests.builders import a_key_result, an_initiative, some_okrs


def of(key: str, *written: str, where: str = "priority", setting: str = "priorities") -> Initiative:
    values = tuple(NotUnderstood(where, text, "why", setting) for text in written)
    return replace(an_initiative(f"jira:{key}"), not_understood=values)


def test_kinds_are_counted_by_ticket_with_up_to_three_examples() -> None:
    tickets = [of(f"A-{n}", f"word{n}") for n in range(5)] + [of("A-9", "a", "b", where="text", setting="")]
    first, second = by_kind(tickets, some_okrs())
    assert first == Kind("priority", 5, (("word0", "A-0"), ("word1", "A-1"), ("word2", "A-2")), "priorities")
    assert (second.field, second.tickets) == ("text", 1)


def test_a_value_that_names_a_private_key_result_is_left_out_whole() -> None:
    secret = a_key_result("merger", title="Buy Initech", visibility=Visibility.PRIVATE)
    okrs = some_okrs(key_results=(secret,))
    values = of("A-1", "kr-merger", "BUY INITECH now", "MERGER", "plain").not_understood
    assert [not_understood.raw for not_understood in without_private_names(values, okrs)] == ["plain"]
    (kind,) = by_kind([of("A-1", "merger"), of("A-2", "plain")], okrs)
    assert (kind.tickets, kind.examples) == (1, (("plain", "A-2"),))


def test_tickets_that_are_only_read_for_others_do_not_count() -> None:
    assert by_kind([replace(of("A-1", "x"), reference_only=True)], some_okrs()) == ()
