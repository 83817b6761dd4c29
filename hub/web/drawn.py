"""Pages that were drawn already: what stands on them is drawn once after each run, the frame for each reader."""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256

from hub.web.kept import Kept
from hub.web.page import Asked, MakePage, Page
from hub.web.render import body, framed
from hub.web.viewer import Role, Viewer
from hub.web.window import Window

# Stands in the frame where the page comes; no text of ours or of others holds it.
HERE = "\x00here\x00"


@dataclass(frozen=True, slots=True)
class Sheet:
    """What stands on a page, for all of one audience and role."""

    title: str
    content: bytes
    mark: bytes
    status: int


@dataclass(frozen=True, slots=True)
class Drawing:
    """A whole page as it is sent."""

    content: bytes
    etag: str
    status: int = 200


@dataclass(frozen=True, slots=True)
class Question:
    """Who asks for which page."""

    path: str
    viewer: Viewer
    asked: Asked

    @property
    def key(self) -> tuple[str, ...]:
        """What the sheet depends on besides the window."""
        return (self.path, self.viewer.role.value, repr(sorted(self.asked.query.items())))


class Drawn:
    """Thread-safe; see `Kept`."""

    def __init__(self, workspace: str) -> None:
        self._workspace = workspace
        self._sheets: Kept[Sheet] = Kept(lambda sheet: len(sheet.content))

    def known(self, question: Question, window: Window) -> Drawing | None:
        """The drawing, if its sheet is there already: quick enough to be asked between two requests."""
        sheet = self._sheets.known(window, question.key)
        return None if sheet is None else self._framed(sheet, question)

    def page(self, make: MakePage, question: Question, window: Window) -> Drawing:
        """The drawing; takes as long as the page is large."""
        # The name is for the frame: what stands on the page is the same for all of a role.
        anybody = Viewer(role=question.viewer.role)

        def sheet_of(newer: Window) -> Sheet:
            return _sheet(make(newer, anybody, question.asked), {"window": newer}, anybody)

        sheet = self._sheets.made(window, question.key, sheet_of)
        assert sheet is not None  # noqa: S101  every page has a sheet
        return self._framed(sheet, question)

    def draw(self, page: Page, question: Question, around: Mapping[str, object]) -> Drawing:
        """A page that is not kept."""
        return self._framed(_sheet(page, around, question.viewer), question)

    def again(self, window: Window) -> None:
        """See `Kept.again`."""
        self._sheets.again(window)

    def _framed(self, sheet: Sheet, question: Question) -> Drawing:
        frame = framed(
            HERE, title=sheet.title, path=question.path, viewer=question.viewer, workspace=self._workspace
        ).encode("utf-8", "replace")
        head, _, tail = frame.partition(HERE.encode())
        mark = sha256(frame + sheet.mark).hexdigest()[:32]
        return Drawing(b"".join((head, sheet.content, tail)), f'"{mark}"', sheet.status)


def _sheet(page: Page, around: Mapping[str, object], viewer: Viewer) -> Sheet:
    # A tracker may have cut a text in the middle of a character.
    content = body(page, {**around, "admin": viewer.role is Role.ADMIN}).encode("utf-8", "replace")
    return Sheet(page.title, content, sha256(content).digest(), page.status)
