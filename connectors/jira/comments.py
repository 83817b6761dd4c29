"""Looks at the comments of Jira's tickets: which are ours, how one stands now, and whether people answered it."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import TypeVar

from connectors.base import Actor
from connectors.form import speaks_of_us
from connectors.http import Gate
from connectors.jira import comment_api
from connectors.jira.comment_api import Json, Listed
from connectors.jira.dialect import Dialect
from connectors.wire import MALFORMED, Request, Response
from hub.model.action import Target
from hub.model.errors import SourceError, TicketGone
from hub.model.message import HEADLINE, Message

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
        return self._with_mark([one for one in self._all(target) if one.author == self._me.id])

    def marked(self, target: Target) -> Iterator[Listed]:
        """Those that carry the mark, the oldest first; others than ours are asked for it where they read like ours."""
        return self._with_mark([one for one in self._all(target) if self._may_be_marked(one)])

    def _may_be_marked(self, one: Listed) -> bool:
        return one.author == self._me.id or one.properties is not None or HEADLINE in one.words

    def _with_mark(self, those: Sequence[Listed]) -> Iterator[Listed]:
        step = self._dialect.marks_at_once
        for start in range(0, len(those), step):
            some = those[start : start + step]
            marked = self._marked(some)
            yield from (replace(one, closed=marked[one.id]) for one in some if one.id in marked)

    def content(self, target: Target, message: Message, *, internal: bool) -> Json:
        """What is sent of a comment, new or edited."""
        body = self._dialect.body(message)
        return comment_api.content(target, body, self._workspace, closed=message.closed, internal=internal)

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

    def _marked(self, some: Sequence[Listed]) -> dict[str, bool]:
        """Which of the comments carry our mark, and whether it says that they are closed.

        Those that came without their properties are asked for them.
        """
        workspace, marked = self._workspace, self._dialect.marked
        told = ((one.id, comment_api.mark_in(one.properties or (), workspace)) for one in some)
        ours = {id_: closed for id_, closed in told if closed is not None}
        untold = [one.id for one in some if one.properties is None]
        if not untold:
            return ours
        try:
            return ours | self.read(self._dialect.ask_marks(untold), lambda answer: marked(answer, untold, workspace))
        except TicketGone:
            return ours
