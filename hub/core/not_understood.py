"""What was seen on tickets and not understood, as it may be shown, and summed up by kind for a whole source."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from hub.core.shown import veil_of
from hub.model.initiative import Initiative
from hub.model.not_understood import NotUnderstood
from hub.model.okr import Okrs

EXAMPLES = 3


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of such values: on how many tickets, some of the values with a ticket that has each, and the setting."""

    where: str
    tickets: int
    examples: tuple[tuple[str, str], ...]
    setting: str = ""


def shown(values: Iterable[NotUnderstood], okrs: Okrs) -> tuple[NotUnderstood, ...]:
    """Those that name no private key result: what is left of the others would tell that there is one."""
    if not okrs.private:
        return tuple(values)
    veil = veil_of(okrs)
    return tuple(one for one in values if veil(one.written) == one.written)


def by_kind(tickets: Iterable[Initiative], okrs: Okrs) -> tuple[Kind, ...]:
    """The most frequent first; tickets that are only read because of others do not count."""
    counts: dict[tuple[str, str], int] = defaultdict(int)
    examples: dict[tuple[str, str], dict[str, str]] = defaultdict(dict)
    for ticket in tickets:
        found = shown(ticket.not_understood, okrs) if ticket.not_understood and not ticket.context else ()
        for kind in {(one.where, one.setting) for one in found}:
            counts[kind] += 1
        for one in found:
            kept = examples[one.where, one.setting]
            if len(kept) < EXAMPLES:
                kept.setdefault(one.written, ticket.ref.key)
    kinds = (Kind(where, n, tuple(examples[where, setting].items()), setting) for (where, setting), n in counts.items())
    return tuple(sorted(kinds, key=lambda kind: (-kind.tickets, kind.where, kind.setting)))
