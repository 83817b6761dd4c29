"""Applies what was read of a source to what is stored of it: changes, absences, and gaps that people accept."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace

from hub.model.action import HUB_LABELS, LedgerEntries, LedgerEntry
from hub.model.initiative import Gap, Initiative, PullResult, Ref, SyncMode, ticket_order
from hub.model.ticket_input import OkrTicket

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


def merge_delta(delta: PullResult, tickets: Tickets) -> PullResult:
    """The whole source, in the order in which tickets always stand; where nothing was read, what was last known."""
    merged = with_known_tickets(apply_delta(delta, tickets), tickets)
    return replace(merged, initiatives=tuple(sorted(merged.initiatives, key=ticket_order)))


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
    what could be read today. Nothing new is placed for that (see `hub.core.planning.ticket_plan`).
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


MAX_NAMED = 8


def missing(result: PullResult, tickets: Tickets) -> dict[str, Initiative]:
    """Remembered tickets that a full read lacks and says nothing of; none where it did not end."""
    if result.mode is not SyncMode.FULL or not result.complete:
        return {}
    present = (
        {ticket.id for ticket in result.initiatives if not ticket.reference_only}
        | {row.id for row in result.okrs or ()}
        | result.deleted
    )
    unreadable = {gap.key for gap in result.gaps}
    return {
        id_: ticket
        for id_, ticket in tickets.items()
        if not ticket.reference_only and id_ not in present and unreadable.isdisjoint((id_, ticket.ref.key))
    }


def with_lookup_results(result: PullResult, requested: Tickets, answer: PullResult) -> PullResult:
    """The full read with what came of asking for the tickets that it lacked.

    It was complete before and stays so: what could not be asked for is a gap of the single ticket.
    """
    confirmed = {
        ticket.id: ticket for ticket in answer.initiatives if ticket.id in requested and not ticket.reference_only
    }
    merged = {ticket.id: ticket for ticket in (*answer.initiatives, *result.initiatives)} | confirmed
    deleted = answer.deleted & requested.keys() - confirmed.keys()
    unresolved = requested.keys() - confirmed.keys() - deleted
    source_reasons = [gap.reason for gap in answer.gaps if gap.key is None]
    gaps = [gap for gap in answer.gaps if gap.key is not None and gap.key not in unresolved]
    single = {gap.key: gap for gap in answer.gaps if gap.key in unresolved}
    for id_ in sorted(unresolved):
        gap = single.get(id_)
        if reason := gap.reason if gap is not None else next(iter(source_reasons), ""):
            message = f"{requested[id_].ref.key} was missing from the full sync, and looking it up failed: {reason}"
            gaps.append(Gap(result.connector, message, id_, "" if gap is None else gap.name))
    return replace(
        result,
        initiatives=tuple(merged.values()),
        gaps=tuple(dict.fromkeys((*result.gaps, *gaps))),
        requests=result.requests + answer.requests,
        deleted=result.deleted | deleted,
    )


def retain_unconfirmed(
    result: PullResult, missing_tickets: Tickets, tickets: Tickets, absent: Collection[str]
) -> PullResult:
    """The full read with those of the lacking tickets that were not `absent` before, as they were last read.

    So stay those that a gap of their own names: they are there, and could not be read. Where others lean on one, so
    that it was read for them, it stands as it is now. What was absent before and is still lacking is gone.
    """
    if not result.complete:
        return result
    read = {ticket.id: ticket for ticket in result.initiatives}
    present = {id_ for id_, ticket in read.items() if not ticket.reference_only}
    deleted = {id_ for id_ in missing_tickets if id_ in absent and id_ not in present} | result.deleted
    single = {gap.key for gap in (*result.gaps, *result.accepted)}
    out = missing_tickets.keys() - deleted - present
    unreadable = {
        id_
        for id_, ticket in tickets.items()
        if not (ticket.reference_only or id_ in out) and single & {id_, ticket.ref.key}
    } - (deleted | present)
    retained = {
        id_: replace(read[id_], reference_only=False) if id_ in read else tickets[id_]
        for id_ in sorted(out | unreadable)
    }
    referenced = {ticket.id: ticket for ticket in _referenced(retained.values(), tickets) if ticket.id not in read}
    unconfirmed_keys = sorted(tickets[id_].ref.key for id_ in out - single)
    return replace(
        result,
        initiatives=tuple((referenced | read | retained).values()),
        gaps=tuple(gap for gap in result.gaps if gap.key is None or gap.key not in deleted),
        deleted=frozenset(deleted),
        absent=frozenset(out),
        unreadable=frozenset(unreadable),
        notes=(*result.notes, *_absence_notes(unconfirmed_keys)),
    )


def with_retained_okrs(result: PullResult, rows: Iterable[OkrTicket], absent: Collection[str]) -> PullResult:
    """The same with the OKRs that this read lacks and the last one did not, as they were last read.

    All OKRs are read every time, so that each read that ends says which are there.
    """
    if result.okrs is None or not result.complete:
        return result
    read = {row.id for row in result.okrs} | {ticket.id for ticket in result.initiatives} | result.deleted
    unreadable = {gap.key for gap in result.gaps}
    missing_tickets = tuple(row for row in rows if row.id not in read and unreadable.isdisjoint((row.id, row.key)))
    retained = tuple(row for row in missing_tickets if row.id not in absent)
    return replace(
        result,
        okrs=result.okrs + retained,
        absent=(result.absent - {row.id for row in missing_tickets}) | {row.id for row in retained},
        notes=(*result.notes, *_absence_notes(sorted(row.key for row in retained))),
    )


def with_open_absences(result: PullResult, absent: frozenset[str]) -> PullResult:
    """A read of changes: what was uncertain stays so until it is read again, or gone."""
    read = {ticket.id for ticket in result.initiatives if not ticket.reference_only} | {
        row.id for row in result.okrs or ()
    }
    return replace(result, absent=absent - read - result.deleted)


def _referenced(tickets: Iterable[Initiative], known: Tickets) -> Iterator[Initiative]:
    """What the tickets lean on beyond the query, as it was last read, and what stands above that."""
    by_ref = {ticket.ref: ticket for ticket in known.values() if ticket.reference_only}
    pending = [
        ref for ticket in tickets for ref in (ticket.parent, *ticket.blocked_by, *ticket.blocks) if ref is not None
    ]
    while pending:
        if (ticket := by_ref.pop(pending.pop(), None)) is not None:
            yield ticket
            pending += [ticket.parent] if ticket.parent is not None else []


def _absence_notes(keys: list[str]) -> Iterator[str]:
    if keys:
        suffix = f" and {len(keys) - MAX_NAMED} more" if len(keys) > MAX_NAMED else ""
        names = f"{', '.join(keys[:MAX_NAMED])}{suffix}"
        yield f"missing from this full sync, kept until a second full sync confirms it: {names}"


def with_accepted(pulled: PullResult, names: Collection[str], before: Iterable[Gap]) -> PullResult:
    """The same with the gaps that are accepted apart, and the names of those that were there `before`."""
    accepted = tuple(gap for gap in pulled.gaps if gap.acceptable and gap.name in names)
    open_gaps = tuple(gap for gap in pulled.gaps if gap not in accepted)
    reported = {gap.name for gap in before if gap.acceptable} & {gap.name for gap in open_gaps}
    notes = _needless(names, accepted) if pulled.complete else ()
    return replace(
        pulled, gaps=open_gaps, accepted=accepted, reported_gaps=frozenset(reported), notes=(*pulled.notes, *notes)
    )


def _needless(names: Collection[str], accepted: Iterable[Gap]) -> Iterator[str]:
    known_names = {gap.name for gap in accepted}
    for name in sorted(set(names) - known_names):
        yield f"accepted_gaps names {name}, and there is no such gap: remove it from the configuration"
