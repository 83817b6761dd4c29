"""What `expand` adds to an issue of a search: its transitions and its changelog."""

import json
from collections.abc import Callable
from typing import Any

from hub.sandbox.jira.records import Issue
from hub.sandbox.jira.request import Call
from hub.sandbox.jira.shapes import Json


def _changelog(_call: Call, _issue: Issue) -> Json:
    """No entries: the sandbox keeps no history."""
    return {"startAt": 0, "maxResults": 0, "total": 0, "histories": []}


def _transitions(call: Call, issue: Issue) -> list[Json]:
    """To every other status: the sandbox's workflow allows each step."""
    statuses = [status for status in call.site.statuses.values() if status.name != issue.status]
    return [
        {
            "id": status.id,
            "name": status.name,
            "to": call.shapes.status(status.name),
            "hasScreen": False,
            "isGlobal": True,
            "isInitial": False,
            "isAvailable": True,
            "isConditional": False,
            "isLooped": False,
        }
        for status in statuses
    ]


READERS: dict[str, Callable[[Call, Issue], Any]] = {"changelog": _changelog, "transitions": _transitions}


def expand(call: Call, issue: Issue, encoded: bytes, names: str) -> bytes:
    """The issue's JSON with the members that the comma-separated `names` ask for; unknown names count for nothing."""
    expanded = [name for name in dict.fromkeys(names.split(",")) if name in READERS]
    members = "".join(f',"{name}":{json.dumps(READERS[name](call, issue))}' for name in expanded)
    return encoded[:-1] + members.encode() + b"}"
