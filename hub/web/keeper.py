"""Keeps the windows: makes one when something new is known, and shows the one before until it is ready."""

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Protocol

import structlog

from hub.core.audience import VisibleKeyResults
from hub.model.errors import HubError
from hub.web.window import PortfolioSnapshot

PUBLIC_AUDIENCE: VisibleKeyResults = frozenset()


class SnapshotSource(Protocol):
    """Where windows come from: the state and the OKR files. All raise HubError where these have a fault."""

    def version(self) -> str:
        """Another text for every other content; cheap."""
        ...

    def visible_to(self, teams: frozenset[str]) -> VisibleKeyResults:
        """The private key results that these teams may see; cheap."""
        ...

    def build(self, visible: VisibleKeyResults, version: str) -> PortfolioSnapshot:
        """Make the window for an audience; takes seconds with many tickets."""
        ...


class SnapshotCache:
    """Thread-safe. Windows are made one at a time, in a thread of their own; one that is there is shown meanwhile.

    Where the state or the files have a fault, the last window stays, and `fault` says what is wrong.
    """

    def __init__(self, source: SnapshotSource, *, observers: Sequence[Callable[[float], None]] = ()) -> None:
        """`made` are told how long each window took."""
        self.fault: str | None = None
        self._source = source
        self._observers = observers
        self._preparers: list[Callable[[PortfolioSnapshot], None]] = []
        self._lock = threading.Lock()
        self._snapshots: dict[VisibleKeyResults, PortfolioSnapshot] = {}
        self._pending: dict[VisibleKeyResults, Future[PortfolioSnapshot]] = {}
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="snapshot")

    def snapshot(self, teams: frozenset[str] = frozenset()) -> PortfolioSnapshot:
        """What these teams see: waits for the first window of an audience, never for a later one; raises HubError."""
        visible = self._source.visible_to(teams) if teams else PUBLIC_AUDIENCE
        with self._lock:
            known, pending = self._snapshots.get(visible), self._pending.get(visible)
        if known is None:
            return (pending or self._start_build(visible)).result()
        return known

    def on_new_snapshot(self, prepare: Callable[[PortfolioSnapshot], None]) -> None:
        """Have something done with each newer window while the one before is still shown; it raises nothing."""
        self._preparers.append(prepare)

    def current(self) -> PortfolioSnapshot | None:
        """What everybody sees, if it is there already: never waits, and asks nobody."""
        return self._snapshots.get(PUBLIC_AUDIENCE)

    def is_ready(self) -> bool:
        """Whether there is a window at all."""
        return PUBLIC_AUDIENCE in self._snapshots

    def refresh(self) -> None:
        """Look whether something new is known, and if so make the windows that were asked for anew."""
        try:
            version = self._source.version()
        except HubError as error:
            self._record_fault(error)
            return
        with self._lock:
            stale = [visible for visible, snapshot in self._snapshots.items() if snapshot.version != version]
        for visible in stale or ([] if self.is_ready() else [PUBLIC_AUDIENCE]):
            self._start_build(visible)

    def close(self) -> None:
        """Make no more windows."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _start_build(self, visible: VisibleKeyResults) -> Future[PortfolioSnapshot]:
        with self._lock:
            if visible not in self._pending:
                self._pending[visible] = self._pool.submit(self._build, visible)
            return self._pending[visible]

    def _build(self, visible: VisibleKeyResults) -> PortfolioSnapshot:
        started = time.perf_counter()
        try:
            snapshot = self._source.build(visible, self._source.version())
        except HubError as error:
            self._record_fault(error)
            with self._lock:
                self._pending.pop(visible, None)
            raise
        for prepare in self._preparers if visible in self._snapshots else ():
            prepare(snapshot)
        with self._lock:
            self._pending.pop(visible, None)
            self._snapshots[visible] = snapshot
            self.fault = None
        for observer in self._observers:
            observer(time.perf_counter() - started)
        return snapshot

    def _record_fault(self, error: HubError) -> None:
        self.fault = str(error)
        structlog.get_logger().warning("the pages show what was known before", fault=self.fault)
