"""Looks at the comments of Jira's tickets: which are ours, how one stands now, and whether people answered it."""

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from connectors.base import Actor
from connectors.form import speaks_of_us
from connectors.http import Gate
from connectors.jira import comment_api
from connectors.jira.comment_api import Listed
from connectors.jira.dialect import Dialect
from connectors.wire import MALFORMED, Request, Response
from hub.model.action import Target
from hub.model.errors import SourceError, TicketGone

T = TypeVar("T")


class Comments:
    """The comments as one account sees them."""

    def __init__(self, connector: str, gate: Gate, dialect: Dialect, workspace: str, me: Actor) -> None:
        self._connector = connector
        self._gate = gate
        self._dialect = dialect
        self._workspace = workspace
        self._me = me

    def ours(self, target: Target) -> Iterator[Listed]:
        """Those that carry the mark and that our account wrote, the oldest first."""
        mine, step = [one for one in self._all(target) if one.author == self._me.id], self._dialect.marks_at_once
        for start in range(0, len(mine), step):
            some = mine[start : start + step]
            marked = self._marked(some)
            yield from (one for one in some if one.id in marked)

    def one(self, target: Target, comment_id: str) -> Listed | None:
        """The comment as it stands now; None when it is not there."""
        try:
            return self.read(comment_api.read_comment(target, comment_id, self._dialect.root), comment_api.comment_in)
        except TicketGone:
            return None

    def replied(self, target: Target, comment_id: str) -> bool:
        """Whether somebody hung a comment below this one, or quoted it or called our account after it."""
        later = False
        for one in self._all(target):
            theirs = one.author != self._me.id
            if theirs and (one.below == comment_id or (later and speaks_of_us(one.words, (self._me.id,)))):
                return True
            later = later or one.id == comment_id
        return False

    def read(self, request: Request, read: Callable[[Response], T]) -> T:
        """Send and read; an answer in an unknown shape is a SourceError."""
        try:
            return read(self._gate.send(request))
        except MALFORMED as wrong:
            raise SourceError(
                self._connector, self._gate.redact(f"unreadable answer: {wrong}"), key=request.ticket
            ) from None

    def _all(self, target: Target) -> Sequence[Listed]:
        """Each comment once: where a page lacks hidden ones, the next one may begin with some of the same."""
        dialect, listed = self._dialect, dict[str, Listed]()
        start: int | None = 0
        while start is not None:
            request = comment_api.list_comments(target, start, dialect.root, dialect.expand)
            page = self.read(request, comment_api.comment_page)
            listed |= {one.id: one for one in page.comments}
            start = page.next_start
        return list(listed.values())

    def _marked(self, some: Sequence[Listed]) -> frozenset[str]:
        """Which of the comments carry our mark; those that came without their properties are asked for them."""
        workspace, marked = self._workspace, self._dialect.marked
        told = ((one.id, one.properties) for one in some if one.properties is not None)
        ours = frozenset(id_ for id_, properties in told if comment_api.is_ours(properties, workspace))
        untold = [one.id for one in some if one.properties is None]
        if not untold:
            return ours
        try:
            return ours | self.read(self._dialect.ask_marks(untold), lambda answer: marked(answer, untold, workspace))
        except TicketGone:
            return ours
