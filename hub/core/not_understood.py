"""What was seen on tickets and not understood, as it may be shown, and summed up by kind for a whole source."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from hub.core.shown import redactor
from hub.model.initiative import Initiative
from hub.model.not_understood import NotUnderstood
from hub.model.okr import Okrs

EXAMPLES = 3


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of such values: on how many tickets, some of the values with a ticket that has each, and the setting."""

    field: str
    tickets: int
    examples: tuple[tuple[str, str], ...]
    setting: str = ""


def without_private_names(values: Iterable[NotUnderstood], okrs: Okrs) -> tuple[NotUnderstood, ...]:
    """Those that name no private key result: what is left of the others would tell that there is one."""
    if not okrs.private:
        return tuple(values)
    redact = redactor(okrs)
    return tuple(not_understood for not_understood in values if redact(not_understood.raw) == not_understood.raw)


def by_kind(tickets: Iterable[Initiative], okrs: Okrs) -> tuple[Kind, ...]:
    """The most frequent first; tickets that are only read because of others do not count."""
    counts: dict[tuple[str, str], int] = defaultdict(int)
    examples: dict[tuple[str, str], dict[str, str]] = defaultdict(dict)
    for ticket in tickets:
        publishable = (
            without_private_names(ticket.not_understood, okrs)
            if ticket.not_understood and not ticket.reference_only
            else ()
        )
        for kind in {(not_understood.field, not_understood.setting) for not_understood in publishable}:
            counts[kind] += 1
        for not_understood in publishable:
            samples = examples[not_understood.field, not_understood.setting]
            if len(samples) < EXAMPLES:
                samples.setdefault(not_understood.raw, ticket.ref.key)
    kinds = (Kind(field, n, tuple(examples[field, setting].items()), setting) for (field, setting), n in counts.items())
    return tuple(sorted(kinds, key=lambda kind: (-kind.tickets, kind.field, kind.setting)))
