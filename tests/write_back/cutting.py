"""A power cut at any boundary of a write: before or after what the ledger remembers and what the tracker does."""

import os
import signal
from collections.abc import Callable
from typing import Any

from tests.fakes.store import PowerCut

OF_THE_STORE = frozenset(
    [
        "begin_run",
        "intend",
        "intend_labels",
        "replacing",
        "replaced",
        "commented",
        "adopted",
        "looked",
        "contested",
        "comment_refused",
        "comment_gone",
        "labelled",
        "label_refused",
        "muted",
        "label_barred",
        "forget",
        "deferred",
        "remember",
        "save_snapshot",
        "saw",
        "finish_run",
    ]
)
OF_THE_TRACKER = frozenset({"create_comment", "update_comment", "delete_comment", "change_labels"})


def by_exception() -> None:
    raise PowerCut


def by_signal() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


class Fuse:
    """Counts boundaries by name; the process ends at the one numbered `at`, and nothing happens in it afterwards."""

    def __init__(self, at: int | None = None, end: Callable[[], None] = by_exception) -> None:
        self.names: list[str] = []
        self.dead = False
        self._at = at
        self._end = end

    @property
    def passed(self) -> int:
        return len(self.names)

    def burn(self, name: str) -> None:
        self.alive()
        self.names.append(name)
        if self.passed == self._at:
            self.dead = True
            self._end()

    def alive(self) -> None:
        if self.dead:
            raise PowerCut


class FuseAfter(Fuse):
    """Ends the process right after the first write of that name was done, before anything else is."""

    def __init__(self, write: str) -> None:
        super().__init__()
        self._write = write

    def burn(self, name: str) -> None:
        super().burn(name)
        if self.names.count(self._write) == 2:
            self.dead = True
            by_exception()


class Watch(Fuse):
    """Ends nothing; notes at each boundary what there is to see."""

    def __init__(self, look: Callable[[], int]) -> None:
        super().__init__()
        self.seen: list[int] = []
        self._look = look

    def burn(self, name: str) -> None:
        super().burn(name)
        self.seen.append(self._look())


class Cut:
    """Stands before a store or a connector, with the fuse at both ends of each of its writes."""

    def __init__(self, inner: Any, writes: frozenset[str], fuse: Fuse) -> None:
        self._inner = inner
        self._writes = writes
        self._fuse = fuse

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._inner, name)
        if not callable(found):
            return found

        def call(*args: Any, **more: Any) -> Any:
            if name not in self._writes:
                self._fuse.alive()
                return found(*args, **more)
            self._fuse.burn(name)
            answer = found(*args, **more)
            self._fuse.burn(name)
            return answer

        return found if name == "close" else call
