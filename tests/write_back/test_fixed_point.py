"""Random portfolios, edits by people and faults: sync comes to rest in two runs, and nothing of people's is touched."""

from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from hub.model.action import HUB_LABELS
from hub.model.okr import Okrs
from rules.registry import ALL_RULES
from tests.fakes.connector import FakeConnector, Trouble
from tests.hub.pipeline.portfolios import healed, okrs, tickets
from tests.hub.pipeline.workspace import Desk, a_desk

FAULTS = ("arrives_unanswered", "lost_before_arrival", "fails_before_arrival")
TITLES = ("Daily use", "@all [x](y)", "Faster <b>pages</b>", "Upkeep")


class Portfolios(RuleBasedStateMachine):
    """Each step is one thing that people, a tracker or a run does; runs bring all to rest in between."""

    desk: Desk

    @initialize(work=tickets(), goals=okrs())
    def begin(self, work: Any, goals: Okrs) -> None:
        self.desk = a_desk(*map(healed, work), rules=ALL_RULES, okrs=goals)

    def _one(self, number: int) -> tuple[FakeConnector, str] | None:
        all_of_them = [(t, str(k.initiative.ref)) for t in (self.desk.jira, self.desk.github) for k in t._kept.values()]
        return all_of_them[number % len(all_of_them)] if all_of_them else None

    @rule(number=st.integers(0, 99), label=st.sampled_from((*HUB_LABELS, "team-red", "okr-exempt", "okr-accept")))
    def a_person_sets_or_takes_a_label(self, number: int, label: str) -> None:
        if found := self._one(number):
            tracker, ref = found
            there = label in tracker.labels(ref)
            (tracker.person_unlabels if there else tracker.person_labels)(ref, label)

    @rule(number=st.integers(0, 99), deed=st.sampled_from(("edit", "delete", "comment", "copy", "retitle", "leave")))
    def a_person_does_something(self, number: int, deed: str) -> None:
        if found := self._one(number):
            tracker, ref = found
            match deed:
                case "edit":
                    tracker.person_edits_comment_of_the_hub(ref)
                case "delete":
                    tracker.person_deletes_comment_of_the_hub(ref)
                case "comment" | "copy":
                    tracker.person_comments(ref, f"a thought {number}", marked=deed == "copy")
                case "retitle":
                    tracker.edit(ref, title=TITLES[number % len(TITLES)])
                case "leave":
                    (tracker.leaves_query if tracker.ticket(ref).listed else tracker.comes_back)(ref)

    @rule(fault=st.sampled_from(FAULTS), on_github=st.booleans(), times=st.integers(1, 3))
    def a_run_meets_a_fault(self, fault: str, on_github: bool, times: int) -> None:
        tracker = self.desk.github if on_github else self.desk.jira
        setattr(tracker.trouble, fault, times)
        self._run_and_compare()
        tracker.trouble = Trouble()

    @rule()
    def two_runs_come_to_rest(self) -> None:
        self._run_and_compare()
        self._run_and_compare()
        assert [str(r.action) for r in self.desk.run().receipts] == []
        for tracker in (self.desk.jira, self.desk.github):
            for kept in tracker._kept.values():
                tracker.said(str(kept.initiative.ref))

    def _run_and_compare(self) -> None:
        before = self.desk.jira.of_people(), self.desk.github.of_people()
        self.desk.run()
        assert (self.desk.jira.of_people(), self.desk.github.of_people()) == before


Portfolios.TestCase.settings = settings(
    max_examples=40, stateful_step_count=15, deadline=None, suppress_health_check=list(HealthCheck)
)
TestSyncComesToRest = Portfolios.TestCase
