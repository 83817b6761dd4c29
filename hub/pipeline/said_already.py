"""Takes edits out of a plan whose comments say so already: what was adopted is compared before it is written over."""

from collections.abc import Mapping
from dataclasses import replace

from connectors.base import Connector
from hub.core.plan import Ledger, Plan
from hub.model.action import Action, ActionKind, Comment
from hub.store.base import Store

EDITS = (ActionKind.UPDATE_COMMENT, ActionKind.RESOLVE_COMMENT)


def without_unchanged_edits(plan: Plan, ledger: Ledger, connectors: Mapping[str, Connector]) -> Plan:
    """The plan without the edits that would change nothing; those are kept apart, to be remembered."""
    actions: list[Action] = []
    unchanged: list[Action] = []
    for action in plan.actions:
        (unchanged if _is_unchanged(action, ledger, connectors) else actions).append(action)
    return replace(plan, actions=tuple(actions), unchanged_edits=tuple(unchanged))


def record_unchanged_edit(action: Action, ledger: Ledger, store: Store) -> None:
    """What stands there is what this action wanted to say."""
    entry = ledger[action.target.ref.connector, action.target.id]
    comment = Comment(entry.comment_id or "", entry.author or "", body_hash=entry.body_hash)
    resolved = action.message is not None and action.message.resolved
    findings, mute_comment_id = action.findings, action.mute_comment_id
    store.record_comment(
        action.target,
        comment,
        action.digest,
        findings,
        resolved=resolved,
        mute_comment_id=mute_comment_id,
        day=action.day,
    )


def _is_unchanged(action: Action, ledger: Ledger, connectors: Mapping[str, Connector]) -> bool:
    """Whether the comment reads as it should, and is folded or not as the ledger says."""
    entry = ledger.get((action.target.ref.connector, action.target.id))
    message = action.message
    if action.kind not in EDITS or message is None or entry is None or not entry.rendered_text:
        return False
    rendered_text = connectors[action.target.ref.connector].rendered_text(action.target, message)
    return rendered_text == entry.rendered_text and entry.resolved == message.resolved
