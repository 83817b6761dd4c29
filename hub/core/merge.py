"""What was read of a source, joined to what is remembered of it: together they are the whole picture."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from hub.model.action import LedgerEntries, Published
from hub.model.initiative import Extent, Gap, Initiative, Pulled, Ref
from hub.model.labels import OURS

Tickets = Mapping[str, Initiative]


def completed(fresh: Pulled, tickets: Tickets, gaps: Iterable[Gap]) -> Pulled:
    """The changes alone: without what is as it was, with what changed because a ticket it names was renamed.

    Gaps of single tickets stay until these are read, or everything is counted again.
    """
    if fresh.extent is Extent.FULL:
        return fresh
    read = {one.id: one for one in fresh.initiatives}
    renamed = {tickets[id_].ref: one.ref for id_, one in read.items() if id_ in tickets and tickets[id_].ref != one.ref}
    if renamed:
        read = {one.id: one for one in _followed({**tickets, **read}.values(), renamed)} | {
            one.id: _follow(one, renamed) for one in read.values()
        }
    changed = tuple(one for id_, one in read.items() if id_ not in fresh.gone and tickets.get(id_) != one)
    return replace(fresh, initiatives=changed, gaps=tuple(dict.fromkeys((*fresh.gaps, *_left(fresh, gaps)))))


def merge(changes: Pulled, tickets: Tickets) -> Pulled:
    """The whole source. What broke off is not filled up: it would mix tickets of today with some of before."""
    if changes.extent is Extent.FULL or not changes.complete:
        return changes
    whole = {**tickets, **{one.id: one for one in changes.initiatives}}
    for id_ in changes.gone:
        whole.pop(id_, None)
    return replace(changes, initiatives=tuple(whole.values()))


def as_known(pulled: Pulled, tickets: Tickets) -> Pulled:
    """A source of which nothing was read, with its tickets as they were last known; its gap stays.

    Rules then see the same tickets as in a whole run: which of them leads the work on a key result does not hang on
    what could be read today. Nothing new is placed for that (see `hub.core.out_of_sight`).
    """
    nothing = not pulled.initiatives and not pulled.gone and not pulled.complete
    return replace(pulled, initiatives=tuple(tickets.values())) if nothing else pulled


def in_doubt(ledger: LedgerEntries, connector: str, tickets: Tickets) -> frozenset[str]:
    """Tickets whose remembered labels are not those that the hub left there: written on since they were read."""
    ours = frozenset(OURS)
    return frozenset(
        id_
        for (name, id_), known in ledger.items()
        if name == connector and id_ in tickets and (known.pending or tickets[id_].labels & ours != known.labels & ours)
    )


def as_counted(ledger: LedgerEntries, fresh: Iterable[Pulled]) -> dict[tuple[str, str], Published]:
    """The ledger with one miss less where this run counted nothing: a run that looks away has not seen an absence."""
    looked_away = {pulled.connector for pulled in fresh if pulled.extent is Extent.CHANGES}
    return {
        key: replace(known, misses=known.misses - 1) if known.misses and key[0] in looked_away else known
        for key, known in ledger.items()
    }


def _followed(tickets: Iterable[Initiative], renamed: Mapping[Ref, Ref]) -> Iterable[Initiative]:
    return (_follow(one, renamed) for one in tickets if _names_any(one, renamed))


def _names_any(one: Initiative, renamed: Mapping[Ref, Ref]) -> bool:
    return one.parent in renamed or any(ref in renamed for ref in (*one.blocked_by, *one.blocks))


def _follow(one: Initiative, renamed: Mapping[Ref, Ref]) -> Initiative:
    return replace(
        one,
        parent=one.parent and renamed.get(one.parent, one.parent),
        blocked_by=tuple(renamed.get(ref, ref) for ref in one.blocked_by),
        blocks=tuple(renamed.get(ref, ref) for ref in one.blocks),
    )


def _left(fresh: Pulled, gaps: Iterable[Gap]) -> Iterable[Gap]:
    if fresh.extent is Extent.CENSUS:
        return ()
    read = {name for one in fresh.initiatives for name in (one.id, one.ref.key)} | fresh.gone
    read |= {gap.key for gap in fresh.gaps if gap.key is not None}
    return (gap for gap in gaps if gap.key is not None and gap.key not in read)
