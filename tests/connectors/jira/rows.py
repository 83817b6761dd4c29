"""Rows as Jira Cloud gives them: an_issue() with its fields overridden, documents, links."""

from typing import Any

from connectors.jira.fields import FieldMap
from connectors.jira.settings import JiraSettings
from connectors.jira.values import NormaliseContext

FIELDS = [
    {"id": "summary", "name": "Summary", "custom": False, "schema": {"type": "string", "system": "summary"}},
    {"id": "duedate", "name": "Due date", "custom": False, "schema": {"type": "date", "system": "duedate"}},
    {"id": "thumbnail", "name": "Images", "custom": False},
    {
        "id": "customfield_10015",
        "name": "Start date",
        "custom": True,
        "schema": {"type": "date", "custom": "com.atlassian.jira.plugin.system.customfieldtypes:datepicker"},
    },
    {
        "id": "customfield_10019",
        "name": "Rank",
        "custom": True,
        "schema": {"type": "any", "custom": "com.pyxis.greenhopper.jira:gh-lexo-rank"},
    },
    {
        "id": "customfield_10020",
        "name": "Sprint",
        "custom": True,
        "schema": {"type": "array", "items": "json", "custom": "com.pyxis.greenhopper.jira:gh-sprint"},
    },
    {
        "id": "customfield_10040",
        "name": "Key Result",
        "custom": True,
        "schema": {"type": "string", "custom": "com.atlassian.jira.plugin.system.customfieldtypes:textfield"},
    },
]
LAYOUT = FieldMap(
    start=("customfield_10015",),
    rank=("customfield_10019",),
    sprint=("customfield_10020",),
    key_result=("customfield_10040",),
)


def some_settings(**changes: Any) -> JiraSettings:
    given: dict[str, Any] = {
        "url": "https://acme.atlassian.net",
        "query": "project = ACME",
        "email": "hub@acme.test",
        "token": "sandbox-token",
    }
    return JiraSettings(**(given | changes))


def a_reading(layout: FieldMap = LAYOUT, **changes: Any) -> NormaliseContext:
    return NormaliseContext("jira", some_settings(**changes), layout)


def an_issue(key: str = "ACME-1", id: str = "10001", **fields: Any) -> dict[str, Any]:  # noqa: A002
    """Field names as Jira's; one set to None is null, as Jira says it."""
    given = {
        "summary": "Launch the product",
        "status": {"name": "In Progress", "statusCategory": {"id": 4, "key": "indeterminate", "name": "In Progress"}},
        "issuetype": {"id": "10101", "name": "Epic", "hierarchyLevel": 1},
        "parent": None,
        "labels": [],
        "issuelinks": [],
        "priority": {"id": "3", "name": "Medium"},
        "created": "2026-10-02T10:00:00.000+0000",
        "updated": "2026-11-02T10:00:00.000+0000",
        "resolutiondate": None,
        "duedate": None,
        "description": None,
    }
    return {"id": id, "key": key, "fields": given | fields}


def words(text: str, *marks: dict[str, Any]) -> dict[str, Any]:
    return {"type": "text", "text": text, "marks": list(marks)} if marks else {"type": "text", "text": text}


def a_document(*lines: str | list[dict[str, Any]]) -> dict[str, Any]:
    paragraphs = [{"type": "paragraph", "content": [words(line)] if isinstance(line, str) else line} for line in lines]
    return {"type": "doc", "version": 1, "content": paragraphs}


def blocks(direction: str, key: str, **kind: str) -> dict[str, Any]:
    """A link whose other end stands as `outwardIssue` or `inwardIssue`."""
    words_ = {"id": "1", "name": "Blocks", "inward": "is blocked by", "outward": "blocks"} | kind
    return {"id": "1", "type": words_, direction: {"id": "10002", "key": key, "fields": {"summary": "Other"}}}
