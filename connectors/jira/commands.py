"""Commands in the comments of Jira's tickets: which tickets are listened to, and what members ask for."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime

from connectors.http.client import ApiClient
from connectors.http.messages import MALFORMED, Request, Response
from connectors.jira.adf import own_lines
from connectors.jira.api import issues_in, object_in
from connectors.jira.comments_api import INTERNAL, comment_property, words_in
from connectors.jira.incremental import AT_ONCE, fetch_by_id
from connectors.jira.recent_comments import (
    COMMENT_FIELD,
    RecentComment,
    embedded_comments,
    ids_in,
    is_internal,
    read_recent_comments,
    recent_comments,
    search_comments,
)
from connectors.jira.server_info import Cursor, Dialect, is_unsettled
from connectors.jira.wiki import wiki_to_text
from connectors.shared.comment_commands import ParsedCommand, parse_commands, parse_lines
from connectors.shared.settings import CommandSettings
from hub.model.action import Target
from hub.model.errors import CredentialsRefused, QueryRefused, SourceError, TicketNotFound
from hub.model.initiative import Gap, Initiative, PullResult, PullState
from hub.model.text import folded
from hub.model.ticket_input import Command

REFUSALS = (CredentialsRefused, QueryRefused, TicketNotFound)
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
    """What listening needs: the gate, the site's dialect, who we are (asked when somebody spoke), whom to believe.

    `query` is what the tickets are found by; `is_service_project` tells whether a ticket's project has customers, from
    whom comments may be hidden; searches know what was written before `settled`.
    """

    client: ApiClient
    dialect: Dialect
    account_id: Callable[[], str]
    settings: CommandSettings
    query: str
    is_service_project: Callable[[Target], bool]
    settled: datetime


def read_commands(
    pulled: PullResult, known: PullState | None, open_reader: Callable[[], CommandReader], settings: CommandSettings
) -> PullResult:
    """The same with the commands that were found; a ticket that could not be listened to is a gap, and read again."""
    tickets = _tickets_to_read(pulled, known, open_reader) if settings.enabled else ()
    if not tickets:
        return pulled
    reader = open_reader()
    commands: list[Command] = []
    gaps: list[Gap] = []
    notes: dict[str, None] = {}
    for ticket, comments in _comments_of(tickets, known, reader):
        try:
            for comment, parsed in _commands_in(comments, reader):
                if _is_restricted(comment, ticket, reader):
                    notes[RESTRICTED_COMMAND.format(ticket=ticket.ref)] = None
                    continue
                # Of which day and cycle it is, the calendar tells that the hub goes by.
                at = comment.at.astimezone()
                commands += (Command(ticket.id, comment.id, comment.name, a.verb, a.argument, at) for a in parsed)
        except REFUSALS:
            continue  # what may not be read holds no commands for us
        except (SourceError, *MALFORMED) as error:
            reason = error.detail if isinstance(error, SourceError) else f"unreadable answer: {error}"
            gaps.append(Gap(pulled.connector, f"comments: {reason}"[:200], ticket.id))
    return replace(pulled, commands=tuple(commands), gaps=(*pulled.gaps, *gaps), notes=(*pulled.notes, *notes))


def _comments_of(
    tickets: Sequence[Initiative], known: PullState | None, reader: CommandReader
) -> Iterator[tuple[Initiative, Sequence[RecentComment] | SourceError]]:
    """Each ticket's newest comments: a hundred tickets with one request, and those alone whose comments it cut off."""
    alone = list(tickets)
    if len(tickets) > 1:
        together = dict(_comments_together(tickets, reader))
        yield from ((ticket, together[ticket.id]) for ticket in tickets if ticket.id in together)
        alone = [ticket for ticket in tickets if ticket.id not in together]
    requests = (_page_of(ticket, 0, reader) for ticket in alone)
    for ticket, answer in zip(alone, reader.client.send_all(requests), strict=True):
        last = known.tickets.get(ticket.id) if known else None
        try:
            yield ticket, _newest(ticket, answer, last.updated if last else None, reader)
        except SourceError as error:
            yield ticket, error
        except MALFORMED as error:
            yield ticket, SourceError(ticket.ref.connector, f"unreadable answer: {error}")


