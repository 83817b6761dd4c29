"""Reading every ticket of a sandbox tracker: the hub beside what one would otherwise write, in one run.

Run: python -m benchmarks.pull [--sizes 1000 10000] [--latencies 0 100] [--trackers jira github] [--times 1] [--all]
"""

import argparse
import json
import statistics
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

from benchmarks.measure import machine, table
from benchmarks.stage import Tracker, tracker
from benchmarks.ways import WAYS

OF = {"jira": ("hub, jira", "jira library"), "github": ("hub, github", "PyGithub, tuned", "PyGithub, defaults")}
# What the vendors allow at once is more; the hub's own bound is 16. The libraries ask for one page after the other.
IN_FLIGHT = {way: 16 if way.startswith("hub") else 1 for way in WAYS}
# About what a ticket costs a library's loop here, in seconds; only to tell beforehand what will take long.
PER_TICKET = {"jira library": 0.0015, "PyGithub, tuned": 0.002, "PyGithub, defaults": 0.011}
PER_PAGE = {"jira library": 100, "PyGithub, tuned": 100, "PyGithub, defaults": 30}
HEAD = ("way", "tickets", "latency", "requests", "seconds", "tickets/s", "peak MB", "bound s", "hub is")


def expected(way: str, tickets: int, latency: float) -> float:
    """Seconds that a library's loop will take, roughly."""
    return tickets * PER_TICKET.get(way, 0.0) + latency * tickets / PER_PAGE.get(way, tickets)


def run(way: str, there: Tracker, tickets: int) -> dict[str, Any]:
    """One read in a process of its own."""
    there.requests()
    order = [sys.executable, "-m", "benchmarks.ways", way]
    done = subprocess.run(order, input=json.dumps(there.told), capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(done.stderr)
    found: dict[str, Any] = json.loads(done.stdout) | {"requests": there.requests()}
    if found["tickets"] != tickets:
        sys.exit(f"{way} read {found['tickets']} of {tickets} tickets")
    return found


def rows(kind: str, tickets: int, latency: float, asked: argparse.Namespace) -> Iterator[tuple[object, ...]]:
    """All ways over one sandbox; the hub comes first, and the others are held against it."""
    ours = 0.0
    with tracker(kind, tickets, latency) as there:
        for way in OF[kind]:
            wait = f"{latency * 1000:.0f} ms"
            if expected(way, tickets, latency) > asked.longest and not asked.all:
                yield way, f"{tickets:,}", wait, "left out", *("-",) * 5
                continue
            runs = [run(way, there, tickets) for _ in range(asked.times)]
            seconds = statistics.median(found["seconds"] for found in runs)
            ours = ours or seconds
            found = runs[-1]
            yield (
                way,
                f"{tickets:,}",
                wait,
                f"{found['requests']:,}",
                f"{seconds:.2f}",
                f"{tickets / seconds:,.0f}",
                f"{max(run['memory'] for run in runs):.0f}",
                f"{found['requests'] * latency / IN_FLIGHT[way]:.2f}",
                "-" if seconds == ours else f"{seconds / ours:.1f}x as fast",
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
    asked = parser.parse_args()
    sizes = sorted({*asked.sizes, *((1_000, 10_000, 100_000) if asked.all else ())})
    print(f"{machine()}; medians of {asked.times}\n")
    found = [
        row
        for kind in asked.trackers
        for tickets in sizes
        for latency in asked.latencies
        for row in rows(kind, tickets, latency / 1000, asked)
    ]
    print(table(HEAD, found))
    print("\nbound s: requests x latency / requests that may be in flight (16 for the hub, 1 for the loops)")
    print(f"left out: would take more than {asked.longest:.0f} s; --all runs it all the same")


if __name__ == "__main__":
    main()
