"""What is sent to GitHub, and what its answers hold: requests are built and pages are read, nothing is sent."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import quote

from connectors.github import queries
from connectors.http.messages import CallKind, Request, Response

# docs.github.com/rest/about-the-rest-api/api-versions
API_VERSION = "2022-11-28"
PER_PAGE = 100
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where the two APIs are: an Enterprise Server has GraphQL beside its REST root, not under it."""

    base: str
    api_prefix: str = ""

    @classmethod
    def of(cls, url: str) -> "Addresses":
        """From the address in the configuration."""
        return cls(url.removesuffix("/v3"), "/v3") if url.endswith("/api/v3") else cls(url)


@dataclass(frozen=True, slots=True)
class Issue:
    """An issue's place in the REST API."""

    repository: str
    number: int

    @classmethod
    def of(cls, key: str) -> "Issue":
        """From a key such as `acme/app#12`; raises ValueError for anything else."""
        match = re.fullmatch(r"([\w.-]+/[\w.-]+)#(\d+)", key, re.ASCII)
        if match is None:
            raise ValueError(f"expected owner/repository#number, got {key!r}")
        return cls(match[1], int(match[2]))

    @property
    def key(self) -> str:
        """As people write it."""
        return f"{self.repository}#{self.number}"


@dataclass(frozen=True, slots=True)
class Slice:
    """A stretch of a connection: `size` nodes after or before a cursor, or from one of its ends."""

    size: int
    cursor: str | None = None
    backwards: bool = False

    def variables(self) -> Json:
        """The variables to ask with; those of the other direction are left out, for null is not absent."""
        size, cursor = ("last", "before") if self.backwards else ("first", "after")
        return {size: self.size} | ({cursor: self.cursor} if self.cursor else {})


@dataclass(frozen=True, slots=True)
class GraphQLError:
    """One entry of `errors`: GitHub answers in part and says what is missing."""

    type: str
    message: str
    path: tuple[str | int, ...] = ()


@dataclass(frozen=True, slots=True)
class GraphQLAnswer:
    """A GraphQL answer: the data that there is, and what is wrong with the rest."""

    data: Json | None
    errors: tuple[GraphQLError, ...] = ()

    def at(self, path: Sequence[str]) -> Json | None:
        """The object at a path; None where any step of it is null."""
        node: Any = self.data
        for step in path:
            node = node.get(step) if isinstance(node, dict) else None
        return node if isinstance(node, dict) else None

    def error_text(self) -> str:
        """The troubles in one line."""
        return "; ".join(dict.fromkeys(f"{error.type}: {error.message}".strip(": ") for error in self.errors))


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a connection, with where it lies; `nodes` may hold None for what could not be read."""

    nodes: tuple[Json | None, ...]
    total: int
    has_next: bool
    end: str | None
    has_previous: bool
    start: str | None


def headers(token: str) -> dict[str, str]:
    """What every call carries."""
    return {
        "Authorization": f"Bearer {token}",
        "Accept": "application/vnd.github+json",
        "X-GitHub-Api-Version": API_VERSION,
    }


def graphql(document: str, variables: Mapping[str, Any]) -> Request:
    """A query: it only reads, so it may be repeated."""
    body = {"query": document, "variables": dict(variables)}
    return Request("POST", "/graphql", body=body, kind=CallKind.GRAPHQL)


def issue_filter(state: str, *, since: date | None, labels: Sequence[str], types: Sequence[str]) -> Json:
    """What narrows a repository's issues on GitHub's side; several values are sorted out after reading."""
    filters: Json = {"states": [state]}
    if since:
        filters["since"] = f"{since.isoformat()}T00:00:00Z"
    if len(labels) == 1 and not types:
        filters["labels"] = list(labels)
    if len(types) == 1 and not labels:
        filters["type"] = types[0]
    return filters


def issues_page(repository: str, filters: Json, part: Slice) -> Request:
    """A page of a repository's issues, oldest first."""
    owner, _, name = repository.partition("/")
    return graphql(queries.ISSUES, {"owner": owner, "name": name, "filter": filters, **part.variables()})


def find_project(project: str) -> Request:
    """A project's id, by owner and number; the owner may be an organization or a person."""
    login, _, number = project.partition("/")
    return graphql(queries.PROJECT, {"login": login, "number": int(number)})


def items_page(project_id: str, part: Slice) -> Request:
    """A page of a project's items, in their order on the board."""
    return graphql(queries.ITEMS, {"id": project_id, **part.variables()})


