"""What a run writes into the store: what it observed, what its plan needs no write for, and what it read and found."""

from dataclasses import replace

from hub.core.insight.run_summary import RunResult
from hub.core.planning.comment_drift import Observation
from hub.core.planning.plan import Plan
from hub.core.planning.ticket_plan import MigratedOverride
from hub.model.action import (
    Action,
    Comment,
    CommentAdopted,
    CommentDeleted,
    CommentEdited,
    CommentNotSent,
    CommentVerified,
    LabelChanged,
    LedgerChange,
    LedgerEntry,
    OtherHubDetected,
)
from hub.model.initiative import PullResult, Snapshot
from hub.pipeline.previous_run import PreviousRun
from hub.pipeline.run_context import RunContext
from hub.store.base import Store


def record_observed(store: Store, observed: Observation) -> None:
    """Bring the ledger up to what was observed, before anything is written on its account."""
    for change in observed.changes:
        _record_change(store, change)


def _record_change(store: Store, change: LedgerChange) -> None:
    match change:
        case CommentAdopted(target, comment, labels):
            store.record_adopted(target, comment, labels)
        case CommentNotSent(target):
            store.record_unsent_comment(target)
        case CommentDeleted(target, findings_key):
            store.record_comment_removed_by_human(target, findings_key)
        case CommentVerified(target, updated_at, body_hash):
            store.record_verified(target, updated_at, body_hash)
        case CommentEdited(target, updated_at):
            store.record_human_edit(target, updated_at)
        case LabelChanged(target, label, present):
            store.record_label(target, label, present=present)
        case OtherHubDetected(target, day):
            store.record_other_hub(target, day)


def record_plan(job: RunContext, planned: Plan, observed: Observation) -> None:
    """What the plan has the ledger record without a write on a ticket: mutes, removed labels, comments that are right.

    Nothing of connectors that are silent.
    """
    silent, store = job.limits.dry_run_connectors, job.store
    for mute in planned.mutes:
        if mute.target.ref.connector not in silent:
            store.record_mute(mute.target, mute.comment_id, mute.findings)
    for action in planned.unchanged_edits:
        if action.target.ref.connector not in silent.union(observed.blocked_connectors):
            _record_unchanged_edit(store, action, observed.ledger[action.target.ref.connector, action.target.id])
    for override in planned.overrides:
        if override.target.ref.connector not in silent:
            store.label_refused(override.target, override.label, override.findings_key)
    for migrated in planned.migrated_overrides:
        if migrated.target.ref.connector not in silent:
            _record_migrated(store, migrated)


def _record_unchanged_edit(store: Store, action: Action, known: LedgerEntry) -> None:
    """What stands there is what this action wanted to say."""
    comment = Comment(known.comment_id or "", known.author or "", body_hash=known.body_hash)
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


def _record_migrated(store: Store, migrated: MigratedOverride) -> None:
    if migrated.label is None:
        store.record_comment_removed_by_human(migrated.target, migrated.findings_key)
    elif migrated.is_unsettable:
        store.record_unsettable_label(migrated.target, migrated.label, migrated.findings_key)
    else:
        store.label_refused(migrated.target, migrated.label, migrated.findings_key)


def record(job: RunContext, outcome: RunResult, previous: PreviousRun | None = None) -> RunResult:
    """What was read, and since when dependencies and findings are known; the outcome with what that changed.

    With the `previous` run at hand, only the differences to it are written.
    """
    portfolio, judgement, snapshot = outcome.portfolio, outcome.judgement, outcome.snapshot
    rule_by_fingerprint = {finding.fingerprint: finding.rule for finding in (*judgement.findings, *judgement.waived)}
    undetermined = judgement.failed | {not_judged.rule for not_judged in judgement.not_judged}
    if previous is not None:
        previous.record(job.store, rule_by_fingerprint, undetermined, snapshot.pulled_at)
        changes = job.store.save_snapshot(_new_of(snapshot), snapshot.pulled_at)
        return replace(outcome, changes=changes, first_seen=previous.first_seen)
    job.store.save_dependency_history(portfolio.first_seen, is_complete=not portfolio.gaps)
    job.store.record_findings(
        rule_by_fingerprint, snapshot.pulled_at, unevaluated_rules=None if portfolio.gaps else undetermined
    )
    changes = job.store.save_snapshot(_new_of(snapshot), snapshot.pulled_at)
    return replace(outcome, changes=changes, first_seen=job.store.first_seen())


def _new_of(snapshot: Snapshot) -> tuple[PullResult, ...]:
    """What is new of the sources that were read at all: one left out by `--only` keeps what was known of it."""
    return tuple(pulled for pulled in snapshot.delta if not any(gap.is_not_selected for gap in pulled.gaps))
