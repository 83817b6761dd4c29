"""What was read of a source, joined to what is remembered of it: together they are the whole picture."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from hub.model.action import LedgerEntries, LedgerEntry
from hub.model.initiative import Gap, Initiative, PullResult, Ref, SyncMode
from hub.model.labels import HUB_LABELS

Tickets = Mapping[str, Initiative]


def normalize_delta(delta: PullResult, tickets: Tickets, gaps: Iterable[Gap]) -> PullResult:
    """The changes alone: without what is as it was, with what changed because a ticket it names was renamed.

    Gaps of single tickets stay until these are read, or everything is counted again.
    """
    if delta.mode is SyncMode.FULL:
        return delta
    read = {ticket.id: ticket for ticket in delta.initiatives}
    renamed = {
        tickets[id_].ref: ticket.ref
        for id_, ticket in read.items()
        if id_ in tickets and tickets[id_].ref != ticket.ref
    }
    if renamed:
        read = {ticket.id: ticket for ticket in _tickets_naming({**tickets, **read}.values(), renamed)} | {
            ticket.id: _rename_refs(ticket, renamed) for ticket in read.values()
        }
    changed = tuple(ticket for id_, ticket in read.items() if id_ not in delta.deleted and tickets.get(id_) != ticket)
    return replace(delta, initiatives=changed, gaps=tuple(dict.fromkeys((*delta.gaps, *_remaining_gaps(delta, gaps)))))


def apply_delta(delta: PullResult, tickets: Tickets) -> PullResult:
    """The whole source. What broke off is not filled up: it would mix tickets of today with some of before."""
    if delta.mode is SyncMode.FULL or not delta.complete:
        return delta
    merged = {**tickets, **{ticket.id: ticket for ticket in delta.initiatives}}
    for id_ in delta.deleted:
        merged.pop(id_, None)
    return replace(delta, initiatives=tuple(merged.values()))


def with_known_tickets(pulled: PullResult, tickets: Tickets) -> PullResult:
    """A source of which nothing was read, with its tickets as they were last known; its gap stays.

    Rules then see the same tickets as in a whole run: which of them leads the work on a key result does not hang on
    what could be read today. Nothing new is placed for that (see `hub.core.out_of_sight`).
    """
    is_empty = not pulled.initiatives and not pulled.deleted and not pulled.complete
    return replace(pulled, initiatives=tuple(tickets.values())) if is_empty else pulled


def stale_tickets(ledger: LedgerEntries, connector: str, tickets: Tickets) -> frozenset[str]:
    """Tickets whose remembered labels are not those that the hub left there: written on since they were read."""
    hub_labels = frozenset(HUB_LABELS)
    return frozenset(
        id_
        for (name, id_), known in ledger.items()
        if name == connector
        and id_ in tickets
        and (known.create_pending or tickets[id_].labels & hub_labels != known.labels & hub_labels)
    )


def without_unseen_absences(ledger: LedgerEntries, results: Iterable[PullResult]) -> dict[tuple[str, str], LedgerEntry]:
    """The ledger with one miss less where this run counted nothing: a run that looks away has not seen an absence."""
    incremental = {pulled.connector for pulled in results if pulled.mode is SyncMode.INCREMENTAL}
    return {
        key: replace(known, absences=known.absences - 1) if known.absences and key[0] in incremental else known
        for key, known in ledger.items()
    }


def _tickets_naming(tickets: Iterable[Initiative], renamed: Mapping[Ref, Ref]) -> Iterable[Initiative]:
    return (_rename_refs(ticket, renamed) for ticket in tickets if _names_any(ticket, renamed))


def _names_any(ticket: Initiative, renamed: Mapping[Ref, Ref]) -> bool:
    return ticket.parent in renamed or any(ref in renamed for ref in (*ticket.blocked_by, *ticket.blocks))


def _rename_refs(ticket: Initiative, renamed: Mapping[Ref, Ref]) -> Initiative:
    return replace(
        ticket,
        parent=ticket.parent and renamed.get(ticket.parent, ticket.parent),
        blocked_by=tuple(renamed.get(ref, ref) for ref in ticket.blocked_by),
        blocks=tuple(renamed.get(ref, ref) for ref in ticket.blocks),
    )


def _remaining_gaps(delta: PullResult, gaps: Iterable[Gap]) -> Iterable[Gap]:
    if delta.mode is SyncMode.RECONCILE:
        return ()
    read = {name for ticket in delta.initiatives for name in (ticket.id, ticket.ref.key)} | delta.deleted
    read |= {gap.key for gap in delta.gaps if gap.key is not None}
    return (gap for gap in gaps if gap.key is not None and gap.key not in read)
