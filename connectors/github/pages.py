"""Reads one GraphQL page, whole or in part: every null is traced to what it leaves unread."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from connectors.github.api import GraphQLAnswer, GraphQLError, Page, Slice, read_page
from connectors.github.normalise import ERRORED_FIELDS

Json = dict[str, Any]
NESTED = ("labels", "blockedBy", "blocking")
OWN = ("fieldValues", "projectItems")
# An account without the right to see pull requests: an issue may be under way all the same, and nothing else is lost.
_HARMLESS = {"closedByPullRequestsReferences", "assignees", "author"}
_TRACKED_FIELDS = {*NESTED, "parent", "body"}
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
    if node.get("content", node) is None or steps & _HARMLESS:
        return None
    if not steps & _TRACKED_FIELDS:
        return f"GitHub answered in part: {error.type} {error.message}".strip()
    issue = issue_of(node)
    issue[ERRORED_FIELDS] = sorted({*issue.get(ERRORED_FIELDS, ()), *(steps & _TRACKED_FIELDS)})
    return None
