"""Where accepted vertical links lead: the organization key results that a key result moves."""

from collections.abc import Sequence

from hub.model.okr import KeyResult, LinkState
from hub.model.portfolio import Portfolio


def organization_key_results(portfolio: Portfolio) -> tuple[KeyResult, ...]:
    """All key results that the organization holds, in file order."""
    return tuple(k for k in portfolio.okrs.key_results.values() if portfolio.objective_of(k.id).of_organization)


def above(portfolio: Portfolio) -> tuple[KeyResult, ...]:
    """Those that a link may lead to: the cycle's, then those of cycles alongside, such as the year's."""
    others = (k for k in portfolio.alongside.values() if portfolio.objective_of(k.id).of_organization)
    return (*organization_key_results(portfolio), *others)


def moved_by(portfolio: Portfolio, key_result: str) -> tuple[str, ...]:
    """The organization key results at the upper end of every accepted chain; circles end nowhere."""
    seen = {key_result}
    todo = [key_result]
    found = []
    while todo:
        here = todo.pop()
        if portfolio.objective_of(here).of_organization:
            found.append(here)
            continue
        linked = portfolio.linked(here)
        for link in () if linked is None else linked.aligns_to:
            fresh = link.key_result not in seen and portfolio.linked(link.key_result) is not None
            if fresh and link.state is LinkState.ACCEPTED:
                seen.add(link.key_result)
                todo.append(link.key_result)
    return tuple(sorted(found))


def could_link_to(upper: Sequence[KeyResult], teams: tuple[str, ...]) -> tuple[str, ...]:
    """Up to three public ones of the organization's key results: those that the teams own or add to first."""

    def distant(key_result: KeyResult) -> bool:
        named = {*key_result.owners, *(contribution.team for contribution in key_result.contributions)}
        return named.isdisjoint(teams)

    offered = sorted((k for k in upper if not k.private), key=distant)
    return tuple(k.id for k in offered[:3])
