"""A portfolio that is brought up to date is the one that would be built of all tickets."""

import random
from dataclasses import fields

import pytest

from hub.core.mapping.build_portfolio import build_portfolio
from hub.core.mapping.incremental_portfolio import IncrementalPortfolio
from hub.model.portfolio import DependencyHistory, Portfolio
from tests.builders import TODAY
from tests.changing_company import People, heard, long_known, okrs

KEY = b"secret of the state"


def tables(portfolio: Portfolio) -> dict[str, object]:
    """All that it holds; what is offered to each ticket in place of the function."""
    values = {part.name: getattr(portfolio, part.name) for part in fields(portfolio)}
    del values["cache"], values["candidates"]
    offered = {ref: portfolio.candidates(ticket) for ref, ticket in portfolio.initiatives.items()}
    return values | {"offered": offered}


@pytest.mark.parametrize("seed", range(40))
def test_after_random_edits_every_table_is_as_if_all_were_mapped(seed: int) -> None:
    people = People(random.Random(seed), 60)
    history = long_known(people.snapshot(), KEY)
    kept = IncrementalPortfolio(people.snapshot(), okrs(), TODAY, history)
    commands: dict[str, tuple[object, ...]] = {}
    updates = 0
    for _ in range(12):
        history = DependencyHistory(dict(kept.portfolio.first_seen), commands, KEY)  # type: ignore[arg-type]
        snapshot = people.changed(edits=people.dice.choice((1, 1, 2, 5)))
        commands = heard(commands, snapshot.delta)  # type: ignore[arg-type, assignment]
        whole = build_portfolio(snapshot, okrs(), TODAY, history)
        update = kept.prepare(snapshot.delta)
        if update is None:
            whole_history = DependencyHistory(history.first_seen, history.commands, KEY)
            kept = IncrementalPortfolio(snapshot, okrs(), TODAY, whole_history)
        else:
            kept.apply(update)
            updates += 1
        expected, got = tables(whole), tables(kept.portfolio)
        for name, value in expected.items():
            assert got[name] == value, name
    assert updates >= 6
