"""What should be on each ticket, held against what is: the difference is the plan."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from hub.core.out_of_sight import OutOfSight
from hub.core.planning.comment import CLOSED, digest
from hub.core.planning.comment_plan import Mute
from hub.core.planning.names import Names
from hub.core.planning.recorded import Reaction
from hub.core.planning.shut import shut_parts
from hub.core.ticket_plan import LabelTaken, Restated, TicketPlan
from hub.model.action import COMMENT, LABELS, Action, ActionKind, LedgerEntries, Published, Target
from hub.model.finding import Finding, Judgement
from hub.model.initiative import Initiative, Ref
from hub.model.labels import OURS
from hub.model.message import Message
from hub.model.portfolio import Portfolio
from hub.model.wording import Wording

Renderers = Mapping[str, Callable[[Target, Message], str]]
"""By connector, what a message says there: see `Connector.says`."""
EDITS = (ActionKind.UPDATE_COMMENT, ActionKind.RESOLVE_COMMENT)


@dataclass(frozen=True, slots=True)
class Held:
    """A ticket that is left as it is this time, and why."""

    ref: Ref
    why: str


@dataclass(frozen=True, slots=True)
class Plan:
    """The writes that are wanted, in ticket order; what is held back; what people answered, now and before.

    `mutes` are requests that no comment of ours remembers. `said` are edits of comments that say so already: nothing is
    written for them. `reactions` answer people's commands.
    """

    actions: tuple[Action, ...] = ()
    held: tuple[Held, ...] = ()
    answers: tuple[LabelTaken, ...] = ()
    restated: tuple[Restated, ...] = ()
    mutes: tuple[Mute, ...] = ()
    said: tuple[Action, ...] = ()
    reactions: tuple[Reaction, ...] = ()


def plan(
    portfolio: Portfolio,
    judgement: Judgement,
    ledger: LedgerEntries,
    publishing: frozenset[str],
    *,
    wordings: Mapping[str, Wording] | None = None,
    hub_url: str = "",
    dashboard: Ref | None = None,
) -> Plan:
    """Findings + ledger + what stands on the tickets → Plan; only for connectors in `publishing`.

    `wordings` tells how the tickets of each connector name key results; `hub_url` is where the hub's pages are, if
    anywhere. The ticket of the dashboard has one comment of the hub's as well, and that is the dashboard.
    """
    wanted = _by_ticket(judgement)
    concerned = _concerned(portfolio, wanted, ledger, publishing, dashboard)
    out_of_sight = OutOfSight.of(judgement, portfolio)
    actions: list[Action] = []
    held: list[Held] = []
    answers: list[LabelTaken] = []
    restated: list[Restated] = []
    mutes: list[Mute] = []
    for ref, initiative, known in concerned:
        names = Names(portfolio, ref, wordings, hub_url)
        ticket = TicketPlan(initiative, tuple(wanted.get(ref, ())), known, names, out_of_sight=out_of_sight)
        actions += ticket.actions()
        answers += ticket.answers()
        restated += ticket.restated()
        mutes += ticket.mutes()
        held += [Held(ref, why) for why in ticket.held()]
    left = (action for action in _left(portfolio, ledger, publishing) if action.target.ref != dashboard)
    actions += (replace(one, day=portfolio.today) for one in left if _is_taken(one, ledger, portfolio.today))
    return Plan(tuple(actions), tuple(held), tuple(answers), tuple(restated), tuple(mutes))


def _concerned(
    portfolio: Portfolio,
    wanted: Mapping[Ref, Sequence[Finding]],
    ledger: LedgerEntries,
    publishing: frozenset[str],
    dashboard: Ref | None,
) -> Iterator[tuple[Ref, Initiative, Published | None]]:
    """The tickets with something to say, or with something of ours; of an absent one is not known what stands there."""
    tickets = {**portfolio.initiatives, **_own_tickets(portfolio)}
    for ref, initiative in tickets.items():
        if initiative.context or ref.connector not in publishing or ref == dashboard or ref in portfolio.absent:
            continue
        known = ledger.get((ref.connector, initiative.id))
        if known or ref in wanted or ref in portfolio.spoken or not initiative.labels.isdisjoint(OURS):
            yield ref, initiative, known


def _own_tickets(portfolio: Portfolio) -> dict[Ref, Initiative]:
    """The tickets that key results and objectives are kept as: no work, and the lead who keeps them reads them."""
    return {
        ref: Initiative(ref, row.id, row.title, row.url, row.containers, labels=row.labels)
        for ref, row in portfolio.okrs.rows.items()
        if ref not in portfolio.initiatives
    }


def _by_ticket(judgement: Judgement) -> dict[Ref, list[Finding]]:
    """What a ticket shows: by its comment, by a label, or both."""
    found: dict[Ref, list[Finding]] = defaultdict(list)
    for finding in judgement.findings:
        for ref in finding.on_tickets:
            found[ref].append(finding)
    return found


def _is_taken(action: Action, ledger: LedgerEntries, today: date) -> bool:
    """Whether the ticket takes such a write, as far as is known; when it last changed is not known here."""
    known = ledger.get((action.target.ref.connector, action.target.id))
    return (LABELS if action.label else COMMENT) not in shut_parts(known, today)


def _left(portfolio: Portfolio, ledger: LedgerEntries, publishing: frozenset[str]) -> Iterator[Action]:
    """Tickets that two complete enumerations did not show: what stands there is withdrawn."""
    if not ledger:
        return
    present = {(ref.connector, one.id) for ref, one in portfolio.initiatives.items() if not one.context}
    present |= {(ref.connector, row.id) for ref, row in portfolio.okrs.rows.items()}
    for key, known in ledger.items():
        ref = known.target.ref
        if key in present or ref.connector not in publishing or not portfolio.readable(ref) or known.misses < 1:
            continue
        if known.replaces and known.replaces != known.comment_id:
            yield Action(ActionKind.DELETE_COMMENT, known.target, "a newer one replaces it", comment_id=known.replaces)
        for label in sorted(known.labels):
            yield Action(ActionKind.REMOVE_LABEL, known.target, "the ticket left the query", label=label)
        if known.comment_id and not known.resolved:
            yield Action(
                ActionKind.RESOLVE_COMMENT,
                known.target,
                "the ticket left the query",
                message=CLOSED,
                digest=digest(CLOSED),
                comment_id=known.comment_id,
            )


def without_unchanged_edits(wanted: Plan, ledger: LedgerEntries, renderers: Renderers) -> Plan:
    """The plan without the edits that would change nothing; those are kept apart, to be remembered."""
    actions: list[Action] = []
    unchanged: list[Action] = []
    for action in wanted.actions:
        (unchanged if _is_unchanged(action, ledger, renderers) else actions).append(action)
    return replace(wanted, actions=tuple(actions), said=tuple(unchanged))


def _is_unchanged(action: Action, ledger: LedgerEntries, renderers: Renderers) -> bool:
    """Whether the comment reads as it should, and is folded or not as the ledger says."""
    known = ledger.get((action.target.ref.connector, action.target.id))
    message = action.message
    if action.kind not in EDITS or message is None or known is None or not known.says:
        return False
    rendered_text = renderers[action.target.ref.connector](action.target, message)
    return rendered_text == known.says and known.resolved == message.resolved
