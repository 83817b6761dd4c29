"""The cache of snapshots, and the other parts that the web application is made of."""

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Protocol

import structlog
from starlette.requests import Request
from starlette.responses import Response

from hub.config.settings import Config
from hub.core.checking import redaction
from hub.core.checking.redaction import VisibleKeyResults
from hub.model.errors import ConfigError, HubError, Problem
from hub.model.service_state import RateLimitStatus, SchedulerState
from hub.state import open_store
from hub.usecases.assess import PUBLIC, assess
from hub.web.page import Role, Viewer
from hub.web.snapshot import PortfolioSnapshot, build_snapshot
from hub.wiring import configured_okrs


class SnapshotSource(Protocol):
    """Where snapshots come from: the state and the OKR files. All raise HubError where these have a fault."""

    def version(self) -> str:
        """Another text for every other content; cheap."""
        ...

    def visible_to(self, teams: frozenset[str]) -> VisibleKeyResults:
        """The private key results that these teams may see; cheap."""
        ...

    def build(self, visible: VisibleKeyResults, version: str) -> PortfolioSnapshot:
        """Build the snapshot of an audience; takes seconds with many tickets."""
        ...


@dataclass(frozen=True, slots=True)
class StoreSnapshotSource:
    """Opens the store for each call, so that no connection outlives a thread."""

    config: Config
    now: Callable[[], datetime]
    today: Callable[[], date]

    def version(self) -> str:
        """See `SnapshotSource.version`: the last run that ended, the OKR files by size and time, and the day."""
        with closing(open_store(self.config, create=False)) as store:
            ended = store.last_finished_run()
        return " ".join((str(ended), self.today().isoformat(), *map(_file_version, self.config.okr_paths())))

    def visible_to(self, teams: frozenset[str]) -> VisibleKeyResults:
        """See `SnapshotSource.visible_to`: reads the files each time, so a revoked right is gone at once."""
        return redaction.visible_to(configured_okrs(self.config, self.today()), teams)

    def build(self, visible: VisibleKeyResults, version: str) -> PortfolioSnapshot:
        """See `SnapshotSource.build`."""
        assessment = assess(self.config, self.today(), now=self.now(), visible=visible, history=True)
        return build_snapshot(assessment, version, self.config.clock_offset_seconds)


def _file_version(path: Path) -> str:
    """Name, size and time; ConfigError where the file is gone, as while an editor puts another in its place."""
    try:
        about = path.stat()
    except OSError as error:
        raise ConfigError([Problem(str(path), "", f"cannot be read: {error.strerror}")]) from None
    return f"{path.name}:{about.st_size}:{about.st_mtime_ns}"


NOTHING_SERVED = "none"
PAUSE_FACTOR = 4
"""So many times as long as a snapshot took to build, none is built."""


