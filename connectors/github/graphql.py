"""GraphQL: a client that learns which fields a server lacks, pages read in part, nested connections completed."""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from connectors.github import api
from connectors.github.api import GraphQLAnswer, GraphQLError, Page, Slice, read_page
from connectors.github.normalise import ERRORED_FIELDS
from connectors.http.client import ApiClient
from connectors.http.messages import CallKind, Fail, Request, Response
from hub.model.errors import SourceError

Json = dict[str, Any]
NESTED = ("labels", "blockedBy", "blocking", "issueFieldValues", "closedByPullRequestsReferences")
OWN = ("fieldValues", "projectItems")
TRACKED_FIELDS = frozenset((*NESTED, "parent", "body", "assignees", "milestone"))
"""What an issue may lack without making the rest of it worthless; an issue without its author lacks nothing."""
_FORBIDDEN_TYPES = {"FORBIDDEN", "INSUFFICIENT_SCOPES", "UNAUTHORIZED"}


@dataclass(frozen=True, slots=True)
class GraphQLPage:
    """A page's entries, how many it could not show, and the reasons that concern no single entry."""

    raw: Page
    nodes: tuple[Json, ...]
    missing_count: int
    reasons: tuple[str, ...]

    def cursor(self, part: Slice) -> tuple[bool, str | None]:
        """Whether it goes on in the direction that was asked for, and from where."""
        page = self.raw
        return (page.has_previous, page.start) if part.backwards else (page.has_next, page.end)


@dataclass(frozen=True, slots=True)
class Overflow:
    """A nested connection that goes on: which one, of what, and from where."""

    parent: Json
    name: str

    @property
    def cursor(self) -> str | None:
        """Where to go on."""
        end: str | None = self.parent[self.name]["pageInfo"].get("endCursor")
        return end

    def extend(self, page: Json | None) -> bool:
        """Add the next stretch; False when it did not come, or did not move, and the rest stays unread."""
        connection = self.parent[self.name]
        info = (page or {}).get("pageInfo")
        if page is None or not info or (info.get("hasNextPage") and info.get("endCursor") == self.cursor):
            return False
        connection["nodes"] = [*(connection.get("nodes") or ()), *(page.get("nodes") or ())]
        connection["pageInfo"] = info
        return bool(info.get("hasNextPage"))


def read(answer: GraphQLAnswer, path: Sequence[str]) -> GraphQLPage | None:
    """The page at the path; None when there is none."""
    connection = answer.at(path)
    if connection is None:
        return None
    page = read_page(connection)
    reasons = [reason for error in answer.errors if (reason := _record_error(error, page, (*path, "nodes")))]
    nodes = tuple(node for node in page.nodes if node is not None)
    missing_count = len(page.nodes) - len(nodes)
    if missing_count and not reasons:
        reasons.append(f"{missing_count} entries could not be read")
    return GraphQLPage(page, nodes, missing_count, tuple(dict.fromkeys(reasons)))


def is_unknown(answer: GraphQLAnswer) -> bool:
    """Whether GitHub says that what was asked for does not exist, or hides it as if it did not."""
    types = {error.type for error in answer.errors}
    return answer.data is not None and (types == {"NOT_FOUND"} or not types)


def is_forbidden(answer: GraphQLAnswer) -> bool:
    """Whether the credentials lack a right."""
    return any(error.type in _FORBIDDEN_TYPES for error in answer.errors)


def issue_of(node: Json) -> Json:
    """The issue itself: the entry, or what a project's item holds."""
    content = node.get("content")
    return content if isinstance(content, dict) else node


def overflows(nodes: Sequence[Json]) -> Iterator[Overflow]:
    """Every nested connection that did not fit into its page."""
    for node in nodes:
        issue = issue_of(node)
        for parent, name in (*((node, name) for name in OWN), *((issue, name) for name in NESTED)):
            if ((parent.get(name) or {}).get("pageInfo") or {}).get("hasNextPage"):
                yield Overflow(parent, name)


def _record_error(error: GraphQLError, page: Page, path: Sequence[str]) -> str | None:
    """Note at the entry what it lacks; the reason in words when no entry can be named."""
    prefix, tail = error.path[: len(path)], error.path[len(path) :]
    index = tail[0] if prefix == tuple(path) and tail else None
    node = page.nodes[index] if isinstance(index, int) and 0 <= index < len(page.nodes) else None
    steps = {step for step in tail[1:] if isinstance(step, str)}
    if node is None:
        return f"GitHub answered in part: {error.type} {error.message}".strip()
    if "fieldValues" in steps:
        node["fieldValues"] = None
        return None
    if node.get("content", node) is None or (steps <= {"author", "content", "login"} and "author" in steps):
        return None
    if not steps & TRACKED_FIELDS:
        return f"GitHub answered in part: {error.type} {error.message}".strip()
    issue = issue_of(node)
    issue[ERRORED_FIELDS] = sorted({*issue.get(ERRORED_FIELDS, ()), *(steps & TRACKED_FIELDS)})
    return None


