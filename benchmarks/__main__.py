"""All benchmarks, one after the other, and one table of what they measured.

Run: python -m benchmarks [--quick] [--only pull judge]   (hours for the whole on two cores; minutes with --quick)
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.measure import KEEP_TABLES, machine, table

Table = Mapping[str, Sequence[Sequence[str]]]


@dataclass(frozen=True, slots=True)
class Part:
    """One program of the suite and which columns of its tables count.

    `names` say what a row is about, `values` are what was measured, `ratio` is the column that holds the hub against
    another way. A table without the first of the values is left out.
    """

    module: str
    names: tuple[str, ...]
    values: tuple[str, ...]
    ratio: str = ""
    full: tuple[str, ...] = ()
    quick: tuple[str, ...] = ()
    rows: frozenset[str] = frozenset()


PARTS = (
    Part(
        "pull",
        ("way", "tickets", "latency"),
        ("seconds", "process s", "requests", "peak MB"),
        "hub is",
        full=("--times", "3", "--sizes", "1000", "10000", "100000"),
        quick=("--sizes", "1000"),
    ),
    Part(
        "incremental",
        ("tracker", "tickets", "sync"),
        ("seconds", "requests", "peak MB"),
        quick=("--sizes", "1000"),
    ),
    Part(
        "judge",
        ("processor seconds",),
        ("10,000 tickets", "100,000 tickets", "1,000 tickets"),
        quick=("--sizes", "1000", "10000", "--times", "1"),
        rows=frozenset({"link", "all rules", "plan, nothing posted yet", "check + plan", "MB at the peak"}),
    ),
    Part(
        "judge_networkx",
        ("way", "tickets"),
        ("processor seconds",),
        "hub is",
        quick=("--sizes", "10000", "--times", "1"),
    ),
    Part("store", ("what",), ("seconds",), quick=("--size", "10000", "--times", "1")),
    Part(
        "rollout",
        ("tracker",),
        ("writes", "most in a minute", "most in an hour"),
        quick=("--findings", "500"),
    ),
    Part(
        "issue_fields",
        ("read", "issues"),
        ("seconds", "requests", "points", "false"),
        quick=("--issues", "2000"),
    ),
    Part(
        "workers",
        ("run by",),
        ("first run s", "first against 1", "no change s", "no change against 1"),
        quick=("--workers", "1", "2", "--tickets", "4"),
    ),
    Part("webhooks", ("label to comment",), ("median s", "p99 s"), quick=("--changes", "10")),
    Part(
        "pages",
        ("address",),
        ("median ms", "p95 ms"),
        quick=("--tickets", "2000", "--seconds", "5"),
        rows=frozenset({"all pages and API"}),
    ),
)


def run(part: Part, arguments: Sequence[str]) -> list[Table]:
    """The tables that the program printed; what it prints is shown as it comes."""
    with tempfile.TemporaryDirectory() as folder:
        kept = Path(folder) / "tables"
        order = [sys.executable, "-m", f"benchmarks.{part.module}", *arguments]
        done = subprocess.run(order, env={**os.environ, KEEP_TABLES: str(kept)}, check=False)
        if done.returncode:
            sys.exit(f"benchmarks.{part.module} ended with {done.returncode}")
        return [json.loads(line) for line in kept.read_text().splitlines()]


def figures(part: Part, tables: Sequence[Table]) -> Iterator[tuple[str, str, str, str]]:
    """A line for each row that counts: the benchmark, what the row is about, what was measured, the ratio."""
    for printed in tables:
        head = list(printed["head"])
        for cells in printed["rows"]:
            row = dict(zip(head, cells, strict=True))
            if part.names[0] not in row or (part.rows and row[part.names[0]] not in part.rows):
                continue
            name = ", ".join(row[column] for column in part.names if column in row)
            values = [f"{column} {row[column]}" for column in part.values if row.get(column, "-") != "-"]
            yield part.module, name, "; ".join(values), row.get(part.ratio, "-")


def main() -> None:
    """Read the command line, run, and print the one table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="small sizes, single runs")
    parser.add_argument("--only", nargs="+", choices=[part.module for part in PARTS], help="these alone")
    args = parser.parse_args()
    started_at, rows = time.monotonic(), []
    for part in PARTS:
        if not args.only or part.module in args.only:
            print(f"\n== benchmarks.{part.module} ==\n", flush=True)
            rows += figures(part, run(part, part.quick if args.quick else part.full))
    minutes = (time.monotonic() - started_at) / 60
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    print(f"\n{datetime.now(UTC):%Y-%m-%d}; {machine()}; load at the end {load}; {minutes:.0f} min\n")
    print(table(("benchmark", "what", "medians", "hub is"), rows))


if __name__ == "__main__":
    main()
