"""Listens for commands in the newest comments of tickets that changed; nothing is asked where nothing changed."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from connectors.commands import ParsedCommand, parse_commands, parse_lines
from connectors.http import ApiClient
from connectors.jira.adf_text import own_lines
from connectors.jira.api import object_in
from connectors.jira.comment_api import (
    INTERNAL,
    RecentComment,
    comment_property,
    ids_in,
    is_internal,
    read_recent_comments,
    recent_comments,
    search_comments,
)
from connectors.jira.comment_words import words_in
from connectors.jira.cursor import Cursor, is_unsettled
from connectors.jira.wiki_text import wiki_to_text
from connectors.shared.settings import CommandSettings
from connectors.wire import MALFORMED, Response
from hub.model.action import Target
from hub.model.command import Command
from hub.model.errors import CredentialsRefused, SourceError, TicketNotFound
from hub.model.initiative import Gap, Initiative, PullResult, PullState
from hub.model.typed import folded

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
