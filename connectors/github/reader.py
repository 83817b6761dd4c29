"""One pull of a GitHub, whole or what changed, with the issues that others lean on, and the cursor for the next."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from connectors.base import ConnectorContext
from connectors.context import fetch_referenced
from connectors.github.changes import IncrementalPull
from connectors.github.cursor import Cursor, ProjectCursor, iso_utc, recent, settings_fingerprint
from connectors.github.named_issues import NamedIssues
from connectors.github.pull import Pull
from connectors.github.renamed import RenamedRepositories
from connectors.github.settings import GitHubSettings
from connectors.github.whole import IssueFetcher, is_configured
from connectors.http import ApiClient
from connectors.quiet import Watermark
from hub.model.initiative import Gap, Initiative, PullResult, PullState


class Reader:
    """Use once: it remembers when it began."""

    def __init__(self, name: str, settings: GitHubSettings, client: ApiClient, context: ConnectorContext) -> None:
        self._name = name
        self._settings = settings
        self._client = client
        self._context = context
        self._started_at = context.now()
        self._fingerprint = settings_fingerprint(settings, context.cycle_start)

    def read(self, known: PullState | None) -> PullResult:
        """Changes where a cursor leads on; everything at first, after other settings or names, and when it is due."""
        cursor = Cursor.read(known.cursor) if known else None
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
        cursor = Cursor.read(missing.cursor)
        project_cursors = (
            cursor.project_cursors
            if cursor
            else Pull(self._name, self._settings, self._client, self._context).find_projects()
        )
        fetcher = self._issue_fetcher(project_cursors, {}, ranks=missing.tickets)
        read = {ticket.id: ticket for ticket in map(renamed.under, fetcher.read(sorted(ids)))}
        selected = self._selected(read)
        deleted = (missing.tickets.keys() - ids) | (fetcher.deleted & ids) | (read.keys() - selected.keys())
        initiatives, gaps = self._with_named(selected, fetcher, renamed)
        return PullResult(
            self._name, initiatives, gaps, self._client.requests - previous_requests, deleted=frozenset(deleted)
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
    ) -> tuple[tuple[Initiative, ...], tuple[Gap, ...]]:
        """All tickets, with the keys in their texts as they are today, and what they lean on."""
        named = NamedIssues(self._name, self._settings.url, self._client, fetcher, renamed).resolve(tickets, tickets)
        all_tickets = {**tickets, **named.changed}
        referenced = map(renamed.under, fetch_referenced(all_tickets.values(), fetcher.of_keys, named.added))
        initiatives = (*all_tickets.values(), *referenced)
        return initiatives, (*fetcher.gaps, *named.gaps)

    def _issue_fetcher(
        self, project_cursors: Mapping[str, ProjectCursor], ids: Mapping[str, str], ranks: Mapping[str, Initiative]
    ) -> IssueFetcher:
        return IssueFetcher(
            self._name,
            self._settings,
            self._client,
            project_names={project_cursor.id: project for project, project_cursor in project_cursors.items()},
            ids=ids,
            ranks=ranks,
            item_counts={project: project_cursor.item_count for project, project_cursor in project_cursors.items()},
        )

    def _is_missing_project(self, cursor: Cursor) -> bool:
        return not set(self._settings.projects) <= set(cursor.project_cursors)

    def _pull_all(self) -> PullResult:
        pull = Pull(self._name, self._settings, self._client, self._context)
        pulled = pull.run()
        project_cursors = pull.project_cursors
        fetcher = self._issue_fetcher(project_cursors, pull.ids, ranks={})
        initiatives, gaps = self._with_named(
            {ticket.id: ticket for ticket in pulled.initiatives}, fetcher, pull.renamed
        )
        last = self._last_change(pulled.initiatives)
        return replace(
            pulled,
            initiatives=initiatives,
            gaps=(*pulled.gaps, *gaps),
            cursor=self._cursor(iso_utc(last), self._started_at, project_cursors, Watermark(last, self._started_at))
            if last
            else None,
        )

    def _full_reconcile(self, known: PullState, cursor: Cursor) -> PullResult:
        """A census is a whole read: dependencies, sub-issues, options and the order on a board move no time.

        It costs as many requests as the ids alone would, for both come by the hundred.
        """
        pulled = self._pull_all()
        since = cursor.since(self._settings.lookback_seconds)
        missed = sum(_was_missed(ticket, known.tickets.get(ticket.id), since) for ticket in pulled.initiatives)
        return replace(pulled, missed_by_cursor=missed)

    def _pull_changes(self, known: PullState, cursor: Cursor) -> PullResult:
        changes = IncrementalPull(self._name, self._settings, self._client, self._context, known=known, cursor=cursor)
        pulled = changes.run()
        if changes.renamed.is_news(known.tickets.values()):
            return self._pull_all()
        last = self._last_change(pulled.initiatives)
        clock = cursor.clock.advance(self._started_at, last)
        updated_at = max(cursor.updated_at, iso_utc(clock.safe_point), iso_utc(last) if last else "")
        reconciled_at = datetime.fromisoformat(cursor.reconciled_at)
        return replace(pulled, cursor=self._cursor(updated_at, reconciled_at, changes.project_cursors, clock))

    def _last_change(self, read: Iterable[Initiative]) -> datetime | None:
        """The last change that was seen, less the time that the pull took: what changed meanwhile is later."""
        elapsed: timedelta = self._context.now() - self._started_at
        last = max((ticket.updated for ticket in read if ticket.updated and not ticket.reference_only), default=None)
        return last - elapsed if last else None

    def _cursor(
        self, updated_at: str, reconciled_at: datetime, project_cursors: Mapping[str, ProjectCursor], clock: Watermark
    ) -> str:
        trimmed = {
            project: replace(
                project_cursor,
                item_times=recent(project_cursor.item_times, updated_at, self._started_at)
                if project_cursor.supports_filter
                else project_cursor.item_times,
            )
            for project, project_cursor in project_cursors.items()
        }
        watermark, pulled_at = clock.tracker_time.isoformat(), clock.local_time.isoformat()
        return Cursor(updated_at, reconciled_at.isoformat(), self._fingerprint, watermark, pulled_at, trimmed).text()


def _was_missed(ticket: Initiative, known: Initiative | None, since: str) -> bool:
    """Whether something other than the place on a board changed so that no cursor could show it."""
    if (
        ticket.reference_only
        or ticket.updated is None
        or (known and replace(ticket, rank=None) == replace(known, rank=None))
    ):
        return False
    return iso_utc(ticket.updated) < since or (known is not None and ticket.updated == known.updated)
