"""Random portfolios, edits by people and faults over HTTP: at rest in two runs, and nothing of people's touched."""

from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from hub.model.action import HUB_LABELS
from hub.model.okr import Okrs
from tests.hub.pipeline.portfolios import okrs, tickets
from tests.write_back.two_trackers import TwoTrackers

FAULTS = ("status_after", "drop_after", "status", "drop")
TITLES = ("Daily use", "@all [x](y)", "Faster <b>pages</b>", "Upkeep")
WORDS = (
    "a thought",
    "<!-- alignment-hub:v1 acme/acme/app#1 -->\ncopied",
    "/okr exempt upkeep",
    "> /okr accept\n\nno",
    "/okr kr dau",
)


class Portfolios(RuleBasedStateMachine):
    """Each step is one thing that people, a tracker or a run does; runs bring all to rest in between."""

    here: TwoTrackers | None = None

    @initialize(work=tickets(), goals=okrs())
    def begin(self, work: Any, goals: Okrs) -> None:
        self.here = TwoTrackers(goals)
        self.here.fill(work)
        self.here.run()

    @rule(number=st.integers(0, 99), label=st.sampled_from((*HUB_LABELS, "team-red", "okr-exempt", "okr-accept")))
    def a_person_sets_or_takes_a_label(self, number: int, label: str) -> None:
        if self.here and self.here.refs:
            self.here.toggle(self.here.refs[number % len(self.here.refs)], label)

    @rule(number=st.integers(0, 99), deed=st.sampled_from(("edit", "delete", "say", "retitle", "finish")))
    def a_person_does_something(self, number: int, deed: str) -> None:
        if not (self.here and self.here.refs):
            return
        ref = self.here.refs[number % len(self.here.refs)]
        match deed:
            case "edit":
                self.here.edit_ours(ref, f"no, {number}")
            case "delete":
                self.here.edit_ours(ref, None)
            case "say":
                self.here.comment(ref, WORDS[number % len(WORDS)])
            case "retitle":
                self.here.retitle(ref, TITLES[number % len(TITLES)])
            case "finish":
                self.here.finish(ref)

    @rule(fault=st.sampled_from(FAULTS), tracker=st.sampled_from(("jira", "github")), times=st.integers(1, 3))
    def a_run_meets_faults(self, fault: str, tracker: str, times: int) -> None:
        if self.here:
            self.here.breaks(tracker, fault, times)
            self._run_and_compare(self.here)
            self.here.mend()

    def teardown(self) -> None:
        if self.here is None:
            return
        try:
            self._comes_to_rest(self.here)
        finally:
            self.here.close()

    @rule()
    def two_runs_come_to_rest(self) -> None:
        if self.here:
            self._comes_to_rest(self.here)

    def _comes_to_rest(self, here: TwoTrackers) -> None:
        self._run_and_compare(here)
        self._run_and_compare(here)
        written = here.writes
        assert [str(receipt) for receipt in here.run().receipts] == []
        assert here.writes == written
        assert all(len(here.texts(ref)) <= 1 for ref in here.refs)

    def _run_and_compare(self, here: TwoTrackers) -> None:
        before = here.others()
        here.run()
        assert here.others() == before


Portfolios.TestCase.settings = settings(
    max_examples=6,
    stateful_step_count=8,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.generate, Phase.shrink),
)
TestSyncComesToRestOverHttp = Portfolios.TestCase
