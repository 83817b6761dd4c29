"""A plan of the tickets that were touched is the plan of all tickets, whatever became of the plans before."""

import random
from collections.abc import Iterable
from dataclasses import replace

import pytest

from hub.core.checking.check import check
from hub.core.checking.redacted_portfolio import strip_private_content
from hub.core.incremental.judgement import IncrementalJudgement
from hub.core.incremental.plan_part import open_tickets, part_to_plan
from hub.core.mapping.build_portfolio import build_portfolio
from hub.core.mapping.incremental_portfolio import IncrementalPortfolio
from hub.core.planning.plan import Plan, plan
from hub.model.action import Action, ActionKind, LedgerEntry
from hub.model.initiative import Snapshot
from hub.model.portfolio import DependencyHistory
from hub.model.ticket_input import Command
from rules.registry import ALL_RULES
from tests.builders import TODAY
from tests.changing_company import People, heard, long_known, okrs

KEY = b"secret of the state"
BOTH = frozenset({"jira", "github"})
Ledger = dict[tuple[str, str], LedgerEntry]


def carried_out(ledger: Ledger, actions: Iterable[Action], dice: random.Random) -> Ledger:
    """The ledger after a run in which one write in six failed."""
    known = dict(ledger)
    for action in actions:
        if dice.random() < 1 / 6:
            continue
        key = (action.target.ref.connector, action.target.id)
        entry = known.get(key, LedgerEntry(action.target))
        if action.label is not None and action.kind is ActionKind.ADD_LABEL:
            entry = replace(entry, labels=entry.labels | {action.label})
        elif action.label is not None:
            entry = replace(entry, labels=entry.labels - {action.label})
        elif action.message is not None:
            entry = replace(
                entry,
                comment_id=entry.comment_id or "1",
                digest=action.digest,
                findings=action.findings,
                resolved=action.message.resolved,
                mute_comment_id=action.mute_comment_id,
            )
        known[key] = entry
    return known


def meddled(ledger: Ledger, dice: random.Random) -> tuple[Ledger, list[tuple[str, str]]]:
    """What people did to one of our comments, as it was observed."""
    if not ledger or dice.random() < 0.5:
        return ledger, []
    key = dice.choice(sorted(ledger))
    change = dice.choice(
        ({"edited_by_human": True}, {"comment_id": None, "comment_removed_by_human": ""}, {"absences": 1})
    )
    return {**ledger, key: replace(ledger[key], **change)}, [key]


class Company:
    """One company that is planned whole and in part, run after run."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        self.people = People(self.dice, 60)
        self.ledger: Ledger = {}
        self.commands: dict[str, tuple[Command, ...]] = {}
        self.history = long_known(self.people.snapshot(), KEY)
        self.start(self.people.snapshot())
        self.last = self.plan_all(self.people.snapshot())
        self.ledger = carried_out(self.ledger, self.last.actions, self.dice)

    def start(self, snapshot: Snapshot) -> None:
        portfolio = IncrementalPortfolio(snapshot, okrs(), TODAY, self.history)
        self.kept = IncrementalJudgement(portfolio, ALL_RULES, {}, ())

    def plan_all(self, snapshot: Snapshot) -> Plan:
        portfolio = build_portfolio(snapshot, okrs(), TODAY, self.history)
        judgement = check(portfolio, ALL_RULES)
        return plan(strip_private_content(portfolio), judgement, self.ledger, BOTH)

    def run(self) -> bool:
        """Whether the run could be planned in part; the two plans are the same then."""
        self.history = DependencyHistory(dict(self.kept.portfolio.first_seen), self.commands, KEY)
        snapshot = self.people.changed(self.dice.choice((1, 1, 2, 4)))
        self.commands = heard(self.commands, snapshot.delta)
        self.ledger, observed = meddled(self.ledger, self.dice)
        expected = self.plan_all(snapshot)
        change = self.kept.update(snapshot.delta)
        if change is None:
            self.start(snapshot)
        else:
            tickets = {
                (name, id_)
                for name, known in self.people.tickets.items()
                for id_, t in known.items()
                if not t.reference_only
            }
            gone = frozenset(self.ledger.keys() - tickets)
            others = open_tickets(self.last) | {self.ledger[key].target.ref for key in observed}
            part = part_to_plan(self.kept, change, others, gone)
            portfolio = strip_private_content(self.kept.portfolio)
            got = plan(portfolio, self.kept.judgement, self.ledger, BOTH, part=part)
            assert got == expected
        self.last = expected
        self.ledger = carried_out(self.ledger, self.last.actions, self.dice)
        return change is not None


@pytest.mark.parametrize("seed", range(40))
def test_after_random_edits_the_same_is_planned_as_for_all_tickets(seed: int) -> None:
    company = Company(seed)
    assert sum(company.run() for _ in range(12)) >= 4
