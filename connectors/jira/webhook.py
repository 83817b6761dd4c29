"""What Jira's webhooks say: which tickets to look at again, and whether it was ourselves who changed them."""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from connectors.capabilities import Delivery
from connectors.jira.comments_api import identity
from connectors.jira.settings import JiraSettings
from connectors.shared.webhook_signature import (
    ANY_TICKET,
    delivery_id,
    get_path,
    payload_of,
    require_secret,
    require_signature,
    valid_ids,
)
from hub.model.action import HUB_LABELS

Json = Mapping[str, Any]
_NUMBER = re.compile(r"[0-9]{1,19}", re.ASCII)
_TICKET_EVENTS = ("jira:issue_", "comment_", "issue_property_", "worklog_")
_BROAD_EVENTS = ("jira:version_", "project_", "sprint_", "board_", "option_issuelinks_")
_COMMENT_EVENTS = frozenset({"issue_commented", "issue_comment_edited"})


def read_delivery(
    headers: Mapping[str, str], body: bytes, path_secret: str, settings: JiraSettings, account_id: str
) -> Delivery:
    """See `SupportsWebhooks.read_delivery`; `account_id` is our account's id, empty while it is not known.

    Data Center may not be able to sign: there the secret may stand at the end of the address instead.
    developer.atlassian.com/cloud/jira/platform/webhooks/
    """
    signature = headers.get("x-hub-signature", "")
    if path_secret and not signature and not _is_cloud(settings):
        require_secret(path_secret, settings.webhook_secret)
    else:
        require_signature(signature, body, settings.webhook_secret)
    payload = payload_of(body)
    event = str(payload.get("webhookEvent") or "")[:100]
    sender = _actor_id(payload)
    return Delivery(
        delivery_id(headers.get("x-atlassian-webhook-identifier", ""), body),
        event,
        _tickets(event, payload),
        sender or None,
        bool(account_id) and sender == account_id and _is_own_change(event, payload, account_id),
    )


def _is_cloud(settings: JiraSettings) -> bool:
    host = urlsplit(settings.url).hostname or ""
    return settings.cloud_id is not None or host.endswith((".atlassian.net", ".jira.com"))


def _actor_id(payload: Json) -> str:
    """Who did it; events of comments name nobody but the comment's last author."""
    comment = get_path(payload, "comment")
    user = get_path(payload, "user") or get_path(comment, "updateAuthor") or get_path(comment, "author")
    return identity(user) if isinstance(user, dict) else ""


def _tickets(event: str, payload: Json) -> tuple[str, ...]:
    if event.startswith(_BROAD_EVENTS):
        return (ANY_TICKET,)
    if event.startswith("issuelink_"):
        link = get_path(payload, "issueLink")
        return valid_ids((get_path(link, "sourceIssueId"), get_path(link, "destinationIssueId")), _NUMBER.fullmatch)
    if not event.startswith(_TICKET_EVENTS):
        return ()
    ticket = get_path(payload, "issue", "id")
    return valid_ids((get_path(payload, "worklog", "issueId") if ticket is None else ticket,), _NUMBER.fullmatch)


def _is_own_change(event: str, payload: Json, account_id: str) -> bool:
    """Whether all that happened is that we wrote a comment or a label of ours: whatever else it is, we look."""
    items = get_path(payload, "changelog", "items")
    if event in {"comment_created", "comment_updated"}:
        return _is_own_comment(payload, account_id)
    if event != "jira:issue_updated":
        return False
    if not items:
        return str(payload.get("issue_event_type_name")) in _COMMENT_EVENTS and _is_own_comment(payload, account_id)
    return isinstance(items, list) and all(_is_our_label(item) for item in items)


def _is_own_comment(payload: Json, account_id: str) -> bool:
    author = get_path(payload, "comment", "author")
    return isinstance(author, dict) and identity(author) == account_id


def _is_our_label(item: Any) -> bool:
    if get_path(item, "field") != "labels":
        return False
    before, after = (set(str(get_path(item, key) or "").split()) for key in ("fromString", "toString"))
    return before ^ after <= frozenset(HUB_LABELS)
