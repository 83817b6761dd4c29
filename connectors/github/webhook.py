"""What GitHub's webhooks say: which issues to look at again, and whether it was ourselves who changed them."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from pydantic import SecretStr

from connectors.base import Delivery
from connectors.signed import ALL_TICKETS, delivery_id, inside, known_ids, payload_of, require_signature
from hub.model.labels import OURS

Json = Mapping[str, Any]
_NODE = re.compile(r"[A-Za-z0-9_=+/-]{1,128}")
_EVERYWHERE = frozenset({"installation", "installation_repositories", "milestone", "projects_v2", "repository"})
# What these say is right for every issue that carries the label; a new one is carried by none.
_OF_A_LABEL = frozenset({"edited", "deleted"})


def read_delivery(headers: Mapping[str, str], body: bytes, secret: SecretStr | None, me: str) -> Delivery:
    """See `Listens.read_delivery`; `me` is our account's id, empty while it is not known."""
    require_signature(headers.get("x-hub-signature-256", ""), body, secret)
    payload = payload_of(body)
    event = headers.get("x-github-event", "")
    by = inside(payload, "sender", "id")
    return Delivery(
        delivery_id(headers.get("x-github-delivery", ""), body),
        event,
        _tickets(event, payload),
        str(by) if by is not None else None,
        bool(me) and str(by) == me and _is_ours(event, payload, me),
    )


def _tickets(event: str, payload: Json) -> tuple[str, ...]:
    if event in _EVERYWHERE or (event == "label" and _word(payload, "action") in _OF_A_LABEL):
        return (ALL_TICKETS,)
    named = _NAMED.get(event)
    return known_ids(named(payload), _NODE.fullmatch) if named else ()


def _of_issue(payload: Json) -> tuple[Any, ...]:
    if inside(payload, "issue", "pull_request") is not None:
        return ()
    moved = inside(payload, "changes", "new_issue", "node_id")
    return (inside(payload, "issue", "node_id"), *([moved] if moved is not None else []))


def _of_item(payload: Json) -> tuple[Any, ...]:
    """A draft has no issue yet, and a pull request never one."""
    item = inside(payload, "projects_v2_item")
    other = _word(item, "content_type") in {"DraftIssue", "PullRequest"}
    return () if other else (inside(item, "content_node_id"),)


_NAMED: Mapping[str, Callable[[Json], tuple[Any, ...]]] = {
    "issues": _of_issue,
    "issue_comment": _of_issue,
    "sub_issues": lambda said: (inside(said, "parent_issue", "node_id"), inside(said, "sub_issue", "node_id")),
    "issue_dependencies": lambda said: (
        inside(said, "blocked_issue", "node_id"),
        inside(said, "blocking_issue", "node_id"),
    ),
    "projects_v2_item": _of_item,
}


def _is_ours(event: str, payload: Json, me: str) -> bool:
    """Whether all that happened is that we wrote a comment or a label of ours: whatever else it is, we look."""
    action = _word(payload, "action")
    if event == "issue_comment":
        return action in {"created", "edited"} and str(inside(payload, "comment", "user", "id")) == me
    return event == "issues" and action in {"labeled", "unlabeled"} and _word(payload, "label", "name") in OURS


def _word(content: Any, *path: str) -> str:
    return str(inside(content, *path))
