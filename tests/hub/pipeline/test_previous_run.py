"""A process that keeps its last run does, run after run, what a process does that begins anew."""

import random
from dataclasses import replace
from typing import Any

import pytest

from hub.model.action import HUB_LABELS
from hub.model.initiative import Initiative, PullResult, PullState, SyncMode
from hub.model.ticket_input import Command
from hub.pipeline.previous_run import RunCache
from rules.registry import ALL_RULES
from tests.changing_company import People, okrs
from tests.fakes.connector import FakeConnector
from tests.hub.pipeline.workspace import Desk, outcomes


class CursorConnector(FakeConnector):
    """Tells the changes alone, once everything was read."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.commands: list[Command] = []

    def tickets(self) -> dict[str, Initiative]:
        """Everything that is there, by id."""
        return {ticket.id: ticket for ticket in super().pull().initiatives}

    def pull(self, known: PullState | None = None) -> PullResult:
        whole = super().pull(known)
        commands, self.commands = tuple(self.commands), []
        if known is None:
            return replace(whole, cursor="1", commands=commands)
        tickets = {ticket.id: ticket for ticket in whole.initiatives}
        again = known.requested | known.recheck
        return replace(
            whole,
            initiatives=tuple(t for id_, t in tickets.items() if id_ in again or known.tickets.get(id_) != t),
            deleted=frozenset(known.tickets.keys() - tickets),
            mode=SyncMode.INCREMENTAL,
            cursor="1",
            commands=commands,
        )


def a_desk(memory: RunCache | None) -> Desk:
    trackers = {"jira": CursorConnector("jira"), "github": CursorConnector("github")}
    return Desk(**trackers, rules=ALL_RULES, okrs=okrs(), cache=memory)  # type: ignore[arg-type]


def take_over(desk: Desk, people: People, commands: dict[str, list[Command]]) -> None:
    """Bring the trackers to what the tickets are by now; labels of the hub stay as they are there."""
    for name, tracker in (("jira", desk.jira), ("github", desk.github)):
        assert isinstance(tracker, CursorConnector)
        present = tracker.tickets()
        for id_ in present.keys() - people.tickets[name]:
            tracker.is_deleted(str(present[id_].ref))
        for id_, ticket in people.tickets[name].items():
            before = present.get(id_)
            own = frozenset() if before is None else before.labels & frozenset(HUB_LABELS)
            wanted = replace(ticket, labels=(ticket.labels - frozenset(HUB_LABELS)) | own)
            if before is None or replace(before, updated=wanted.updated) != wanted:
                tracker.put(replace(wanted, updated=desk.clock.now()))
        tracker.commands = list(commands.get(name, ()))


def state(desk: Desk) -> dict[str, Any]:
    store = desk.store
    return {
        "ledger": store.ledger_entries(),
        "since": store.first_seen(),
        "dates": dict(store.dependency_history().first_seen),
        "commands": store.dependency_history().commands,
        "waiting": store.deferred_comments(),
        "tickets": {source.connector: source.initiatives for source in store.snapshot()},
    }


def remarks(desk: Desk) -> list[object]:
    return [
        (ticket.ref, [(x.author, x.message) for x in tracker.ticket(str(ticket.ref)).remarks], ticket.labels)
        for tracker in (desk.jira, desk.github)
        for ticket in tracker.pull().initiatives
    ]


@pytest.mark.parametrize("seed", range(8))
def test_runs_with_and_without_a_memory_write_and_record_the_same(seed: int) -> None:
    people = People(random.Random(seed), 40)
    keeping, fresh = a_desk(RunCache()), a_desk(None)
    updates = 0
    for step in range(8):
        snapshot = people.changed(people.dice.choice((1, 2, 3))) if step else people.snapshot()
        said = {x.connector: list(x.commands) for x in snapshot.delta}
        results = []
        for desk in (keeping, fresh):
            take_over(desk, people, said)
            results.append(desk.run())
        updates += results[0].is_update
        assert outcomes(results[0]) == outcomes(results[1])
        assert results[0].judgement.findings == results[1].judgement.findings
        assert state(keeping) == state(fresh)
        assert remarks(keeping) == remarks(fresh)
    assert updates >= 4
    keeping.cache = None
    keeping.run()
    quiet = keeping.run()
    assert outcomes(quiet) == []
