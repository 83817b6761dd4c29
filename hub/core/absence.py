"""Tickets that a complete enumeration did not show: uncertain after one, gone after a second or when asked for."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace

from hub.model.initiative import Extent, Gap, Initiative, Pulled
from hub.model.okr_row import OkrRow

Tickets = Mapping[str, Initiative]
NAMED = 8


def missing(fresh: Pulled, tickets: Tickets) -> dict[str, Initiative]:
    """Remembered tickets that a full read lacks and says nothing of; none where it did not end."""
    if fresh.extent is not Extent.FULL or not fresh.complete:
        return {}
    shown = {one.id for one in fresh.initiatives if not one.context} | {row.id for row in fresh.okrs or ()} | fresh.gone
    unreadable = {gap.key for gap in fresh.gaps}
    return {
        id_: one
        for id_, one in tickets.items()
        if not one.context and id_ not in shown and unreadable.isdisjoint((id_, one.ref.key))
    }


def answered(fresh: Pulled, asked: Tickets, answer: Pulled) -> Pulled:
    """The full read with what came of asking for the tickets that it lacked.

    It was complete before and stays so: what could not be asked for is a gap of the single ticket.
    """
    found = {one.id: one for one in answer.initiatives if one.id in asked and not one.context}
    every = {one.id: one for one in (*answer.initiatives, *fresh.initiatives)} | found
    gone = answer.gone & asked.keys() - found.keys()
    silent = asked.keys() - found.keys() - gone
    unasked = [gap.reason for gap in answer.gaps if gap.key is None]
    gaps = [gap for gap in answer.gaps if gap.key is not None and gap.key not in silent]
    single = {gap.key: gap for gap in answer.gaps if gap.key in silent}
    for id_ in sorted(silent):
        gap = single.get(id_)
        if why := gap.reason if gap is not None else next(iter(unasked), ""):
            what = f"{asked[id_].ref.key} was not found, and could not be asked for: {why}"
            gaps.append(Gap(fresh.connector, what, id_, "" if gap is None else gap.name))
    return replace(
        fresh,
        initiatives=tuple(every.values()),
        gaps=tuple(dict.fromkeys((*fresh.gaps, *gaps))),
        requests=fresh.requests + answer.requests,
        gone=fresh.gone | gone,
    )


def kept(fresh: Pulled, lacking: Tickets, tickets: Tickets, absent: Collection[str]) -> Pulled:
    """The full read with those of the lacking tickets that were not `absent` before, as they were last read.

    So stay those that a gap of their own names: they are there, and could not be read. Where others lean on one, so
    that it was read for them, it stands as it is now. What was absent before and is still lacking is gone.
    """
    if not fresh.complete:
        return fresh
    read = {one.id: one for one in fresh.initiatives}
    shown = {id_ for id_, one in read.items() if not one.context}
    gone = {id_ for id_ in lacking if id_ in absent and id_ not in shown} | fresh.gone
    single = {gap.key for gap in (*fresh.gaps, *fresh.accepted)}
    out = lacking.keys() - gone - shown
    unseen = {
        id_ for id_, one in tickets.items() if not (one.context or id_ in out) and single & {id_, one.ref.key}
    } - (gone | shown)
    staying = {id_: replace(read[id_], context=False) if id_ in read else tickets[id_] for id_ in sorted(out | unseen)}
    around = {one.id: one for one in _around(staying.values(), tickets) if one.id not in read}
    told = sorted(tickets[id_].ref.key for id_ in out - single)
    return replace(
        fresh,
        initiatives=tuple((around | read | staying).values()),
        gaps=tuple(gap for gap in fresh.gaps if gap.key is None or gap.key not in gone),
        gone=frozenset(gone),
        absent=frozenset(out),
        unseen=frozenset(unseen),
        notes=(*fresh.notes, *_notes(told)),
    )


def with_okrs_kept(fresh: Pulled, rows: Iterable[OkrRow], absent: Collection[str]) -> Pulled:
    """The same with the OKRs that this read lacks and the last one did not, as they were last read.

    All OKRs are read every time, so that each read that ends says which are there.
    """
    if fresh.okrs is None or not fresh.complete:
        return fresh
    read = {row.id for row in fresh.okrs} | {one.id for one in fresh.initiatives} | fresh.gone
    unreadable = {gap.key for gap in fresh.gaps}
    lacking = tuple(row for row in rows if row.id not in read and unreadable.isdisjoint((row.id, row.key)))
    staying = tuple(row for row in lacking if row.id not in absent)
    return replace(
        fresh,
        okrs=fresh.okrs + staying,
        absent=(fresh.absent - {row.id for row in lacking}) | {row.id for row in staying},
        notes=(*fresh.notes, *_notes(sorted(row.key for row in staying))),
    )


def still_absent(fresh: Pulled, absent: frozenset[str]) -> Pulled:
    """A read of changes: what was uncertain stays so until it is read again, or gone."""
    read = {one.id for one in fresh.initiatives if not one.context} | {row.id for row in fresh.okrs or ()}
    return replace(fresh, absent=absent - read - fresh.gone)


def _around(tickets: Iterable[Initiative], known: Tickets) -> Iterator[Initiative]:
    """What the tickets lean on beyond the query, as it was last read, and what stands above that."""
    context = {one.ref: one for one in known.values() if one.context}
    wanted = [ref for one in tickets for ref in (one.parent, *one.blocked_by, *one.blocks) if ref is not None]
    while wanted:
        if (one := context.pop(wanted.pop(), None)) is not None:
            yield one
            wanted += [one.parent] if one.parent is not None else []


def _notes(keys: list[str]) -> Iterator[str]:
    if keys:
        more = f" and {len(keys) - NAMED} more" if len(keys) > NAMED else ""
        names = f"{', '.join(keys[:NAMED])}{more}"
        yield f"not found this time, and kept as last read until a second full read lacks them: {names}"
