"""By which chains of accepted links a key result reaches the organization's: the shortest to each."""

from collections import deque

from hub.core.audit.naming import shown
from hub.core.audit.values import Shown, Way
from hub.model.okr import KeyResult, LinkState
from hub.model.portfolio import Portfolio


def ways_up(portfolio: Portfolio, one: KeyResult) -> tuple[Way, ...]:
    """Every stated link of the key result; what it supports, where no link of its own leads anywhere."""
    links = sorted(one.aligns_to, key=lambda link: (link.key_result, link.kind))
    ways = tuple(
        Way(shown(portfolio, link.key_result), link.kind.value, link.state, link.since, _up(portfolio, link.key_result))
        for link in links
    )
    return ways if any(way.leads for way in ways) else ways + _supported(portfolio, one)


def _supported(portfolio: Portfolio, one: KeyResult) -> tuple[Way, ...]:
    needs = sorted(portfolio.supports.get(one.id, ()), key=lambda pair: pair[0])
    return tuple(
        Way(shown(portfolio, waiting), "supports", need.state, need.since, _up(portfolio, waiting))
        for waiting, need in needs
    )


def _up(portfolio: Portfolio, start: str) -> tuple[tuple[Shown, ...], ...]:
    return tuple(tuple(shown(portfolio, step) for step in chain) for chain in chains(portfolio, start))


def chains(portfolio: Portfolio, start: str) -> tuple[tuple[str, ...], ...]:
    """From `start`, which stands first, to each organization key result that accepted links lead to."""
    if portfolio.linked(start) is None:
        return ()
    came_from: dict[str, str | None] = {start: None}
    todo, ends = deque([start]), []
    while todo:
        here = todo.popleft()
        if portfolio.objective_of(here).of_organization:
            ends.append(_back(came_from, here))
            continue
        for step in _steps(portfolio, here):
            if step not in came_from:
                came_from[step] = here
                todo.append(step)
    return tuple(sorted(ends))


def _steps(portfolio: Portfolio, here: str) -> list[str]:
    linked = portfolio.linked(here)
    upwards = [link.key_result for link in linked.aligns_to if link.state is LinkState.ACCEPTED] if linked else []
    sideways = [id_ for id_, need in portfolio.supports.get(here, ()) if need.state is LinkState.ACCEPTED]
    return sorted(id_ for id_ in {*upwards, *sideways} if portfolio.linked(id_) is not None)


def _back(came_from: dict[str, str | None], end: str) -> tuple[str, ...]:
    chain, here = [end], came_from[end]
    while here is not None:
        chain.append(here)
        here = came_from[here]
    return tuple(reversed(chain))
