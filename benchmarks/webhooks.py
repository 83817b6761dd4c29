"""From a changed label to the edited comment, and a burst of deliveries, with `hub serve` as users start it.

Run: python -m benchmarks.webhooks [--changes 60] [--tickets 200] [--commented 200] [--key-results 200]
     [--deliveries 1000] [--trackers jira github]
"""

import argparse
import http.client
import json
import statistics
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from urllib.parse import urlsplit

from benchmarks.measure import machine, table
from benchmarks.webhook_scene import Scene, a_github, a_jira, run_service, until

SENDERS = 16
PAUSE = 0.01
REST = 1.2
"""Seconds: what the hub wrote comes back as a delivery, and others are gathered for half a second after its run."""


def latencies(scene: Scene, changes: int) -> list[float]:
    """Seconds from a label to its comment, one ticket after the other, each when the service has come to rest."""
    delays = []
    for key in scene.keys[:changes]:
        until(lambda: scene.waiting() == 0)
        time.sleep(REST)
        scene.site.write_times.pop(key)
        started_at = time.perf_counter()
        scene.label(key)
        until(lambda key=key: key in scene.site.write_times)  # type: ignore[misc]
        delays.append(scene.site.write_times[key] - started_at)
    return delays


@dataclass
class Burst:
    answers: Counter[int]
    seconds: float
    runs: int
    edited: int
    health: list[float]
    late: list[float]


def burst(scene: Scene, keys: Sequence[str], deliveries: int) -> Burst:
    """All deliveries as fast as they go, for a few tickets whose labels have just changed, and nobody else to tell."""
    until(lambda: scene.waiting() == 0)
    time.sleep(1.0)
    scene.hooks.url = ""
    before = scene.runs()
    for key in keys:
        scene.site.write_times.pop(key)
        scene.label(key)
    requests = [scene.delivery(number, keys[number % len(keys)]) for number in range(deliveries)]
    prober = _prober(scene.url)
    started_at = time.perf_counter()
    with ThreadPoolExecutor(SENDERS) as pool:
        answers = Counter(pool.map(lambda item: _send(scene, *item), requests))
    duration = time.perf_counter() - started_at
    until(lambda: all(key in scene.site.write_times for key in keys) and scene.waiting() == 0)
    time.sleep(1.0)
    output, _ = prober.communicate()
    times = json.loads(output)
    edited = sum(key in scene.site.write_times for key in keys)
    return Burst(answers, duration, scene.runs() - before, edited, times["health"], times["late"])


def _prober(url: str) -> "subprocess.Popen[str]":
    """Asks from a process of its own, so that only the service can make it wait."""
    order = [sys.executable, "-m", "benchmarks.webhooks", "--probe", url]
    prober = subprocess.Popen(order, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert prober.stdout is not None
    prober.stdout.readline()
    return prober


def probe(url: str) -> None:
    """Ask for the health every few milliseconds until the standard input ends; then print the seconds of each.

    How late the pauses in between end tells what the machine alone makes everybody wait.
    """
    input_ended = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), input_ended.set()), daemon=True).start()
    print("ready", flush=True)
    health, late = [], []
    while True:
        slept = time.perf_counter()
        if input_ended.wait(PAUSE):
            break
        late.append(time.perf_counter() - slept - PAUSE)
        health.append(_timed_request(url, "GET", "/healthz")[1])
    print(json.dumps({"health": health, "late": late}))


def _send(scene: Scene, headers: dict[str, str], body: bytes) -> int:
    return _timed_request(scene.url, "POST", f"/webhooks/{scene.kind}", body, headers)[0]


def _timed_request(
    url: str, verb: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None
) -> tuple[int, float]:
    parts = urlsplit(url)
    started_at = time.perf_counter()
    with closing(http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=30)) as connection:
        connection.request(verb, path, body, headers or {})
        answer = connection.getresponse()
        answer.read()
        return answer.status, time.perf_counter() - started_at


def _p99(seconds: Sequence[float]) -> float:
    return statistics.quantiles(seconds, n=100, method="inclusive")[98]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--changes", type=int, default=60)
    parser.add_argument("--tickets", type=int, default=200)
    parser.add_argument("--commented", type=int, default=0, help="so many need a comment; 0 means all")
    parser.add_argument("--key-results", type=int, default=200, help="so many of teams, which the other tickets serve")
    parser.add_argument("--deliveries", type=int, default=1000)
    parser.add_argument("--burst-tickets", type=int, default=20)
    parser.add_argument("--trackers", nargs="+", default=["github", "jira"], choices=["github", "jira"])
    parser.add_argument("--probe", default="", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.probe:
        probe(args.probe)
        return
    args.commented = args.commented or args.tickets
    first, second = [], []
    for kind in args.trackers:
        with (
            {"github": a_github, "jira": a_jira}[kind](args.tickets, args.commented, args.key_results) as scene,
            run_service(scene),
        ):
            seconds = latencies(scene, args.changes)
            quantiles = (statistics.median(seconds), _p99(seconds), max(seconds))
            first.append((kind, len(seconds), *(f"{value:.2f}" for value in quantiles)))
            last = burst(scene, scene.keys[-args.burst_tickets :], args.deliveries)
            answers = " ".join(f"{count}x{status}" for status, count in sorted(last.answers.items()))
            cells = (answers, f"{last.seconds:.1f}", last.runs, f"{last.edited}/{args.burst_tickets}")
            health_cells = (
                statistics.median(last.health),
                _p99(last.health),
                max(last.health),
                _p99(last.late),
                max(last.late),
            )
            second.append((kind, *cells, *(f"{value * 1000:.0f}" for value in health_cells)))
            scene.hooks.close()
    print(
        f"{machine()}; {args.tickets} tickets, {args.commented} of them without a key result; "
        f"{args.key_results + 1:,} key results\n"
    )
    print(table(("label to comment", "changes", "median s", "p99 s", "slowest s"), first))
    print()
    head = (
        "burst",
        "answers",
        "sent in s",
        "runs",
        "edited",
        "/healthz ms",
        "p99",
        "slowest",
        "idle p99",
        "idle slowest",
    )
    print(table(head, second))
    print("\nidle: how late a process wakes up that asks nobody; what the machine's other work makes everybody wait")


if __name__ == "__main__":
    main()
