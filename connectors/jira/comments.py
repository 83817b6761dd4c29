"""Comments of Jira's tickets: which are ours, what they are now, and commands in new ones."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from connectors.base import Actor
from connectors.http.client import ApiClient
from connectors.http.messages import MALFORMED, Request, Response
from connectors.jira import comments_api
from connectors.jira.adf import own_lines
from connectors.jira.api import object_in
from connectors.jira.comments_api import (
    INTERNAL,
    JiraComment,
    Json,
    RecentComment,
    comment_property,
    ids_in,
    is_internal,
    read_recent_comments,
    recent_comments,
    search_comments,
    words_in,
)
from connectors.jira.server_info import Cursor, Dialect, is_unsettled
from connectors.jira.wiki import wiki_to_text
from connectors.shared.comment_commands import ParsedCommand, mentions_hub, parse_commands, parse_lines
from connectors.shared.settings import CommandSettings
from hub.model.action import Target
from hub.model.errors import CredentialsRefused, SourceError, TicketNotFound
from hub.model.initiative import Gap, Initiative, PullResult, PullState
from hub.model.message import HEADLINE, Message
from hub.model.text import folded
from hub.model.ticket_input import Command

T = TypeVar("T")


class Comments:
    """The comments as one account sees them."""

    def __init__(self, connector: str, client: ApiClient, dialect: Dialect, workspace: str, account: Actor) -> None:
        self._connector = connector
        self._client = client
        self._dialect = dialect
        self._workspace = workspace
        self._account = account

    def own_comments(self, target: Target) -> Iterator[JiraComment]:
        """Those that carry the mark and that our account wrote, the oldest first."""
        return self._with_mark(
            [jira_comment for jira_comment in self._all(target) if jira_comment.author == self._account.id]
        )

    def marked_comments(self, target: Target) -> Iterator[JiraComment]:
        """Those that carry the mark, the oldest first; others than ours are asked for it where they read like ours."""
        return self._with_mark(
            [jira_comment for jira_comment in self._all(target) if self._is_mark_candidate(jira_comment)]
        )

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

    def content(self, target: Target, message: Message, *, internal: bool) -> Json:
        """What is sent of a comment, new or edited."""
        body = self._dialect.body(message)
        return comments_api.content(target, body, self._workspace, closed=message.closed, internal=internal)

    def find(self, target: Target, comment_id: str) -> JiraComment | None:
        """The comment as it stands now; None when it is not there."""
        try:
            return self.read(comments_api.read_comment(target, comment_id, self._dialect.root), comments_api.comment_in)
        except TicketNotFound:
            return None

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

    def read(self, request: Request, read: Callable[[Response], T]) -> T:
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
            page = self.read(request, comments_api.comment_page)
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
            return own | self.read(
                self._dialect.comment_properties(unresolved), lambda answer: marks(answer, unresolved, workspace)
            )
        except TicketNotFound:
            return own


FIRST_READ_LIMIT = 50
"""At first, on a site with more tickets than this, only those are listened to whose comments hold the word."""
MAX_SEARCH_RESULTS = 500
RESTRICTED_COMMAND = (
    "{ticket}: a command in a comment that is internal or for a role or group was not applied. "
    "Write it in a comment for everybody who sees the ticket, or set a label such as okr-exempt"
)
"""What such a comment says is repeated nowhere: the hub's own comments and pages have other readers."""


@dataclass(frozen=True, slots=True)
class CommandReader:
    """What listening needs: the gate, the root of paths, who we are (asked when somebody spoke), whom to believe.

    `query` is what the tickets are found by; `expand` has lists of comments tell what is internal.
    """

    client: ApiClient
    root: str
    account_id: Callable[[], str]
    settings: CommandSettings
    query: str
    expand: str = ""


