"""How long the hub takes to remember what it read, to read that back, and to start.

Run: python -m benchmarks.store [--size 100000] [--times 3]
"""

import argparse
import os
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks import portfolio as synthetic
from benchmarks.measure import machine, peak_megabytes, table, timed
from hub.model.initiative import PullResult
from hub.store.sqlite.store import SqliteStore

CHANGED = 100  # one ticket in so many
COMMANDS = (("--version",), ("--help",), ("rules",))


def measure_snapshots(size: int, folder: Path) -> Iterator[tuple[str, float]]:
    """Saving for the first time, unchanged and with one in a hundred changed; reading all of it back."""
    pulled = synthetic.snapshot(size, random.Random(7)).pulled
    edited = tuple(_edited(pull_result) for pull_result in pulled)
    store = SqliteStore(folder / "hub.db")
    for label, rows, expected in (("first", pulled, size), ("unchanged", pulled, 0), ("1 % changed", edited, None)):
        counts, seconds = timed(lambda rows=rows: store.save_snapshot(rows, synthetic.PULLED_AT))  # type: ignore[misc]
        saved_count = sum(changed for changed, _ in counts.values())
        assert saved_count == (
            sum(-(-len(pull_result.initiatives) // CHANGED) for pull_result in pulled) if expected is None else expected
        )
        yield f"save {size:,} tickets, {label}", seconds
    back, seconds = timed(store.snapshot)
    assert sum(len(source.initiatives) for source in back) == size
    yield f"read {size:,} tickets back", seconds
    store.close()


def _edited(pulled: PullResult) -> PullResult:
    return replace(
        pulled,
        initiatives=tuple(
            replace(i, title=f"{i.title}!") if at % CHANGED == 0 else i for at, i in enumerate(pulled.initiatives)
        ),
    )


def startup_seconds(command: tuple[str, ...], folder: Path) -> float:
    """Seconds that a command takes from nothing, in an empty folder."""
    order = [sys.executable, "-m", "hub", *command]
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    started_at = time.perf_counter()
    subprocess.run(order, check=True, capture_output=True, cwd=folder, env=env)
    return time.perf_counter() - started_at


def main() -> None:
    """Read the command line and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", type=int, default=100_000)
    parser.add_argument("--times", type=int, default=3, help="medians of so many runs")
    args = parser.parse_args()
    print(f"{machine()}; medians of {args.times}\n")
    with TemporaryDirectory() as name:
        folder = Path(name)
        starts = [
            (f"hub {' '.join(c)}", [startup_seconds(c, folder) for _ in range(max(3, args.times))]) for c in COMMANDS
        ]
        runs = []
        for number in range(args.times):
            subfolder = folder / str(number)
            subfolder.mkdir()
            runs.append(list(measure_snapshots(args.size, subfolder)))
        size = (subfolder / "hub.db").stat().st_size / 2**20
    saved = [(label, statistics.median(run[at][1] for run in runs)) for at, (label, _) in enumerate(runs[0])]
    rows = [*saved, *((label, statistics.median(times)) for label, times in starts)]
    print(table(("what", "seconds"), [(label, f"{seconds:.2f}") for label, seconds in rows]))
    print(f"\nthe database: {size:.0f} MB; peak memory of the process: {peak_megabytes():.0f} MB")


if __name__ == "__main__":
    main()
