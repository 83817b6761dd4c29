"""Two replicas of which one is killed again and again: nothing doubled or lost, no limit exceeded, pages all the time.

HUB_REPLICA_KILLS says how often, at most in HUB_REPLICA_SECONDS. With HUB_REPLICA_LIMITS=vendor the limits are GitHub's
own (80 writes a minute and 500 an hour, of which the hub takes its default share) and not some that let the test end
soon.
"""

import os
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from random import Random
from signal import SIGKILL
from time import monotonic, sleep

import httpx
import pytest

from hub.cli import demo
from hub.sandbox.github import app as github
from hub.sandbox.jira import app as jira
from tests.end_to_end import serving
from tests.end_to_end.forked import starting
from tests.end_to_end.serving import Serving, until
from tests.end_to_end.test_serve_killed import OFTEN, requests, rhythm, slow
from tests.end_to_end.workspace import Desk
from tests.hub.store.postgres_server import PostgresServer
from tests.sandbox_support.apps import github_app, jira_app
from tests.sandbox_support.limit_watch import LimitWatch

KILLS = int(os.environ.get("HUB_REPLICA_KILLS", "4"))
SECONDS = float(os.environ.get("HUB_REPLICA_SECONDS", "inf"))
AS_VENDOR = os.environ.get("HUB_REPLICA_LIMITS") == "vendor"
# The sandbox's limits of a minute and an hour, and what the hub is told to take of them.
LIMITS, OWN = ((80, 500), (60, 450)) if AS_VENDOR else ((640, 500), (480, 450))
PAGES = ("/", "/teams", "/findings", "/tickets", "/runs", "/api/findings", "/healthz")
# A round may have to wait until the budget of an hour lets it write again.
PATIENCE = 4000.0 if AS_VENDOR else serving.PATIENCE
PAUSE_SECONDS, PAUSE_EVERY = 2.0, 4


