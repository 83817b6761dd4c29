"""Issues fetched by id with all the projects that they are in, and issues that texts name by key."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from connectors.github import api
from connectors.github.field_values import has_issue_fields, is_complete, issue_field_values
from connectors.github.graphql import TRACKED_FIELDS, complete
from connectors.github.normalise import ERRORED_FIELDS, initiative, is_selected, named_ids, with_fields
from connectors.github.project_item import ProjectItemFields, read_item_fields
from connectors.github.repositories import ProjectCursor, RenamedRepositories
from connectors.github.settings import GitHubSettings
from connectors.http.client import ApiClient
from connectors.http.messages import MALFORMED, Request, Response, content_of
from connectors.shared.incremental import Named
from connectors.shared.settings import is_okr
from hub.model.errors import RetryLater, SourceError
from hub.model.initiative import Gap, Initiative

Json = dict[str, Any]
AT_ONCE = 50
MISSING_TYPES = {"NOT_FOUND"}
HIDDEN_TYPES = {"FORBIDDEN"}


class IssueFetcher:
    """Reads issues by id; `ids` are those of all issues that were named on the way, `deleted` those that are no more.

    `project_names` gives the project for its id. An issue keeps the place that `ranks` knows, else it comes last.
    """

    def __init__(
        self,
        name: str,
        settings: GitHubSettings,
        client: ApiClient,
        *,
        project_names: Mapping[str, str],
        ids: Mapping[str, str],
        ranks: Mapping[str, Initiative],
        item_counts: Mapping[str, int],
    ) -> None:
        self.ids = dict(ids)
        self.deleted: set[str] = set()
        self.gaps: list[Gap] = []
        self.uses_issue_fields = False
        self.item_counts = dict(item_counts)
        self._name = name
        self._settings = settings
        self._client = client
        self._project_names = project_names
        self._ranks = ranks

    def of_keys(self, keys: Collection[str]) -> Iterator[Initiative]:
        """Those of the keys whose id is known, and that are no OKRs."""
        return self.of_ids([self.ids[key] for key in keys if key in self.ids])

    def of_ids(self, ids: Iterable[str]) -> Iterator[Initiative]:
        """Those that are there and are no OKRs."""
        return (ticket for ticket in self.read(ids) if not is_okr(self._settings.okrs, ticket.kind, ticket.labels))

    def read(self, ids: Iterable[str]) -> Iterator[Initiative]:
        """All that are there and may be seen."""
        all_ids = list(dict.fromkeys(ids))
        chunks = [all_ids[start : start + AT_ONCE] for start in range(0, len(all_ids), AT_ONCE)]
        answers = self._client.send_all([api.issues_by_id(chunk) for chunk in chunks])
        for chunk, answer in zip(chunks, answers, strict=True):
            yield from self._read_nodes(chunk, answer)

    def _read_nodes(self, ids: Sequence[str], answer: Response | SourceError) -> Iterator[Initiative]:
        graphql_answer = api.GraphQLAnswer(None) if isinstance(answer, SourceError) else api.read_answer(answer)
        nodes = (graphql_answer.data or {}).get("nodes")
        if not isinstance(nodes, list) or len(nodes) != len(ids):
            reason = (
                answer.detail
                if isinstance(answer, SourceError)
                else graphql_answer.error_text() or "the answer contained no issues"
            )
            self.gaps += [Gap(self._name, reason, id_) for id_ in ids]
            return
        errors = _errors_by_index(graphql_answer)
        issues = [node for node in nodes if isinstance(node, dict) and node.get("__typename") == "Issue"]
        complete(self._client, issues)
        complete(self._client, [item for node in issues for item in _items(node)])
        for at, (id_, node) in enumerate(zip(ids, nodes, strict=True)):
            if node is None:
                self._record_absence(id_, errors.get(at, []))
            elif node.get("__typename") == "Issue":
                yield from self._read_issue(id_, node, errors.get(at, []))

    def _record_absence(self, id_: str, errors: Sequence[api.GraphQLError]) -> None:
        if {error.type for error in errors} <= MISSING_TYPES:
            self.deleted.add(id_)
        else:
            name = f"hidden:{id_}" if {error.type for error in errors} <= HIDDEN_TYPES else ""
            self.gaps.append(Gap(self._name, "; ".join(error.message for error in errors), id_, name))

    def _read_issue(self, id_: str, node: Json, errors: Sequence[api.GraphQLError]) -> Iterator[Initiative]:
        steps = {step for error in errors for step in error.path if isinstance(step, str)}
        self.uses_issue_fields = self.uses_issue_fields or has_issue_fields(node)
        node[ERRORED_FIELDS] = sorted(steps & TRACKED_FIELDS)
        try:
            base = initiative(node, self._name, self._settings)
            fields = issue_field_values(node, self._settings)
            ticket = with_fields(base, tuple(self._project_items(node)), self._settings, fields)
            self.ids.update(named_ids(node))
        except MALFORMED as error:
            reason = f"an issue that cannot be understood ({type(error).__name__}: {error})"
            self.gaps.append(Gap(self._name, reason[:200], id_, f"unclear:{id_}"))
            return
        yield (
            ticket
            if is_complete(node.get("projectItems"))
            else replace(ticket, missing_fields=ticket.missing_fields | {"fields"})
        )

    def _project_items(self, node: Json) -> Iterator[ProjectItemFields]:
        for item in _items(node):
            project = self._project_names.get((item.get("project") or {}).get("id", ""))
            if project is not None and not item.get("isArchived"):
                order = self._settings.projects.index(project)
                item_fields = read_item_fields(item, project, order, self._settings)
                yield replace(item_fields, position=self._position(node["id"], project))

    def _position(self, id_: str, project: str) -> int:
        """The place on the board; of no interest where the order is no priority."""
        if not self._settings.order_is_priority:
            return 0
        known = self._ranks.get(id_)
        if known is not None and known.rank is not None and known.containers[-1] == project:
            return int(known.rank)
        last = self.item_counts.get(project, 0)
        self.item_counts[project] = last + 1
        return last


def issue_fetcher(
    name: str,
    settings: GitHubSettings,
    client: ApiClient,
    projects: Mapping[str, ProjectCursor],
    *,
    ids: Mapping[str, str],
    ranks: Mapping[str, Initiative],
) -> IssueFetcher:
    """A reader that knows the projects as the last pull left them."""
    return IssueFetcher(
        name,
        settings,
        client,
        project_names={cursor.id: project for project, cursor in projects.items()},
        ids=ids,
        ranks=ranks,
        item_counts={project: cursor.item_count for project, cursor in projects.items()},
    )


def is_configured(ticket: Initiative, settings: GitHubSettings, repositories: Collection[str], since: date) -> bool:
    """Whether the issue is one of those that are configured, by its repository or by a project."""
    is_in_scope = ticket.containers[0].casefold() in repositories or len(ticket.containers) > 1
    return is_in_scope and is_selected(ticket, settings, since)


def _items(node: Json) -> list[Json]:
    return [item for item in (node.get("projectItems") or {}).get("nodes") or () if item]


def _errors_by_index(graphql_answer: api.GraphQLAnswer) -> dict[int, list[api.GraphQLError]]:
    errors: dict[int, list[api.GraphQLError]] = {}
    for error in graphql_answer.errors:
        if len(error.path) > 1 and isinstance(error.path[1], int):
            errors.setdefault(error.path[1], []).append(error)
    return errors


_KEY = re.compile(
    r"(?P<page>https?://[^\s/]{1,200}/)?(?P<repository>[\w.-]{1,100}/[\w.-]{1,100})(?:/issues/|#)(?P<number>\d{1,12})/?",
    re.ASCII,
)
MAX_LOOKUPS = 50
"""So many are asked for in one pull; the rest when the tickets that name them are read again."""


class NamedIssues:
    """Looks issues up by their old places, with which GitHub answers from the new ones."""

    def __init__(
        self, name: str, url: str, client: ApiClient, fetcher: IssueFetcher, renamed: RenamedRepositories
    ) -> None:
        self._name = name
        self._api_prefix = api.Addresses.of(url).api_prefix
        self._client = client
        self._fetcher = fetcher
        self._renamed = renamed
        self._gaps: list[Gap] = []

    def resolve(self, tickets: Mapping[str, Initiative], new_ids: Collection[str]) -> Named:
        """Look up keys in the texts of tickets that are `new_ids`, by id; a key whose id is known costs no question.

        What a text of before names in vain was asked for already.
        """
        ids = self._ids(tickets, new_ids)
        fetched = {ticket.id: ticket for ticket in self._fetcher.of_ids(dict.fromkeys(ids.values()))} if ids else {}
        by_key = {key: self._renamed.under(fetched[id_]) for key, id_ in ids.items() if id_ in fetched}
        moved = {key: ticket.ref.key for key, ticket in by_key.items() if key not in _names_of(ticket)}
        texts = {id_: _with_current_keys(ticket, moved) for id_, ticket in tickets.items()} if moved else {}
        return Named(
            {id_: ticket for id_, ticket in texts.items() if ticket != tickets[id_]},
            tuple(ticket for ticket in fetched.values() if ticket.id not in tickets),
            tuple(self._gaps),
        )

    def _ids(self, tickets: Mapping[str, Initiative], new_ids: Collection[str]) -> dict[str, str]:
        """The ids of the issues that texts name and that are none of the tickets, by the keys in small letters."""
        named = {
            id_: tuple(_keys(ticket.depends_on_text, ticket))
            for id_, ticket in tickets.items()
            if ticket.depends_on_text
        }
        if not named:
            return {}
        known_keys = {key for ticket in tickets.values() for key in _names_of(ticket)}
        known = {key.casefold(): id_ for key, id_ in self._fetcher.ids.items()}
        unknown: dict[str, list[str]] = {}
        for id_, keys in named.items():
            for key in keys:
                if key.casefold() not in known_keys:
                    unknown.setdefault(key, []).append(id_)
        resolved = {key.casefold(): known[key.casefold()] for key in unknown if key.casefold() in known}
        candidates = {key: [id_ for id_ in ids if id_ in new_ids] for key, ids in unknown.items()}
        lookups = [(key, ids) for key, ids in candidates.items() if ids and key.casefold() not in known]
        return resolved | dict(self._issue_ids(lookups[:MAX_LOOKUPS]))

    def _issue_ids(self, named: Sequence[tuple[str, Sequence[str]]]) -> Iterator[tuple[str, str]]:
        """The ids of the issues behind the keys; what is not there, or no issue, has none.

        Where the answer does not come, it is each ticket that names the key which was not read to its end.
        """
        requests = [self._lookup_request(api.Issue.of(key)) for key, _ in named]
        for (key, ids), answer in zip(named, self._client.send_all(requests), strict=True):
            if isinstance(answer, Response):
                row = content_of(answer)
                if isinstance(row, dict) and isinstance(row.get("node_id"), str) and "pull_request" not in row:
                    yield key.casefold(), row["node_id"]
            elif isinstance(answer, RetryLater):
                reason = f"{key}, which its text names, could not be requested: {answer.detail}"
                self._gaps += [Gap(self._name, reason, id_) for id_ in ids]

    def _lookup_request(self, issue: api.Issue) -> Request:
        path = f"{self._api_prefix}/repos/{issue.repository}/issues/{issue.number}"
        return Request("GET", path, ticket=f"{issue.repository}#{issue.number}")


def _names_of(ticket: Initiative) -> Iterator[str]:
    """The key, and the keys by the other names of its repository."""
    yield ticket.ref.key.casefold()
    for container in ticket.containers:
        yield f"{container}#{ticket.ref.key.rpartition('#')[2]}".casefold()


def _keys(texts: Iterable[str], ticket: Initiative) -> Iterator[str]:
    """The keys among what a ticket's text names; addresses count where they begin as the ticket's own does."""
    page = ticket.url.partition(ticket.ref.key.partition("#")[0])[0]
    for text in texts:
        match = _KEY.fullmatch(text.strip())
        if match and (match["page"] is None or match["page"].casefold() == page.casefold()):
            yield f"{match['repository']}#{match['number']}"


def _with_current_keys(ticket: Initiative, moved: Mapping[str, str]) -> Initiative:
    def now(text: str) -> str:
        return next((moved[key.casefold()] for key in _keys((text,), ticket) if key.casefold() in moved), text)

    if not ticket.depends_on_text and not ticket.mentions:
        return ticket
    mentions = tuple(named for named in map(now, ticket.mentions) if named != ticket.ref.key)
    return replace(ticket, depends_on_text=tuple(map(now, ticket.depends_on_text)), mentions=mentions)
