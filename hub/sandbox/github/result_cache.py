"""Chosen and ordered issues and items, remembered until the site changes, so that a page costs a look-up."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from hub.sandbox.github.node_registry import NodeRegistry
from hub.sandbox.github.project_state import Draft, Item, Project
from hub.sandbox.github.state import Issue, Repository

ORDERS: dict[str, Callable[[Issue], tuple[Any, ...]]] = {
    "CREATED_AT": lambda issue: (issue.created, issue.number),
    "UPDATED_AT": lambda issue: (issue.updated, issue.number),
    "COMMENTS": lambda issue: (len(issue.comments), issue.number),
}
DAYS = re.compile(r"(\d+)days?")
WORD = re.compile(r'(?:"[^"]*"|[^\s"])+')


@dataclass(frozen=True, slots=True)
class IssueFilter:
    """Which issues of a repository, and by what they rise."""

    states: frozenset[str] = frozenset()
    labels: frozenset[str] = frozenset()
    all_labels: bool = False
    since: str = ""
    pulls: bool = False
    order: str = "CREATED_AT"

    def matches(self, issue: Issue) -> bool:
        """Whether the issue is one of them."""
        if issue.updated < self.since or (self.states and issue.state not in self.states):
            return False
        if issue.typename != "Issue" and not self.pulls:
            return False
        if self.all_labels:
            return self.labels <= issue.labels.keys()
        return not self.labels or not self.labels.isdisjoint(issue.labels)


def issues_of(site: NodeRegistry, repo: Repository, issue_filter: IssueFilter) -> list[Issue]:
    """The repository's wanted issues, rising by their order's key."""

    def select() -> list[Issue]:
        return sorted(
            (issue for issue in repo.issues.values() if issue_filter.matches(issue)), key=ORDERS[issue_filter.order]
        )

    return site.get_cached((repo.id, issue_filter), select)


def since_text(text: str) -> str:
    """A moment with any zone in the form that the site keeps; raises ValueError where it is none."""
    parsed = datetime.fromisoformat(text)
    return (parsed - (parsed.utcoffset() or timedelta())).strftime("%Y-%m-%dT%H:%M:%SZ")


def items_of(site: NodeRegistry, project: Project, query: str) -> list[Item]:
    """The project's items that fit a query of the vendor's filter language, in their order."""
    words = [word.strip() for word in WORD.findall(query)]
    if not words:
        return project.items
    key = (project.id, "items", query, site.timestamp()[:10])
    return site.get_cached(key, lambda: [item for item in project.items if all(_fits(site, item, w) for w in words)])


def _fits(site: NodeRegistry, item: Item, word: str) -> bool:
    negated, word = word.startswith("-"), word.removeprefix("-")
    name, colon, value = word.partition(":")
    name, value = name.strip('"').lower(), value.strip('"')
    if not colon:
        return (word.lower() in item.content.title.lower()) != negated
    if name == "last-updated" and (days := DAYS.fullmatch(value)):
        edge = site.now() - timedelta(days=int(days[1]))
        return (item.updated[:10] <= edge.strftime("%Y-%m-%d")) != negated
    return any(_has_value(item, name, choice) for choice in value.split(",")) != negated


def _has_value(item: Item, name: str, value: str) -> bool:
    issue = None if isinstance(item.content, Draft) else item.content
    if name == "is":
        return value in ({"draft"} if issue is None else {issue.typename.lower(), issue.state.lower()})
    if name == "repo":
        return issue is not None and issue.repo.full_name.lower() == value.lower()
    if name == "label":
        return issue is not None and value.lower() in issue.labels
    if name == "no":
        return not any(key.lower() == value.lower() for key in item.values)
    item_value = next((value for key, value in item.values.items() if key.lower().replace(" ", "-") == name), None)
    return item_value is not None and item_value.display_text.lower() == value.lower()
