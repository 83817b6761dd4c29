"""What a run writes into the store: what it observed, what its plan needs no write for, and what it read and found."""

from dataclasses import replace

from hub.core.looking import Observed
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


def record_observed(store: Store, observed: Observed) -> None:
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


def record_plan(job: Job, planned: Plan, observed: Observed) -> None:
    """What the plan has the ledger record without a write on a ticket: mutes, removed labels, comments that are right.

    Nothing of connectors that are silent.
    """
    silent, store = job.limits.silent, job.store
    for mute in planned.mutes:
        if mute.target.ref.connector not in silent:
            store.muted(mute.target, mute.by, mute.findings)
    for action in planned.said:
        if action.target.ref.connector not in silent.union(observed.halted):
            _record_said(store, action, observed.ledger[action.target.ref.connector, action.target.id])
    for answer in planned.answers:
        if answer.target.ref.connector not in silent:
            store.label_refused(answer.target, answer.label, answer.standing_for)
    for restated in planned.restated:
        if restated.target.ref.connector not in silent:
            _record_restated(store, restated)


def _record_said(store: Store, action: Action, known: Published) -> None:
    """What stands there is what this action wanted to say."""
    comment = Comment(known.comment_id or "", known.author or "", form=known.form)
    resolved = action.message is not None and action.message.resolved
    findings, muted_by = action.findings, action.muted_by
    store.commented(
        action.target, comment, action.digest, findings, resolved=resolved, muted_by=muted_by, day=action.day
    )


def _record_restated(store: Store, restated: Restated) -> None:
    if restated.label is None:
        store.comment_refused(restated.target, restated.standing_for)
    elif restated.barred:
        store.label_barred(restated.target, restated.label, restated.standing_for)
    else:
        store.label_refused(restated.target, restated.label, restated.standing_for)


def record(job: Job, outcome: Outcome) -> Outcome:
    """What was read, and since when dependencies and findings are known; the outcome with what that changed."""
    portfolio, judgement, snapshot = outcome.portfolio, outcome.judgement, outcome.snapshot
    job.store.remember(portfolio.first_seen, whole=not portfolio.gaps)
    found = {one.fingerprint: one.rule for one in (*judgement.findings, *judgement.waived)}
    unsure = judgement.failed | {one.rule for one in judgement.not_judged}
    job.store.saw(found, snapshot.taken, unsure=None if portfolio.gaps else unsure)
    changes = job.store.save_snapshot(_new_of(snapshot), snapshot.taken)
    return replace(outcome, changes=changes, first_seen=job.store.seen_since())


def _new_of(snapshot: Snapshot) -> tuple[Pulled, ...]:
    """What is new of the sources that were read at all: one left out by `--only` keeps what was known of it."""
    return tuple(pulled for pulled in snapshot.fresh if not any(gap.left_out for gap in pulled.gaps))
