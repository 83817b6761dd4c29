"""Gaps that people accept by name: those of single things that the account may not see, or that make no sense."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace

from hub.model.initiative import Gap, PullResult


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