def changed_issues(repository: str, since: str, after: str | None) -> Request:
    """A page of the issues that changed since then, the latest last: what changes meanwhile comes again."""
    owner, _, name = repository.partition("/")
    variables = {"owner": owner, "name": name, "since": since} | ({"after": after} if after else {})
    return graphql(queries.CHANGED_ISSUES, variables)


def milestone_issues(milestone_id: str, after: str | None) -> Request:
    """A page of the issues in a milestone."""
    return graphql(queries.MILESTONE_ISSUES, {"id": milestone_id} | ({"after": after} if after else {}))


def changed_items(project_id: str, days: int | None, after: str | None) -> Request:
    """A page of the items that changed in the last days; of all of them where the server takes no filter."""
    variables: Json = {"id": project_id} | ({"after": after} if after else {})
    if days is None:
        return graphql(queries.ALL_ITEMS, variables)
    return graphql(queries.CHANGED_ITEMS, variables | {"query": f"-last-updated:{days}days"})


def issues_by_id(ids: Sequence[str]) -> Request:
    """Issues by id, each with all the projects that it is in."""
    return graphql(queries.ISSUES_BY_ID, {"ids": list(ids)})


def nested_page(connection: str, node_id: str, after: str | None) -> Request:
    """The next hundred of a nested connection that did not fit."""
    return graphql(queries.NESTED_QUERIES[connection], {"id": node_id} | ({"after": after} if after else {}))


def read_answer(response: Response) -> GraphQLAnswer:
    """The data and the troubles; an answer of another shape is a trouble as well."""
    content = response.json()
    if not isinstance(content, dict):
        return GraphQLAnswer(None, (GraphQLError("", "an answer that is no GraphQL"),))
    data = content.get("data")
    errors = content.get("errors") or ()
    graphql_errors = tuple(_graphql_error(error) for error in errors if isinstance(error, dict))
    return GraphQLAnswer(data if isinstance(data, dict) else None, graphql_errors)


def read_page(connection: Json) -> Page:
    """A page of a connection that was asked from either end."""
    info = connection.get("pageInfo") or {}
    return Page(
        nodes=tuple(connection.get("nodes") or ()),
        total=int(connection.get("totalCount") or 0),
        has_next=bool(info.get("hasNextPage")),
        end=info.get("endCursor"),
        has_previous=bool(info.get("hasPreviousPage")),
        start=info.get("startCursor"),
    )


def list_comments(issue: Issue, page: int) -> Request:
    """A page of an issue's comments, oldest first."""
    params = {"per_page": PER_PAGE, "page": page}
    return Request("GET", f"{_path(issue)}/comments", params=params, ticket=issue.key)


def has_next(answer: Response, count: int) -> bool:
    """Whether another page of a list follows this one of so many entries."""
    return count >= PER_PAGE or 'rel="next"' in answer.headers.get("link", "")


def create_comment(issue: Issue, text: str) -> Request:
    """Sent once: GitHub knows no way to tell two of the same apart."""
    path = f"{_path(issue)}/comments"
    return Request("POST", path, body={"body": text}, kind=CallKind.WRITE, idempotent=False, ticket=issue.key)


def update_comment(issue: Issue, comment_id: str, text: str) -> Request:
    """Edit in place; the same text twice is the same comment."""
    path = _comment_path(issue, comment_id)
    return Request("PATCH", path, body={"body": text}, kind=CallKind.WRITE, ticket=issue.key)


def delete_comment(issue: Issue, comment_id: str) -> Request:
    """Remove a comment."""
    return Request("DELETE", _comment_path(issue, comment_id), kind=CallKind.WRITE, ticket=issue.key)


def add_labels(issue: Issue, labels: Sequence[str]) -> Request:
    """Adds to what is there; labels that are there already stay, so it may be repeated."""
    path = f"{_path(issue)}/labels"
    return Request("POST", path, body={"labels": list(labels)}, kind=CallKind.WRITE, ticket=issue.key)


def remove_label(issue: Issue, label: str) -> Request:
    """Takes one label away."""
    path = f"{_path(issue)}/labels/{quote(label, safe='')}"
    return Request("DELETE", path, kind=CallKind.WRITE, ticket=issue.key)


def _graphql_error(error: Json) -> GraphQLError:
    path = error.get("path")
    steps = tuple(step for step in path if isinstance(step, str | int)) if isinstance(path, list) else ()
    return GraphQLError(str(error.get("type") or ""), str(error.get("message") or ""), steps)


def _path(issue: Issue) -> str:
    return f"/repos/{issue.repository}/issues/{issue.number}"


def _comment_path(issue: Issue, comment_id: str) -> str:
    return f"/repos/{issue.repository}/issues/comments/{quote(comment_id, safe='')}"
