"""How long linking, checking and planning take, and whether that grows with the number of tickets and no faster.

Run: python -m benchmarks.judge [--sizes 10000 100000] [--times 3] [--profile]
"""

import argparse
import cProfile
import gc
import json
import pstats
import random
import subprocess
import sys
import time
from collections.abc import Mapping
from typing import Any

from benchmarks import portfolio as synthetic
from benchmarks.measure import machine, median_of, peak_megabytes, table
from hub.core.checking.check import check
from hub.core.mapping.build_portfolio import build_portfolio
from hub.core.planning.plan import plan
from hub.model.action import ActionKind, LedgerEntries, LedgerEntry
from hub.model.initiative import Snapshot
from hub.model.okr import Okrs
from rules.registry import ALL_RULES

BOTH = frozenset({"jira", "github"})
SEED = 7
COLD = "link + check + plan, once and cold"
SUMS = {
    "check + plan": ("all rules", "plan, nothing posted yet"),
    "link + check + plan": ("link", "all rules", "plan, nothing posted yet"),
}


def company(count: int) -> tuple[Snapshot, Okrs]:
    """The same tickets and OKRs for the same count."""
    dice = random.Random(SEED)
    okrs = synthetic.okrs(dice)
    return synthetic.snapshot(count, dice), okrs


def measure_stages(count: int, times: int) -> dict[str, Any]:
    """Medians of the stages for one size, in this process; the collector is set as the command sets it."""
    gc.set_threshold(100_000, 20, 100)
    snapshot, okrs = company(count)
    before = peak_megabytes()
    cold = judge_cold(snapshot, okrs)
    portfolio, linking = median_of(times, lambda: build_portfolio(snapshot, okrs, synthetic.TODAY))
    seconds = {"link": linking}
    for rule in ALL_RULES:
        seconds[rule.name] = median_of(times, lambda rule=rule: check(portfolio, [rule]))[1]  # type: ignore[misc]
    judgement, seconds["all rules"] = median_of(times, lambda: check(portfolio, ALL_RULES))
    first, seconds["plan, nothing posted yet"] = median_of(times, lambda: plan(portfolio, judgement, {}, BOTH))
    ledger = posted(first.actions)
    _, seconds["plan, all posted before"] = median_of(times, lambda: plan(portfolio, judgement, ledger, BOTH))
    return {
        "seconds": seconds | {COLD: cold},
        "findings": len(judgement.findings),
        "actions": len(first.actions),
        "active": len(portfolio.active),
        "dependencies": len(portfolio.dependencies),
        "memory": (before, peak_megabytes()),
    }


def judge_cold(snapshot: Snapshot, okrs: Okrs) -> float:
    """Processor seconds of the whole judgement as a command makes it: once, and nobody collects garbage before it.

    The rows of single stages leave collections out: `timed` makes a full one before each, so that none comes within.
    """
    started_at = time.process_time()
    portfolio = build_portfolio(snapshot, okrs, synthetic.TODAY)
    plan(portfolio, check(portfolio, ALL_RULES), {}, BOTH)
    return time.process_time() - started_at


def posted(actions: Any) -> LedgerEntries:
    """The ledger after all of these comments were written."""
    done = (action for action in actions if action.kind is ActionKind.CREATE_COMMENT)
    return {
        (item.target.ref.connector, item.target.id): LedgerEntry(
            item.target, "1", "bot", item.digest, item.findings, frozenset()
        )
        for item in done
    }


def run_isolated(count: int, times: int) -> dict[str, Any]:
    """The same in a process of its own, so that its peak of memory is its own."""
    order = [sys.executable, "-m", "benchmarks.judge", "--one", str(count), "--times", str(times)]
    result: dict[str, Any] = json.loads(subprocess.run(order, check=True, capture_output=True, text=True).stdout)
    return result


def report(results: Mapping[int, Mapping[str, Any]]) -> str:
    """One row for each stage, one column for each size, and the growth from the smallest to the biggest."""
    sizes = sorted(results)
    small, big = sizes[0], sizes[-1]
    head = ["processor seconds", *(f"{size:,} tickets" for size in sizes), f"growth (size grows {big / small:g}x)"]
    rows = []
    for stage in results[small]["seconds"]:
        times = [results[size]["seconds"][stage] for size in sizes]
        rows.append([stage, *(f"{t:.3f}" for t in times), f"{times[-1] / times[0]:.1f}x" if times[0] >= 0.001 else "-"])
    for name, stages in SUMS.items():
        sums = [sum(results[size]["seconds"][stage] for stage in stages) for size in sizes]
        rows.append([name, *(f"{seconds:.3f}" for seconds in sums), f"{sums[-1] / sums[0]:.1f}x"])
    count_names = ("active", "dependencies", "findings", "actions")
    rows += [
        [n, *(f"{results[s][n]:,}" for s in sizes), f"{results[big][n] / results[small][n]:.1f}x"] for n in count_names
    ]
    rows.append(["MB with the tickets read", *(f"{results[s]['memory'][0]:.0f}" for s in sizes), "-"])
    rows.append(["MB at the peak", *(f"{results[s]['memory'][1]:.0f}" for s in sizes), "-"])
    return table(head, rows)


def profile_stages(count: int) -> None:
    """Where the time of check and plan goes."""
    snapshot, okrs = company(count)
    profile = cProfile.Profile()
    profile.enable()
    portfolio = build_portfolio(snapshot, okrs, synthetic.TODAY)
    plan(portfolio, check(portfolio, ALL_RULES), {}, BOTH)
    profile.disable()
    pstats.Stats(profile).sort_stats("tottime").print_stats(35)


def main() -> None:
    """Read the command line and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--times", type=int, default=3, help="medians of so many runs")
    parser.add_argument("--profile", action="store_true", help="where the time goes, for the biggest size")
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.one:
        print(json.dumps(measure_stages(args.one, args.times)))
    elif args.profile:
        profile_stages(max(args.sizes))
    else:
        print(f"{machine()}; medians of {args.times}; 2,000 key results, 200 teams\n")
        print(report({size: run_isolated(size, args.times) for size in args.sizes}))


if __name__ == "__main__":
    main()
