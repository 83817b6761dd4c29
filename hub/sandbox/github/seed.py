"""Fills a site from a simple JSON form: repositories, projects, issues with everything on them, drafts."""

from collections.abc import Mapping
from typing import Any

from hub.sandbox.github.project_state import Item
from hub.sandbox.github.site import PERSON, GitHubSite
from hub.sandbox.github.state import Issue


def seed(site: GitHubSite, form: Mapping[str, Any]) -> None:
    """Make everything that the form names; relations may point at issues further down."""
    for repo in form.get("repositories", ()):
        if isinstance(repo, str):
            site.add_repository(repo)
        else:
            site.add_repository(repo["name"], private=repo.get("private", False))
    for project in form.get("projects", ()):
        site.add_project(project["owner"], project["number"], project["title"], project.get("fields", ()))
    issues = [(_issue(site, item), item) for item in form.get("issues", ())]
    for issue, item in issues:
        _relate(site, issue, item)
    for item in form.get("drafts", ()):
        _draft(site, item)


def _issue(site: GitHubSite, form: Mapping[str, Any]) -> Issue:
    details = {name: value for name, value in form.items() if name not in {"repo", "title"}}
    issue = site.add_issue(form["repo"], form["title"], **details)
    written = issue.updated
    for comment in form.get("comments", ()):
        site.add_comment(issue, comment["body"], comment.get("author", PERSON))
    for project, fields in form.get("project_fields", {}).items():
        item = site.add_item(project, issue, fields)
        _dated(item, form)
    if form.get("updated") or form.get("created"):
        issue.updated = written
    return issue


def _dated(item: Item, form: Mapping[str, Any]) -> None:
    item.created = form.get("created") or item.created
    item.updated = form.get("updated") or form.get("created") or item.updated


def _relate(site: GitHubSite, issue: Issue, form: Mapping[str, Any]) -> None:
    if form.get("parent"):
        site.set_parent(issue, form["parent"])
    for other in form.get("blocked_by", ()):
        site.block(issue, other)
    for other in form.get("closes", ()):
        site.link_pull_request(issue, other)


def _draft(site: GitHubSite, form: Mapping[str, Any]) -> None:
    """A draft stands in one or more projects by `project_fields`, or in the one named by `project`."""
    places = form.get("project_fields") or {form["project"]: form.get("fields", {})}
    for project, fields in places.items():
        item = site.add_draft(project, form["title"], form.get("body", ""), fields)
        _dated(item, form)
