"""Pages that were drawn already: what stands on them is drawn once after each run, the frame for each reader."""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256

from hub.web.kept import ResponseCache
from hub.web.page import MakePage, Page, PageParams
from hub.web.render import render_body, render_frame
from hub.web.viewer import Role, Viewer
from hub.web.window import PortfolioSnapshot

# Stands in the frame where the page comes; no text of ours or of others holds it.
CONTENT_PLACEHOLDER = "\x00here\x00"


@dataclass(frozen=True, slots=True)
class RenderedBody:
    """What stands on a page, for all of one audience and role."""

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
    """Who asks for which page."""

    path: str
    viewer: Viewer
    params: PageParams

    @property
    def cache_key(self) -> tuple[str, ...]:
        """What the sheet depends on besides the window."""
        return (self.path, self.viewer.role.value, repr(sorted(self.params.query.items())))


class PageCache:
    """Thread-safe; see `ResponseCache`."""

    def __init__(self, workspace: str) -> None:
        self._workspace = workspace
        self._bodies: ResponseCache[RenderedBody] = ResponseCache(lambda rendered: len(rendered.content))

    def get(self, page_request: PageRequest, snapshot: PortfolioSnapshot) -> RenderedPage | None:
        """The drawing, if its sheet is there already: quick enough to be asked between two requests."""
        rendered = self._bodies.get(snapshot, page_request.cache_key)
        return None if rendered is None else self._frame(rendered, page_request)

    def get_or_render(self, make: MakePage, page_request: PageRequest, snapshot: PortfolioSnapshot) -> RenderedPage:
        """The drawing; takes as long as the page is large."""
        # The name is for the frame: what stands on the page is the same for all of a role.
        generic_viewer = Viewer(role=page_request.viewer.role)

        def build_body(newer_snapshot: PortfolioSnapshot) -> RenderedBody:
            return _render_body(
                make(newer_snapshot, generic_viewer, page_request.params), {"snapshot": newer_snapshot}, generic_viewer
            )

        rendered = self._bodies.get_or_build(snapshot, page_request.cache_key, build_body)
        assert rendered is not None  # noqa: S101  every page has a sheet
        return self._frame(rendered, page_request)

    def render(self, page: Page, page_request: PageRequest, variables: Mapping[str, object]) -> RenderedPage:
        """A page that is not kept."""
        return self._frame(_render_body(page, variables, page_request.viewer), page_request)

    def warm(self, snapshot: PortfolioSnapshot) -> None:
        """See `ResponseCache.warm`."""
        self._bodies.warm(snapshot)

    def _frame(self, rendered: RenderedBody, page_request: PageRequest) -> RenderedPage:
        frame = render_frame(
            CONTENT_PLACEHOLDER,
            title=rendered.title,
            path=page_request.path,
            viewer=page_request.viewer,
            workspace=self._workspace,
        ).encode("utf-8", "replace")
        head, _, tail = frame.partition(CONTENT_PLACEHOLDER.encode())
        digest = sha256(frame + rendered.digest).hexdigest()[:32]
        return RenderedPage(b"".join((head, rendered.content, tail)), f'"{digest}"', rendered.status)


def _render_body(page: Page, variables: Mapping[str, object], viewer: Viewer) -> RenderedBody:
    # A tracker may have cut a text in the middle of a character.
    content = render_body(page, {**variables, "admin": viewer.role is Role.ADMIN}).encode("utf-8", "replace")
    return RenderedBody(page.title, content, sha256(content).digest(), page.status)
