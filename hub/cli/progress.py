"""What commands show of work that goes on: bars on a terminal; and how they end when somebody stops them."""

import signal
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock, current_thread, main_thread
from typing import TYPE_CHECKING

from hub.cli.output import OutputOptions, supports_color
from hub.model.text import printable_line

if TYPE_CHECKING:  # a command that shows no bars should not load them
    from rich.progress import Progress as RichProgress
    from rich.progress import TaskID


class Progress:
    """What is told of work that goes on: here nothing; `Bars` draws it."""

    def announce(self, label: str, total: int) -> None:
        """So much more of it is to be done."""

    def advance(self, label: str, count: int) -> None:
        """So much more of it was done."""


class Bars(Progress):
    """A bar for each kind of work: `n of m` where it is known how much there is, else how much was done."""

    def __init__(self, bars: "RichProgress") -> None:
        self._bars = bars
        self._tasks: dict[str, TaskID] = {}
        self._totals: Counter[str] = Counter()
        self._done: Counter[str] = Counter()
        self._lock = Lock()

    def announce(self, label: str, total: int) -> None:
        """So much more of it is to be done."""
        with self._lock:
            self._totals[label] += total
            self._show(label)

    def advance(self, label: str, count: int) -> None:
        """So much more of it was done."""
        with self._lock:
            self._done[label] += count
            self._show(label)

    def _show(self, label: str) -> None:
        from rich.markup import escape

        if label not in self._tasks:
            self._tasks[label] = self._bars.add_task(escape(printable_line(label)), total=None, numbers="")
        done, total = self._done[label], self._totals[label]
        numbers = f"{done:,} of {total:,}" if total else f"{done:,}"
        self._bars.update(self._tasks[label], completed=done, total=total or None, numbers=numbers)


@contextmanager
def progress_bars(output: OutputOptions) -> Iterator[Progress]:
    """Draws bars on standard error where that is a terminal; without colour where people want none."""
    if output.quiet or not sys.stderr.isatty():
        yield Progress()
        return
    from rich.console import Console
    from rich.progress import BarColumn, SpinnerColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as RichProgress

    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(bar_width=24),
        TextColumn("{task.fields[numbers]}"),
        TimeElapsedColumn(),
    )
    console = Console(stderr=True, no_color=not supports_color(sys.stderr))
    with RichProgress(*columns, console=console, transient=True) as bars:
        yield Bars(bars)


@contextmanager
def interruptible() -> Iterator[None]:
    """SIGTERM ends a command as Ctrl-C does: it is recorded as interrupted, and the exit code says so."""
    before = signal.signal(signal.SIGTERM, _interrupt) if current_thread() is main_thread() else None
    try:
        yield
    finally:
        if before is not None:
            signal.signal(signal.SIGTERM, before)


def _interrupt(_signal: int, _frame: object) -> None:
    raise KeyboardInterrupt
