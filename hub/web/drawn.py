"""Pages that were drawn already, with all that is around them: the same page is drawn once after each run."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256

from cachetools import LRUCache

from hub.web.page import Asked, MakePage, Page
from hub.web.render import body, framed
from hub.web.viewer import Role, Viewer
from hub.web.window import Window

KEPT_BYTES = 64 * 1024 * 1024
LONGEST_QUESTION = 2_000


@dataclass(frozen=True, slots=True)
class Drawing:
    """A whole page as it is sent."""

    content: bytes
    etag: str
    status: int = 200


@dataclass(frozen=True, slots=True)
class Question:
    """Who asks for which page: two that are alike are given the same drawing of one window."""

    path: str
    viewer: Viewer
    asked: Asked

    def key(self, window: Window) -> tuple[str, ...]:
        """What the drawing depends on."""
        who = (self.viewer.role.value, self.viewer.name)
        return (window.stamp, window.audience, *who, self.path, repr(sorted(self.asked.query.items())))


class Drawn:
    """Thread-safe; what nobody asks for is let go first."""

    def __init__(self, workspace: str) -> None:
        self._workspace = workspace
        self._lock = threading.Lock()
        self._kept: LRUCache[tuple[str, ...], Drawing] = LRUCache(KEPT_BYTES, getsizeof=lambda one: len(one.content))

    def known(self, question: Question, window: Window) -> Drawing | None:
        """The drawing, if it is there already: quick enough to be asked between two requests."""
        with self._lock:
            return self._kept.get(question.key(window))

    def page(self, make: MakePage, question: Question, window: Window) -> Drawing:
        """The drawing; takes as long as the page is large."""
        page = make(window, question.viewer, question.asked)
        drawing = self.draw(page, question, {"window": window})
        key = question.key(window)
        if len(drawing.content) < KEPT_BYTES and sum(map(len, key)) < LONGEST_QUESTION:
            with self._lock:
                self._kept[key] = drawing
        return drawing

    def draw(self, page: Page, question: Question, around: Mapping[str, object]) -> Drawing:
        """A page that is not kept."""
        viewer = question.viewer
        content = body(page, {**around, "admin": viewer.role is Role.ADMIN})
        whole = framed(content, title=page.title, path=question.path, viewer=viewer, workspace=self._workspace)
        # A tracker may have cut a text in the middle of a character.
        sent = whole.encode("utf-8", "replace")
        return Drawing(sent, f'"{sha256(sent).hexdigest()[:32]}"', page.status)
