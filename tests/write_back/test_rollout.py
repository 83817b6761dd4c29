"""A first rollout of 5,000 findings: the caps hold, the writes are paced, everything is posted once in the end."""

from dataclasses import dataclass, field

from connectors.http.host_limiter import HostRateLimiter
from hub.core.planning.safety import Limits
from hub.model.action import Comment, Status, Target
from hub.model.errors import RetryLater
from hub.model.message import Message
from tests.builders import an_initiative
from tests.fakes.clock import FakeClock
from tests.fakes.connector import FakeConnector
from tests.hub.pipeline.workspace import Desk

FINDINGS, PROJECTS = 5_000, 10
PER_MINUTE, PER_HOUR, LONGEST = 60.0, 450, 60.0
LIMITS = Limits(max_share=1.0, first_run_confirm_above=FINDINGS)


@dataclass
class Paced(FakeConnector):
    """A tracker behind the gate's own count of writes, on the clock of the test."""

    clock: FakeClock = field(default_factory=FakeClock)

    def __post_init__(self) -> None:
        super().__init__("jira")
        self.pace = HostRateLimiter()
        self.at: list[float] = []

    def _turn(self, target: Target) -> None:
        wait = self.pace.reserve("write", self.clock.now(), per_minute=PER_MINUTE, per_hour=PER_HOUR, longest=LONGEST)
        if wait > LONGEST:
            raise RetryLater(self.name, "the hour's writes are spent", wait=wait, key=target.ref.key)
        self.clock.wait(seconds=wait)
        self.at.append(self.clock.now().timestamp())

    def create_comment(self, target: Target, message: Message) -> Comment:
        self._turn(target)
        return super().create_comment(target, message)

    def update_labels(self, target: Target, add: frozenset[str], remove: frozenset[str]) -> None:
        self._turn(target)
        super().update_labels(target, add, remove)


def test_five_thousand_findings_are_posted_within_the_limits_and_none_twice() -> None:
    clock = FakeClock()
    tracker = Paced(clock=clock)
    for number in range(FINDINGS):
        tracker.put(an_initiative(f"jira:P{number % PROJECTS}-{number}", title="bad"))
    desk = Desk(jira=tracker, clock=clock, limits=LIMITS)
    assert desk.run().unsafe is None
    runs = 1
    while tracker.writes["create_comment"] < FINDINGS:
        before = tracker.writes["create_comment"]
        clock.wait(seconds=3600)
        outcome = desk.run()
        runs += 1
        assert tracker.writes["create_comment"] - before <= LIMITS.max_new_comments
        assert {receipt.status for receipt in outcome.receipts} <= {Status.DONE, Status.DEFERRED}
        assert runs < 60
    assert desk.run().receipts == ()
    assert tracker.writes == {"create_comment": FINDINGS, "update_labels": FINDINGS}
    assert all(tracker.said(f"jira:P{n % PROJECTS}-{n}") for n in range(0, FINDINGS, 499))
    assert most_within(tracker.at, 60) <= 80
    assert most_within(tracker.at, 3600) <= 500


def most_within(moments: list[float], seconds: float) -> int:
    """The most writes in any stretch of time."""
    most, start = 0, 0
    for end, moment in enumerate(moments):
        while moments[start] <= moment - seconds:
            start += 1
        most = max(most, end - start + 1)
    return most
