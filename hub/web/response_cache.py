"""Caches responses: rendered once for all who ask, and again before a newer snapshot is served."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from hashlib import sha256
from typing import Generic, TypeVar

import structlog
from cachetools import LRUCache
from starlette.requests import Request
from starlette.responses import Response

from hub.core.insight.search import clean_query
from hub.web.page import MakePage, Page, PageParams, Role, Viewer, render_body, render_frame
from hub.web.snapshot import PortfolioSnapshot

T = TypeVar("T")
Key = tuple[str, ...]
CACHE_BYTES = 64 * 1024 * 1024
LONGEST_KEY = 2_000
# The last requests are answered for a newer snapshot before it is served, for so long at most.
WARM_REQUESTS, WARM_SECONDS = 300, 10.0
MAX_FRAMES = 1_000
# Stands in the frame where the body comes; no text of ours or of others holds it.
BODY_PLACE = "\x00body\x00"


def conditional_response(
    request: Request, content: bytes, etag: str, media_type: str, *, status: int = 200, total: int | None = None
) -> Response:
    """The response, or 304 where the client has it already; `total` counts a list of which it is a part."""
    headers = {"ETag": etag, "Cache-Control": "private, no-cache"}
    if total is not None:
        headers["X-Total-Count"] = str(total)
    if status == 200 and request.headers.get("if-none-match") == etag:
        return Response(status_code=304, headers=headers)
    return Response(content, status, headers, media_type=media_type)


class ResponseCache(Generic[T]):
    """Thread-safe, least recently used first out. `size` is in bytes; None is an answer that is not cached."""

    def __init__(self, size: Callable[[T], int], max_bytes: int = CACHE_BYTES) -> None:
        self._size = size
        self._max_bytes = max_bytes
        self._lock = threading.Lock()
        self._cached: LRUCache[Key, T] = LRUCache(max_bytes, getsizeof=size)
        self._pending: dict[Key, Future[T | None]] = {}
        self._requests: OrderedDict[tuple[str, Key], Callable[[PortfolioSnapshot], T | None]] = OrderedDict()

    def get(self, snapshot: PortfolioSnapshot, key: Key) -> T | None:
        """The cached response, or None; fast enough for the event loop."""
        with self._lock:
            cached = self._cached.get(_full_key(snapshot, key))
            if cached is not None and (snapshot.audience, key) in self._requests:
                self._requests.move_to_end((snapshot.audience, key))
            return cached

    def get_or_make(
        self,
        snapshot: PortfolioSnapshot,
        key: Key,
        make: Callable[[PortfolioSnapshot], T | None],
        *,
        is_recurring: bool = True,
    ) -> T | None:
        """The cached response, or a new one; concurrent requests for the same key wait for it.

        Only what is recurring is made again for a newer snapshot before anybody asks.
        """
        full_key = _full_key(snapshot, key)
        with self._lock:
            if (cached := self._cached.get(full_key)) is not None:
                return cached
            pending = self._pending.get(full_key)
            if pending is None:
                future = self._pending[full_key] = Future()
        if pending is not None:
            return pending.result()
        try:
            made = make(snapshot)
            if made is not None:
                # While others still wait: whoever comes after them finds it.
                self._put(snapshot, key, made, make if is_recurring else None)
            future.set_result(made)
        except BaseException as error:
            future.set_exception(error)
            raise
        finally:
            with self._lock:
                self._pending.pop(full_key, None)
        return made

    def warm(self, snapshot: PortfolioSnapshot) -> None:
        """Make for a newer snapshot what its audience requested last, the latest first."""
        with self._lock:
            requests = [
                (key, make)
                for (audience, key), make in reversed(self._requests.items())
                if audience == snapshot.audience
            ]
        until = time.monotonic() + WARM_SECONDS
        for key, make in requests:
            if time.monotonic() > until:
                return
            try:
                self.get_or_make(snapshot, key, make)
            except Exception as error:  # noqa: BLE001  one page that cannot be rendered must not hold back the others
                structlog.get_logger().error("cannot be rendered", page=key[0], exc_info=error)

    def _put(
        self, snapshot: PortfolioSnapshot, key: Key, made: T, make: Callable[[PortfolioSnapshot], T | None] | None
    ) -> None:
        full_key = _full_key(snapshot, key)
        if self._size(made) >= self._max_bytes or sum(map(len, full_key)) > LONGEST_KEY:
            return
        with self._lock:
            self._cached[full_key] = made
            if make is None:
                return
            self._requests[snapshot.audience, key] = make
            self._requests.move_to_end((snapshot.audience, key))
            while len(self._requests) > WARM_REQUESTS:
                self._requests.popitem(last=False)


def _full_key(snapshot: PortfolioSnapshot, key: Key) -> Key:
    return (snapshot.version, snapshot.audience, *key)


@dataclass(frozen=True, slots=True)
class RenderedBody:
    """A page without its frame, the same for all of one audience and role."""

    title: str
    content: bytes
    digest: bytes
    status: int


@dataclass(frozen=True, slots=True)
class RenderedPage:
    """A whole page as it is sent."""

    content: bytes
    etag: str
    status: int = 200


@dataclass(frozen=True, slots=True)
class PageRequest:
    """A request for a page: path, viewer and parameters.

    `version` is what the snapshots were when it came; `state` stands for what the page shows besides its snapshot.
    """

    path: str
    viewer: Viewer
    params: PageParams
    version: str = ""
    state: str = ""

    @property
    def search_words(self) -> str:
        """What stands in the search box."""
        return clean_query(self.params.query.get("q", "")) if self.path == "/search" else ""

    @property
    def is_search(self) -> bool:
        """Whether words are searched for: hardly ever asked twice, and so not rendered again before anybody asks."""
        return not self.params.query.keys().isdisjoint({"q", "text"})

    @property
    def key(self) -> Key:
        """What the body depends on besides the snapshot."""
        return (self.path, self.viewer.role.value, repr(sorted(self.params.query.items())), self.state)


class PageCache:
    """Thread-safe. The body of a page is rendered once for each snapshot, the frame around it once for each viewer."""

    def __init__(self, workspace: str, max_bytes: int = CACHE_BYTES) -> None:
        self._workspace = workspace
        self._bodies: ResponseCache[RenderedBody] = ResponseCache(lambda rendered: len(rendered.content), max_bytes)
        self._frames: LRUCache[tuple[str, str, Viewer, str, str], bytes] = LRUCache(MAX_FRAMES)
        self._lock = threading.Lock()
        self.warm = self._bodies.warm

    def get(self, request: PageRequest, snapshot: PortfolioSnapshot) -> RenderedPage | None:
        """The page, if its body is cached; fast enough for the event loop."""
        rendered = self._bodies.get(snapshot, request.key)
        return None if rendered is None else self._framed(rendered, request)

    def get_or_make(self, make: MakePage, request: PageRequest, snapshot: PortfolioSnapshot) -> RenderedPage:
        """The page, rendered if it isn't cached."""
        # The viewer's name is for the frame: the body is the same for all of a role.
        anonymous = Viewer(role=request.viewer.role)

        def render(newer: PortfolioSnapshot) -> RenderedBody:
            return _rendered(make(newer, anonymous, request.params), {"snapshot": newer}, anonymous)

        rendered = self._bodies.get_or_make(snapshot, request.key, render, is_recurring=not request.is_search)
        assert rendered is not None  # noqa: S101  every page has a body
        return self._framed(rendered, request)

    def render(self, page: Page, request: PageRequest, context: Mapping[str, object]) -> RenderedPage:
        """A page that is not cached."""
        return self._framed(_rendered(page, context, request.viewer), request)

    def _framed(self, rendered: RenderedBody, request: PageRequest) -> RenderedPage:
        frame = self._frame(rendered.title, request)
        head, _, tail = frame.partition(BODY_PLACE.encode())
        digest = sha256(frame + rendered.digest).hexdigest()[:32]
        return RenderedPage(b"".join((head, rendered.content, tail)), f'"{digest}"', rendered.status)

    def _frame(self, title: str, request: PageRequest) -> bytes:
        """The frame of a page, rendered once for each version and viewer."""
        key = (title, request.path, request.viewer, request.version, request.search_words)
        with self._lock:
            known = self._frames.get(key)
        if known is not None:
            return known
        frame = render_frame(
            BODY_PLACE,
            title=title,
            path=request.path,
            viewer=request.viewer,
            workspace=self._workspace,
            version=request.version,
            search=request.search_words,
        ).encode("utf-8", "replace")
        if len(request.path) + len(title) <= LONGEST_KEY:
            with self._lock:
                self._frames[key] = frame
        return frame


def _rendered(page: Page, context: Mapping[str, object], viewer: Viewer) -> RenderedBody:
    # A tracker may have cut a text in the middle of a character.
    content = render_body(page, {**context, "admin": viewer.role is Role.ADMIN}).encode("utf-8", "replace")
    return RenderedBody(page.title, content, sha256(content).digest(), page.status)