def complete(client: ApiClient, nodes: Iterable[Json]) -> None:
    """Extend the nodes in place; a connection that does not come stays marked as going on."""
    pending = list(overflows(list(nodes)))
    while pending:
        requests = [api.nested_page(overflow.name, overflow.parent["id"], overflow.cursor) for overflow in pending]
        answers = zip(pending, client.send_all(requests), strict=True)
        pending = [overflow for overflow, answer in answers if overflow.extend(_next_page(overflow.name, answer))]


def _next_page(name: str, answer: Response | SourceError) -> Json | None:
    return None if isinstance(answer, SourceError) else api.read_answer(answer).at(("node", name))


# An Enterprise Server knows them from some version on, or not at all.
OPTIONAL = frozenset(
    (
        "blockedBy",
        "blocking",
        "closedByPullRequestsReferences",
        "issueFieldValues",
        "issueType",
        "parent",
        "stateReason",
    )
)
OPTIONAL_TYPES = frozenset(
    (
        *("IssueFieldMultiSelect", "IssueFieldMultiSelectValue", "ProjectV2ItemFieldMultiSelectValue"),
        "ProjectV2ItemIssueFieldValue",
    )
)
_UNKNOWN = re.compile(r"Field '(\w+)' doesn't exist on type '(\w+)'")
_UNKNOWN_TYPE = re.compile(r"No such type (\w+), so it can't be a fragment condition")
_NO_FILTER = re.compile(r"of type IssueFilters!? was provided invalid value for type \(Field is not defined")
# Issues can be chosen by type on the server's side; whoever cannot do that may know the types all the same.
FILTERS = "IssueFilters"
FILTER = "IssueFilters.type"
_ERROR_MARKERS = (b"exist on type", b"No such type", FILTERS.encode())


class FeatureDetectingClient(ApiClient):
    """What a server does not know is asked for once; nothing is missing then, for it has no such thing."""

    _missing_features: frozenset[str] = frozenset()

    def wait_for_slot(self, request: Request) -> None:
        """Wait as the request would, for one that goes another way; RetryLater where that takes too long."""
        slot = self._throttle.acquire(request, self._context.now() + timedelta(seconds=self._limits.total))
        if isinstance(slot, Fail):
            raise self._error(request, slot)

    def send(self, request: Request) -> Response:
        """See `ApiClient.send`; a query that was refused for parts that may lack is sent again without them."""
        while True:
            answer = super().send(without_features(request, self._missing_features))
            missing = (
                missing_features_in(answer) - self._missing_features
                if request.kind is CallKind.GRAPHQL
                else frozenset()
            )
            if not missing or (FILTER in missing and "issueType" in self._missing_features):
                # Where issues have no types none can be chosen by its type: the refusal stands, and is told.
                return answer
            self._missing_features |= missing


def missing_features_in(answer: Response) -> frozenset[str]:
    """The optional parts that the answer says the server does not know."""
    if not any(hint in answer.body for hint in _ERROR_MARKERS):
        return frozenset()
    errors = api.read_answer(answer).errors
    unknown = {pair for error in errors for pair in _UNKNOWN.findall(error.message)}
    fields = OPTIONAL & {name for name, kind in unknown if kind == "Issue"}
    # A member of a union with other fields than are asked for: its values show by their type alone, as not read.
    named = {kind for _, kind in unknown} | {name for error in errors for name in _UNKNOWN_TYPE.findall(error.message)}
    missing = fields | (OPTIONAL_TYPES & named)
    return missing | {FILTER} if any(_NO_FILTER.search(error.message) for error in errors) else missing


def without_features(request: Request, missing: Collection[str]) -> Request:
    """The same question without what the server lacks."""
    body = request.body
    if not missing or request.kind is not CallKind.GRAPHQL or not isinstance(body, dict):
        return request
    query, variables = body["query"], dict(body["variables"])
    for name in sorted(OPTIONAL & frozenset(missing)):
        query = _without(query, rf"^[ ]*{name}\b")
    for kind in sorted(OPTIONAL_TYPES & frozenset(missing)):
        query = _without(query, rf"\.\.\. on {kind}\b")
    if FILTER in missing and "filter" in variables:
        variables["filter"] = {name: value for name, value in variables["filter"].items() if name != "type"}
    return replace(request, body={**body, "query": query, "variables": variables})


def _without(query: str, pattern: str) -> str:
    """The query without every selection that begins so, with its arguments and all that stands in its braces."""
    while begin := re.search(pattern, query, flags=re.MULTILINE):
        query = query[: begin.start()] + query[_end_of_selection(query, begin.end()) :]
    return query


def _end_of_selection(query: str, start: int) -> int:
    arguments = re.compile(r"\s*\([^)]*\)").match(query, start)
    end = arguments.end() if arguments else start
    opening = re.compile(r"\s*\{").match(query, end)
    if opening is None:
        return end
    depth, end = 1, opening.end()
    while depth:
        depth += {"{": 1, "}": -1}.get(query[end], 0)
        end += 1
    return end
