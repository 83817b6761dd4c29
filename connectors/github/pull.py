"""One pull of a GitHub, whole or what changed, with the issues that others lean on, and the cursor for the next."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from connectors.base import ConnectorContext
from connectors.github.full_pull import Pull
from connectors.github.incremental import IncrementalPull, project_only_repositories
from connectors.github.issue_fetch import IssueFetcher, NamedIssues, is_configured, issue_fetcher
from connectors.github.repositories import (
    Cursor,
    ProjectCursor,
    RenamedRepositories,
    cursor_fingerprint,
    iso_utc,
    recent,
)
from connectors.github.settings import GitHubSettings
from connectors.http.client import ApiClient
from connectors.shared.incremental import Referenced, Watermark, last_change, was_missed, with_named
from hub.model.initiative import Gap, Initiative, PullResult, PullState


class Reader:
    """Use once: it remembers when it began."""

    def __init__(self, name: str, settings: GitHubSettings, client: ApiClient, context: ConnectorContext) -> None:
        self._name = name
        self._settings = settings
        self._client = client
        self._context = context
        self._started_at = context.now()
        self._fingerprint = cursor_fingerprint(settings, context.cycle_start)

    def read(self, known: PullState | None) -> PullResult:
        """Changes where a cursor leads on; everything at first, after other settings or names, and when it is due."""
        cursor = Cursor.parse(known.cursor) if known else None
        if (
            known is None
            or cursor is None
            or cursor.fingerprint != self._fingerprint
            or self._is_missing_project(cursor)
        ):
            return self._pull_all()
        if cursor.is_due(self._started_at, self._settings.full_resync_hours):
            return self._full_reconcile(known, cursor)
        return self._pull_changes(known, cursor)

    def look_up(self, missing: PullState) -> PullResult:
        """Those of the missing issues that are there and configured; one that was closed too early is not asked for."""
        ids = self._selected(missing.tickets).keys()
        previous_requests = self._client.requests
        if not ids:
            return PullResult(self._name, deleted=frozenset(missing.tickets))
        # What was remembered of names may be what made these tickets ours, so that only those of today count.
        renamed = RenamedRepositories(self._settings.repositories)
        renamed.ask(self._client, self._name)
        cursor = Cursor.parse(missing.cursor)
        project_cursors = (
            cursor.project_cursors
            if cursor
            else Pull(self._name, self._settings, self._client, self._context).find_projects()
        )
        fetcher = issue_fetcher(
            self._name, self._settings, self._client, project_cursors, ids={}, ranks=missing.tickets
        )
        read = {ticket.id: ticket for ticket in map(renamed.under, fetcher.read(sorted(ids)))}
        selected = self._selected(read)
        deleted = (missing.tickets.keys() - ids) | (fetcher.deleted & ids) | (read.keys() - selected.keys())
        initiatives, referenced, gaps = self._with_named(selected, fetcher, renamed)
        return PullResult(
            self._name,
            (*initiatives, *referenced.tickets),
            gaps,
            self._client.requests - previous_requests,
            deleted=frozenset(deleted),
        )

    def _selected(self, tickets: Mapping[str, Initiative]) -> dict[str, Initiative]:
        """Those of the tickets that are configured."""
        repositories = {repository.casefold() for repository in self._settings.repositories}
        return {
            id_: ticket
            for id_, ticket in tickets.items()
            if is_configured(ticket, self._settings, repositories, self._context.cycle_start)
        }

    def _with_named(
        self, tickets: Mapping[str, Initiative], fetcher: IssueFetcher, renamed: RenamedRepositories
    ) -> tuple[tuple[Initiative, ...], Referenced, tuple[Gap, ...]]:
        """All tickets, with the keys in their texts as they are today, and what they refer to."""
        named = NamedIssues(self._name, self._settings.url, self._client, fetcher, renamed).resolve(tickets, tickets)
        initiatives, found = with_named(tickets, named, fetcher.of_keys)
        referenced = Referenced(tuple(map(renamed.under, found.tickets)), found.keys)
        return initiatives, referenced, (*fetcher.gaps, *named.gaps)

    def _is_missing_project(self, cursor: Cursor) -> bool:
        return not set(self._settings.projects) <= set(cursor.project_cursors)

    def _pull_all(self) -> PullResult:
        pull = Pull(self._name, self._settings, self._client, self._context)
        pulled = pull.run()
        project_cursors = pull.project_cursors
        fetcher = issue_fetcher(self._name, self._settings, self._client, project_cursors, ids=pull.ids, ranks={})
        tickets, referenced, gaps = self._with_named(
            {ticket.id: ticket for ticket in pulled.initiatives}, fetcher, pull.renamed
        )
        initiatives, gaps = (*tickets, *referenced.tickets), (*pulled.gaps, *gaps)
        if (last := last_change(pulled.initiatives, self._elapsed)) is None:
            return replace(pulled, initiatives=initiatives, gaps=gaps)
        cursor = Cursor(
            updated_at=iso_utc(last),
            fingerprint=self._fingerprint,
            reconciled_at=self._started_at.isoformat(),
            **Watermark(last, self._started_at).fields(),
            project_cursors=self._recent(project_cursors, iso_utc(last)),
            called=pull.renamed.called,
            referenced=referenced.keys,
            project_only=project_only_repositories(tickets, self._settings),
            uses_issue_fields=pull.uses_issue_fields,
            rechecked=(),
            milestones={},
        )
        return replace(pulled, initiatives=initiatives, gaps=gaps, cursor=cursor.text())

    def _full_reconcile(self, known: PullState, cursor: Cursor) -> PullResult:
        """A census is a whole read: dependencies, sub-issues, options and the order on a board move no time.

        It costs as many requests as the ids alone would, for both come by the hundred.
        """
        pulled = self._pull_all()
        since = cursor.since(self._settings.lookback_seconds)
        missed = 0
        for ticket in pulled.initiatives:
            # A place on the board is no change of the ticket.
            last = known.tickets.get(ticket.id)
            missed += was_missed(replace(ticket, rank=None), last and replace(last, rank=None), since)
        return replace(pulled, missed_by_cursor=missed)

    def _pull_changes(self, known: PullState, cursor: Cursor) -> PullResult:
        changes = IncrementalPull(self._name, self._settings, self._client, self._context, known=known, cursor=cursor)
        pulled = changes.run()
        if changes.has_new_names and changes.renamed.is_news(known.tickets.values()):
            return self._pull_all()
        last = last_change(pulled.initiatives, self._elapsed)
        clock = cursor.watermark.advance(self._started_at, last)
        updated_at = max(cursor.updated_at, iso_utc(clock.safe_point), iso_utc(last) if last else "")
        cursor = replace(
            cursor,
            updated_at=updated_at,
            **clock.fields(),
            project_cursors=self._recent(changes.project_cursors, updated_at),
            called=changes.renamed.called,
            referenced=changes.referenced,
            project_only=changes.project_only,
            uses_issue_fields=changes.uses_issue_fields,
            rechecked=changes.rechecked,
            milestones=changes.milestones.known,
        )
        return replace(pulled, cursor=cursor.text())

    @property
    def _elapsed(self) -> timedelta:
        return self._context.now() - self._started_at

    def _recent(self, project_cursors: Mapping[str, ProjectCursor], at: str) -> dict[str, ProjectCursor]:
        """The projects with the items that the next pull is shown again, and no others."""
        return {
            project: replace(
                project_cursor,
                item_times=recent(project_cursor.item_times, at, self._started_at)
                if project_cursor.supports_filter
                else project_cursor.item_times,
            )
            for project, project_cursor in project_cursors.items()
        }
