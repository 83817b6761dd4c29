"""What one pull reads: all issues of the projects, or those that changed; what they wait for; and people's commands."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from pydantic import BaseModel, ValidationError

from connectors.base import ConnectorContext
from connectors.http.client import ApiClient
from connectors.http.messages import read_as
from connectors.shared.comment_commands import parse_commands
from hub.model.errors import CredentialsRefused, QueryRefused, SourceError, TicketNotFound
from hub.model.initiative import Gap, Initiative, PullResult, PullState, SyncMode
from hub.model.ticket_input import Command
from redmine_connector import api
from redmine_connector.normalise import Words, initiative
from redmine_connector.settings import RedmineSettings

MAX_IDS = 100


class Cursor(BaseModel):
    """What one pull leaves for the next: the last change that was seen, by Redmine's clock, and the last full pull."""

    updated: datetime | None
    full: datetime
    projects: tuple[str, ...]


@dataclass
class Read:
    """What was read so far, by number; `gone` are the ids of issues that are there no more."""

    issues: dict[int, Initiative] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)
    gaps: list[Gap] = field(default_factory=list)
    commands: list[Command] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads with a client; `account_id` is ours, whose notes hold no commands."""

    name: str
    settings: RedmineSettings
    client: ApiClient
    context: ConnectorContext
    account_id: str

    def pull(self, known: PullState | None) -> PullResult:
        """See `Connector.pull`; what fails is a gap, so that nothing counts as gone because of it."""
        cursor = self._usable(known)
        before = known.tickets if known else {}
        began, read = self.context.now(), Read()
        try:
            self._read(read, known if cursor else None, cursor)
        except (CredentialsRefused, QueryRefused):
            raise
        except SourceError as error:
            read.gaps.append(Gap(self.name, error.detail))
        again = known.recheck | known.requested if known else frozenset[str]()
        self._hear(read, before, again)
        is_whole = all(gap.key is not None for gap in read.gaps)
        new = self._next(cursor, began, read.issues.values())
        return PullResult(
            self.name,
            tuple(read.issues.values()),
            tuple(read.gaps),
            mode=SyncMode.FULL if cursor is None else SyncMode.INCREMENTAL,
            deleted=frozenset(read.gone),
            cursor=new.model_dump_json() if is_whole else None,
            commands=tuple(read.commands),
        )

    def _usable(self, known: PullState | None) -> Cursor | None:
        """The cursor; None where there is none, for other projects, or where it is time to read everything again."""
        try:
            cursor = Cursor.model_validate_json(known.cursor) if known else None
        except ValidationError:
            return None
        if cursor is None or cursor.updated is None or cursor.projects != self.settings.projects:
            return None
        is_old = self.context.now() - cursor.full > timedelta(hours=self.settings.full_hours)
        return None if is_old else cursor

    def _next(self, cursor: Cursor | None, began: datetime, issues: Iterable[Initiative]) -> Cursor:
        seen = [issue.updated for issue in issues if issue.updated and not issue.reference_only]
        before = [cursor.updated] if cursor and cursor.updated else []
        return Cursor(
            updated=max((*seen, *before), default=None),
            full=cursor.full if cursor else began,
            projects=self.settings.projects,
        )

    def _read(self, read: Read, known: PullState | None, cursor: Cursor | None) -> None:
        since = (
            cursor.updated - timedelta(seconds=self.settings.lookback_seconds) if cursor and cursor.updated else None
        )
        words = self._words()
        projects = {project.id: project for project in map(self._project, self.settings.projects)}
        for identifier in self.settings.projects:
            for issue in self._issues(identifier, since):
                read.issues[issue.id] = self._own(issue, words, projects)
        if known is not None:
            ids = {int(id_) for id_ in known.recheck | known.requested if id_.isdecimal()} - read.issues.keys()
            found = {issue.id: issue for issue in self._by_id(ids) if issue.project.id in projects}
            read.issues |= {number: self._own(issue, words, projects) for number, issue in found.items()}
            read.gone |= {str(number) for number in ids - found.keys()}
        known_ids = {int(id_) for id_ in known.tickets if id_.isdecimal()} if known else set[int]()
        others = _referenced(read.issues.values()) - read.issues.keys() - known_ids
        for issue in self._by_id(others):
            ticket = initiative(
                self.name, self.settings, issue, words, container=issue.project.name or "?", public=False
            )
            read.issues[issue.id] = replace(ticket, reference_only=True)

    def _own(self, issue: api.Issue, words: Words, projects: Mapping[int, api.Project]) -> Initiative:
        project = projects[issue.project.id]
        return initiative(
            self.name, self.settings, issue, words, container=project.identifier, public=project.is_public
        )

    def _words(self) -> Words:
        priorities = read_as(self.client.send(api.priorities()), api.Priorities, self.name).issue_priorities
        trackers = read_as(self.client.send(api.trackers()), api.Trackers, self.name).trackers
        default = next((priority.name for priority in priorities if priority.is_default), "")
        return Words(frozenset(each.default_status.name for each in trackers if each.default_status), default)

    def _project(self, identifier: str) -> api.Project:
        return read_as(self.client.send(api.project(identifier)), api.ProjectAnswer, self.name).project

    def _issues(self, identifier: str, since: datetime | None) -> Iterator[api.Issue]:
        after, size = 0, self.settings.page_size
        while True:
            request = api.issues(identifier, after, size, since)
            page = read_as(self.client.send(request), api.IssuePage, self.name).issues
            yield from page
            if len(page) < size:
                return
            after = max(issue.id for issue in page)

    def _by_id(self, ids: Collection[int]) -> Iterator[api.Issue]:
        ordered = sorted(ids)
        for at in range(0, len(ordered), MAX_IDS):
            request = api.issues_by_id(ordered[at : at + MAX_IDS])
            yield from read_as(self.client.send(request), api.IssuePage, self.name).issues

    def _hear(self, read: Read, before: Mapping[str, Initiative], again: Collection[str]) -> None:
        """Commands on issues that changed: a note is a change of its issue. What is not heard is read again."""
        if not self.settings.commands.enabled:
            return
        own = [ticket for ticket in read.issues.values() if not ticket.reference_only]
        changed = [t for t in own if t.id in again or t.id not in before or before[t.id].updated != t.updated]
        answers = self.client.send_all(api.history(ticket.id) for ticket in changed)
        for ticket, answer in zip(changed, answers, strict=True):
            try:
                if isinstance(answer, SourceError):
                    raise answer
                journals = read_as(answer, api.IssueWithHistory, self.name).issue.journals
                read.commands += self._commands(ticket.id, journals)
            except TicketNotFound:
                continue
            except SourceError as error:
                read.gaps.append(Gap(self.name, f"notes: {error.detail}", ticket.id))

    def _commands(self, ticket_id: str, journals: Iterable[api.Journal]) -> Iterator[Command]:
        """A private note has other readers than the hub's, so that nothing in it is repeated or followed."""
        for journal in journals:
            author = journal.user
            trusted = self.settings.commands.trusts(str(author.id), author.name, can_edit=True)
            if journal.notes and not journal.private_notes and trusted and str(author.id) != self.account_id:
                for parsed in parse_commands(journal.notes):
                    yield Command(
                        ticket_id, str(journal.id), author.name, parsed.verb, parsed.argument, journal.created_on
                    )


def _referenced(issues: Iterable[Initiative]) -> set[int]:
    """The numbers of all that these issues hang on."""
    refs = [
        ref for issue in issues for ref in (*issue.blocked_by, *issue.blocks, *([issue.parent] if issue.parent else []))
    ]
    return {int(ref.key.removeprefix("#")) for ref in refs}
