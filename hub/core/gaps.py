"""Gaps that people accept by name: those of single things that the account may not see, or that make no sense."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace

from hub.model.initiative import Gap, Pulled


def with_accepted(pulled: Pulled, names: Collection[str], before: Iterable[Gap]) -> Pulled:
    """The same with the gaps that are accepted apart, and the names of those that were there `before`."""
    accepted = tuple(gap for gap in pulled.gaps if gap.acceptable and gap.name in names)
    left = tuple(gap for gap in pulled.gaps if gap not in accepted)
    told = {gap.name for gap in before if gap.acceptable} & {gap.name for gap in left}
    notes = _needless(names, accepted) if pulled.complete else ()
    return replace(pulled, gaps=left, accepted=accepted, told=frozenset(told), notes=(*pulled.notes, *notes))


def _needless(names: Collection[str], accepted: Iterable[Gap]) -> Iterator[str]:
    there = {gap.name for gap in accepted}
    for name in sorted(set(names) - there):
        yield f"accepted_gaps names {name}, and there is no such gap: remove it from the configuration"
