"""The hub's comments on Jira's tickets: which are ours, what they are now, and writing them."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import TypeVar

from connectors.base import Actor
from connectors.http.client import ApiClient
from connectors.http.messages import MALFORMED, Request, Response
from connectors.jira import comments_api
from connectors.jira.comments_api import JiraComment, Json
from connectors.jira.server_info import ServerInfo
from connectors.shared.comment_commands import mentions_hub
from hub.model.action import Comment, Target
from hub.model.errors import OutcomeUnknown, SourceError, TicketNotFound
from hub.model.message import HEADLINE, Message

T = TypeVar("T")


class Comments:
    """The comments as one account sees them."""

    def __init__(
        self,
        connector: str,
        client: ApiClient,
        server: ServerInfo,
        workspace: str,
        account: Actor,
        *,
        is_service_project: Callable[[Target], bool],
    ) -> None:
        self._connector = connector
        self._client = client
        self._site_url, self._dialect = server.url, server.dialect
        self._workspace = workspace
        self._account = account
        self._is_service_project = is_service_project

    def own(self, target: Target) -> Iterator[Comment]:
        """Those that carry the mark and that our account wrote, the oldest first."""
        own = [jira_comment for jira_comment in self._all(target) if jira_comment.author == self._account.id]
        return (self._comment(target, jira_comment) for jira_comment in self._with_mark(own))

    def marked(self, target: Target) -> Sequence[Comment]:
        """Those that carry the mark, the oldest first; others than ours are asked for it where they read like ours."""
        candidates = [jira_comment for jira_comment in self._all(target) if self._is_mark_candidate(jira_comment)]
        return [
            replace(self._comment(target, jira_comment), author=jira_comment.author)
            for jira_comment in self._with_mark(candidates)
        ]

    def _is_mark_candidate(self, jira_comment: JiraComment) -> bool:
        return (
            jira_comment.author == self._account.id
            or jira_comment.properties is not None
            or HEADLINE in jira_comment.words
        )

    def _with_mark(self, comments: Sequence[JiraComment]) -> Iterator[JiraComment]:
        step = self._dialect.comments_per_request
        for start in range(0, len(comments), step):
            chunk = comments[start : start + step]
            marks = self._marked(chunk)
            yield from (
                replace(jira_comment, closed=marks[jira_comment.id])
                for jira_comment in chunk
                if jira_comment.id in marks
            )

    def create(self, target: Target, message: Message) -> Comment:
        """Send once, mark and all; OutcomeUnknown where the answer does not tell whether it arrived."""
        request = comments_api.create_comment(target, self._content(target, message), self._dialect.root)
        try:
            return self._comment(target, comments_api.comment_in(self._client.send(request)))
        except MALFORMED:
            raise OutcomeUnknown(self._connector, "the answer names no comment", key=target.ref.key) from None

    def update(self, target: Target, comment_id: str, message: Message) -> Comment:
        """Edit in place: silently, unless something got worse."""
        params = None if message.notify else self._dialect.edit_params
        content = self._content(target, message)
        request = comments_api.update_comment(target, comment_id, content, self._dialect.root, params)
        return self._comment(target, self._read(request, comments_api.comment_in))

    def delete(self, target: Target, comment_id: str) -> None:
        """Remove our comment; one that is gone already is fine."""
        with suppress(TicketNotFound):
            self._client.send(comments_api.delete_comment(target, comment_id, self._dialect.root))

    def find(self, target: Target, comment_id: str) -> Comment | None:
        """The comment as it stands now; None when it is not there."""
        request = comments_api.read_comment(target, comment_id, self._dialect.root)
        try:
            return self._comment(target, self._read(request, comments_api.comment_in))
        except TicketNotFound:
            return None

    def _content(self, target: Target, message: Message) -> Json:
        """What is sent of a comment, new or edited."""
        body, internal = self._dialect.body(message), self._is_service_project(target)
        return comments_api.content(target, body, self._workspace, closed=message.closed, internal=internal)

    def _comment(self, target: Target, comment: JiraComment) -> Comment:
        page = f"{self._site_url}/browse/{target.ref.key}"
        return comments_api.to_comment(comment, page, comment.author or self._account.id)

    def replied(self, target: Target, comment_id: str) -> bool:
        """Whether somebody hung a comment below this one, or quoted it or called our account after it."""
        is_after = False
        for jira_comment in self._all(target):
            is_by_other = jira_comment.author != self._account.id
            if is_by_other and (
                jira_comment.parent_id == comment_id
                or (is_after and mentions_hub(jira_comment.words, (self._account.id,)))
            ):
                return True
            is_after = is_after or jira_comment.id == comment_id
        return False

    def _read(self, request: Request, read: Callable[[Response], T]) -> T:
        """Send and read; an answer in an unknown shape is a SourceError."""
        try:
            return read(self._client.send(request))
        except MALFORMED as error:
            raise SourceError(
                self._connector, self._client.redact(f"unreadable answer: {error}"), key=request.ticket
            ) from None

    def _all(self, target: Target) -> Sequence[JiraComment]:
        """Each comment once: where a page lacks hidden ones, the next one may begin with some of the same."""
        dialect, listed = self._dialect, dict[str, JiraComment]()
        start: int | None = 0
        while start is not None:
            request = comments_api.list_comments(target, start, dialect.root, dialect.expand)
            page = self._read(request, comments_api.comment_page)
            listed |= {comment.id: comment for comment in page.comments}
            start = page.next_start
        return list(listed.values())

    def _marked(self, comments: Sequence[JiraComment]) -> dict[str, bool]:
        """Which of the comments carry our mark, and whether it says that they are closed.

        Those that came without their properties are asked for them.
        """
        workspace, marks = self._workspace, self._dialect.read_marks
        known_marks = (
            (jira_comment.id, comments_api.mark_in(jira_comment.properties or (), workspace))
            for jira_comment in comments
        )
        own = {id_: closed for id_, closed in known_marks if closed is not None}
        unresolved = [jira_comment.id for jira_comment in comments if jira_comment.properties is None]
        if not unresolved:
            return own
        try:
            return own | self._read(
                self._dialect.comment_properties(unresolved), lambda answer: marks(answer, unresolved, workspace)
            )
        except TicketNotFound:
            return own