@dataclass
class Visitor:
    """Reads a page of whichever replica a load balancer would send it to, over and over."""

    replicas: list[Serving] = field(default_factory=list)
    answers: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    slowest: float = 0.0
    _stop: threading.Event = field(default_factory=threading.Event)

    def visit(self, random: Random) -> None:
        """Until it is told to stop. Where the replica was killed meanwhile, the other one has to answer."""
        while not self._stop.wait(0.02):
            page, before = random.choice(PAGES), monotonic()
            while (said := self._answer(random.choice(self.replicas), page)) == "killed":
                self.answers["sent on to the other"] += 1
            self.slowest = max(self.slowest, monotonic() - before)
            self.answers[said] += 1
            if said != "200":
                self.wrong.append(f"{page}: {said}")

    def _answer(self, replica: Serving, page: str) -> str:
        try:
            return str(httpx.get(f"{replica.url}{page}", timeout=30).status_code)
        except httpx.TransportError as error:
            return repr(error) if replica in self.replicas else "killed"

    @contextmanager
    def visiting(self, random: Random) -> Iterator[None]:
        """While this goes on."""
        thread = threading.Thread(target=self.visit, args=(random,), daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._stop.set()
            thread.join(60)


@dataclass
class Scene:
    desk: Desk
    watches: tuple[LimitWatch, LimitWatch]
    visitor: Visitor = field(default_factory=Visitor)
    random: Random = field(default_factory=lambda: Random(20261129))
    takeovers: list[float] = field(default_factory=list)
    killed: Counter[str] = field(default_factory=Counter)
    made: int = 0

    def work(self) -> None:
        """People make tickets that need a comment, and change some that have one."""
        for _ in range(self.random.randint(1, 2)):
            self.made += 1
            # Work of some age: what was begun just now is given time.
            self.desk.jira.add_issue(
                f"ACME-{900 + self.made}",
                f"Work {self.made}",
                status="In Progress",
                labels=["kr-launch-dua"],
                created="2026-10-06T08:00:00+00:00",
                updated=self.desk.jira.clock(),
            )
        settled, label = self.made % 2 == 0, "kr-launch-conversion"
        (self.desk.jira.add_label if settled else self.desk.jira.remove_label)("ACME-5", label)
        if settled:
            self.desk.github.remove_label("acme/app#1", "kr-launch-bugs")
        else:
            self.desk.github.add_label_by_person("acme/app#1", "kr-launch-bugs")

    def kill_one(self, replicas: list[Serving]) -> Serving:
        """Kill either at a random moment of what it does; returns the one that is left."""
        victim = self.random.choice(replicas)
        moment = requests(self.desk) + self.random.randint(1, 40)
        end = monotonic() + 2.0
        while requests(self.desk) < moment and monotonic() < end:
            sleep(0.001)
        role = victim.ready["role"]
        self.killed[role] += 1
        (left,) = (replica for replica in replicas if replica is not victim)
        self.visitor.replicas = [left]
        assert victim.end(SIGKILL) == -SIGKILL
        if role == "leader":
            since = monotonic()
            until(lambda: left.ready["role"] == "leader")
            self.takeovers.append(monotonic() - since)
        return left


@contextmanager
def a_scene(folder: Path) -> Iterator[Scene]:
    watches = LimitWatch(*LIMITS, jira.kind_of), LimitWatch(*LIMITS, github.kind_of)
    make_jira, make_github = (
        partial(make, middleware=watch.wrap) for make, watch in zip((jira_app, github_app), watches, strict=True)
    )
    with demo.start_environment(folder / "demo", make_jira=make_jira, make_github=make_github) as here:
        desk = Desk(here)
        desk.configure("writes_per_minute = 0 ", f"writes_per_minute = {OWN[0]} ")
        desk.configure("writes_per_minute = 60_000", f"writes_per_minute = {OWN[0]}")
        desk.configure("writes_per_hour = 0", f"writes_per_hour = {OWN[1]}")
        rhythm(desk, OFTEN)
        yield Scene(desk, watches)


@pytest.fixture(params=["postgres", "sqlite"])
def scene(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Scene]:
    with a_scene(tmp_path) as made:
        if request.param == "postgres":
            server: PostgresServer = request.getfixturevalue("postgres_server")
            made.desk.keep_state_in(server.new_schema())
        yield made


def test_either_replica_is_killed_at_random_moments(scene: Scene) -> None:
    desk, visitor = scene.desk, scene.visitor
    with ExitStack() as stack:
        starter = stack.enter_context(starting(desk))
        replicas = [stack.enter_context(starter.serving()) for _ in range(2)]
        until(lambda: all(replica.ready["ready"] for replica in replicas))
        visitor.replicas = replicas
        slow(desk, 0.004)
        with visitor.visiting(Random(1)):
            begin = monotonic()
            for kill in range(KILLS):
                if monotonic() - begin > SECONDS:
                    break
                scene.work()
                if kill % PAUSE_EVERY == PAUSE_EVERY - 1:
                    scene.random.choice(scene.watches).ask_for_pause(PAUSE_SECONDS)
                left = scene.kill_one(visitor.replicas)
                replicas = [left, stack.enter_context(starter.serving())]
                until(lambda replicas=replicas: all(replica.ready["ready"] for replica in replicas))
                visitor.replicas = replicas
        slow(desk, 0.0)
        (leader,) = (replica for replica in replicas if replica.ready["role"] == "leader")
        _until_a_round_writes_nothing(desk, leader)
    _report(scene)
    _assert_nothing_doubled_or_lost(scene)
    assert visitor.wrong == []
    assert visitor.answers["200"] > scene.killed.total()
    for watch in scene.watches:
        assert (watch.exceeded, watch.in_pause) == (0, [])
        # The pace is even, whichever process writes; two that were on their way together may come closer.
        assert watch.most_writes(10) <= OWN[0] / 6 + 3


def _until_a_round_writes_nothing(desk: Desk, leader: Serving) -> None:
    """What a pause of a tracker put off is written by a later round, and then nothing more is."""
    for _ in range(20):
        written, before = desk.writes, leader.ended
        until(lambda before=before: leader.ended > before and leader.ready["ready"], patience=PATIENCE)
        between = leader.ended
        until(lambda between=between: leader.ended > between, patience=PATIENCE)
        if desk.writes == written:
            return
    raise AssertionError("each round wrote something")


def _assert_nothing_doubled_or_lost(scene: Scene) -> None:
    desk = scene.desk
    marks = desk.marks()
    assert {ticket: len(mark.comments) for ticket, mark in marks.items() if len(mark.comments) > 1} == {}
    unmarked = {f"jira:ACME-{900 + number}" for number in range(1, scene.made + 1)} - marks.keys()
    assert unmarked == set()
    written = desk.writes
    assert desk.sync("--yes").code == 0
    assert (desk.writes, desk.marks()) == (written, marks)


def _report(scene: Scene) -> None:
    """Figures for whoever runs this by hand: see them with `pytest -s`."""
    visitor, takeovers = scene.visitor, sorted(scene.takeovers)
    lines = [f"{scene.killed.total()} kills: {dict(scene.killed)}; tickets made: {scene.made} in Jira"]
    lines += [f"pages: {dict(visitor.answers)}, slowest {visitor.slowest:.2f} s, wrong: {visitor.wrong[:5]}"]
    if takeovers:
        lines += [f"takeover: median {takeovers[len(takeovers) // 2]:.2f} s, longest {takeovers[-1]:.2f} s"]
    for name, watch in zip(("jira", "github"), scene.watches, strict=True):
        spans = {seconds: watch.most_writes(seconds) for seconds in (10, 60, 3600)}
        lines += [f"{name}: {len(watch.writes)} writes, most in so many seconds: {spans}, beyond: {watch.exceeded}"]
        lines += [f"{name}: {len(watch.pauses)} pauses, calls in them: {watch.in_pause[:9]}"]
    sys.stderr.write("\n" + "\n".join(lines) + "\n")
