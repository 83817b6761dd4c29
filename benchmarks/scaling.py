"""What four weeks look like for a workspace of some size, minute by minute: waits, queues, limits, processor, memory.

A simulation, not a measurement: what it rests on is printed, and the seconds and megabytes among it were measured by
the other benchmarks. Run: python -m benchmarks.scaling [--tickets 10000 100000 500000] [--weekly-changes 0.5] ...
"""

import argparse
import random
import statistics
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, fields

from benchmarks.measure import table

DAY, HOUR = 1440, 60
WORK_DAY = range(8 * HOUR, 18 * HOUR)
DAYS = 28


@dataclass(frozen=True, slots=True)
class Parameters:
    """What the simulation rests on; rates are for one account at one tracker."""

    weekly_changes: float = 0.5
    """How often a ticket is edited in a week."""
    findings_share: float = 0.15
    """Of the tickets that get a comment in the first rollout."""
    commented_share: float = 0.05
    """Of the edits that change what a comment says."""
    writes_each: float = 2.0
    """Writes for a new or changed finding: the comment and a label."""
    writes_per_minute: int = 60
    writes_per_hour: int = 450
    requests_per_hour: int = 5000
    requests_each_run: float = 3.0
    tickets_each_request: float = 50.0
    seconds_each_run: float = 0.2
    """Processor seconds of a run in the service that has something to do, apart from its tickets."""
    seconds_each_ticket: float = 0.002
    runs_per_minute: float = 20.0
    megabytes: float = 84.0
    """The peak of a sync of 1,000 tickets without changes, by `benchmarks.incremental`."""
    megabytes_each_thousand: float = 2.8


@dataclass(slots=True)
class Outcome:
    """What the weeks came to; waits are minutes from an edit after the rollout to the comment that follows."""

    rollout_hours: float
    waits: list[float]
    longest_queue: int
    busiest_requests: float
    busiest_processor: float
    megabytes: float


def simulate(tickets: int, given: Parameters, dice: random.Random) -> Outcome:
    """Four weeks from the first rollout on; edits come in working hours, most of them between nine and eleven."""
    queue: deque[int] = deque([0] * round(tickets * given.findings_share * given.writes_each))
    rollout_left = len(queue)
    written: deque[tuple[int, int]] = deque()
    waits: list[float] = []
    rollout_hours, longest = 0.0, 0
    requests: deque[float] = deque(maxlen=HOUR)
    seconds: deque[float] = deque(maxlen=HOUR)
    busiest_requests = busiest_processor = 0.0
    for minute in range(DAYS * DAY):
        edits = _poisson(_edits_expected(minute, tickets, given), dice)
        commented = sum(dice.random() < given.commented_share for _ in range(edits))
        queue.extend([minute] * round(commented * given.writes_each))
        longest = max(longest, len(queue) - rollout_left)
        while written and written[0][0] <= minute - HOUR:
            written.popleft()
        free = min(given.writes_per_minute, given.writes_per_hour - sum(count for _, count in written), len(queue))
        for _ in range(free):
            came = queue.popleft()
            if rollout_left:
                rollout_left -= 1
                rollout_hours = (minute + 1) / HOUR
            elif came >= rollout_hours * HOUR:
                waits.append(minute - came)
        written.append((minute, free))
        runs = min(float(edits), given.runs_per_minute)
        requests.append(runs * given.requests_each_run + edits / given.tickets_each_request + free)
        seconds.append(runs * given.seconds_each_run + edits * given.seconds_each_ticket)
        busiest_requests = max(busiest_requests, sum(requests))
        busiest_processor = max(busiest_processor, sum(seconds) / (HOUR * 60))
    rollout_hours = float("inf") if rollout_left else rollout_hours
    memory = given.megabytes + given.megabytes_each_thousand * tickets / 1000
    return Outcome(rollout_hours, waits, longest, busiest_requests, busiest_processor, memory)


def _edits_expected(minute: int, tickets: int, given: Parameters) -> float:
    """Of one minute: three times as many between nine and eleven as in the rest of a working day, none on weekends."""
    day, time = divmod(minute, DAY)
    if day % 7 >= 5 or time not in WORK_DAY:
        return 0.0
    weight = 3.0 if 9 * HOUR <= time < 11 * HOUR else 1.0
    in_a_day = 2 * HOUR * 3.0 + (len(WORK_DAY) - 2 * HOUR)
    return tickets * given.weekly_changes / 5 * weight / in_a_day


def _poisson(expected: float, dice: random.Random) -> int:
    """How many come where so many are expected."""
    if expected > 50:
        return max(0, round(dice.gauss(expected, expected**0.5)))
    count, left = 0, dice.expovariate(1.0)
    while left < expected:
        count, left = count + 1, left + dice.expovariate(1.0)
    return count


def first_limit(outcome: Outcome, given: Parameters) -> str:
    """What is used up the most, with its share of what there is; a rollout may take a working week."""
    p99 = _quantile(outcome.waits, 99) if outcome.rollout_hours < DAYS * 24 else 0.0
    shares = {
        "first rollout (a week)": outcome.rollout_hours / 168,
        "a comment's wait (an hour)": p99 / HOUR,
        "requests": outcome.busiest_requests / given.requests_per_hour,
        "one processor": outcome.busiest_processor,
        "memory (8 GB)": outcome.megabytes / 8192,
    }
    name = max(shares, key=lambda key: shares[key])
    return f"{name}: {shares[name]:.0%}"


def _quantile(waits: Sequence[float], percent: int) -> float:
    return statistics.quantiles(waits, n=100, method="inclusive")[percent - 1] if len(waits) > 1 else 0.0


def row(tickets: int, given: Parameters) -> tuple[object, ...]:
    """One size."""
    outcome = simulate(tickets, given, random.Random(7))
    return (
        f"{tickets:,}",
        f"{outcome.rollout_hours:.0f}",
        f"{_quantile(outcome.waits, 50):.0f}",
        f"{_quantile(outcome.waits, 99):.0f}",
        f"{outcome.longest_queue:,}",
        f"{outcome.busiest_requests:,.0f}",
        f"{outcome.busiest_processor:.0%}",
        f"{outcome.megabytes:,.0f}",
        first_limit(outcome, given),
    )


def main() -> None:
    """Read the command line and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tickets", type=int, nargs="+", default=[1_000, 10_000, 100_000, 500_000])
    for field in fields(Parameters):
        kind = int if isinstance(field.default, int) else float
        parser.add_argument(f"--{field.name.replace('_', '-')}", type=kind, default=field.default)
    args = vars(parser.parse_args())
    sizes = args.pop("tickets")
    given = Parameters(**args)
    print("; ".join(f"{name.replace('_', ' ')} {value:g}" for name, value in args.items()) + "\n")
    head = ("tickets", "rollout h", "wait min", "p99 min", "queue", "requests/h", "processor", "MB", "nearest limit")
    print(table(head, [row(size, given) for size in sizes]))


if __name__ == "__main__":
    main()
