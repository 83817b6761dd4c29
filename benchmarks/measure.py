"""Seconds, memory and tables: what every benchmark here counts with."""

import gc
import json
import os
import platform
import resource
import statistics
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from os import cpu_count
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")
STATUS = Path("/proc/self/status")
KEEP_TABLES = "HUB_BENCHMARKS_TABLES"
"""The variable that names a file which every printed table is added to, a line of JSON each."""


def peak_megabytes() -> float:
    """The most memory that this process ever held; Linux counts in KiB, macOS in bytes."""
    if STATUS.exists():
        # What getrusage says begins with the peak of whoever started this process.
        peak = next(line for line in STATUS.read_text().splitlines() if line.startswith("VmHWM:"))
        return int(peak.split()[1]) / 2**10
    max_rss = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return max_rss / (2**20 if sys.platform == "darwin" else 2**10)


def timed(work: Callable[[], T], clock: Callable[[], float] = time.perf_counter) -> tuple[T, float]:
    """What the work gave, and the seconds it took; garbage of earlier work is swept up before."""
    gc.collect()
    started_at = clock()
    result = work()
    return result, clock() - started_at


def median_of(times: int, work: Callable[[], T]) -> tuple[T, float]:
    """The last result and the median of the processor's seconds, which other programs on the machine disturb less."""
    seconds = []
    for _ in range(times):
        result = None  # Two results at once would double the memory.
        result, duration = timed(work, time.process_time)
        seconds.append(duration)
    assert result is not None
    return result, statistics.median(seconds)


def machine() -> str:
    """What the numbers depend on, without names, and how fast it is today: shared machines differ twofold in a day."""
    python = f"{platform.python_implementation()} {platform.python_version()}"
    fastest = min(timed(_count_to_a_million, time.process_time)[1] for _ in range(5))
    system = f"{cpu_count()} cores ({platform.machine()}, {platform.system()}), {python}"
    return f"{system}; counting to a million in {fastest * 1000:.0f} ms"


def _count_to_a_million() -> int:
    """A loop that nothing but the interpreter and the processor make faster."""
    count = 0
    for _ in range(1_000_000):
        count += 1
    return count


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table in Markdown, first column to the left, the others to the right; kept for the suite where it asks."""
    cells = [[str(cell) for cell in row] for row in rows]
    if kept := os.environ.get(KEEP_TABLES):
        with Path(kept).open("a") as file:
            file.write(json.dumps({"head": list(head), "rows": cells}) + "\n")
    widths = [max(len(row[at]) for row in [list(head), *cells]) for at in range(len(head))]
    rule = [("-" * width if at == 0 else "-" * (width - 1) + ":") for at, width in enumerate(widths)]
    lines = [[_fit(cell, widths[at], at) for at, cell in enumerate(row)] for row in [list(head), *cells]]
    return "\n".join("| " + " | ".join(row) + " |" for row in [lines[0], rule, *lines[1:]])


def _fit(cell: str, width: int, at: int) -> str:
    return cell.ljust(width) if at == 0 else cell.rjust(width)
