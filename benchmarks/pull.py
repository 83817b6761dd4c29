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
from benchmarks.ways import METHODS

OF = {"jira": ("hub, jira", "jira library"), "github": ("hub, github", "PyGithub, tuned", "PyGithub, defaults")}
# What the vendors allow at once is more; the hub's own bound is 16. The libraries ask for one page after the other.
IN_FLIGHT = {method: 16 if method.startswith("hub") else 1 for method in METHODS}
# About what a ticket costs a library's loop here, in seconds; only to tell beforehand what will take long.
PER_TICKET = {"jira library": 0.0015, "PyGithub, tuned": 0.002, "PyGithub, defaults": 0.011}
PER_PAGE = {"jira library": 100, "PyGithub, tuned": 100, "PyGithub, defaults": 30}
HEAD = ("way", "tickets", "latency", "requests", "seconds", "tickets/s", "peak MB", "bound s", "hub is")


def expected(method: str, tickets: int, latency: float) -> float:
    """Seconds that a library's loop will take, roughly."""
    return tickets * PER_TICKET.get(method, 0.0) + latency * tickets / PER_PAGE.get(method, tickets)


def run(method: str, process: Tracker, tickets: int) -> dict[str, Any]:
    """One read in a process of its own."""
    process.requests()
    order = [sys.executable, "-m", "benchmarks.ways", method]
    done = subprocess.run(order, input=json.dumps(process.config), capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(done.stderr)
    result: dict[str, Any] = json.loads(done.stdout) | {"requests": process.requests()}
    if result["tickets"] != tickets:
        sys.exit(f"{method} read {result['tickets']} of {tickets} tickets")
    return result


def rows(kind: str, tickets: int, latency: float, args: argparse.Namespace) -> Iterator[tuple[object, ...]]:
    """All ways over one sandbox; the hub comes first, and the others are held against it."""
    hub_seconds = 0.0
    with tracker(kind, tickets, latency) as process:
        for method in OF[kind]:
            wait = f"{latency * 1000:.0f} ms"
            if expected(method, tickets, latency) > args.longest and not args.all:
                yield method, f"{tickets:,}", wait, "left out", *("-",) * 5
                continue
            runs = [run(method, process, tickets) for _ in range(args.times)]
            seconds = statistics.median(result["seconds"] for result in runs)
            hub_seconds = hub_seconds or seconds
            result = runs[-1]
            yield (
                method,
                f"{tickets:,}",
                wait,
                f"{result['requests']:,}",
                f"{seconds:.2f}",
                f"{tickets / seconds:,.0f}",
                f"{max(run['memory'] for run in runs):.0f}",
                f"{result['requests'] * latency / IN_FLIGHT[method]:.2f}",
                "-" if seconds == hub_seconds else f"{seconds / hub_seconds:.1f}x as fast",
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
    print(f"left out: would take more than {args.longest:.0f} s; --all runs it all the same")


if __name__ == "__main__":
    main()
