"""Fills a sandbox Jira from the simple form that examples are written in."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from hub.sandbox.jira.site import DEFAULT_PERSON, JiraSite

_KEYS = """
key type summary description status resolution labels parent blocks links priority start due rank fields comments
reporter created updated
"""
KEYS = frozenset(_KEYS.split())
RELATION_KEYS = frozenset({"parent", "blocks", "links", "comments"})


def seed(site: JiraSite, issues: Iterable[Mapping[str, Any]]) -> None:
    """Add the issues in the order given, then what joins them; an unknown key is a KeyError."""
    rows = list(issues)
    for row in rows:
        unknown = set(row) - KEYS
        if unknown:
            raise KeyError(f"{row.get('key')}: unknown {', '.join(sorted(unknown))}")
    for row in rows:
        site.add_issue(**{name: value for name, value in row.items() if name not in RELATION_KEYS})
    updated_by_key = {row["key"]: site.issue(row["key"]).updated for row in rows}
    for row in rows:
        _add_relations(site, row)
    for key, updated in updated_by_key.items():
        site.put(replace(site.issue(key), updated=updated))


def _add_relations(site: JiraSite, row: Mapping[str, Any]) -> None:
    key = row["key"]
    if row.get("parent"):
        site.edit(key, parent=row["parent"])
    for blocked in row.get("blocks", ()):
        site.link(key, blocked)
    for link in row.get("links", ()):
        # As the API tells it: this issue carries the outward reading, as in "depends on".
        site.link(key, link["outward"], link["type"])
    for comment in row.get("comments", ()):
        site.comment(key, comment["text"], comment.get("author", DEFAULT_PERSON))
