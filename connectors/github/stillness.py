"""Whether a GitHub is as it is remembered: asked for by times alone, and read again only where these leave doubt."""

from dataclasses import replace
from datetime import datetime

from connectors.base import ConnectorContext
from connectors.github.changes import IncrementalPull
from connectors.github.commands import CommandReader, has_new_commands, repository_of, undetermined_since
from connectors.github.cursor import Cursor, settings_fingerprint
from connectors.github.okrs import with_okrs
from connectors.github.settings import GitHubSettings
from connectors.github.whole import IssueFetcher, is_configured
from connectors.http import ApiClient
from hub.model.initiative import Initiative, PullResult, PullState
from hub.model.rest import SourceBaseline

MAX_CHANGES = 100
"""Where more changed lately, a real pull is no dearer."""


class UnchangedCheck:
    """One look; use once. In doubt something has changed."""

    def __init__(
        self,
        stored: SourceBaseline,
        name: str,
        settings: GitHubSettings,
        client: ApiClient,
        context: ConnectorContext,
        *,
        command_reader: CommandReader,
    ) -> None:
        self._stored = stored
        self._command_reader = command_reader
        self._name = name
        self._settings = settings
        self._client = client
        self._context = context

    def passes(self) -> bool:
        """Whether the next pull would find nothing new, nothing gone, and no OKR changed."""
        cursor = Cursor.read(self._stored.cursor)
        return (
            cursor is not None
            and self._is_compatible(cursor)
            and self._has_no_changes(cursor)
            and self._has_equal_okrs()
        )

    def _is_compatible(self, cursor: Cursor) -> bool:
        is_same_fingerprint = cursor.fingerprint == settings_fingerprint(self._settings, self._context.cycle_start)
        has_projects = set(self._settings.projects) <= set(cursor.project_cursors)
        return (
            is_same_fingerprint
            and has_projects
            and not cursor.is_due(self._context.now(), self._settings.full_resync_hours)
        )

    def _has_no_changes(self, cursor: Cursor) -> bool:
        known = PullState(self._stored.cursor, self._stored.tickets)
        changes = IncrementalPull(self._name, self._settings, self._client, self._context, known=known, cursor=cursor)
        candidates = changes.changed_ids()
        if (
            candidates is None
            or len(candidates) > MAX_CHANGES
            or changes.renamed.is_news(self._stored.tickets.values())
        ):
            return False
        if not self._reads_equal(candidates, changes):
            return False
        return not self._has_new_commands(candidates, undetermined_since(cursor))

    def _has_new_commands(self, candidates: tuple[str, ...], since: datetime) -> bool:
        """Whether a comment commands that came in the second of the last change, and so moved no time."""
        known = (self._stored.tickets.get(id_) for id_ in candidates)
        repositories = {
            repository_of(ticket) for ticket in known if ticket and ticket.updated and ticket.updated >= since
        }
        return bool(repositories) and has_new_commands(sorted(repositories), since, self._command_reader)

    def _reads_equal(self, candidates: tuple[str, ...], changes: IncrementalPull) -> bool:
        """Those in doubt, and what others lean on: no list of changes holds that."""
        referenced_ids = {id_ for id_ in self._stored.context_refs.values() if id_}
        fetcher = IssueFetcher(
            self._name,
            self._settings,
            self._client,
            project_names={project_cursor.id: project for project, project_cursor in changes.project_cursors.items()},
            ids={},
            ranks=self._stored.tickets,
            item_counts={
                project: project_cursor.item_count for project, project_cursor in changes.project_cursors.items()
            },
        )
        tickets = {ticket.id: ticket for ticket in changes.named(fetcher.read((*candidates, *sorted(referenced_ids))))}
        has_deleted = any(id_ in self._stored.tickets for id_ in fetcher.deleted)
        is_complete = not fetcher.gaps and not has_deleted and referenced_ids <= tickets.keys()
        return is_complete and all(self._matches_stored(ticket, changes) for ticket in tickets.values())

    def _matches_stored(self, ticket: Initiative, changes: IncrementalPull) -> bool:
        """As it was; or never ours, and still not."""
        known = self._stored.tickets.get(ticket.id)
        if known is None:
            return not is_configured(ticket, self._settings, changes.repositories, self._context.cycle_start)
        return replace(ticket, reference_only=known.reference_only) == known

    def _has_equal_okrs(self) -> bool:
        current = with_okrs(PullResult(self._name), None, self._settings, self._client, self._context)
        return not current.gaps and _by_id(current) == _by_id(replace(current, okrs=self._stored.okrs))


def _by_id(pulled: PullResult) -> dict[str, object] | None:
    return None if pulled.okrs is None else {row.id: row for row in pulled.okrs}
