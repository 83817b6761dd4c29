"""What becomes of a plan: refused as a whole, shown, put off, or written and remembered."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from connectors.base import Connector
from hub.core.looking import Looked
from hub.core.plan import Plan
from hub.core.safety import deferrals, in_turn, refuse_if_unsafe, within
from hub.core.ticket_plan import Restated
from hub.model.action import Action, ActionKind, Receipt, Status
from hub.model.errors import UnsafePlan
from hub.model.portfolio import Portfolio
from hub.pipeline.heartbeat import LEASE_SECONDS
from hub.pipeline.job import Job, Mode
from hub.pipeline.publish import publish
from hub.pipeline.said_already import remember_said

SILENT = "publish.silent names this connector: worked out, and never written"


@dataclass(frozen=True, slots=True)
class Written:
    """A receipt for every action; `unsafe` says why all were refused."""

    receipts: tuple[Receipt, ...]
    unsafe: str | None = None


def carry_out(
    job: Job,
    run: int | None,
    wanted: Plan,
    portfolio: Portfolio,
    *,
    connectors: Mapping[str, Connector],
    looked: Looked,
) -> Written:
    """Write the plan as far as the mode, the limits and what was noticed allow."""
    chosen = in_turn(within(wanted.actions, portfolio, job.limits.only), waiting := job.store.waiting())
    quiet, loud = _apart(chosen, job.limits.silent)
    halted, open_ = _apart(loud, frozenset(looked.halted))
    receipts = [Receipt(action, Status.PLANNED, SILENT) for action in quiet]
    receipts += [Receipt(a, Status.REFUSED, looked.halted[a.target.ref.connector]) for a in halted]
    if (unsafe := _unsafe(job, open_, portfolio, looked)) is not None:
        return Written((*receipts, *(Receipt(action, Status.REFUSED, unsafe) for action in open_)), unsafe)
    later = deferrals(open_, portfolio, job.limits, waiting, looked.ledger)
    receipts += [Receipt(a, Status.DEFERRED, later[a.target]) for a in open_ if a.target in later]
    now = [action for action in open_ if action.target not in later]
    if job.mode is not Mode.PUBLISH or run is None:
        return Written((*(Receipt(action, Status.PLANNED) for action in now), *receipts))
    _remember_answers(job, wanted, looked)
    done = _publish(job, run, now, connectors, looked)
    put_off = (r.action for r in (*done, *receipts) if r.status is Status.DEFERRED)
    new = (action for action in put_off if action.kind is ActionKind.CREATE_COMMENT)
    job.store.deferred(run, [action.target for action in new], connectors.keys() - portfolio.unread)
    return Written((*done, *receipts))


def _remember_answers(job: Job, wanted: Plan, looked: Looked) -> None:
    silent = job.limits.silent
    for mute in wanted.mutes:
        if mute.target.ref.connector not in silent:
            job.store.muted(mute.target, mute.by, mute.findings)
    for said in wanted.said:
        if said.target.ref.connector not in silent.union(looked.halted):
            remember_said(said, looked.ledger, job.store)
    for answer in wanted.answers:
        if answer.target.ref.connector not in silent:
            job.store.label_refused(answer.target, answer.label, answer.standing_for)
    for known in wanted.restated:
        if known.target.ref.connector not in silent:
            _remember_restated(job, known)


def _remember_restated(job: Job, known: Restated) -> None:
    if known.label is None:
        job.store.comment_refused(known.target, known.standing_for)
    elif known.barred:
        job.store.label_barred(known.target, known.label, known.standing_for)
    else:
        job.store.label_refused(known.target, known.label, known.standing_for)


def _publish(
    job: Job, run: int, now: Sequence[Action], connectors: Mapping[str, Connector], looked: Looked
) -> tuple[Receipt, ...]:
    def alive() -> None:
        job.store.extend_lease(run, job.now(), lease_seconds=LEASE_SECONDS)

    def heard(_receipt: Receipt) -> None:
        job.progress("publish", 1)

    alive()
    return publish(now, connectors, job.store, looked.ledger, heard, alive=alive, heed=job.heed)


def _unsafe(job: Job, actions: Sequence[Action], portfolio: Portfolio, looked: Looked) -> str | None:
    known = {connector for connector, _ in looked.ledger}
    first = frozenset(source.connector.name for source in job.sources if source.connector.name not in known)
    try:
        refuse_if_unsafe(actions, portfolio, job.limits, ledger=looked.ledger, first_run=first, confirmed=job.confirmed)
    except UnsafePlan as refusal:
        return str(refusal)
    return None


def _apart(actions: Sequence[Action], named: frozenset[str]) -> tuple[list[Action], list[Action]]:
    """Those of the connectors that are named, and all others."""
    of_these = [action for action in actions if action.target.ref.connector in named]
    return of_these, [action for action in actions if action.target.ref.connector not in named]
