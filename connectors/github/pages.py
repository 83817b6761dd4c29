"""Reads one GraphQL page, whole or in part: every null is traced to what it leaves unread."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from connectors.github.api import Answer, Page, Slice, Trouble, read_page
from connectors.github.normalise import TROUBLED

Json = dict[str, Any]
NESTED = ("labels", "blockedBy", "blocking")
OWN = ("fieldValues", "projectItems")
# An account without the right to see pull requests: an issue may be under way all the same, and nothing else is lost.
_HARMLESS = {"closedByPullRequestsReferences", "assignees", "author"}
_NOTED = {*NESTED, "parent", "body"}
_REFUSED = {"FORBIDDEN", "INSUFFICIENT_SCOPES", "UNAUTHORIZED"}


@dataclass(frozen=True, slots=True)
class Reading:
    """A page's entries, how many it could not show, and the reasons that concern no single entry."""

    page: Page
    nodes: tuple[Json, ...]
    lost: int
    reasons: tuple[str, ...]

    def cursor(self, part: Slice) -> tuple[bool, str | None]:
        """Whether it goes on in the direction that was asked for, and from where."""
        page = self.page
        return (page.has_previous, page.start) if part.backwards else (page.has_next, page.end)


@dataclass(frozen=True, slots=True)
class Overflow:
    """A nested connection that goes on: which one, of what, and from where."""

    holder: Json
    name: str

    @property
    def cursor(self) -> str | None:
        """Where to go on."""
        end: str | None = self.holder[self.name]["pageInfo"].get("endCursor")
        return end

    def extend(self, more: Json | None) -> bool:
        """Add the next stretch; False when it did not come, or did not move, and the rest stays unread."""
        known = self.holder[self.name]
        info = (more or {}).get("pageInfo")
        if more is None or not info or (info.get("hasNextPage") and info.get("endCursor") == self.cursor):
            return False
        known["nodes"] = [*(known.get("nodes") or ()), *(more.get("nodes") or ())]
        known["pageInfo"] = info
        return bool(info.get("hasNextPage"))


def read(answer: Answer, path: Sequence[str]) -> Reading | None:
    """The page at the path; None when there is none."""
    connection = answer.at(path)
    if connection is None:
        return None
    page = read_page(connection)
    reasons = [reason for each in answer.troubles if (reason := _noted(each, page, (*path, "nodes")))]
    nodes = tuple(node for node in page.nodes if node is not None)
    lost = len(page.nodes) - len(nodes)
    if lost and not reasons:
        reasons.append(f"{lost} entries could not be read")
    return Reading(page, nodes, lost, tuple(dict.fromkeys(reasons)))


def is_unknown(answer: Answer) -> bool:
    """Whether GitHub says that what was asked for does not exist, or hides it as if it did not."""
    types = {trouble.type for trouble in answer.troubles}
    return answer.data is not None and (types == {"NOT_FOUND"} or not types)


def is_forbidden(answer: Answer) -> bool:
    """Whether the credentials lack a right."""
    return any(trouble.type in _REFUSED for trouble in answer.troubles)


def issue_of(node: Json) -> Json:
    """The issue itself: the entry, or what a project's item holds."""
    content = node.get("content")
    return content if isinstance(content, dict) else node


def overflows(nodes: Sequence[Json]) -> Iterator[Overflow]:
    """Every nested connection that did not fit into its page."""
    for node in nodes:
        issue = issue_of(node)
        for holder, name in (*((node, name) for name in OWN), *((issue, name) for name in NESTED)):
            if ((holder.get(name) or {}).get("pageInfo") or {}).get("hasNextPage"):
                yield Overflow(holder, name)


def _noted(trouble: Trouble, page: Page, path: Sequence[str]) -> str | None:
    """Note at the entry what it lacks; the reason in words when no entry can be named."""
    place, rest = trouble.path[: len(path)], trouble.path[len(path) :]
    index = rest[0] if place == tuple(path) and rest else None
    node = page.nodes[index] if isinstance(index, int) and 0 <= index < len(page.nodes) else None
    steps = {step for step in rest[1:] if isinstance(step, str)}
    if node is None:
        return f"GitHub answered in part: {trouble.type} {trouble.message}".strip()
    if "fieldValues" in steps:
        node["fieldValues"] = None
        return None
    if node.get("content", node) is None or steps & _HARMLESS:
        return None
    if not steps & _NOTED:
        return f"GitHub answered in part: {trouble.type} {trouble.message}".strip()
    issue = issue_of(node)
    issue[TROUBLED] = sorted({*issue.get(TROUBLED, ()), *(steps & _NOTED)})
    return None
