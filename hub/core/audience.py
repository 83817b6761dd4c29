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
        (key_result.cycle, key_result.id)
        for key_result in all_key_results
        if key_result.private and not team_ids.isdisjoint(audience_of(key_result, okrs))
    )


def reveal(okrs: Okrs, visible: VisibleKeyResults) -> Okrs:
    """The same OKRs, with the private key results that may be `seen` as public ones; all others stay veiled."""
    if not visible:
        return okrs
    return replace(
        okrs,
        key_results={id_: _reveal(key_result, visible) for id_, key_result in okrs.key_results.items()},
        other_key_results={id_: _reveal(key_result, visible) for id_, key_result in okrs.other_key_results.items()},
    )


def audience_of(key_result: KeyResult, okrs: Okrs) -> tuple[str, ...]:
    """The teams that may see a private key result."""
    if key_result.audience:
        return key_result.audience
    running = key_result.cycle == okrs.cycle.id
    objective = (
        okrs.objectives.get(key_result.objective)
        if running
        else okrs.other_objectives.get((key_result.cycle, key_result.objective))
    )
    return objective.teams if objective else ()


def _reveal(key_result: KeyResult, visible: VisibleKeyResults) -> KeyResult:
    return (
        replace(key_result, visibility=Visibility.PUBLIC)
        if (key_result.cycle, key_result.id) in visible
        else key_result
    )


def private_objectives(okrs: Okrs) -> frozenset[str]:
    """The running cycle's objectives of whose key results all are private: what they are called tells of these."""
    private = {key_result.id for key_result in okrs.private if key_result.cycle == okrs.cycle.id}
    return frozenset(
        objective.id
        for objective in okrs.objectives.values()
        if objective.key_results and private.issuperset(objective.key_results)
    )
