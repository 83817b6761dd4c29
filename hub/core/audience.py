"""Who may see which private key results: for them the same OKRs are made again with these in the open."""

from collections.abc import Iterable
from dataclasses import replace

from hub.model.okr import KeyResult, Okrs, Visibility

VisibleKeyResults = frozenset[tuple[str, str]]
"""Private key results that may be seen, by cycle and id."""


def visible_to(okrs: Okrs, teams: Iterable[str]) -> VisibleKeyResults:
    """The private key results whose audience one of the teams is in: those that are named, else who holds it."""
    team_ids = frozenset(teams)
    all_key_results = (*okrs.key_results.values(), *okrs.other_key_results.values()) if team_ids else ()
    return frozenset(
        (one.cycle, one.id)
        for one in all_key_results
        if one.private and not team_ids.isdisjoint(audience_of(one, okrs))
    )


def reveal(okrs: Okrs, visible: VisibleKeyResults) -> Okrs:
    """The same OKRs, with the private key results that may be `seen` as public ones; all others stay veiled."""
    if not visible:
        return okrs
    return replace(
        okrs,
        key_results={id_: _reveal(one, visible) for id_, one in okrs.key_results.items()},
        other_key_results={id_: _reveal(one, visible) for id_, one in okrs.other_key_results.items()},
    )


def audience_of(one: KeyResult, okrs: Okrs) -> tuple[str, ...]:
    """The teams that may see a private key result."""
    if one.audience:
        return one.audience
    running = one.cycle == okrs.cycle.id
    objective = okrs.objectives.get(one.objective) if running else okrs.other_objectives.get((one.cycle, one.objective))
    return objective.teams if objective else ()


def _reveal(one: KeyResult, visible: VisibleKeyResults) -> KeyResult:
    return replace(one, visibility=Visibility.PUBLIC) if (one.cycle, one.id) in visible else one


def private_objectives(okrs: Okrs) -> frozenset[str]:
    """The running cycle's objectives of whose key results all are private: what they are called tells of these."""
    private = {one.id for one in okrs.private if one.cycle == okrs.cycle.id}
    return frozenset(
        one.id for one in okrs.objectives.values() if one.key_results and private.issuperset(one.key_results)
    )
