"""Links between teams that both sides state: `depends_on` of the waiting side and `supports` of the providing one."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from hub.model.okr import KeyResult, LinkState, Need, Okrs

Name = tuple[str, str]
"""A cycle and an id in it."""


def with_mutual_links(okrs: Okrs) -> Okrs:
    """The OKRs with every need accepted that a key result of the needed team supports, unless it was declined.

    A need that names only the team becomes one for each of its supporting key results. What is supported without a need
    of this team gets an accepted one. Applied to its own result, it changes nothing.
    """
    supporters = _supporters(okrs)
    if not supporters:
        return okrs
    return replace(
        okrs,
        key_results={
            id_: _with_accepted_needs(okrs, key_result, supporters) for id_, key_result in okrs.key_results.items()
        },
        other_key_results={
            id_: _with_accepted_needs(okrs, key_result, supporters)
            for id_, key_result in okrs.other_key_results.items()
        },
    )


def _supporters(okrs: Okrs) -> Mapping[Name, Sequence[KeyResult]]:
    """For each supported key result: those that support it, in file order."""
    by_supported: dict[Name, list[KeyResult]] = defaultdict(list)
    for key_result in _all_key_results(okrs):
        for id_ in dict.fromkeys(key_result.supports):
            supported = _supported(okrs, key_result, id_)
            if supported is not None:
                by_supported[supported.cycle, supported.id].append(key_result)
    return by_supported


def _all_key_results(okrs: Okrs) -> Iterable[KeyResult]:
    return (*okrs.key_results.values(), *okrs.other_key_results.values())


def _supported(okrs: Okrs, supporter: KeyResult, id_: str) -> KeyResult | None:
    """The key result of that id: of the supporting one's own cycle where there is one."""
    candidates = [
        key_result
        for key_result in (okrs.key_results.get(id_), okrs.other_key_results.get(id_))
        if key_result is not None
    ]
    return next(
        (key_result for key_result in candidates if key_result.cycle == supporter.cycle),
        candidates[0] if candidates else None,
    )


def _with_accepted_needs(okrs: Okrs, waiting: KeyResult, supporters: Mapping[Name, Sequence[KeyResult]]) -> KeyResult:
    candidates = supporters.get((waiting.cycle, waiting.id), ())
    supporting = [key_result for key_result in candidates if set(_teams(okrs, key_result)) - set(_teams(okrs, waiting))]
    if not supporting:
        return waiting
    needs = [
        accepted_need for need in waiting.depends_on for accepted_need in _accepted(okrs, waiting, need, supporting)
    ]
    for key_result in supporting:
        teams = _teams(okrs, key_result)
        if not any(need.team in teams for need in needs):
            team = next(team for team in teams if team not in _teams(okrs, waiting))
            needs.append(Need(team, key_result.id, state=LinkState.ACCEPTED))
    return replace(waiting, depends_on=tuple(needs))


def _accepted(okrs: Okrs, waiting: KeyResult, need: Need, supporters: Sequence[KeyResult]) -> Iterator[Need]:
    supporter_ids = [key_result.id for key_result in supporters if need.team in _teams(okrs, key_result)]
    if need.state is LinkState.DECLINED or not supporter_ids:
        yield need
    elif need.key_result is not None:
        yield replace(need, state=LinkState.ACCEPTED)
    else:
        named = {other.key_result for other in waiting.depends_on if other.team == need.team}
        accepted = replace(need, state=LinkState.ACCEPTED)
        filled = [replace(accepted, key_result=id_) for id_ in supporter_ids if id_ not in named]
        yield from filled or [accepted]


def _teams(okrs: Okrs, key_result: KeyResult) -> tuple[str, ...]:
    """Whose key result it is: its objective's teams; of an organization's its owners."""
    own_objective = okrs.objectives.get(key_result.objective) if key_result.cycle == okrs.cycle.id else None
    objective = own_objective or okrs.other_objectives.get((key_result.cycle, key_result.objective))
    return objective.teams if objective is not None and objective.teams else key_result.owners
