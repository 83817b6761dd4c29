"""A first run over four trackers that answer slowly, and one that finds nothing new, by 1, 2 and 4 workers.

Run: python -m benchmarks.workers [--workers 1 2 4] [--tickets 40] [--latency 0.1]

Each worker does one job at a time: a pull, an evaluation, or the writes on one tracker. For comparison, one process
without workers (`hub sync`), which reads and writes all trackers side by side in threads; its start is not counted.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.measure import machine, table
from benchmarks.stage import Tracker, tracker
from hub.config.settings import load
from hub.store.jobs.queue import SCHEDULE, JobQueue
from hub.store.jobs.schema import connect
from tests.hub.store.postgres_server import PostgresServer, temporary

TRACKERS = (("jira", "jira1"), ("github", "github1"), ("jira", "jira2"), ("github", "github2"))
TODAY = ("--today", "2026-11-16")
CONFIG = """
cycle = "2026-Q4"
okrs = ["okrs.toml"]
state = "{state}"
{connectors}
[publish]
enabled = true
max_share = 1.0
max_new_comments = 100000
max_new_comments_per_project = 100000
first_run_confirm_above = 1000000

[service]
schedule = "never"
full_sync_schedule = "never"
"""
CONNECTOR = """
[connectors.{name}]
kind = "{kind}"
writes_per_minute = 1000000
writes_per_hour = 0
{settings}
"""
OKRS = """
[cycle]
id = "2026-Q4"
start = 2026-10-01
end = 2026-12-31
phase = "running"

[[team]]
id = "product"
name = "Product"
owns = [{owns}]

[[objective]]
id = "growth"
title = "Become the first choice of small studios"

[[objective.key_result]]
id = "revenue"
title = "Yearly revenue of 10M USD"
start = 6_200_000
target = 10_000_000
current = 7_100_000
owners = ["product"]
"""


def workspace(folder: Path, trackers: Sequence[Tracker], state: str) -> Path:
    """A configuration for these trackers; returns its path."""
    connectors, owns = [], []
    for (kind, name), running in zip(TRACKERS, trackers, strict=True):
        settings = {key: value for key, value in running.config.items() if key not in ("requests", "token")}
        os.environ[f"HUB_CONNECTORS__{name.upper()}__TOKEN"] = running.config["token"]
        if kind == "jira":
            settings["query"] = "project = ACME"
            owns.append(f"{name}:ACME")
        else:
            settings["repositories"] = [f"acme/r{number}" for number in range(8)]
            owns += [f"{name}:{repository}" for repository in settings["repositories"]]
        lines = "\n".join(f"{key} = {json.dumps(value)}" for key, value in settings.items())
        connectors.append(CONNECTOR.format(name=name, kind=kind, settings=lines))
    (folder / "okrs.toml").write_text(OKRS.format(owns=", ".join(map(json.dumps, owns))))
    config = folder / "config.toml"
    config.write_text(CONFIG.format(state=state, connectors="".join(connectors)))
    return config


@contextmanager
def workers(config: Path, count: int) -> Iterator[None]:
    """So many workers, each of which has been heard of."""
    command = [sys.executable, "-m", "hub", "worker", "--config", str(config), *TODAY]
    with ExitStack() as stack:
        processes = []
        for _ in range(count):
            process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
            processes.append(process)
            stack.callback(process.wait)
            stack.callback(process.kill)
        with watched(config) as look:
            while look("select count(*) from procrastinate_workers") < count:
                assert all(process.poll() is None for process in processes), "a worker ended"
                time.sleep(0.05)
        time.sleep(3)  # what they load at their first jobs is loaded then
        yield


@contextmanager
def watched(config: Path) -> Iterator[Callable[[str], Any]]:
    """Answers a query in the jobs' schema with one value."""
    with closing(connect(load(config, os.environ).database_url or "")) as connection:
        yield lambda query: connection.execute(query.encode()).fetchall()[0][0]


PENDING = """
select count(*) from source where requested_since is not null or evaluating_since is not null or tried is null
  or tried <= {asked} or exists (select 1 from pulled)
"""


def seconds_of_round(config: Path) -> float:
    """From the request of a run until every tracker was read, evaluated and written."""
    with watched(config) as look, JobQueue(load(config, os.environ).database_url or "") as jobs:
        asked = datetime.now(UTC)
        started = time.perf_counter()
        jobs.queue(SCHEDULE, key="now", requested=True)
        while look("select count(*) from source") < len(TRACKERS) or look(
            PENDING.format(asked=f"'{asked.isoformat()}'")
        ):
            time.sleep(0.02)
        return time.perf_counter() - started


def seconds_of_sync(config: Path) -> float:
    """The stages of `hub sync`."""
    command = [sys.executable, "-m", "hub", "sync", "--yes", "--format", "json", "--config", str(config), *TODAY]
    document = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    return sum(document["seconds"].values()) if isinstance(document["seconds"], dict) else float(document["seconds"])


def measure(server: PostgresServer, count: int, tickets: int, latency: float) -> tuple[float, float, int]:
    """Seconds of the first run and of one that finds nothing new, and the requests of the first."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        trackers = [stack.enter_context(tracker(kind, tickets, latency)) for kind, _ in TRACKERS]
        config = workspace(Path(folder), trackers, server.new_schema())
        for running in trackers:
            running.requests()
        if count == 0:
            return seconds_of_sync(config), seconds_of_sync(config), 0
        stack.enter_context(workers(config, count))
        first = seconds_of_round(config)
        requests = sum(running.requests() for running in trackers)
        seconds_of_round(config)  # what the first one wrote is read once more
        return first, seconds_of_round(config), requests


def main() -> None:
    """Fresh trackers and a fresh state for every row."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2, 4])
    parser.add_argument("--tickets", type=int, default=40)
    parser.add_argument("--latency", type=float, default=0.1)
    args = parser.parse_args()
    rows, base = [], None
    with temporary() as server:
        for count in [*args.workers, 0]:
            first, again, requests = measure(server, count, args.tickets, args.latency)
            base = base or (first, again)
            name = f"{count} worker{'s' * (count > 1)}" if count else "no workers (`hub sync`)"
            ratios = f"{base[0] / first:.2f}", f"{base[1] / again:.2f}"
            rows.append((name, f"{first:.1f}", ratios[0], f"{again:.2f}", ratios[1], requests or ""))
    print(f"{machine()}; {len(TRACKERS)} trackers of {args.tickets} tickets, {args.latency * 1000:.0f} ms a request")
    print(table(("run by", "first run s", "first against 1", "no change s", "no change against 1", "requests"), rows))


if __name__ == "__main__":
    main()
