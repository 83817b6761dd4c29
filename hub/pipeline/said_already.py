"""Takes edits out of a plan whose comments say so already: what was adopted is compared before it is written over."""

from collections.abc import Mapping
from dataclasses import replace

from connectors.base import Connector
from hub.core.plan import Plan
from hub.model.action import Action, ActionKind, Comment, LedgerEntries
from hub.store.base import Store

EDITS = (ActionKind.UPDATE_COMMENT, ActionKind.RESOLVE_COMMENT)


def without_said(wanted: Plan, ledger: LedgerEntries, connectors: Mapping[str, Connector]) -> Plan:
    """The plan without the edits that would change nothing; those are kept apart, to be remembered."""
    actions: list[Action] = []
    said: list[Action] = []
    for action in wanted.actions:
        (said if _stands(action, ledger, connectors) else actions).append(action)
    return replace(wanted, actions=tuple(actions), said=tuple(said))


def remember_said(said: Action, ledger: LedgerEntries, store: Store) -> None:
    """What stands there is what this action wanted to say."""
    known = ledger[said.target.ref.connector, said.target.id]
    comment = Comment(known.comment_id or "", known.author or "", form=known.form)
    resolved = said.message is not None and said.message.resolved
    findings, muted_by = said.findings, said.muted_by
    store.commented(said.target, comment, said.digest, findings, resolved=resolved, muted_by=muted_by, day=said.day)


def _stands(action: Action, ledger: LedgerEntries, connectors: Mapping[str, Connector]) -> bool:
    """Whether the comment reads as it should, and is folded or not as the ledger says."""
    known = ledger.get((action.target.ref.connector, action.target.id))
    message = action.message
    if action.kind not in EDITS or message is None or known is None or not known.says:
        return False
    says = connectors[action.target.ref.connector].says(action.target, message)
    return says == known.says and known.resolved == message.resolved
