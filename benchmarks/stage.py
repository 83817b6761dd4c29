"""A sandbox tracker in a process of its own: told what to hold, it says where it listens and counts its requests.

Run: python -m benchmarks.stage jira 10000 0.1   (ends when its standard input does)
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import IO, Any

from starlette.types import ASGIApp

from hub.sandbox.github.site import TOKEN, GitHubSite
from hub.sandbox.jira.site import JiraSite
from hub.sandbox.server import serve
from hub.sandbox.traffic import Traffic
from tests.sandbox_support.apps import github_app, jira_app
from tests.sandbox_support.faults import Faults

PROJECT = "ACME"
REPOSITORIES = tuple(f"acme/r{number}" for number in range(8))
BODY = "A paragraph on what is to be done, why now, and for whom.\n\n- first step\n- second step\n\nKR: launch-nps\n"
CREATED = datetime(2026, 10, 5, tzinfo=UTC)
Served = tuple[ASGIApp, Faults, Traffic, dict[str, Any]]


class Tracker:
    """A sandbox that runs in another process."""

    def __init__(self, config: dict[str, Any], process: "subprocess.Popen[str]") -> None:
        self.config = config
        self._process = process

    def requests(self) -> int:
        """How many requests came since the last time it was asked."""
        return int(_ask(self._process)["requests"])


@contextmanager
def tracker(kind: str, tickets: int, latency: float) -> Iterator[Tracker]:
    """The sandbox of that kind, filled and listening."""
    order = [sys.executable, "-m", "benchmarks.stage", kind, str(tickets), str(latency)]
    with subprocess.Popen(order, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield Tracker(_ask(process), process)
        finally:
            _pipe(process.stdin).close()
            process.wait(timeout=30)


def _ask(process: "subprocess.Popen[str]") -> dict[str, Any]:
    entry = _pipe(process.stdin)
    entry.write("\n")
    entry.flush()
    answer: dict[str, Any] = json.loads(_pipe(process.stdout).readline())
    return answer


def _pipe(end: IO[str] | None) -> IO[str]:
    assert end is not None
    return end


def a_jira(tickets: int) -> Served:
    """Epics with what the hub reads of one: a text, labels, a parent now and then, dates, a priority."""
    site = JiraSite()
    for number in range(1, tickets + 1):
        site.add_issue(
            f"{PROJECT}-{number}",
            f"Work {number} on the launch of the product",
            status=("In Progress", "To Do")[number % 2],
            description=BODY,
            labels=(f"kr-launch-{number % 9}", "infra"),
            parent=f"{PROJECT}-{number - number % 50}" if number > 50 and number % 50 else None,
            due="2026-12-01",
            created=CREATED,
        )
    box = jira_app(site)
    access = {"email": site.bot.email, "token": site.bot.token, "query": f"project = {PROJECT}"}
    return box.app, box.faults, box.traffic, access


def a_github(tickets: int) -> Served:
    """Issues of eight repositories, one in ten closed in the cycle."""
    site = GitHubSite()
    site.add_token()
    site.limits.allowed = dict.fromkeys(site.limits.allowed, 1_000_000_000)
    for name in REPOSITORIES:
        site.add_repository(name)
    for number in range(tickets):
        site.add_issue(
            REPOSITORIES[number % len(REPOSITORIES)],
            f"Work {number} on the launch of the product",
            body=BODY,
            labels=(f"kr-launch-{number % 9}", "infra"),
            state="closed" if number // len(REPOSITORIES) % 10 == 0 else "open",
            created="2026-10-05T08:00:00Z",
            updated="2026-11-02T08:00:00Z",
            milestone={"title": "Launch", "due": "2026-12-01"},
        )
    box = github_app(site)
    return box.app, box.faults, box.traffic, {"token": TOKEN, "repositories": list(REPOSITORIES)}


def main() -> None:
    """Serve; answer every line of the standard input with one line of JSON."""
    kind, tickets, latency = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
    app, faults, traffic, access = {"jira": a_jira, "github": a_github}[kind](tickets)
    faults.latency = latency
    with serve(app) as running:
        for _ in sys.stdin:
            print(json.dumps({"url": running.url, "requests": traffic.requests, **access}), flush=True)
            traffic.clear()


if __name__ == "__main__":
    main()