def read_commands(
    pulled: PullResult, known: PullState | None, open_reader: Callable[[], CommandReader], settings: CommandSettings
) -> PullResult:
    """The same with the commands that were found; a ticket that could not be listened to is a gap, and read again."""
    tickets = _tickets_to_read(pulled, known, open_reader) if settings.enabled else ()
    if not tickets:
        return pulled
    reader = open_reader()
    requests = (recent_comments(Target(ticket.ref, ticket.id), reader.root, reader.expand) for ticket in tickets)
    commands: list[Command] = []
    gaps: list[Gap] = []
    notes: dict[str, None] = {}
    for ticket, answer in zip(tickets, reader.client.send_all(requests), strict=True):
        try:
            for comment, parsed in _commands_in(answer, reader):
                if _is_restricted(comment, reader):
                    notes[RESTRICTED_COMMAND.format(ticket=ticket.ref)] = None
                    continue
                commands += (
                    Command(ticket.id, comment.id, comment.name, a.verb, a.argument, comment.at) for a in parsed
                )
        except (CredentialsRefused, TicketNotFound):
            continue  # what may not be read holds no commands for us
        except (SourceError, *MALFORMED) as error:
            reason = error.detail if isinstance(error, SourceError) else f"unreadable answer: {error}"
            gaps.append(Gap(pulled.connector, f"comments: {reason}"[:200], ticket.id))
    return replace(pulled, commands=tuple(commands), gaps=(*pulled.gaps, *gaps), notes=(*pulled.notes, *notes))


def _tickets_to_read(
    pulled: PullResult, known: PullState | None, open_reader: Callable[[], CommandReader]
) -> Sequence[Initiative]:
    """Tickets whose last change is not the one that is remembered: a comment is a change as well."""
    own = [ticket for ticket in pulled.initiatives if not ticket.reference_only]
    if known is not None:
        cursor = Cursor.parse(known.cursor)
        recheck = known.recheck | known.requested
        return [
            ticket
            for ticket in own
            if ticket.id in recheck or _has_possible_comments(ticket, known.tickets.get(ticket.id), cursor)
        ]
    dated = sorted(
        (ticket for ticket in own if ticket.updated), key=lambda ticket: (ticket.updated, ticket.ref), reverse=True
    )
    if len(dated) <= FIRST_READ_LIMIT:
        return dated
    ids = _tickets_with_commands(open_reader())
    return dated[:FIRST_READ_LIMIT] if ids is None else [ticket for ticket in dated if ticket.id in ids]


def begin_search(ids: Iterator[str], reader: CommandReader) -> Iterator[str]:
    """The ids as they come; as soon as they are many, the search that a first read ends with begins beside them."""
    for number, id_ in enumerate(ids):
        if number == FIRST_READ_LIMIT:
            reader.client.begin(search_comments(reader.query, MAX_SEARCH_RESULTS, reader.root))
        yield id_


def _tickets_with_commands(reader: CommandReader) -> frozenset[str] | None:
    """Tickets whose comments hold the word, by one search; None where the site does not answer it."""
    try:
        return ids_in(reader.client.send(search_comments(reader.query, MAX_SEARCH_RESULTS, reader.root)))
    except (SourceError, *MALFORMED):
        return None


def _has_possible_comments(ticket: Initiative, previous: Initiative | None, cursor: Cursor | None) -> bool:
    changed = (previous.updated if previous else None) != ticket.updated
    return changed or (cursor is not None and is_unsettled(previous, cursor))


def _commands_in(
    answer: Response | SourceError, reader: CommandReader
) -> Iterator[tuple[RecentComment, tuple[ParsedCommand, ...]]]:
    """The comments of people who may command, with what they ask for."""
    if isinstance(answer, SourceError):
        raise answer
    for comment in read_recent_comments(answer):
        # Whose words they are comes first: reading them costs time, and anybody may write them.
        is_candidate = _is_by_member(comment, reader) and "/okr" in words_in(comment.body).casefold()
        # Who the hub is takes a request, the first time.
        if is_candidate and comment.author != reader.account_id() and (parsed := _parse_body(comment.body)):
            yield comment, parsed


def _is_restricted(comment: RecentComment, reader: CommandReader) -> bool:
    if comment.restricted is not None:
        return comment.restricted
    try:
        return is_internal(object_in(reader.client.send(comment_property(comment.id, str(INTERNAL["key"])))))
    except TicketNotFound:
        return False


def _parse_markup(markup: str) -> tuple[ParsedCommand, ...]:
    return parse_commands(wiki_to_text(markup, quoted=">")) if "/okr" in folded(markup).casefold() else ()


def _parse_body(body: object) -> tuple[ParsedCommand, ...]:
    return parse_lines(own_lines(body)) if isinstance(body, dict) else _parse_markup(str(body or ""))


def _is_by_member(comment: RecentComment, reader: CommandReader) -> bool:
    """Whether a person who is no customer wrote it; Data Center does not tell programs and customers apart."""
    can_edit = comment.kind in ("atlassian", "")
    return bool(comment.author) and reader.settings.trusts(comment.author, comment.name, can_edit=can_edit)