class SnapshotCache:
    """Thread-safe. Builds one snapshot at a time, in a thread of its own; meanwhile the one before is served.

    Where one cannot be built, the last snapshot stays, and `fault` says what is wrong.
    """

    def __init__(self, source: SnapshotSource, *, observers: Sequence[Callable[[float], None]] = ()) -> None:
        """`observers` are called with the seconds that each snapshot took."""
        self.fault: str | None = None
        self._source = source
        self._observers = observers
        self._prepare: list[Callable[[PortfolioSnapshot], None]] = []
        self._lock = threading.Lock()
        self._snapshots: dict[VisibleKeyResults, PortfolioSnapshot] = {}
        self._building: dict[VisibleKeyResults, Future[PortfolioSnapshot]] = {}
        self._paused_until = 0.0
        self._is_stale = False
        self._timer: threading.Timer | None = None
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="snapshot")

    def snapshot(self, teams: frozenset[str] = frozenset()) -> PortfolioSnapshot:
        """What these teams see: waits for the first snapshot of an audience, never for a later one; raises HubError."""
        visible = self._source.visible_to(teams) if teams else PUBLIC
        self._catch_up()
        with self._lock:
            known, building = self._snapshots.get(visible), self._building.get(visible)
        if known is None:
            return (building or self._start_build(visible)).result()
        return known

    def on_new_snapshot(self, prepare: Callable[[PortfolioSnapshot], None]) -> None:
        """Call `prepare` with each newer snapshot while the one before is still served; it raises nothing."""
        self._prepare.append(prepare)

    def current(self) -> PortfolioSnapshot | None:
        """The public snapshot, if it is built already: never waits."""
        self._catch_up()
        return self._snapshots.get(PUBLIC)

    def served_version(self, teams: frozenset[str] = frozenset()) -> str:
        """Another text whenever what these teams see may have been replaced; it tells nothing of the content."""
        self._catch_up()
        public = self._snapshots.get(PUBLIC)
        snapshots = (public,) if public and not teams else tuple(self._snapshots.values())
        text = "\n".join(snapshot.version for snapshot in snapshots)
        return sha256(text.encode()).hexdigest()[:16] if snapshots else NOTHING_SERVED

    def is_ready(self) -> bool:
        """Whether there is a snapshot at all."""
        return PUBLIC in self._snapshots

    def refresh(self) -> None:
        """Something new may be known: the snapshots that are used are rebuilt, and so seldom that runs find time.

        Building pauses four times as long as the last one took, so that one webhook after the other does not keep the
        service busy with pages.
        """
        if not self.is_ready():
            self._rebuild()
            return
        self._is_stale = True
        if (seconds := self._paused_until - time.monotonic()) > 0:
            with self._lock:
                if self._timer is None or not self._timer.is_alive():
                    self._timer = threading.Timer(seconds + 0.01, self._catch_up)
                    self._timer.daemon = True
                    self._timer.start()
        else:
            self._catch_up()

    def _catch_up(self) -> None:
        """Begin to rebuild where that is due; readers see the last snapshot meanwhile."""
        if self._is_stale and time.monotonic() >= self._paused_until:
            self._is_stale = False
            with suppress(RuntimeError):  # Closed meanwhile.
                self._pool.submit(self._rebuild)

    def _rebuild(self) -> None:
        try:
            version = self._source.version()
        except Exception as error:  # noqa: BLE001  nobody waits for this thread, and the next run tries again
            self._record_fault(error)
            return
        with self._lock:
            stale = [visible for visible, snapshot in self._snapshots.items() if snapshot.version != version]
            if self._snapshots and not stale:
                self.fault = None
        for visible in stale or ([] if self.is_ready() else [PUBLIC]):
            self._start_build(visible)

    def close(self) -> None:
        """Build no more snapshots."""
        if self._timer is not None:
            self._timer.cancel()
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _start_build(self, visible: VisibleKeyResults) -> Future[PortfolioSnapshot]:
        with self._lock:
            if visible not in self._building:
                self._building[visible] = self._pool.submit(self._build, visible)
            return self._building[visible]

    def _build(self, visible: VisibleKeyResults) -> PortfolioSnapshot:
        began = time.perf_counter()
        try:
            snapshot = self._source.build(visible, self._source.version())
            for prepare in self._prepare if visible in self._snapshots else ():
                prepare(snapshot)
        except Exception as error:
            # Whatever it was: a build that is under way for ever would be the last one.
            self._record_fault(error)
            with self._lock:
                self._building.pop(visible, None)
            raise
        with self._lock:
            self._building.pop(visible, None)
            self._snapshots[visible] = snapshot
            self.fault = None
            self._paused_until = time.monotonic() + PAUSE_FACTOR * (time.perf_counter() - began)
        for observe in self._observers:
            observe(time.perf_counter() - began)
        return snapshot

    def _record_fault(self, error: Exception) -> None:
        """Only an error of ours is known to hold no secret."""
        is_expected = isinstance(error, HubError)
        self.fault = str(error) if is_expected else f"internal error: {type(error).__name__}"
        log = structlog.get_logger()
        log.warning("the pages show what was known before", fault=self.fault, exc_info=None if is_expected else error)


class Authenticator(Protocol):
    """Authenticates requests. For an unknown user the result is a response: the sign-in page or a refusal."""

    async def authenticate(self, request: Request) -> Viewer | Response:
        """The viewer who sent the request, or the response to send instead."""
        ...


class LoopbackAuth:
    """No authentication: for a service that listens on loopback only. Private key results stay redacted."""

    async def authenticate(self, request: Request) -> Viewer | Response:
        """Whoever reaches the machine's own address runs programs on it, and may do what they could do there."""
        return Viewer(role=Role.ADMIN)


@dataclass(frozen=True)
class WebDependencies:
    """The parts. `trigger_run` asks for a run now; `workspace` is the name in the header of the pages.

    `scheduler_state` says what is being done, where there is a scheduler, and `rate_limits` what hosts said remains;
    neither raises.
    """

    snapshots: SnapshotCache
    authenticator: Authenticator
    now: Callable[[], datetime]
    workspace: str = "main"
    trigger_run: Callable[[], None] = lambda: None
    scheduler_state: Callable[[], SchedulerState | None] = lambda: None
    rate_limits: Callable[[], Sequence[RateLimitStatus]] = lambda: ()
