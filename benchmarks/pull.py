"""Reading every ticket of a sandbox tracker: the hub beside what one would otherwise write, in one run.

Run: python -m benchmarks.pull [--sizes 1000 10000] [--latencies 0 100] [--trackers jira github] [--times 1] [--all]
"""

import argparse
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from benchmarks.measure import machine, table
from benchmarks.peers.environments import PeerNotInstalled
from benchmarks.stage import Tracker, tracker
from benchmarks.ways import METHODS, PEERS, order_of

OF = {
    "jira": ("hub, jira", "jira library", "tap-jira"),
    "github": ("hub, github", "PyGithub, tuned", "PyGithub, defaults", "tap-github"),
}
# What the vendors allow at once is more; the hub's own bound is 16. The libraries ask for one page after the other.
IN_FLIGHT = {method: 16 if method.startswith("hub") else 1 for method in (*METHODS, *PEERS)}
# About what a ticket costs a library's loop here, in seconds; only to tell beforehand what will take long.
PER_TICKET = {
    "jira library": 0.0015,
    "tap-jira": 0.0014,
    "PyGithub, tuned": 0.002,
    "PyGithub, defaults": 0.011,
    "tap-github": 0.001,
}
PER_PAGE = {"jira library": 100, "tap-jira": 50, "PyGithub, tuned": 100, "PyGithub, defaults": 30, "tap-github": 100}
HEAD = ("way", "tickets", "latency", "requests", "seconds", "process s", "peak MB", "bound s", "hub is", "as a process")


def expected(method: str, tickets: int, latency: float) -> float:
    """Seconds that a library's loop will take, roughly."""
    return tickets * PER_TICKET.get(method, 0.0) + latency * tickets / PER_PAGE.get(method, tickets)


def run(method: str, process: Tracker, tickets: int) -> dict[str, Any]:
    """One read in a process of its own."""
    process.requests()
    order = order_of(method)
    started_at = time.perf_counter()
    done = subprocess.run(order, input=json.dumps(process.config), capture_output=True, text=True, check=False)
    whole = time.perf_counter() - started_at
    if done.returncode:
        sys.exit(done.stderr)
    result: dict[str, Any] = json.loads(done.stdout) | {"requests": process.requests(), "process": whole}
    if result["tickets"] != tickets:
        sys.exit(f"{method} read {result['tickets']} of {tickets} tickets")
    return result


@dataclass(frozen=True, slots=True)
class Reading:
    """One way over one sandbox: medians of seconds (its own count, and the process's), requests, and the peak."""

    method: str
    tickets: int
    latency: float
    requests: int
    seconds: float
    process: float
    memory: float

    @property
    def bound(self) -> float:
        """Seconds that the latency alone takes with as many requests in flight as the way has."""
        return self.requests * self.latency / IN_FLIGHT[self.method]


def readings(kind: str, tickets: int, latency: float, args: argparse.Namespace) -> Iterator[Reading | tuple[str, str]]:
    """All ways over one sandbox, the hub first; a way's name and why it was left out instead of what was not run."""
    with tracker(kind, tickets, latency) as process:
        for method in OF[kind]:
            if expected(method, tickets, latency) > args.longest and not args.all:
                yield method, "left out"
                continue
            try:
                runs = [run(method, process, tickets) for _ in range(args.times)]
            except PeerNotInstalled as error:
                yield method, f"not installed: {error}"
                continue
            medians = [statistics.median(result[name] for result in runs) for name in ("seconds", "process")]
            memory = max(result["memory"] for result in runs)
            yield Reading(method, tickets, latency, runs[-1]["requests"], medians[0], medians[1], memory)


def rows(kind: str, tickets: int, latency: float, args: argparse.Namespace) -> Iterator[tuple[object, ...]]:
    """All ways over one sandbox; the hub comes first, and the others are held against it."""
    size, wait = f"{tickets:,}", f"{latency * 1000:.0f} ms"
    hub: Reading | None = None
    for reading in readings(kind, tickets, latency, args):
        if isinstance(reading, tuple):
            yield reading[0], size, wait, reading[1], *("-",) * 6
            continue
        hub = hub or reading
        ratios = (reading.seconds / hub.seconds, reading.process / hub.process)
        yield (
            reading.method,
            size,
            wait,
            f"{reading.requests:,}",
            f"{reading.seconds:.2f}",
            f"{reading.process:.2f}",
            f"{reading.memory:.0f}",
            f"{reading.bound:.2f}",
            *("-" if reading is hub else f"{ratio:.1f}x as fast" for ratio in ratios),
        )


def main() -> None:
    """Read the command line and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[1_000, 10_000])
    parser.add_argument("--latencies", type=int, nargs="+", default=[0, 100], metavar="MS")
    parser.add_argument("--trackers", nargs="+", choices=tuple(OF), default=list(OF))
    parser.add_argument("--times", type=int, default=1, help="medians of so many runs")
    parser.add_argument("--longest", type=float, default=60.0, help="leave out loops that would take more seconds")
    parser.add_argument("--all", action="store_true", help="100,000 tickets too, and every loop however long it takes")
    args = parser.parse_args()
    sizes = sorted({*args.sizes, *((1_000, 10_000, 100_000) if args.all else ())})
    print(f"{machine()}; medians of {args.times}\n")
    table_rows = [
        row
        for kind in args.trackers
        for tickets in sizes
        for latency in args.latencies
        for row in rows(kind, tickets, latency / 1000, args)
    ]
    print(table(HEAD, table_rows))
    print("\nbound s: requests x latency / requests that may be in flight (16 for the hub, 1 for the loops)")
    print("seconds: as each way counts them; process s: from the start of its process to the end, imports and all")
    print(f"left out: would take more than {args.longest:.0f} s; --all runs it all the same")


if __name__ == "__main__":
    main()
