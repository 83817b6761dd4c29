"""A desk to try whole runs on: two trackers, a store, rules and limits, and the runs in between."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from hub.core.checking.evaluate import RuleSetting
from hub.core.insight.run_summary import RunResult
from hub.core.planning.safety import Limits
from hub.model.action import Status
from hub.model.finding import Waiver
from hub.model.initiative import Initiative
from hub.model.okr import Okrs
from hub.pipeline.previous_run import RunCache
from hub.pipeline.pull import Source
from hub.pipeline.run_context import Mode, RunContext
from hub.pipeline.sync import sync
from hub.store.sqlite.store import SqliteStore
from rules.base import Rule
from tests.builders import acme_okrs
from tests.fakes.clock import FakeClock
from tests.fakes.connector import FakeConnector
from tests.fakes.rule import a_rule, every_ticket
from tests.fakes.store import a_store


def cache_of_tests() -> RunCache | None:
    """None, so that each run begins with the state; `HUB_TEST_CACHE=1` has every desk keep its previous run."""
    return RunCache() if os.environ.get("HUB_TEST_CACHE") else None


FREE = Limits(max_share=1.0, max_resolved_share=1.0, first_run_confirm_above=1000)


@dataclass
class Desk:
    """`run` is one sync; everything else stays as it was left."""

    jira: FakeConnector = field(default_factory=FakeConnector)
    github: FakeConnector = field(default_factory=lambda: FakeConnector("github"))
    store: SqliteStore = field(default_factory=a_store)
    rules: Sequence[Rule] = field(default_factory=lambda: (a_rule("bad-title", every_ticket),))
    okrs: Okrs = field(default_factory=acme_okrs)
    limits: Limits = FREE
    clock: FakeClock = field(default_factory=FakeClock)
    settings: Mapping[str, RuleSetting] = field(default_factory=dict)
    waivers: Sequence[Waiver] = ()
    heard: list[tuple[str, int]] = field(default_factory=list)
    cache: RunCache | None = field(default_factory=cache_of_tests)

    def job(self, *, mode: Mode = Mode.PUBLISH, only: Sequence[str] = (), confirmed: bool = False) -> RunContext:
        return RunContext(
            sources=[
                Source(fake_connector, not only or fake_connector.name in only)
                for fake_connector in (self.jira, self.github)
            ],
            okrs=self.okrs,
            rules=self.rules,
            settings=self.settings,
            waivers=self.waivers,
            limits=self.limits,
            store=self.store,
            now=self.clock.now,
            today=self.clock.today,
            stopwatch=self.clock.stopwatch,
            owner="host:1",
            mode=mode,
            confirmed=confirmed,
            cache=self.cache,
            progress=lambda what, count: self.heard.append((what, count)),
        )

    def run(self, **how: Any) -> RunResult:
        self.clock.wait(seconds=60)
        return sync(self.job(**how), lambda outcome: {"actions": len(outcome.receipts)})

    @property
    def written(self) -> int:
        return self.jira.written + self.github.written


def a_desk(*tickets: Initiative, **changes: Any) -> Desk:
    """The tickets in the trackers that their names say."""
    desk = Desk(**changes)
    for ticket in tickets:
        {"jira": desk.jira, "github": desk.github}[ticket.ref.connector].put(ticket)
    return desk


def outcomes(outcome: RunResult) -> list[tuple[str, str]]:
    """What came of each action, in order."""
    return [(str(receipt.action.kind), str(receipt.status)) for receipt in outcome.receipts]


def statuses(outcome: RunResult) -> set[Status]:
    return {receipt.status for receipt in outcome.receipts}
