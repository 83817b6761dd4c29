"""Fills a site from a simple JSON form: repositories, projects, issues with everything on them, drafts."""

from collections.abc import Mapping
from typing import Any

from hub.sandbox.github.project_state import Item
from hub.sandbox.github.site import PERSON, GitHubSite
from hub.sandbox.github.state import Issue


def seed(site: GitHubSite, data: Mapping[str, Any]) -> None:
    """Make everything that the form names; relations may point at issues further down."""
    for repo in data.get("repositories", ()):
        if isinstance(repo, str):
            site.add_repository(repo)
        else:
            site.add_repository(**repo)
    for field in data.get("issue_fields", ()):
        site.add_issue_field(field["owner"], field)
    for project in data.get("projects", ()):
        site.add_project(project["owner"], project["number"], project["title"], project.get("fields", ()))
    issues = [(_issue(site, item), item) for item in data.get("issues", ())]
    for issue, item in issues:
        _relate(site, issue, item)
    for item in data.get("drafts", ()):
        _draft(site, item)


def _issue(site: GitHubSite, data: Mapping[str, Any]) -> Issue:
    details = {name: value for name, value in data.items() if name not in {"repo", "title"}}
    issue = site.add_issue(data["repo"], data["title"], **details)
    updated = issue.updated
    for comment in data.get("comments", ()):
        site.add_comment(issue, comment["body"], comment.get("author", PERSON))
    for name, value in data.get("issue_fields", {}).items():
        site.set_issue_field(issue, name, value)
    for project, fields in data.get("project_fields", {}).items():
        item = site.add_item(project, issue, fields)
        _dated(item, data)
    if data.get("updated") or data.get("created"):
        issue.updated = updated
    return issue


def _dated(item: Item, data: Mapping[str, Any]) -> None:
    item.created = data.get("created") or item.created
    item.updated = data.get("updated") or data.get("created") or item.updated


def _relate(site: GitHubSite, issue: Issue, data: Mapping[str, Any]) -> None:
    if data.get("parent"):
        site.set_parent(issue, data["parent"])
    for other in data.get("blocked_by", ()):
        site.block(issue, other)
    for other in data.get("closes", ()):
        site.link_pull_request(issue, other)


def _draft(site: GitHubSite, data: Mapping[str, Any]) -> None:
    """A draft stands in one or more projects by `project_fields`, or in the one named by `project`."""
    fields_by_project = data.get("project_fields") or {data["project"]: data.get("fields", {})}
    for project, fields in fields_by_project.items():
        item = site.add_draft(project, data["title"], data.get("body", ""), fields)
        _dated(item, data)
