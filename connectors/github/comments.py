"""GitHub's comments: the calls, commands in new ones, and how a comment is minimized."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from urllib.parse import quote

from connectors.github.api import PER_PAGE, Issue, graphql
from connectors.github.markdown import checked_items, is_closed, rendered_text
from connectors.github.queries import MINIMIZE, UNMINIMIZE
from connectors.github.repositories import Cursor, iso_utc
from connectors.http.messages import CallKind, Request, Response, content_of
from connectors.http.throttle import send_pipelined
from connectors.shared.comment_commands import body_hash, parse_commands
from connectors.shared.settings import CommandSettings
from hub.model.action import Comment
from hub.model.errors import CredentialsRefused, RetryLater, SourceError, TicketNotFound
from hub.model.initiative import Gap, Initiative, PullResult, PullState, SyncMode
from hub.model.text import folded
from hub.model.ticket_input import Command

ISSUE = re.compile(r"/(?:issues|pull)/(\d+)$")


def read_comment(issue: Issue, comment_id: str) -> Request:
    """One comment by its id."""
    return Request("GET", f"/repos/{issue.repository}/issues/comments/{quote(comment_id, safe='')}", ticket=issue.key)


def list_all_comments(repository: str, page: int) -> Request:
    """A page of the comments of a whole repository, oldest first."""
    params: dict[str, str | int] = {"per_page": PER_PAGE, "page": page, "sort": "created", "direction": "asc"}
    return Request("GET", f"/repos/{repository}/issues/comments", params=params)


def minimize_comment(node_id: str, *, minimized: bool) -> Request:
    """Fold a comment away as resolved, or unfold it; done twice it does no harm."""
    return replace(graphql(MINIMIZE if minimized else UNMINIMIZE, {"id": node_id}), kind=CallKind.WRITE)


def react(issue: Issue, comment_id: str, content: str) -> Request:
    """A reaction of our account under a comment; done twice it does no harm.

    docs.github.com/rest/reactions/reactions#create-reaction-for-an-issue-comment
    """
    path = f"/repos/{issue.repository}/issues/comments/{quote(comment_id, safe='')}/reactions"
    return Request("POST", path, body={"content": content}, kind=CallKind.WRITE, ticket=issue.key)


def number_of(comment: Mapping[str, Any]) -> int:
    """The number of the issue that the comment stands on; 0 where the answer does not tell."""
    match = ISSUE.search(str(comment.get("issue_url") or ""))
    return int(match[1]) if match else 0


def author_id(comment: Mapping[str, Any]) -> str:
    """The author's id; empty where the account is gone."""
    return str((comment.get("user") or {}).get("id") or "")


def comment_in(content: Mapping[str, Any]) -> Comment:
    """One comment as a value."""
    text, name = str(content.get("body") or ""), str((content.get("user") or {}).get("login") or "")
    values = (str(content["id"]), author_id(content), content.get("html_url"), body_hash(text), checked_items(text))
    return Comment(*values, name=name, rendered_text=rendered_text(text), closed=is_closed(text))


def changed_comments(repository: str, since: str, page: int) -> Request:
    """A page of the comments of a whole repository that changed since, the latest change first."""
    params: dict[str, str | int] = {
        "since": since,
        "sort": "updated",
        "direction": "desc",
        "per_page": PER_PAGE,
        "page": page,
    }
    return Request("GET", f"/repos/{repository}/issues/comments", params=params)


Json = Mapping[str, Any]
EDITOR_ROLES = frozenset({"OWNER", "MEMBER", "COLLABORATOR"})
MAX_PAGES = 10
FULL_PAGE = 100
EXTRA_LOOKBACK = timedelta(days=1)
"""How much further back is looked where something could not be read the last time."""


@dataclass(frozen=True, slots=True)
class CommandReader:
    """What reading commands needs: how to ask, who we are (asked where a comment has a command), and whom to trust."""

    ask: Callable[[Request], Any]
    account_id: Callable[[], str]
    is_own_comment: Callable[[str], bool]
    settings: CommandSettings
    lookback: timedelta
    since: datetime


