"""Who may see which private key results: for them the same OKRs are made again with these in the open."""

from collections.abc import Iterable
from dataclasses import replace

from hub.model.okr import KeyResult, Okrs, Visibility

Seen = frozenset[tuple[str, str]]
"""Private key results that may be seen, by cycle and id."""


def seen_by(okrs: Okrs, teams: Iterable[str]) -> Seen:
    """The private key results whose audience one of the teams is in: those that are named, else who holds it."""
    mine = frozenset(teams)
    every = (*okrs.key_results.values(), *okrs.others.values()) if mine else ()
    return frozenset(
        (one.cycle, one.id) for one in every if one.private and not mine.isdisjoint(audience_of(one, okrs))
    )


def opened(okrs: Okrs, seen: Seen) -> Okrs:
    """The same OKRs, with the private key results that may be `seen` as public ones; all others stay veiled."""
    if not seen:
        return okrs
    return replace(
        okrs,
        key_results={id_: _open(one, seen) for id_, one in okrs.key_results.items()},
        others={id_: _open(one, seen) for id_, one in okrs.others.items()},
    )


def audience_of(one: KeyResult, okrs: Okrs) -> tuple[str, ...]:
    """The teams that may see a private key result."""
    if one.audience:
        return one.audience
    running = one.cycle == okrs.cycle.id
    held = okrs.objectives.get(one.objective) if running else okrs.other_objectives.get((one.cycle, one.objective))
    return held.teams if held else ()


def _open(one: KeyResult, seen: Seen) -> KeyResult:
    return replace(one, visibility=Visibility.PUBLIC) if (one.cycle, one.id) in seen else one


def private_objectives(okrs: Okrs) -> frozenset[str]:
    """The running cycle's objectives of whose key results all are private: what they are called tells of these."""
    private = {one.id for one in okrs.private if one.cycle == okrs.cycle.id}
    return frozenset(
        one.id for one in okrs.objectives.values() if one.key_results and private.issuperset(one.key_results)
    )
