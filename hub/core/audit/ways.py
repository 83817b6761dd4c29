"""By which chains of accepted links a key result reaches the organization's: the shortest to each."""

from collections import deque

from hub.core.audit.naming import key_result_ref
from hub.core.audit.values import AlignmentPath, KeyResultRef
from hub.model.okr import KeyResult, LinkState
from hub.model.portfolio import Portfolio


def alignment_paths(portfolio: Portfolio, key_result: KeyResult) -> tuple[AlignmentPath, ...]:
    """Every stated link of the key result; what it supports, where no link of its own leads anywhere."""
    links = sorted(key_result.aligns_to, key=lambda link: (link.key_result, link.kind))
    paths = tuple(
        AlignmentPath(
            key_result_ref(portfolio, link.key_result),
            link.kind.value,
            link.state,
            link.since,
            _chains_up(portfolio, link.key_result),
        )
        for link in links
    )
    return paths if any(path.is_aligned for path in paths) else paths + _supported_paths(portfolio, key_result)


def _supported_paths(portfolio: Portfolio, key_result: KeyResult) -> tuple[AlignmentPath, ...]:
    needs = sorted(portfolio.supports.get(key_result.id, ()), key=lambda pair: pair[0])
    return tuple(
        AlignmentPath(
            key_result_ref(portfolio, waiting), "supports", need.state, need.since, _chains_up(portfolio, waiting)
        )
        for waiting, need in needs
    )


def _chains_up(portfolio: Portfolio, start: str) -> tuple[tuple[KeyResultRef, ...], ...]:
    return tuple(
        tuple(key_result_ref(portfolio, step) for step in chain) for chain in alignment_chains(portfolio, start)
    )


def alignment_chains(portfolio: Portfolio, start: str) -> tuple[tuple[str, ...], ...]:
    """From `start`, which stands first, to each organization key result that accepted links lead to."""
    if portfolio.linked(start) is None:
        return ()
    previous: dict[str, str | None] = {start: None}
    todo, ends = deque([start]), []
    while todo:
        current = todo.popleft()
        if portfolio.objective_of(current).of_organization:
            ends.append(_trace_back(previous, current))
            continue
        for step in _steps(portfolio, current):
            if step not in previous:
                previous[step] = current
                todo.append(step)
    return tuple(sorted(ends))


def _steps(portfolio: Portfolio, current: str) -> list[str]:
    linked = portfolio.linked(current)
    upwards = [link.key_result for link in linked.aligns_to if link.state is LinkState.ACCEPTED] if linked else []
    sideways = [id_ for id_, need in portfolio.supports.get(current, ()) if need.state is LinkState.ACCEPTED]
    return sorted(id_ for id_ in {*upwards, *sideways} if portfolio.linked(id_) is not None)


def _trace_back(previous: dict[str, str | None], end: str) -> tuple[str, ...]:
    chain, current = [end], previous[end]
    while current is not None:
        chain.append(current)
        current = previous[current]
    return tuple(reversed(chain))
