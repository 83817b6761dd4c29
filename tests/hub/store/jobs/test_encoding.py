"""What one step leaves for the next is the same when it is read again, whatever a tracker put into it."""

from dataclasses import asdict, replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.model.action import Action, LedgerEntry, Receipt
from hub.model.initiative import PullResult, Ref
from hub.store.jobs.encoding import (
    decode_pull,
    decode_tickets,
    decode_values,
    encode_pull,
    encode_tickets,
    encode_values,
)
from tests.builders import an_initiative

TEXTS = st.text(st.characters(), min_size=1, max_size=5)
st.register_type_strategy(Ref, TEXTS.map(lambda key: Ref("jira", key)))
st.register_type_strategy(datetime, st.datetimes(timezones=st.just(UTC)))
# The model holds no other numbers, and JSON none either.
st.register_type_strategy(float, st.floats(allow_nan=False, allow_infinity=False))


@settings(max_examples=60)
@given(st.lists(st.one_of(st.from_type(Action), st.from_type(LedgerEntry), st.from_type(Receipt)), max_size=2))
def test_actions_entries_and_receipts_come_back(values: list[Any]) -> None:
    found = decode_values(encode_values(values))
    assert found == tuple(values)
    # Fields that don't count in a comparison come back as well.
    assert [asdict(value) for value in found] == [asdict(value) for value in values]


@settings(max_examples=60)
@given(st.from_type(PullResult))
def test_a_pull_comes_back(pulled: PullResult) -> None:
    tickets = decode_tickets(encode_tickets(pulled.initiatives))
    assert decode_pull(encode_pull(pulled), tickets) == pulled


def test_half_a_character_comes_back() -> None:
    ticket = an_initiative(title="cut \ud83d")
    assert decode_tickets(encode_tickets([ticket])) == (ticket,)
    pulled = PullResult("jira", (ticket,), notes=("cut \ud83d",))
    assert decode_pull(encode_pull(pulled), (ticket,)) == pulled


def test_nothing_is_made_of_a_name_that_is_not_known() -> None:
    with pytest.raises(KeyError):
        decode_values('[{"Popen":["rm"]}]')


def test_tickets_are_left_out_of_the_pull() -> None:
    pulled = PullResult("jira", tuple(an_initiative(f"jira:ACME-{number}") for number in range(50)))
    assert len(encode_pull(pulled)) == len(encode_pull(replace(pulled, initiatives=())))
