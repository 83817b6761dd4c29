"""The plan: what should be on each ticket compared with what is, and the plan that retracts everything."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import chain
from typing import Any

from hub.core.display_names import Names
from hub.core.planning.comment import CLOSED, WITHDRAWN, message_digest
from hub.core.planning.comment_plan import WAIVED, Mute
from hub.core.planning.reactions import Reaction
from hub.core.planning.ticket_finding import TicketFinding
from hub.core.planning.ticket_plan import LabelRemovedByHuman, MigratedOverride, TicketPlan, Unevaluated
from hub.core.planning.write_refusals import refused_parts
from hub.model.action import (
    COMMENT,
    HUB_LABELS,
    LABELS,
    Action,
    ActionKind,
    Comment,
    LedgerEntries,
    LedgerEntry,
    Target,
)
from hub.model.finding import Finding, Judgement
from hub.model.initiative import Initiative, Ref
from hub.model.message import Message, Wording
from hub.model.portfolio import Portfolio

Renderers = Mapping[str, Callable[[Target, Message], str]]
"""By connector, what a message says there: see `SupportsComments.rendered_text`."""
EDITS = (ActionKind.UPDATE_COMMENT, ActionKind.RESOLVE_COMMENT)


@dataclass(frozen=True, slots=True)
class SkippedTicket:
    """A ticket that is left as it is this time, and why."""

    ref: Ref
    reason: str


@dataclass(frozen=True, slots=True)
class Plan:
    """The writes that are wanted, in ticket order; what is held back; what people answered, now and before.

    `mutes` are requests that no comment of ours remembers. `unchanged_edits` are edits of comments that say so already:
    nothing is written for them. `reactions` answer people's commands.
    """

    actions: tuple[Action, ...] = ()
    skipped: tuple[SkippedTicket, ...] = ()
    overrides: tuple[LabelRemovedByHuman, ...] = ()
    migrated_overrides: tuple[MigratedOverride, ...] = ()
    mutes: tuple[Mute, ...] = ()
    unchanged_edits: tuple[Action, ...] = ()
    reactions: tuple[Reaction, ...] = ()


@dataclass(frozen=True, slots=True)
class PlanPart:
    """What has to be planned where for all other tickets there is nothing to do, as the last plan found.

    `tickets` are in the order of all tickets, `findings` are those that stand on them. `gone` are all entries of the
    ledger whose tickets no source shows.
    """

    tickets: Sequence[Ref]
    findings: Mapping[Ref, Sequence[Finding]]
    gone: frozenset[tuple[str, str]]


def plan(
    portfolio: Portfolio,
    judgement: Judgement,
    ledger: LedgerEntries,
    publishing: frozenset[str],
    *,
    wordings: Mapping[str, Wording] | None = None,
    hub_url: str = "",
    dashboard: Ref | None = None,
    part: PlanPart | None = None,
) -> Plan:
    """Findings + ledger + what stands on the tickets → Plan; only for connectors in `publishing`.

    `wordings` tells how the tickets of each connector name key results; `hub_url` is where the hub's pages are, if
    anywhere. The ticket of the dashboard has one comment of the hub's as well, and that is the dashboard.
    """
    findings_by_ticket = _by_ticket(judgement) if part is None else _as_ticket_findings(part.findings)
    tickets = _tickets(portfolio) if part is None else _chosen_tickets(portfolio, part.tickets)
    relevant = _relevant_tickets(portfolio, tickets, findings_by_ticket, ledger, publishing, dashboard=dashboard)
    unevaluated = Unevaluated.of(judgement, portfolio)
    actions: list[Action] = []
    skipped: list[SkippedTicket] = []
    overrides: list[LabelRemovedByHuman] = []
    migrated: list[MigratedOverride] = []
    mutes: list[Mute] = []
    shared: dict[Hashable, Any] = {WAIVED: frozenset(finding.fingerprint for finding in judgement.waived)}
    for ref, initiative, entry in relevant:
        names = Names(portfolio, ref, wordings, hub_url, shared)
        ticket = TicketPlan(initiative, findings_by_ticket.get(ref, ()), entry, names, unevaluated=unevaluated)
        actions += ticket.actions()
        if (mute := ticket.mute()) is not None:
            mutes.append(mute)
        if entry is not None:
            overrides += ticket.overrides()
            migrated += ticket.migrated_overrides()
            if (reason := ticket.skip_reason()) is not None:
                skipped.append(SkippedTicket(ref, reason))
    gone = _gone(portfolio, ledger) if part is None else [key for key in ledger if key in part.gone]
    withdrawals = (x for x in _withdrawals(portfolio, ledger, gone, publishing) if x.target.ref != dashboard)
    actions += (
        replace(action, day=portfolio.today)
        for action in withdrawals
        if _accepts_write(action, ledger, portfolio.today)
    )
    return Plan(tuple(actions), tuple(skipped), tuple(overrides), tuple(migrated), tuple(mutes))


def _tickets(portfolio: Portfolio) -> Iterator[tuple[Ref, Initiative]]:
    return chain(portfolio.initiatives.items(), _own_tickets(portfolio).items())


def _chosen_tickets(portfolio: Portfolio, refs: Sequence[Ref]) -> Iterator[tuple[Ref, Initiative]]:
    own = _own_tickets(portfolio)
    for ref in refs:
        if (ticket := portfolio.initiatives.get(ref) or own.get(ref)) is not None:
            yield ref, ticket


def _relevant_tickets(
    portfolio: Portfolio,
    tickets: Iterator[tuple[Ref, Initiative]],
    findings_by_ticket: Mapping[Ref, Sequence[TicketFinding]],
    ledger: LedgerEntries,
    publishing: frozenset[str],
    *,
    dashboard: Ref | None,
) -> Iterator[tuple[Ref, Initiative, LedgerEntry | None]]:
    """The tickets with something to say, or with something of ours; of an absent one is not known what stands there."""
    ids, mentioned = {id_ for _, id_ in ledger}, findings_by_ticket.keys() | portfolio.effective_commands.keys()
    hub_labels = frozenset(HUB_LABELS)
    for ref, initiative in tickets:
        # Most tickets are in no ledger: their ids alone are looked up much faster than pairs that are made for it.
        entry = ledger.get((ref.connector, initiative.id)) if initiative.id in ids else None
        if entry is None and ref not in mentioned and hub_labels.isdisjoint(initiative.labels):
            continue
        if initiative.reference_only or ref == dashboard or ref in portfolio.absent:
            continue
        if ref.connector in publishing:
            yield ref, initiative, entry


def _own_tickets(portfolio: Portfolio) -> dict[Ref, Initiative]:
    """The tickets that key results and objectives are kept as: no work, and the lead who keeps them reads them."""
    return {
        ref: Initiative(ref, row.id, row.title, row.url, row.containers, labels=row.labels)
        for ref, row in portfolio.okrs.okr_tickets.items()
        if ref not in portfolio.initiatives
    }


def _by_ticket(judgement: Judgement) -> dict[Ref, list[TicketFinding]]:
    """What a ticket shows: by its comment, by a label, or both."""
    by_ticket: dict[Ref, list[TicketFinding]] = defaultdict(list)
    for finding in judgement.findings:
        if tickets := finding.on_tickets:
            found = TicketFinding(finding)
            for ref in tickets:
                by_ticket[ref].append(found)
    return by_ticket


def _as_ticket_findings(findings_by_ticket: Mapping[Ref, Sequence[Finding]]) -> dict[Ref, list[TicketFinding]]:
    return {ref: [TicketFinding(finding) for finding in findings] for ref, findings in findings_by_ticket.items()}


def _accepts_write(action: Action, ledger: LedgerEntries, today: date) -> bool:
    """Whether the ticket takes such a write, as far as is known; when it last changed is not known here."""
    entry = ledger.get((action.target.ref.connector, action.target.id))
    return (LABELS if action.label else COMMENT) not in refused_parts(entry, today)


def _gone(portfolio: Portfolio, ledger: LedgerEntries) -> list[tuple[str, str]]:
    """The entries whose tickets no source shows."""
    ids = {id_ for _, id_ in ledger}
    tickets = (ticket for ticket in portfolio.initiatives.values() if ticket.id in ids and not ticket.reference_only)
    present = {(ticket.ref.connector, ticket.id) for ticket in tickets}
    present |= {(ref.connector, row.id) for ref, row in portfolio.okrs.okr_tickets.items()}
    return [key for key in ledger if key not in present]


def _withdrawals(
    portfolio: Portfolio, ledger: LedgerEntries, gone: Sequence[tuple[str, str]], publishing: frozenset[str]
) -> Iterator[Action]:
    """Tickets that two complete enumerations did not show: what stands there is withdrawn."""
    for entry in (ledger[key] for key in gone):
        ref = entry.target.ref
        if ref.connector not in publishing or not portfolio.readable(ref) or entry.absences < 1:
            continue
        if entry.replaces and entry.replaces != entry.comment_id:
            yield Action(ActionKind.DELETE_COMMENT, entry.target, "a newer one replaces it", comment_id=entry.replaces)
        for label in sorted(entry.labels):
            yield Action(ActionKind.REMOVE_LABEL, entry.target, "the ticket left the query", label=label)
        if entry.comment_id and not entry.resolved:
            yield Action(
                ActionKind.RESOLVE_COMMENT,
                entry.target,
                "the ticket left the query",
                message=CLOSED,
                digest=message_digest(CLOSED),
                comment_id=entry.comment_id,
            )


def without_unchanged_edits(planned: Plan, ledger: LedgerEntries, renderers: Renderers) -> Plan:
    """The plan without the edits that would change nothing; those are kept apart, to be remembered."""
    actions: list[Action] = []
    unchanged: list[Action] = []
    for action in planned.actions:
        (unchanged if _is_unchanged(action, ledger, renderers) else actions).append(action)
    return replace(planned, actions=tuple(actions), unchanged_edits=tuple(unchanged))


def _is_unchanged(action: Action, ledger: LedgerEntries, renderers: Renderers) -> bool:
    """Whether the comment reads as it should, and is folded or not as the ledger says."""
    entry = ledger.get((action.target.ref.connector, action.target.id))
    message = action.message
    if action.kind not in EDITS or message is None or entry is None or not entry.rendered_text:
        return False
    rendered_text = renderers[action.target.ref.connector](action.target, message)
    return rendered_text == entry.rendered_text and entry.resolved == message.resolved


REASON = "everything the hub posted is retracted"


def retraction(
    ledger: LedgerEntries,
    present: Mapping[tuple[str, str], frozenset[str]],
    connectors: frozenset[str],
) -> tuple[Action, ...]:
    """Labels that the hub applied and that are still there, then its comment, ticket by ticket.

    A comment that says already that it is withdrawn stays, for people answered it.

    `present` holds the labels of tickets that were just read; for others the ledger is believed.
    """
    actions: list[Action] = []
    for key, entry in ledger.items():
        if key[0] not in connectors:
            continue
        present_labels = present.get(key, entry.labels)
        own_labels = (label for label in HUB_LABELS if label in entry.labels and label in present_labels)
        actions += [Action(ActionKind.REMOVE_LABEL, entry.target, REASON, label=label) for label in own_labels]
        if entry.replaces is not None and entry.replaces != entry.comment_id:
            actions.append(Action(ActionKind.DELETE_COMMENT, entry.target, REASON, comment_id=entry.replaces))
        duplicates = entry.duplicates
        actions += [
            Action(ActionKind.DELETE_COMMENT, entry.target, REASON, comment_id=duplicate_id)
            for duplicate_id in duplicates
        ]
        if entry.comment_id is not None and not _withdrawn(entry):
            actions.append(Action(ActionKind.DELETE_COMMENT, entry.target, REASON, comment_id=entry.comment_id))
    return tuple(actions)


def unknown_comments(
    actions: Sequence[Action], comments: Sequence[tuple[Target, Comment]], ledger: LedgerEntries
) -> tuple[Action, ...]:
    """Comments of ours that were found on the tickets and that the ledger does not know."""
    known = {(action.target, action.comment_id) for action in actions}
    known |= {
        (ledger_entry.target, ledger_entry.comment_id) for ledger_entry in ledger.values() if _withdrawn(ledger_entry)
    }
    new = dict.fromkeys((target, comment.id) for target, comment in comments if (target, comment.id) not in known)
    return tuple(Action(ActionKind.DELETE_COMMENT, target, REASON, comment_id=id_) for target, id_ in new)


def unknown_labels(present: Mapping[Target, frozenset[str]], ledger: LedgerEntries) -> tuple[Action, ...]:
    """The hub's labels on tickets that the ledger does not know: some tickets carry a label and no comment."""
    known = {ledger_entry.target for ledger_entry in ledger.values()}
    return tuple(
        Action(ActionKind.REMOVE_LABEL, target, REASON, label=label)
        for target, labels in present.items()
        if target not in known
        for label in HUB_LABELS
        if label in labels
    )


def _withdrawn(entry: LedgerEntry) -> bool:
    return entry.digest == message_digest(WITHDRAWN)