def read_commands(pulled: PullResult, known: PullState | None, reader: CommandReader) -> PullResult:
    """The same with the commands of comments that are new, looked for only where issues changed.

    What could not be read is a gap of one ticket, and so is read again the next time.
    """
    if not reader.settings.enabled:
        return pulled
    commands: list[Command] = []
    gaps: list[Gap] = []
    tickets_by_repository, since = _unread(pulled, known, reader)
    known_tickets = _KnownTickets(known)
    for repository, result in _fetch_comments(since, reader).items():
        tickets = tickets_by_repository[repository]
        commands += _commands_in(repository, result.comments, tickets, known_tickets, reader)
        if result.error is not None:
            gaps.append(
                Gap(pulled.connector, f"comments of {repository}: {result.error}", next(iter(tickets.values())).id)
            )
    return replace(pulled, commands=tuple(commands), gaps=(*pulled.gaps, *gaps))


def _unread(
    pulled: PullResult, known: PullState | None, reader: CommandReader
) -> tuple[dict[str, dict[str, Initiative]], dict[str, datetime]]:
    """The repositories in which anything was written since the last time: their issues of this pull by key; since when.

    Where no issue changed, only those count that a comment may have left with the time of their last change.
    """
    own = [ticket for ticket in pulled.initiatives if not ticket.reference_only]
    active = defaultdict(list)
    for ticket in own:
        if _has_changed(ticket, known):
            active[repository_of(ticket)].append(ticket)
    by_repository: dict[str, dict[str, Initiative]] = {repository: {} for repository in sorted(active)}
    since = {
        repository: _read_since(repository, active[repository], known, reader, pulled.mode)
        for repository in by_repository
    }
    cursor = Cursor.parse(known.cursor) if known else None
    threshold = undetermined_since(cursor) if cursor else None
    for ticket in own:
        if repository_of(ticket) in active:
            by_repository[repository_of(ticket)][ticket.ref.key] = ticket
        elif threshold and ticket.updated and ticket.updated >= threshold:
            by_repository.setdefault(repository_of(ticket), {})[ticket.ref.key] = ticket
            since[repository_of(ticket)] = threshold
    return by_repository, since


class _KnownTickets:
    """What was known before by its key; there may be very many, so that they are walked only where one is asked for."""

    def __init__(self, known: PullState | None) -> None:
        self._known = known
        self._by_key: dict[str, Initiative] | None = None

    def get(self, key: str) -> Initiative | None:
        """The ticket of that key, unless it was read only because others refer to it."""
        if self._by_key is None:
            tickets = self._known.tickets.values() if self._known else ()
            self._by_key = {ticket.ref.key: ticket for ticket in tickets if not ticket.reference_only}
        return self._by_key.get(key)


def repository_of(ticket: Initiative) -> str:
    """The repository that the issue belongs to."""
    return ticket.ref.key.partition("#")[0]


def undetermined_since(cursor: Cursor) -> datetime:
    """From when on a comment may have come after the last pull and left the issue's time as it was: to the second."""
    return cursor.watermark.tracker_time.replace(microsecond=0)


def _has_changed(ticket: Initiative, known: PullState | None) -> bool:
    before = known.tickets.get(ticket.id) if known else None
    named = known is not None and ticket.id in known.recheck | known.requested
    return before is None or before.updated != ticket.updated or named


def _read_since(
    repository: str, changed: Iterable[Initiative], known: PullState | None, reader: CommandReader, extent: SyncMode
) -> datetime:
    """From the last change that was seen; from the cycle's first day where nothing is known of the repository."""
    if known is None:
        return reader.since
    cursor = Cursor.parse(known.cursor)
    if extent is SyncMode.INCREMENTAL and cursor and not known.recheck and any(x.id in known.tickets for x in changed):
        return datetime.fromisoformat(cursor.updated_at) - reader.lookback
    tickets = [ticket for ticket in known.tickets.values() if ticket.updated and repository_of(ticket) == repository]
    if not tickets:
        return reader.since
    lookback = (
        EXTRA_LOOKBACK
        if extent is not SyncMode.INCREMENTAL or any(ticket.id in known.recheck for ticket in tickets)
        else reader.lookback
    )
    return max(ticket.updated for ticket in tickets if ticket.updated) - lookback


