"""The pull after the first: which issues and items changed, asked for by their times alone, and then read whole."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from connectors.base import ConnectorContext
from connectors.github import api, graphql
from connectors.github.field_recheck import next_to_recheck
from connectors.github.issue_fetch import IssueFetcher, NamedIssues, is_configured, issue_fetcher
from connectors.github.milestones import MilestoneChanges
from connectors.github.repositories import Cursor, ProjectCursor, RenamedRepositories, days_back, iso_utc, name_in
from connectors.github.settings import GitHubSettings
from connectors.http.client import ApiClient
from connectors.http.messages import Request
from connectors.shared.incremental import References, are_references_unchanged, relate_as_before, resolve_references
from hub.model.errors import CredentialsRefused, SourceError
from hub.model.initiative import Gap, Initiative, PullResult, PullState, SyncMode

Json = dict[str, Any]
# A filter that a server does not know is refused in these words.
UNKNOWN_ARGUMENT = "doesn't accept argument"


class IncrementalPull:
    """One run; use once.

    Afterwards `project_cursors`, `referenced`, `project_only`, `uses_issue_fields` and `rechecked` hold what the next
    one begins from.
    """

    def __init__(
        self,
        name: str,
        settings: GitHubSettings,
        client: ApiClient,
        context: ConnectorContext,
        *,
        known: PullState,
        cursor: Cursor,
    ) -> None:
        self.project_cursors: dict[str, ProjectCursor] = {}
        self.referenced, self.project_only = cursor.referenced, cursor.project_only
        self._since = iso_utc(cursor.since(settings.lookback_seconds))
        self.milestones = MilestoneChanges(cursor.milestones, self._since)
        self.uses_issue_fields, self.rechecked = cursor.uses_issue_fields, cursor.rechecked
        self._name = name
        self._settings = settings
        self._client = client
        self._context = context
        self._known = known
        self._cursor = cursor
        self._gaps: list[Gap] = []
        # GitHub tells whole seconds: what changed in the last one that was seen may have changed again in it.
        self._stable_before = iso_utc(cursor.watermark.tracker_time)
        self.renamed = RenamedRepositories(settings.repositories)
        for configured_name, current_name in cursor.called.items():
            self.renamed.learn(configured_name, current_name)
        self.repositories = {repository.casefold() for repository in settings.repositories}

    def run(self) -> PullResult:
        """Every issue that is not as it is remembered, and those that it refers to.

        An id that only a gap holds may be gone as well: what is not there or not ours is no gap any more. Where no
        reference changed, no issue is looked at but those that were read again: there may be very many.
        """
        requested = sorted(self._known.recheck | self._known.requested)
        candidates = dict.fromkeys((*self._changed_items(), *requested, *self._field_rechecks()))
        fetcher = issue_fetcher(
            self._name, self._settings, self._client, self.project_cursors, ids={}, ranks=self._known.tickets
        )
        read = {ticket.id: ticket for ticket in self.named(fetcher.read(candidates))}
        matching = {
            id_: ticket
            for id_, ticket in read.items()
            if is_configured(ticket, self._settings, self.repositories, self._context.cycle_start)
        }
        deleted = self._previously_known(fetcher.deleted | (read.keys() - matching.keys()))
        self.uses_issue_fields = self.uses_issue_fields or fetcher.uses_issue_fields
        references = References()
        if deleted or self.has_new_names or not self._are_references_unchanged(matching, fetcher):
            references = self._references(fetcher, matching, deleted)
        own, referenced, gone = references.merged(matching, deleted, self.renamed.under)
        self._gaps += references.named.gaps
        self._update_item_counts(fetcher.item_counts)
        return PullResult(
            self._name,
            (*own.values(), *referenced),
            tuple(dict.fromkeys((*self._gaps, *fetcher.gaps))),
            mode=SyncMode.INCREMENTAL,
            deleted=gone,
            notes=self.renamed.notes(),
        )

    @property
    def has_new_names(self) -> bool:
        """Whether a repository has another name than at the last pull."""
        return self.renamed.called != self._cursor.called

    def named(self, read: Iterable[Initiative]) -> Iterator[Initiative]:
        """The issues under the names by which their repositories are asked for, too."""
        return map(self.renamed.under, read)

    def _previously_known(self, ids: Iterable[str]) -> set[str]:
        return {id_ for id_ in ids if id_ in self._known.recheck or id_ in self._known.tickets}

    def _are_references_unchanged(self, read: Mapping[str, Initiative], fetcher: IssueFetcher) -> bool:
        """Whether issues refer to what they referred to, and that, as far as it is not configured, is as it was."""
        if not relate_as_before(read, self._known):
            return False
        before = len(fetcher.gaps)
        referenced = tuple(self.named(fetcher.of_ids(dict.fromkeys(id_ for id_ in self.referenced.values() if id_))))
        complete = len(fetcher.gaps) == before
        del fetcher.gaps[before:]
        return complete and are_references_unchanged(self._cursor, referenced, self._known)

    def _changed_items(self) -> Iterator[str]:
        yield from self._changed_in_repositories()
        yield from self._changed_in_projects()

    def _field_rechecks(self) -> Iterator[str]:
        """Issues whose fields may have changed unseen; none where nobody uses issue fields."""
        if self.uses_issue_fields:
            ids, self.rechecked = next_to_recheck(self._known.tickets.values(), self.rechecked)
            yield from ids

    def _references(self, fetcher: IssueFetcher, read: Mapping[str, Initiative], gone: Collection[str]) -> References:
        """Tickets that name others by new keys; what all refer to now, as it is now; and what they refer to no more."""
        tickets, failed = self._known.tickets, len(fetcher.gaps)
        fetcher.ids = {ticket.ref.key: id_ for id_, ticket in tickets.items()} | fetcher.ids
        named = NamedIssues(self._name, self._settings.url, self._client, fetcher, self.renamed)
        references = resolve_references(
            self._known,
            read,
            gone,
            follow=lambda own: named.resolve(own, read),
            fetch=fetcher.of_keys,
            has_gaps=lambda: len(fetcher.gaps) != failed,
        )
        self.referenced = references.referenced.keys
        own = [
            ticket
            for id_, ticket in tickets.items()
            if not ticket.reference_only and id_ not in gone and id_ not in read
        ]
        self.project_only = project_only_repositories((*own, *read.values()), self._settings)
        return references

    def _changed_in_repositories(self) -> Iterator[str]:
        changed_milestones: list[str] = []
        for repository in (*self._settings.repositories, *self._cursor.project_only):
            configured = repository.casefold() in self.repositories

            def ask(after: str | None, repository: str = repository) -> Request:
                return api.changed_issues(repository, self._since, after)

            def look(answer: api.GraphQLAnswer, name: str = repository if configured else "") -> None:
                if name:
                    self.renamed.learn(name, name_in(answer.at(("repository",))))
                milestones = (answer.at(("repository", "milestones")) or {}).get("nodes") or ()
                changed_milestones.extend(self.milestones.changed(milestones))

            for node in self._pages(f"repository {repository}", ("repository", "issues"), ask, look=look):
                if not self._is_stored(node) and (configured or node["id"] in self._known.tickets):
                    yield node["id"]
        for milestone in changed_milestones:
            yield from self._in_milestone(milestone)

    def _in_milestone(self, milestone: str) -> Iterator[str]:
        """The issues that are known of a milestone that has another due date or state."""

        def ask(after: str | None) -> Request:
            return api.milestone_issues(milestone, after)

        for node in self._pages(f"milestone {milestone}", ("node", "issues"), ask):
            if node["id"] in self._known.tickets:
                yield node["id"]

    def _changed_in_projects(self) -> Iterator[str]:
        for project in self._settings.projects:
            if project_cursor := self._cursor.project_cursors.get(project):
                yield from self._changed_in_project(project, project_cursor)

    def _changed_in_project(self, project: str, project_cursor: ProjectCursor) -> Iterator[str]:
        """Items whose time moved, or whose issue is not as it is remembered."""
        days = days_back(self._cursor.updated_at, self._context.now()) if project_cursor.supports_filter else None

        def ask(after: str | None) -> Request:
            return api.changed_items(project_cursor.id, days, after)

        nodes = self._pages(f"project {project}", ("node", "items"), ask, filtered=days is not None)
        if nodes is None:
            yield from self._changed_in_project(project, replace(project_cursor, supports_filter=False))
            return
        item_times = {} if project_cursor.supports_filter else dict(project_cursor.item_times)
        for item in nodes:
            item_times[item["id"]] = str(item.get("updatedAt"))
            content = item.get("content") or {}
            if content.get("__typename") == "Issue" and self._has_changed(item, content, project_cursor):
                yield content["id"]
        self.project_cursors[project] = replace(project_cursor, item_times={**project_cursor.item_times, **item_times})

    def _has_changed(self, item: Json, issue: Json, project_cursor: ProjectCursor) -> bool:
        is_stale = issue["id"] in self._known.tickets and not self._is_stored(issue)
        changed = str(item.get("updatedAt"))
        return is_stale or project_cursor.item_times.get(item["id"]) != changed or changed >= self._stable_before

    def _is_stored(self, issue: Json) -> bool:
        known = self._known.tickets.get(issue["id"])
        if known is None or known.reference_only or known.missing_fields or known.updated is None:
            return False
        return iso_utc(known.updated) == str(issue.get("updatedAt")) < self._stable_before

    def _pages(
        self,
        source: str,
        path: tuple[str, ...],
        ask: Callable[[str | None], Request],
        *,
        filtered: bool = False,
        look: Callable[[api.GraphQLAnswer], None] = lambda answer: None,
    ) -> Any:
        """All entries of a connection, first to last; None where the server does not know the filter.

        `look` is handed each answer with a page, for what it holds besides.
        """
        nodes: list[Json] = []
        after: str | None = None
        cursors: set[str | None] = set()
        while after not in cursors:
            cursors.add(after)
            try:
                answer = api.read_answer(self._client.send(ask(after)))
            except CredentialsRefused:
                raise
            except SourceError as error:
                return self._record_gap(source, error.detail, nodes)
            page = graphql.read(answer, path)
            if page is None and filtered and UNKNOWN_ARGUMENT in answer.error_text():
                return None
            if page is None or page.reasons:
                return self._record_gap(source, answer.error_text() or "the answer contained no page", nodes)
            look(answer)
            nodes += page.nodes
            if not page.raw.has_next:
                return nodes
            after = page.raw.end
        return self._record_gap(source, "the tracker gave the same page again", nodes)

    def _record_gap(self, source: str, reason: str, nodes: list[Json]) -> list[Json]:
        self._gaps.append(Gap(self._name, f"{source}: {reason}"))
        return nodes

    def _update_item_counts(self, item_counts: Mapping[str, int]) -> None:
        self.project_cursors = {
            project: replace(project_cursor, item_count=item_counts.get(project, project_cursor.item_count))
            for project, project_cursor in self.project_cursors.items()
        }


def project_only_repositories(tickets: Iterable[Initiative], settings: GitHubSettings) -> Sequence[str]:
    """Repositories that only projects lead to: an edit of an issue moves its own time, and not its item's."""
    if not settings.projects:
        return ()
    configured = {repository.casefold() for repository in settings.repositories}
    by_repository = {
        ticket.containers[0]: {container.casefold() for container in ticket.containers}
        for ticket in tickets
        if not ticket.reference_only
    }
    return tuple(
        sorted(repository for repository, containers in by_repository.items() if containers.isdisjoint(configured))
    )
