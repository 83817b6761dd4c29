"""What GitHub's webhooks say: which issues to look at again, and whether it was ourselves who changed them."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from pydantic import SecretStr

from connectors.capabilities import Delivery
from connectors.shared.webhook_signature import (
    ANY_TICKET,
    delivery_id,
    get_path,
    payload_of,
    require_signature,
    valid_ids,
)
from hub.model.action import HUB_LABELS

Json = Mapping[str, Any]
_NODE = re.compile(r"[A-Za-z0-9_=+/-]{1,128}")
_BROAD_EVENTS = frozenset({"installation", "installation_repositories", "milestone", "projects_v2", "repository"})
# What these say is right for every issue that carries the label; a new one is carried by none.
_LABEL_ACTIONS = frozenset({"edited", "deleted"})


def read_delivery(headers: Mapping[str, str], body: bytes, secret: SecretStr | None, account_id: str) -> Delivery:
    """See `SupportsWebhooks.read_delivery`; `account_id` is our account's id, empty while it is not known."""
    # docs.github.com/webhooks/using-webhooks/validating-webhook-deliveries
    require_signature(headers.get("x-hub-signature-256", ""), body, secret)
    payload = payload_of(body)
    event = headers.get("x-github-event", "")
    sender = get_path(payload, "sender", "id")
    return Delivery(
        delivery_id(headers.get("x-github-delivery", ""), body),
        event,
        _tickets(event, payload),
        str(sender) if sender is not None else None,
        bool(account_id) and str(sender) == account_id and _is_own_change(event, payload, account_id),
    )


def _tickets(event: str, payload: Json) -> tuple[str, ...]:
    if event in _BROAD_EVENTS or (event == "label" and _word(payload, "action") in _LABEL_ACTIONS):
        return (ANY_TICKET,)
    read_ids = _NAMED.get(event)
    return valid_ids(read_ids(payload), _NODE.fullmatch) if read_ids else ()


def _of_issue(payload: Json) -> tuple[Any, ...]:
    if get_path(payload, "issue", "pull_request") is not None:
        return ()
    moved = get_path(payload, "changes", "new_issue", "node_id")
    return (get_path(payload, "issue", "node_id"), *([moved] if moved is not None else []))


def _of_item(payload: Json) -> tuple[Any, ...]:
    """A draft has no issue yet, and a pull request never one."""
    item = get_path(payload, "projects_v2_item")
    is_not_issue = _word(item, "content_type") in {"DraftIssue", "PullRequest"}
    return () if is_not_issue else (get_path(item, "content_node_id"),)


_NAMED: Mapping[str, Callable[[Json], tuple[Any, ...]]] = {
    "issues": _of_issue,
    "issue_comment": _of_issue,
    "sub_issues": lambda payload: (
        get_path(payload, "parent_issue", "node_id"),
        get_path(payload, "sub_issue", "node_id"),
    ),
    "issue_dependencies": lambda payload: (
        get_path(payload, "blocked_issue", "node_id"),
        get_path(payload, "blocking_issue", "node_id"),
    ),
    "projects_v2_item": _of_item,
}


def _is_own_change(event: str, payload: Json, account_id: str) -> bool:
    """Whether all that happened is that we wrote a comment or a label of ours: whatever else it is, we look."""
    action = _word(payload, "action")
    if event == "issue_comment":
        return action in {"created", "edited"} and str(get_path(payload, "comment", "user", "id")) == account_id
    return event == "issues" and action in {"labeled", "unlabeled"} and _word(payload, "label", "name") in HUB_LABELS


def _word(content: Any, *path: str) -> str:
    return str(get_path(content, *path))
