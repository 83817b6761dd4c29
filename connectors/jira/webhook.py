"""What Jira's webhooks say: which tickets to look at again, and whether it was ourselves who changed them."""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from connectors.base import Delivery
from connectors.jira.comment_api import identity
from connectors.jira.settings import JiraSettings
from connectors.signed import (
    ALL_TICKETS,
    delivery_id,
    inside,
    known_ids,
    payload_of,
    require_secret,
    require_signature,
)
from hub.model.labels import OURS

Json = Mapping[str, Any]
_NUMBER = re.compile(r"[0-9]{1,19}", re.ASCII)
_OF_TICKETS = ("jira:issue_", "comment_", "issue_property_", "worklog_")
_EVERYWHERE = ("jira:version_", "project_", "sprint_", "board_", "option_issuelinks_")
_COMMENTED = frozenset({"issue_commented", "issue_comment_edited"})


def read_delivery(
    headers: Mapping[str, str], body: bytes, path_secret: str, settings: JiraSettings, me: str
) -> Delivery:
    """See `Listens.read_delivery`; `me` is our account's id, empty while it is not known.

    Data Center may not be able to sign: there the secret may stand at the end of the address instead.
    """
    signature = headers.get("x-hub-signature", "")
    if path_secret and not signature and not _is_cloud(settings):
        require_secret(path_secret, settings.webhook_secret)
    else:
        require_signature(signature, body, settings.webhook_secret)
    payload = payload_of(body)
    event = str(payload.get("webhookEvent") or "")[:100]
    by = _who(payload)
    return Delivery(
        delivery_id(headers.get("x-atlassian-webhook-identifier", ""), body),
        event,
        _tickets(event, payload),
        by or None,
        bool(me) and by == me and _is_ours(event, payload, me),
    )


def _is_cloud(settings: JiraSettings) -> bool:
    host = urlsplit(settings.url).hostname or ""
    return settings.cloud_id is not None or host.endswith((".atlassian.net", ".jira.com"))


def _who(payload: Json) -> str:
    """Who did it; events of comments name nobody but the comment's last author."""
    comment = inside(payload, "comment")
    named = inside(payload, "user") or inside(comment, "updateAuthor") or inside(comment, "author")
    return identity(named) if isinstance(named, dict) else ""


def _tickets(event: str, payload: Json) -> tuple[str, ...]:
    if event.startswith(_EVERYWHERE):
        return (ALL_TICKETS,)
    if event.startswith("issuelink_"):
        link = inside(payload, "issueLink")
        return known_ids((inside(link, "sourceIssueId"), inside(link, "destinationIssueId")), _NUMBER.fullmatch)
    if not event.startswith(_OF_TICKETS):
        return ()
    ticket = inside(payload, "issue", "id")
    return known_ids((inside(payload, "worklog", "issueId") if ticket is None else ticket,), _NUMBER.fullmatch)


def _is_ours(event: str, payload: Json, me: str) -> bool:
    """Whether all that happened is that we wrote a comment or a label of ours: whatever else it is, we look."""
    items = inside(payload, "changelog", "items")
    if event in {"comment_created", "comment_updated"}:
        return _wrote(payload, me)
    if event != "jira:issue_updated":
        return False
    if not items:
        return str(payload.get("issue_event_type_name")) in _COMMENTED and _wrote(payload, me)
    return isinstance(items, list) and all(_is_our_label(one) for one in items)


def _wrote(payload: Json, me: str) -> bool:
    author = inside(payload, "comment", "author")
    return isinstance(author, dict) and identity(author) == me


def _is_our_label(item: Any) -> bool:
    if inside(item, "field") != "labels":
        return False
    before, after = (set(str(inside(item, side) or "").split()) for side in ("fromString", "toString"))
    return before ^ after <= frozenset(OURS)
