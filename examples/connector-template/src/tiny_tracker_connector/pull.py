"""What one pull reads: all tickets, or those that changed; and the commands in their comments."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from pydantic import BaseModel, ValidationError

from connectors.base import ConnectorContext
from connectors.http.client import ApiClient
from connectors.http.messages import read_as
from connectors.shared.comment_commands import parse_commands
from hub.model.errors import CredentialsRefused, QueryRefused, SourceError, TicketNotFound
from hub.model.initiative import Gap, Initiative, PullResult, PullState, SyncMode
from hub.model.ticket_input import Command
from tiny_tracker_connector import api
from tiny_tracker_connector.normalise import initiative
from tiny_tracker_connector.settings import TinySettings


class Cursor(BaseModel):
    """What one pull leaves for the next: the last change that was read, and when everything was read."""

    changed: int
    full: datetime


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads with a client; `account_id` is ours, whose comments hold no commands."""

    name: str
    settings: TinySettings
    client: ApiClient
    context: ConnectorContext
    account_id: str

    def pull(self, known: PullState | None) -> PullResult:
        """See `Connector.pull`; what fails is a gap, so that nothing counts as gone because of it."""
        cursor = self._usable(known)
        mode = SyncMode.FULL if cursor is None else SyncMode.INCREMENTAL
        began = self.context.now()
        read: dict[int, api.Ticket] = {}
        gaps: list[Gap] = []
        gone: list[str] = []
        try:
            for ticket in self._tickets(0 if cursor is None else cursor.changed):
                read[ticket.id] = ticket
            if known is not None and cursor is not None:
                again, gone = self._read_again(known.recheck | known.requested)
                read |= {ticket.id: ticket for ticket in again}
        except (CredentialsRefused, QueryRefused):
            raise
        except SourceError as error:
            # What was read before stays: half a list with a gap says more than none.
            gaps.append(Gap(self.name, error.detail))
        commands, unread = self._commands(read.values())
        changed = max((ticket.changed for ticket in read.values()), default=0)
        new = Cursor(changed=max(changed, cursor.changed if cursor else 0), full=cursor.full if cursor else began)
        return PullResult(
            self.name,
            tuple(self._initiative(ticket) for ticket in read.values()),
            (*gaps, *unread),
            requests=self.client.requests,
            mode=mode,
            deleted=frozenset(gone),
            cursor=None if gaps else new.model_dump_json(),
            commands=commands,
        )

    def _usable(self, known: PullState | None) -> Cursor | None:
        """The cursor; None where there is none, or where it is time to read everything again."""
        if known is None:
            return None
        try:
            cursor = Cursor.model_validate_json(known.cursor)
        except ValidationError:
            return None
        is_old = self.context.now() - cursor.full > timedelta(hours=self.settings.full_hours)
        return None if is_old else cursor

    def _tickets(self, after: int) -> Iterator[api.Ticket]:
        more = True
        while more:
            request = api.tickets(self.settings.project, after, self.settings.page_size)
            page = read_as(self.client.send(request), api.TicketPage, self.name)
            yield from page.tickets
            more = page.more and bool(page.tickets)
            after = max((ticket.changed for ticket in page.tickets), default=after)

    def _read_again(self, ids: Iterable[str]) -> tuple[list[api.Ticket], list[str]]:
        """Single tickets, and the ids of those that are not there any more."""
        read, gone = list[api.Ticket](), list[str]()
        for id_ in sorted(ids):
            try:
                read.append(read_as(self.client.send(api.ticket(id_)), api.Ticket, self.name))
            except TicketNotFound:
                gone.append(id_)
        return read, gone

    def _commands(self, tickets: Iterable[api.Ticket]) -> tuple[tuple[Command, ...], list[Gap]]:
        """Every comment is a change of its ticket, so that comments of other tickets hold nothing new."""
        commands, gaps = list[Command](), list[Gap]()
        for ticket in tickets:
            if ticket.comments and self.settings.commands.enabled:
                try:
                    commands += self._commands_on(str(ticket.id))
                except TicketNotFound:
                    continue
                except SourceError as error:
                    gaps.append(Gap(self.name, f"comments: {error.detail}", str(ticket.id)))
        return tuple(commands), gaps

    def _commands_on(self, ticket_id: str) -> Iterator[Command]:
        listed = read_as(self.client.send(api.comments(ticket_id)), api.CommentList, self.name)
        for comment in listed.comments:
            author = comment.author
            trusted = self.settings.commands.trusts(author.id, author.name, can_edit=True)
            if author.id != self.account_id and trusted:
                at = datetime.fromtimestamp(comment.written, UTC)
                for parsed in parse_commands(comment.text):
                    yield Command(ticket_id, str(comment.id), author.name, parsed.verb, parsed.argument, at)

    def _initiative(self, ticket: api.Ticket) -> Initiative:
        return initiative(self.name, self.settings, ticket)