def _commands_in(
    repository: str,
    comments: Iterable[Json],
    tickets: Mapping[str, Initiative],
    known: _KnownTickets,
    reader: CommandReader,
) -> Iterator[Command]:
    for comment in comments:
        body = str(comment.get("body") or "")
        # Whose words they are comes first: reading them costs time, and anybody may write them.
        parsed = parse_commands(body) if _is_trusted(comment, body, reader) else ()
        key = Issue(repository, number_of(comment)).key
        if not parsed or (ticket := tickets.get(key) or known.get(key)) is None:
            continue
        author = str((comment.get("user") or {}).get("login") or "unknown")
        # Of which day and cycle it is, the calendar tells that the hub goes by.
        at = datetime.fromisoformat(str(comment["updated_at"])).astimezone()
        for parsed_command in parsed:
            yield Command(ticket.id, str(comment["id"]), author, parsed_command.verb, parsed_command.argument, at)


@dataclass(slots=True)
class _RepositoryComments:
    """The comments of a repository that may hold commands, and why there may be more of them."""

    comments: list[Json] = field(default_factory=list)
    error: str | None = None


def _fetch_comments(since: Mapping[str, datetime], reader: CommandReader) -> dict[str, _RepositoryComments]:
    """All repositories side by side, each with the latest first, so that the limit leaves out the oldest."""
    results = {repository: _RepositoryComments() for repository in since}

    def request_page(repository: str, page: int) -> Iterator[tuple[tuple[str, int], Request]]:
        if page <= MAX_PAGES:
            yield (repository, page), changed_comments(repository, iso_utc(since[repository]), page)

    def reply(key: tuple[str, int], content: Any) -> Iterator[tuple[tuple[str, int], Request]]:
        (repository, page), result = key, results[key[0]]
        if isinstance(content, CredentialsRefused | TicketNotFound):
            return  # what may not be read holds no commands for us
        if not isinstance(content, list):
            result.error = content.detail if isinstance(content, SourceError) else "comments in an unknown shape"
            return
        if len(content) >= FULL_PAGE:
            yield from request_page(repository, page + 1)
        result.comments += [
            item for item in content if isinstance(item, dict) and item.get("id") and _is_candidate(item, reader)
        ]

    send_pipelined(reader.ask, (first for repository in since for first in request_page(repository, 1)), reply)
    return results


def _is_candidate(comment: Json, reader: CommandReader) -> bool:
    """Most comments command nothing: those are not kept until all have come."""
    # Whose words they are comes first: reading them costs time, and anybody may write them.
    return _is_by_editor(comment, reader) and "/okr" in folded(str(comment.get("body") or "")).casefold()


def _is_trusted(comment: Json, body: str, reader: CommandReader) -> bool:
    """Whether the author may edit the ticket, and is neither the hub nor another program."""
    return (
        _is_by_editor(comment, reader)
        and not reader.is_own_comment(body)
        and str(comment["user"]["id"]) != reader.account_id()
    )


def _is_by_editor(comment: Json, reader: CommandReader) -> bool:
    """What the comment itself tells of that, whoever the hub is."""
    user = comment.get("user") or {}
    can_edit = user.get("type") != "Bot" and comment.get("author_association") in EDITOR_ROLES
    names = (str(user.get("id")), str(user.get("login")))
    return bool(user.get("id")) and reader.settings.trusts(*names, can_edit=can_edit)


def start_of_day(since: date) -> datetime:
    """When a day begins."""
    return datetime.combine(since, time.min, UTC)


Send = Callable[[Request], Response]


def minimize(send: Send, send_graphql: Send, issue: Issue, comment_id: str, *, minimized: bool) -> None:
    """What may go another time is raised; an account that may not do it leaves the comment as it is."""
    try:
        comment = content_of(send(read_comment(issue, comment_id)))
        is_up_to_date = isinstance(comment, dict) and "minimized" in comment and bool(comment["minimized"]) == minimized
        if isinstance(comment, dict) and comment.get("node_id") and not is_up_to_date:
            send_graphql(minimize_comment(str(comment["node_id"]), minimized=minimized))
    except RetryLater:
        raise
    except SourceError:
        return
