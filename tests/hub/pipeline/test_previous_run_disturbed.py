"""Whatever happens between two runs, a process that keeps its last run does what one does that begins anew."""

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from hub.core.insight.run_summary import RunResult
from hub.model.errors import SourceError
from hub.model.initiative import Ref
from hub.pipeline.previous_run import RunCache
from hub.pipeline.run_context import Mode
from rules.registry import ALL_RULES
from tests.changing_company import People, okrs, other_okrs
from tests.fakes.store import a_store
from tests.hub.pipeline.disturbed_desk import OTHER_ROWS, ROWS, Disturbed, DisturbedDesk, with_queries
from tests.hub.pipeline.test_previous_run import state, take_over
from tests.hub.pipeline.workspace import FREE, outcomes

BOARD = Ref("jira", "OPS-7777")


class Disturbance:
    """What happens to both desks, the same for the same dice."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        self.people = People(self.dice, 40)
        with_links = self.dice.random() < 0.5
        with_board = BOARD if self.dice.random() < 0.3 else None
        with_rows, may_stop = self.dice.random() < 0.5, self.dice.random() < 0.5
        limits = replace(FREE, max_new_comments=4) if not may_stop and self.dice.random() < 0.5 else FREE
        self.desks = tuple(self._a_desk(cache) for cache in (RunCache(), None))
        for desk in self.desks:
            desk.remote_links, desk.dashboard = with_links, with_board
            desk.may_stop, desk.limits = may_stop, limits
            if with_rows:
                desk.jira.rows, desk.jira.has_okrs = ROWS, True  # type: ignore[attr-defined]
        self.how: dict[str, Any] = {}

    def _a_desk(self, cache: RunCache | None) -> DisturbedDesk:
        trackers, store = {"jira": Disturbed("jira"), "github": Disturbed("github")}, a_store()
        with store._claimed() as db:  # the secret is in the fingerprints of what names private key results
            db.execute("update secret_key set value = ?", [b"the same in both states"])
        return DisturbedDesk(**trackers, rules=ALL_RULES, okrs=okrs(), store=store, cache=cache)  # type: ignore[arg-type]

    def step(self, number: int) -> list[RunResult | None]:
        snapshot = self.people.changed(self.dice.choice((0, 1, 2, 3))) if number else self.people.snapshot()
        said = {x.connector: list(x.commands) for x in snapshot.delta}
        self.how = {}
        for desk in self.desks:
            take_over(desk, self.people, said)
            desk.refresh = {}
        if number:
            for what in self.dice.sample(self.events(), self.dice.choice((0, 0, 1, 1, 2))):
                what()
        return [desk.run(**self.how) for desk in self.desks]

    def events(self) -> list[Callable[[], None]]:
        return [
            self.okrs_change,
            self.day_changes,
            self.source_fails,
            self.ticket_is_unreadable,
            self.all_is_well,
            self.all_is_well,
            self.row_changes,
            self.query_answers_otherwise,
            self.person_edits_ours,
            self.person_labels,
            self.writes_fail,
            self.other_kind_of_run,
            self.webhook,
            self.command_again,
        ]

    def okrs_change(self) -> None:
        made = self.dice.choice((okrs(), other_okrs(), with_queries(okrs(), measured=False)))
        made = self.dice.choice((made, made, with_queries(made, measured=True)))
        for desk in self.desks:
            desk.okrs = made

    def day_changes(self) -> None:
        days = self.dice.choice((1, 1, 7, 30))
        for desk in self.desks:
            desk.clock.wait(days=days)

    def _trackers(self) -> list[Disturbed]:
        name = self.dice.choice(("jira", "github"))
        return [getattr(desk, name) for desk in self.desks]

    def _ticket(self) -> tuple[list[Disturbed], Ref]:
        trackers = self._trackers()
        return trackers, self.dice.choice([kept.initiative.ref for kept in trackers[0]._kept.values()])

    def source_fails(self) -> None:
        for tracker in self._trackers():
            tracker.trouble.pull = SourceError(tracker.name, "is down")

    def ticket_is_unreadable(self) -> None:
        trackers, ref = self._ticket()
        for tracker in trackers:
            tracker.trouble.unreadable = {ref.key}

    def all_is_well(self) -> None:
        for desk in self.desks:
            for tracker in (desk.jira, desk.github):
                assert isinstance(tracker, Disturbed)
                tracker.trouble, tracker.answers_queries = type(tracker.trouble)(), True

    def row_changes(self) -> None:
        rows = self.dice.choice(OTHER_ROWS)
        for desk in self.desks:
            assert isinstance(desk.jira, Disturbed)
            desk.jira.rows = rows if desk.jira.has_okrs else None

    def query_answers_otherwise(self) -> None:
        value, found = self.dice.choice((3.0, 5.0)), frozenset(self.dice.sample(["00001", "00002", "00003"], 2))
        answers = self.dice.random() < 0.7
        for desk in self.desks:
            assert isinstance(desk.jira, Disturbed)
            desk.jira.value, desk.jira.found, desk.jira.answers_queries = value, found, answers

    def person_edits_ours(self) -> None:
        trackers = self._trackers()
        ours = [str(k.initiative.ref) for k in trackers[0]._kept.values() if any(map(trackers[0]._own, k.remarks))]
        if ours:
            ref, deletes = self.dice.choice(ours), self.dice.random() < 0.5
            for tracker in trackers:
                if deletes:
                    tracker.person_deletes_comment_of_the_hub(ref)
                else:
                    tracker.person_edits_comment_of_the_hub(ref)

    def person_labels(self) -> None:
        trackers, ref = self._ticket()
        label = self.dice.choice(("okr-unaligned", "okr-dependency", "okr-accept", "okr-exempt"))
        for tracker in trackers:
            if label in tracker.labels(str(ref)):
                tracker.person_unlabels(str(ref), label)
            else:
                tracker.person_labels(str(ref), label)

    def writes_fail(self) -> None:
        trackers = self._trackers()
        keys = {kept.initiative.ref.key for kept in trackers[0]._kept.values() if self.dice.random() < 0.3}
        what = self.dice.choice(("later", "labels_refused", "find_fails", "forbidden", "off_screen"))
        for tracker in trackers:
            setattr(tracker.trouble, what, keys)

    def other_kind_of_run(self) -> None:
        self.how = self.dice.choice(
            ({"mode": Mode.PLAN}, {"mode": Mode.PREVIEW}, {"only": ("jira",)}, {"confirmed": True})
        )

    def webhook(self) -> None:
        trackers, ref = self._ticket()
        ids = [kept.initiative.id for kept in trackers[0]._kept.values() if kept.initiative.ref == ref]
        for desk in self.desks:
            desk.refresh = {ref.connector: frozenset(ids)}

    def command_again(self) -> None:
        """A person edits a comment that held a command, or answers with another."""
        trackers, ref = self._ticket()
        ids = [kept.initiative.id for kept in trackers[0]._kept.values() if kept.initiative.ref == ref]
        command = self.people._command(ids[0])
        if self.people._comments > 1 and self.dice.random() < 0.5:
            command = replace(command, comment=str(self.dice.randrange(1, self.people._comments)))
        if self.dice.random() < 0.5:
            command = replace(command, at=command.at - timedelta(days=self.dice.randrange(1, 20)))
        for tracker in trackers:
            tracker.commands.append(command)


def done(result: RunResult | None) -> list[tuple[str, str]]:
    return [] if result is None else outcomes(result)


@pytest.mark.parametrize("seed", range(24))
def test_whatever_happens_a_kept_run_changes_nothing(seed: int) -> None:
    world = Disturbance(seed)
    keeping, fresh = world.desks
    for number in range(14):
        one, other = world.step(number)
        assert done(one) == done(other)
        if one is not None and other is not None:
            assert one.judgement == other.judgement
            assert one.plan == other.plan
        assert state(keeping) == state(fresh)
        for name in ("jira", "github"):
            trackers = [getattr(desk, name) for desk in world.desks]
            assert trackers[0].remarks() == trackers[1].remarks()
            assert trackers[0].links == trackers[1].links
            assert trackers[0].log == trackers[1].log
