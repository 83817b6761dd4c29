"""Keeps the windows: makes one when something new is known, and shows the one before until it is ready."""

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Protocol

import structlog

from hub.core.audience import VisibleKeyResults
from hub.model.errors import HubError
from hub.web.window import Window

NOBODY: VisibleKeyResults = frozenset()


class Looks(Protocol):
    """Where windows come from: the state and the OKR files. All raise HubError where these have a fault."""

    def stamp(self) -> str:
        """Another text for every other content; cheap."""
        ...

    def seen_by(self, teams: frozenset[str]) -> VisibleKeyResults:
        """The private key results that these teams may see; cheap."""
        ...

    def look(self, seen: VisibleKeyResults, stamp: str) -> Window:
        """Make the window for an audience; takes seconds with many tickets."""
        ...


class Keeper:
    """Thread-safe. Windows are made one at a time, in a thread of their own; one that is there is shown meanwhile.

    Where the state or the files have a fault, the last window stays, and `fault` says what is wrong.
    """

    def __init__(self, looks: Looks, *, made: Sequence[Callable[[float], None]] = ()) -> None:
        """`made` are told how long each window took."""
        self.fault: str | None = None
        self._looks = looks
        self._tell_made = made
        self._prepare: list[Callable[[Window], None]] = []
        self._lock = threading.Lock()
        self._windows: dict[VisibleKeyResults, Window] = {}
        self._making: dict[VisibleKeyResults, Future[Window]] = {}
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="window")

    def window(self, teams: frozenset[str] = frozenset()) -> Window:
        """What these teams see: waits for the first window of an audience, never for a later one; raises HubError."""
        seen = self._looks.seen_by(teams) if teams else NOBODY
        with self._lock:
            known, making = self._windows.get(seen), self._making.get(seen)
        if known is None:
            return (making or self._make(seen)).result()
        return known

    def before_shown(self, prepare: Callable[[Window], None]) -> None:
        """Have something done with each newer window while the one before is still shown; it raises nothing."""
        self._prepare.append(prepare)

    def known(self) -> Window | None:
        """What everybody sees, if it is there already: never waits, and asks nobody."""
        return self._windows.get(NOBODY)

    def ready(self) -> bool:
        """Whether there is a window at all."""
        return NOBODY in self._windows

    def refresh(self) -> None:
        """Look whether something new is known, and if so make the windows that were asked for anew."""
        try:
            stamp = self._looks.stamp()
        except HubError as error:
            self._tell(error)
            return
        with self._lock:
            stale = [seen for seen, window in self._windows.items() if window.stamp != stamp]
        for seen in stale or ([] if self.ready() else [NOBODY]):
            self._make(seen)

    def close(self) -> None:
        """Make no more windows."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _make(self, seen: VisibleKeyResults) -> Future[Window]:
        with self._lock:
            if seen not in self._making:
                self._making[seen] = self._pool.submit(self._made, seen)
            return self._making[seen]

    def _made(self, seen: VisibleKeyResults) -> Window:
        began = time.perf_counter()
        try:
            window = self._looks.look(seen, self._looks.stamp())
        except HubError as error:
            self._tell(error)
            with self._lock:
                self._making.pop(seen, None)
            raise
        for prepare in self._prepare if seen in self._windows else ():
            prepare(window)
        with self._lock:
            self._making.pop(seen, None)
            self._windows[seen] = window
            self.fault = None
        for tell in self._tell_made:
            tell(time.perf_counter() - began)
        return window

    def _tell(self, error: HubError) -> None:
        self.fault = str(error)
        structlog.get_logger().warning("the pages show what was known before", fault=self.fault)
