"""Progress bars on a terminal; nothing elsewhere."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock

from hub.cli.options import Voice, colourful
from hub.model.printable import printable_line

Progress = Callable[[str, int], None]


@contextmanager
def shown(voice: Voice) -> Iterator[Progress]:
    """Yields a function that takes (what, how many more); draws bars on standard error if that is a terminal."""
    if voice.quiet or not colourful(sys.stderr):
        yield lambda _what, _count: None
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

        def advance(what: str, count: int) -> None:
            with lock:
                if what not in tasks:
                    tasks[what] = bars.add_task(escape(printable_line(what)), total=None)
                bars.advance(tasks[what], count)  # type: ignore[arg-type]

        yield advance
