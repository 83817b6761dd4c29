"""Turns rows into the vendor's JSON, as one account sees it through one version of the API."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from hub.sandbox.jira import datacenter
from hub.sandbox.jira.adf import to_text
from hub.sandbox.jira.records import Adf, Comment, Issue
from hub.sandbox.jira.rows import Rows
from hub.sandbox.jira.site_defaults import CATEGORIES, PRIORITIES, RESOLUTIONS

Json = dict[str, Any]
INTERNAL = "sd.public.comment"
"""The property that says whether a comment is internal."""
EXPAND = "renderedFields,names,schema,operations,editmeta,changelog,versionedRepresentations"
COMMENT_FIELD_LIMIT = 20
"""How many comments the `comment` field of an answer of Cloud holds."""


@dataclass(frozen=True, slots=True)
class View:
    """From where somebody looks: the site's address, the version of the API, the account's time zone."""

    base: str
    api: str
    zone: str


class Shapes:
    """All shapes of one site for one view."""

    def __init__(self, site: Rows, view: View) -> None:
        self.site = site
        self.view = view
        self.zone = ZoneInfo(view.zone)
        self.plain = view.api == "2"
        self._statuses: dict[str, Json] = {}
        self._types: dict[str, Json] = {}

    def url(self, path: str) -> str:
        """The address of a resource."""
        return f"{self.view.base}/rest/api/{self.view.api}/{path}"

    def time(self, at: int | None) -> str | None:
        """A point in time in the account's zone."""
        if at is None:
            return None
        seconds, milliseconds = divmod(at, 1000)
        text = datetime.fromtimestamp(seconds, self.zone).isoformat()
        return f"{text[:19]}.{milliseconds:03d}{text[19:22]}{text[23:25]}"

    def text(self, body: Adf | None) -> Any:
        """A document; in version 2 of the API its words."""
        return to_text(body) if self.plain and body is not None else body

    def user(self, account_id: str | None) -> Json | None:
        """A person or a bot."""
        if account_id is None:
            return None
        account = self.site.accounts[account_id]
        if not self.site.deployment.cloud:
            return datacenter.user(account, self.url("user"))
        row: Json = {
            "self": self.url(f"user?accountId={account.id}"),
            "accountId": account.id,
            "accountType": account.kind,
            "displayName": account.name,
            "active": True,
            "timeZone": account.zone,
            "avatarUrls": {},
        }
        return row | ({"emailAddress": account.email} if account.email else {})

    def status(self, name: str) -> Json:
        """A status with its category."""
        if name not in self._statuses:
            status = self.site.statuses[name]
            id_, label, colour = CATEGORIES[status.category]
            self._statuses[name] = {
                "self": self.url(f"status/{status.id}"),
                "description": "",
                "iconUrl": f"{self.view.base}/",
                "name": status.name,
                "id": status.id,
                "statusCategory": {
                    "self": self.url(f"statuscategory/{id_}"),
                    "id": id_,
                    "key": status.category,
                    "colorName": colour,
                    "name": label,
                },
            }
        return self._statuses[name]

    def issuetype(self, name: str) -> Json:
        """A type of issue."""
        if name not in self._types:
            kind = self.site.types[name]
            self._types[name] = {
                "self": self.url(f"issuetype/{kind.id}"),
                "id": kind.id,
                "description": "",
                "iconUrl": f"{self.view.base}/",
                "name": kind.name,
                "subtask": kind.level < 0,
            }
            if self.site.deployment.cloud:
                self._types[name]["hierarchyLevel"] = kind.level
        return self._types[name]

    def priority(self, name: str | None) -> Json | None:
        """A priority; the smaller the id, the more urgent."""
        if name is None:
            return None
        id_ = str(PRIORITIES.index(name) + 1)
        return {"self": self.url(f"priority/{id_}"), "iconUrl": f"{self.view.base}/", "name": name, "id": id_}

    def resolution(self, issue: Issue) -> Json | None:
        """How the issue was resolved; None while it is not."""
        if issue.resolved is None:
            return None
        id_ = str(10_000 + RESOLUTIONS.index(issue.resolution))
        return {"self": self.url(f"resolution/{id_}"), "id": id_, "name": issue.resolution, "description": ""}

    def project(self, key: str) -> Json:
        """A project."""
        project = self.site.projects[key]
        style = {"style": "next-gen" if project.team_managed else "classic"} if self.site.deployment.cloud else {}
        return style | {
            "self": self.url(f"project/{project.id}"),
            "id": project.id,
            "key": project.key,
            "name": project.name,
            "projectTypeKey": project.kind,
            "simplified": project.team_managed,
            "avatarUrls": {},
        }

    def linked_issue(self, id_: int | None) -> Json:
        """A parent, a child or a linked issue: the few fields that come along."""
        issue = self.site.issues[id_ or 0]
        fields = {
            "summary": issue.summary,
            "status": self.status(issue.status),
            "priority": self.priority(issue.priority),
            "issuetype": self.issuetype(issue.type),
        }
        return {"id": str(issue.id), "key": issue.key, "self": self.url(f"issue/{issue.id}"), "fields": fields}

    def links(self, issue: Issue) -> list[Json]:
        """The links of an issue, each from its own end."""
        rows = []
        for link in issue.links:
            if link.other not in self.site.issues:
                # The row comes from a lagging index and the other end is gone.
                continue
            kind = self.site.link_types[link.type]
            named = {"id": kind.id, "name": kind.name, "inward": kind.destination_text, "outward": kind.source_text}
            end = "outwardIssue" if link.is_source else "inwardIssue"
            rows.append(
                {
                    "id": str(link.id),
                    "self": self.url(f"issueLink/{link.id}"),
                    "type": {**named, "self": self.url(f"issueLinkType/{kind.id}")},
                    end: self.linked_issue(link.other),
                }
            )
        return rows

    def comment(self, comment: Comment, *, properties: bool = False) -> Json:
        """A comment; its entity properties only where they are asked for."""
        row = {
            "self": self.url(f"issue/{comment.issue}/comment/{comment.id}"),
            "id": str(comment.id),
            "author": self.user(comment.author),
            "body": self.text(comment.body),
            "updateAuthor": self.user(comment.editor),
            "created": self.time(comment.created),
            "updated": self.time(comment.updated),
        }
        if comment.visibility:
            row["visibility"] = dict(comment.visibility)
        if self.site.deployment.cloud:
            row["jsdPublic"] = self._is_public(comment)
        entity_properties = [{"key": key, "value": value} for key, value in comment.properties.items()]
        return row | ({"properties": entity_properties} if properties else {})

    def _is_public(self, comment: Comment) -> bool:
        """Whether customers of a service project see it; in other projects there are none, and every comment is."""
        marker = comment.properties.get(INTERNAL)
        internal = isinstance(marker, Mapping) and str(marker.get("internal")).lower() == "true"
        return not (internal and self.site.projects[self.site.issues[comment.issue].project].kind == "service_desk")

    def comment_field(self, issue: Issue) -> Json:
        """The `comment` field: on Cloud only the newest, as the vendor cuts it."""
        limit = COMMENT_FIELD_LIMIT if self.site.deployment.cloud else len(issue.comments)
        recent = [self.comment(self.site.comments[id_]) for id_ in issue.comments[-limit:]]
        return {
            "comments": recent,
            "self": self.url(f"issue/{issue.id}/comment"),
            "maxResults": len(recent),
            "total": len(issue.comments),
            "startAt": 0,
        }

    def parent(self, issue: Issue) -> Json | None:
        """What stands above an issue, where the field of that name tells it."""
        parent_id = issue.parent if self.site.deployment.cloud else datacenter.parent(self.site, issue)
        return None if parent_id not in self.site.issues else self.linked_issue(parent_id)

    def custom(self, issue: Issue, field: str) -> Any:
        """A custom field's value; version 2 shows the words of a paragraph field."""
        if not self.site.deployment.cloud:
            return self._render_value(datacenter.custom(self.site, issue, field))
        return self._render_value(issue.custom.get(field))

    def _render_value(self, value: Any) -> Any:
        is_document = isinstance(value, Mapping) and value.get("type") == "doc"
        return self.text(dict(value)) if is_document else value
