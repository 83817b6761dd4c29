"""A judgement of what was touched alone says, word for word, what a judgement of everything says."""

import random

import pytest

from hub.core.checking.check import check
from hub.core.checking.evaluate import RuleSetting
from hub.core.incremental.judgement import IncrementalJudgement
from hub.core.mapping.build_portfolio import build_portfolio
from hub.core.mapping.incremental_portfolio import IncrementalPortfolio
from hub.model.finding import Judgement, Waiver
from hub.model.portfolio import DependencyHistory
from hub.model.ticket_input import Command
from rules.registry import ALL_RULES
from tests.builders import TODAY
from tests.changing_company import People, heard, long_known, okrs

KEY = b"secret of the state"
SETTINGS = {
    "low-alignment-ratio": RuleSetting(options={"min_active_tickets": 2}),
    "work-outside-cycle": RuleSetting(options={"one_by_one": 1}),
}
WAIVERS = (
    Waiver("unresolvable-link", "jira:ACME-1", "known", "ana", TODAY),
    Waiver("initiative-without-key-result", "ACME-3", "known", "ana", TODAY),
    Waiver("dependency-without-shared-okr", "product -> platform", "known", "ana", TODAY),
)


def assert_same(got: Judgement, expected: Judgement) -> None:
    for name in ("findings", "waived", "not_judged", "failed"):
        one, other = getattr(got, name), getattr(expected, name)
        assert one == other, name


@pytest.mark.parametrize("seed", range(60))
def test_after_random_edits_every_rule_says_what_it_says_of_everything(seed: int) -> None:
    people, updates = People(random.Random(seed), 60), 0
    commands: dict[str, tuple[Command, ...]] = {}
    history = long_known(people.snapshot(), KEY)
    kept = IncrementalJudgement(
        IncrementalPortfolio(people.snapshot(), okrs(), TODAY, history), ALL_RULES, SETTINGS, WAIVERS
    )
    for _ in range(12):
        history = DependencyHistory(dict(kept.portfolio.first_seen), commands, KEY)
        snapshot = people.changed(edits=people.dice.choice((1, 1, 2, 5)))
        commands = heard(commands, snapshot.delta)
        whole = build_portfolio(snapshot, okrs(), TODAY, history)
        expected = check(whole, ALL_RULES, SETTINGS, WAIVERS)
        if kept.update(snapshot.delta) is None:
            portfolio = IncrementalPortfolio(snapshot, okrs(), TODAY, history)
            kept = IncrementalJudgement(portfolio, ALL_RULES, SETTINGS, WAIVERS)
        else:
            updates += 1
        assert_same(kept.judgement, expected)
    assert updates >= 4
