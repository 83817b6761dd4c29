"""Progress bars, on a terminal only."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock

from hub.cli.options import OutputOptions, supports_color
from hub.model.printable import printable_line

Progress = Callable[[str, int], None]


@contextmanager
def progress_bars(output: OutputOptions) -> Iterator[Progress]:
    """Yields a function that takes (what, how many more); draws bars on standard error if that is a terminal."""
    if output.quiet or not supports_color(sys.stderr):
        yield lambda _label, _count: None
        return
    from rich.console import Console
    from rich.markup import escape
    from rich.progress import Progress as Bars
    from rich.progress import SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        TextColumn("{task.completed:.0f}"),
        TimeElapsedColumn(),
    )
    with Bars(*columns, console=Console(stderr=True), transient=True) as bars:
        tasks: dict[str, int] = {}
        lock = Lock()

        def advance(label: str, count: int) -> None:
            with lock:
                if label not in tasks:
                    tasks[label] = bars.add_task(escape(printable_line(label)), total=None)
                bars.advance(tasks[label], count)  # type: ignore[arg-type]

        yield advance