def _comments_together(
    tickets: Sequence[Initiative], reader: CommandReader
) -> Iterator[tuple[str, Sequence[RecentComment] | SourceError]]:
    """By ticket id, all comments of those that came with all; what makes any doubt is left to be asked for alone."""
    ids = [ticket.id for ticket in tickets]
    fetch = reader.dialect.fetch
    for chunk, answer in fetch_by_id(reader.client, lambda batch: fetch(batch, (COMMENT_FIELD,)), ids, AT_ONCE):
        if isinstance(answer, SourceError):
            if not isinstance(answer, REFUSALS):
                yield from ((id_, answer) for id_ in chunk)
            continue
        with suppress(*MALFORMED):
            for row in issues_in(answer):
                if (comments := embedded_comments(row)) is not None:
                    yield str(row["id"]), comments


def _newest(
    ticket: Initiative, answer: Response | SourceError, since: datetime | None, reader: CommandReader
) -> Sequence[RecentComment]:
    """The newest page, and further ones as long as all comments of the last one are later than the last read."""
    if isinstance(answer, SourceError):
        raise answer
    page = read_recent_comments(answer)
    comments = list(page.comments)
    while since is not None and page.next_start is not None and all(comment.at > since for comment in page.comments):
        page = read_recent_comments(reader.client.send(_page_of(ticket, page.next_start, reader)))
        comments += page.comments
    return comments


def _page_of(ticket: Initiative, start: int, reader: CommandReader) -> Request:
    return recent_comments(Target(ticket.ref, ticket.id), start, reader.dialect.root, reader.dialect.expand)


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
    ids = _tickets_with_commands(reader := open_reader())
    if ids is None:
        return dated[:FIRST_READ_LIMIT]
    # What was written just before the search, or during the pull, it may not have found.
    return [ticket for ticket in dated if ticket.id in ids or (ticket.updated and ticket.updated >= reader.settled)]


def begin_search(reader: CommandReader, ids: Iterator[str]) -> Iterator[str]:
    """The ids as they come; as soon as they are many, the search that a first read ends with begins beside them."""
    for number, id_ in enumerate(ids):
        if number == FIRST_READ_LIMIT:
            reader.client.begin(search_comments(reader.query, MAX_SEARCH_RESULTS, reader.dialect.root))
        yield id_


def _tickets_with_commands(reader: CommandReader) -> frozenset[str] | None:
    """Tickets whose comments hold the word, by one search; None where the site does not answer it."""
    try:
        return ids_in(reader.client.send(search_comments(reader.query, MAX_SEARCH_RESULTS, reader.dialect.root)))
    except (SourceError, *MALFORMED):
        return None


def _has_possible_comments(ticket: Initiative, previous: Initiative | None, cursor: Cursor | None) -> bool:
    changed = (previous.updated if previous else None) != ticket.updated
    return changed or (cursor is not None and is_unsettled(previous, cursor))


def _commands_in(
    comments: Sequence[RecentComment] | SourceError, reader: CommandReader
) -> Iterator[tuple[RecentComment, tuple[ParsedCommand, ...]]]:
    """The comments of people who may command, with what they ask for."""
    if isinstance(comments, SourceError):
        raise comments
    for comment in comments:
        # Whose words they are comes first: reading them costs time, and anybody may write them.
        is_candidate = _is_by_member(comment, reader) and "/okr" in words_in(comment.body).casefold()
        # Who the hub is takes a request, the first time.
        if is_candidate and comment.author != reader.account_id() and (parsed := _parse_body(comment.body)):
            yield comment, parsed


def _is_restricted(comment: RecentComment, ticket: Initiative, reader: CommandReader) -> bool:
    """Whether not everybody who sees the ticket sees the comment; a property hides it in service projects alone."""
    if comment.restricted or comment.internal is False:
        return comment.restricted
    if not reader.is_service_project(Target(ticket.ref, ticket.id)):
        return False
    return comment.internal or _has_internal_property(comment, reader)


def _has_internal_property(comment: RecentComment, reader: CommandReader) -> bool:
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
