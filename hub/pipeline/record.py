"""What a run writes into the store: what it observed, what its plan needs no write for, and what it read and found."""

from dataclasses import replace

from hub.core.looking import Observation
from hub.core.outcome import Outcome
from hub.core.plan import Plan
from hub.core.ticket_plan import Restated
from hub.model.action import Action, Comment, Published
from hub.model.initiative import Pulled, Snapshot
from hub.model.ledger_change import (
    CommentAdopted,
    CommentDeleted,
    CommentEdited,
    CommentNotSent,
    CommentVerified,
    LabelChanged,
    LedgerChange,
    OtherHubDetected,
)
from hub.pipeline.job import Job
from hub.store.base import Store


def record_observed(store: Store, observed: Observation) -> None:
    """Bring the ledger up to what was observed, before anything is written on its account."""
    for change in observed.changes:
        _record_change(store, change)


def _record_change(store: Store, change: LedgerChange) -> None:
    match change:
        case CommentAdopted(target, comment, labels):
            store.adopted(target, comment, labels)
        case CommentNotSent(target):
            store.comment_unsent(target)
        case CommentDeleted(target, findings_key):
            store.comment_refused(target, findings_key)
        case CommentVerified(target, moment, body_hash):
            store.looked(target, moment, body_hash)
        case CommentEdited(target, moment):
            store.contested(target, moment)
        case LabelChanged(target, label, present):
            store.labelled(target, label, present=present)
        case OtherHubDetected(target, day):
            store.rivalled(target, day)


def record_plan(job: Job, planned: Plan, observed: Observation) -> None:
    """What the plan has the ledger record without a write on a ticket: mutes, removed labels, comments that are right.

    Nothing of connectors that are silent.
    """
    silent, store = job.limits.silent, job.store
    for mute in planned.mutes:
        if mute.target.ref.connector not in silent:
            store.muted(mute.target, mute.by, mute.findings)
    for action in planned.said:
        if action.target.ref.connector not in silent.union(observed.blocked_connectors):
            _record_unchanged_edit(store, action, observed.ledger[action.target.ref.connector, action.target.id])
    for override in planned.answers:
        if override.target.ref.connector not in silent:
            store.label_refused(override.target, override.label, override.standing_for)
    for migrated in planned.restated:
        if migrated.target.ref.connector not in silent:
            _record_migrated(store, migrated)


def _record_unchanged_edit(store: Store, action: Action, known: Published) -> None:
    """What stands there is what this action wanted to say."""
    comment = Comment(known.comment_id or "", known.author or "", form=known.form)
    resolved = action.message is not None and action.message.resolved
    findings, muted_by = action.findings, action.muted_by
    store.commented(
        action.target, comment, action.digest, findings, resolved=resolved, muted_by=muted_by, day=action.day
    )


def _record_migrated(store: Store, migrated: Restated) -> None:
    if migrated.label is None:
        store.comment_refused(migrated.target, migrated.standing_for)
    elif migrated.barred:
        store.label_barred(migrated.target, migrated.label, migrated.standing_for)
    else:
        store.label_refused(migrated.target, migrated.label, migrated.standing_for)


def record(job: Job, outcome: Outcome) -> Outcome:
    """What was read, and since when dependencies and findings are known; the outcome with what that changed."""
    portfolio, judgement, snapshot = outcome.portfolio, outcome.judgement, outcome.snapshot
    job.store.remember(portfolio.first_seen, whole=not portfolio.gaps)
    rule_by_fingerprint = {one.fingerprint: one.rule for one in (*judgement.findings, *judgement.waived)}
    undetermined = judgement.failed | {one.rule for one in judgement.not_judged}
    job.store.saw(rule_by_fingerprint, snapshot.taken, unsure=None if portfolio.gaps else undetermined)
    changes = job.store.save_snapshot(_new_of(snapshot), snapshot.taken)
    return replace(outcome, changes=changes, first_seen=job.store.seen_since())


def _new_of(snapshot: Snapshot) -> tuple[Pulled, ...]:
    """What is new of the sources that were read at all: one left out by `--only` keeps what was known of it."""
    return tuple(pulled for pulled in snapshot.fresh if not any(gap.left_out for gap in pulled.gaps))
