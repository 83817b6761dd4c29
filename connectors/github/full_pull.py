"""Reads all configured repositories and projects side by side, each from both of its ends."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from connectors.base import ConnectorContext
from connectors.github import api, graphql
from connectors.github.connection import Connection, EntryResult, MergedIssue, PageEntry, Step, Walk
from connectors.github.field_values import has_issue_fields, issue_field_values
from connectors.github.graphql import complete
from connectors.github.normalise import initiative, is_selected, named_ids, with_fields
from connectors.github.project_item import read_item_fields
from connectors.github.repositories import ProjectCursor, RenamedRepositories, repository_notes
from connectors.github.settings import GitHubSettings
from connectors.http.client import ApiClient
from connectors.http.messages import MALFORMED, Request, Response
from connectors.http.throttle import send_pipelined
from hub.model.errors import CredentialsRefused, QueryRefused, RetryLater, SourceError
from hub.model.initiative import Gap, Initiative, PullResult

Json = dict[str, Any]
PageKey = tuple[Connection, api.Slice]
# A longer wait is a limit, not a page that was too heavy: asking for less would not help.
# A query that takes longer than ten seconds is cut off, and costs points of the next hour:
# docs.github.com/graphql/overview/rate-limits-and-query-limits-for-the-graphql-api
HEAVY_PAGE_WAIT = 60.0


class Pull:
    """One full read; use once. Afterwards `project_cursors` and `ids` hold what a later read of changes begins from."""

    def __init__(self, name: str, settings: GitHubSettings, client: ApiClient, context: ConnectorContext) -> None:
        self._name = name
        self._settings = settings
        self._client = client
        self._context = context
        self._gaps: list[Gap] = []
        self._times: dict[str, dict[str, str]] = {}
        self._project_ids: dict[str, str] = {}
        self._item_counts: dict[str, int] = {}
        self.uses_issue_fields = False
        self._notes: dict[str, None] = {}
        self.ids: dict[str, str] = {}
        self.renamed = RenamedRepositories(settings.repositories)

    def run(self) -> PullResult:
        """Everything that is configured; what could not be read is a gap."""
        previous_requests = self._client.requests
        connections = [*self._repositories(), *self._projects()]
        # Only the first page of each tells whether the configuration and the credentials are good: those come first.
        send_pipelined(
            self._client.send,
            (key for connection in connections for key in self._next(connection)),
            self._on_first_page,
        )
        send_pipelined(
            self._client.send, (key for connection in connections for key in self._next(connection)), self._on_page
        )
        for connection in connections:
            if connection.walk.gap:
                self._gap(f"{connection.source}: {connection.walk.gap}")
            self._item_counts[connection.source] = sum(1 for _ in connection.walk.values())
        tickets = tuple(self._initiatives(connections))
        gaps, request_count = tuple(dict.fromkeys(self._gaps)), self._client.requests - previous_requests
        return PullResult(self._name, tickets, gaps, request_count, notes=(*self.renamed.notes(), *self._notes))

    def find_projects(self) -> dict[str, ProjectCursor]:
        """The projects without their items."""
        for _ in self._projects():
            pass
        return self.project_cursors

    @property
    def project_cursors(self) -> dict[str, ProjectCursor]:
        """Each project with the times of its items, and how long it is."""
        return {
            project: ProjectCursor(
                identity, self._times.get(project, {}), self._item_counts.get(f"project {project}", 0)
            )
            for project, identity in self._project_ids.items()
        }

    def _repositories(self) -> Iterator[Connection]:
        """Open issues, and those that were closed late enough to matter."""
        settings = self._settings
        for repository in settings.repositories:
            for state, since in (("OPEN", None), ("CLOSED", self._context.cycle_start)):
                filters = api.issue_filter(state, since=since, labels=settings.labels, types=settings.types)

                def ask(part: api.Slice, repository: str = repository, filters: Json = filters) -> Request:
                    return api.issues_page(repository, filters, part)

                walk: Walk[PageEntry] = Walk(settings.page_size)
                read = partial(self._issue, repository)
                yield Connection(f"repository {repository}", ("repository", "issues"), ask, read, walk)

    def _projects(self) -> Iterator[Connection]:
        projects = self._settings.projects
        answers = self._client.send_all([api.find_project(project) for project in projects])
        for order, (project, answer) in enumerate(zip(projects, answers, strict=True)):
            source = f"project {project}"
            identity = self._project_id(source, answer)
            if identity is None:
                continue
            self._project_ids[project] = identity

            def ask(part: api.Slice, identity: str = identity) -> Request:
                return api.items_page(identity, part)

            def read(item: Json, project: str = project, order: int = order) -> EntryResult:
                return self._item(item, project, order)

            walk: Walk[PageEntry] = Walk(self._settings.page_size)
            yield Connection(source, ("node", "items"), ask, read, walk)

    def _project_id(self, source: str, answer: Response | SourceError) -> str | None:
        if isinstance(answer, SourceError):
            self._raise_if_refused(answer)
            self._gap(f"{source}: {answer.detail}")
            return None
        graphql_answer = api.read_answer(answer)
        node = graphql_answer.at(("repositoryOwner", "projectV2"))
        if node is None:
            self._raise_if_missing(source, graphql_answer)
            self._gap(f"{source}: {graphql_answer.error_text()}")
        return str(node["id"]) if node else None

    def _next(self, connection: Connection) -> Iterator[tuple[PageKey, Request]]:
        """The pages that are to be asked for now."""
        for part in connection.walk.next_slices(connection.pending):
            connection.pending.add(part.backwards)
            yield (connection, part), connection.ask(part)

    def _on_first_page(self, key: PageKey, answer: Response | SourceError) -> tuple[()]:
        """Hand a first page to its walk."""
        self._read_entries(self._record_page(key, answer))
        return ()

    def _on_page(self, key: PageKey, answer: Response | SourceError) -> Iterator[tuple[PageKey, Request]]:
        """Hand the page to its walk, and read what it means while the next ones are on their way."""
        entries = self._record_page(key, answer)
        yield from self._next(key[0])
        self._read_entries(entries)

    def _record_page(self, key: PageKey, answer: Response | SourceError) -> list[PageEntry]:
        connection, part = key
        connection.pending.discard(part.backwards)
        page = self._read_page(connection, part, answer)
        if page is None:
            return []
        has_more, cursor = page.cursor(part)
        entries = [PageEntry(connection.source, connection.read, node) for node in page.nodes]
        keyed_entries = tuple((str(entry.node.get("id")), entry) for entry in entries)
        connection.walk.take(part, Step(keyed_entries, page.missing_count, page.raw.total, has_more, cursor))
        self._context.progress(connection.source, len(keyed_entries))
        return entries

    def _read_page(
        self, connection: Connection, part: api.Slice, answer: Response | SourceError
    ) -> graphql.GraphQLPage | None:
        """The page; None when it did not come, and then the walk knows."""
        if isinstance(answer, SourceError):
            if not connection.walk.has_started:
                self._raise_if_refused(answer)
            is_too_heavy = isinstance(answer, RetryLater) and answer.wait < HEAVY_PAGE_WAIT
            connection.walk.fail(part, answer.detail, smaller=is_too_heavy)
            return None
        graphql_answer = api.read_answer(answer)
        page = graphql.read(graphql_answer, connection.path)
        self._notes |= dict.fromkeys(repository_notes(connection.source, graphql_answer.at(("repository",))))
        if page is None:
            if not connection.walk.has_started:
                self._raise_if_missing(connection.source, graphql_answer)
            connection.walk.fail(part, graphql_answer.error_text() or "the answer contained no page", smaller=True)
            return None
        for reason in page.reasons:
            self._gap(f"{connection.source}: {reason}")
        return page

    def _read_entries(self, entries: Sequence[PageEntry]) -> None:
        """What the entries mean, read to their end; one that cannot be understood leaves only itself unread."""
        complete(self._client, [entry.node for entry in entries])
        for entry in entries:
            node, entry.node = entry.node, {}
            self.uses_issue_fields = self.uses_issue_fields or has_issue_fields(graphql.issue_of(node))
            try:
                entry.result = entry.read(node)
            except MALFORMED as error:
                reason = f"{entry.source}: an entry that cannot be understood ({type(error).__name__}: {error})"
                id_ = str(node.get("id") or "")
                self._gap(reason[:200], id_ or None, f"unclear:{id_}" if id_ else "")

    def _issue(self, configured_name: str, node: Json) -> EntryResult:
        self.renamed.learn(configured_name, node["repository"]["nameWithOwner"])
        self.ids.update(named_ids(node))
        return initiative(node, self._name, self._settings), issue_field_values(node, self._settings), None

    def _item(self, item: Json, project: str, order: int) -> EntryResult:
        """An issue and its place; None for drafts, pull requests, archived items and what is hidden from us."""
        content = item.get("content")
        self._times.setdefault(project, {})[item["id"]] = str(item.get("updatedAt") or "")
        if item.get("type") == "REDACTED" or content is None:
            source = f"project {project}: an item is hidden from this account"
            self._gap(source, item["id"], f"hidden:{item['id']}")
        if not content or content.get("__typename") != "Issue" or item.get("isArchived"):
            return None
        self.ids.update(named_ids(content))
        issue = initiative(content, self._name, self._settings)
        fields = issue_field_values(content, self._settings)
        return issue, fields, read_item_fields(item, project, order, self._settings)

    def _initiatives(self, connections: list[Connection]) -> Iterator[Initiative]:
        """Each issue once, however many places show it."""
        merged: dict[str, MergedIssue] = {}
        for connection in connections:
            for position, entry in connection.walk.values():
                if entry.result:
                    issue, fields, item = entry.result
                    placed_item = replace(item, position=position) if item else None
                    merged.setdefault(issue.id, MergedIssue(issue, fields)).add(issue, fields, placed_item)
        for merged_issue in merged.values():
            items = tuple(merged_issue.items.values())
            ticket = self.renamed.under(
                with_fields(merged_issue.issue, items, self._settings, merged_issue.issue_fields)
            )
            if is_selected(ticket, self._settings, self._context.cycle_start):
                yield ticket

    def _raise_if_refused(self, error: SourceError) -> None:
        if isinstance(error, CredentialsRefused | QueryRefused):
            raise error

    def _raise_if_missing(self, source: str, graphql_answer: api.GraphQLAnswer) -> None:
        """Nothing there from the start: the configuration or the credentials want mending."""
        if graphql.is_forbidden(graphql_answer):
            raise CredentialsRefused(self._name, self._client.redact(f"{source}: {graphql_answer.error_text()}"))
        if graphql.is_unknown(graphql_answer):
            raise QueryRefused(self._name, f"{source} does not exist, or this account may not see it")

    def _gap(self, reason: str, key: str | None = None, name: str = "") -> None:
        self._gaps.append(Gap(self._name, reason, key, name))
