"""Vertical links: as a graph, and what is wrong with one of them."""

from hub.model.calendar import working_days_between
from hub.model.okr import Alignment, KeyResult, LinkState, Phase
from hub.model.portfolio import Portfolio


def vertical_graph(portfolio: Portfolio) -> dict[str, list[str]]:
    """Every key result of the cycle and alongside it, and those that it is linked to; declined links do not count."""
    nodes = {**portfolio.alongside, **portfolio.okrs.key_results}
    return {
        one.id: [link.key_result for link in one.aligns_to if stands(link) and link.key_result in nodes]
        for one in nodes.values()
    }


def stands(link: Alignment) -> bool:
    """Whether the link is accepted or may still be."""
    return link.state is not LinkState.DECLINED


def fault_of(portfolio: Portfolio, one: KeyResult, link: Alignment, proposed_days: float) -> str | None:
    """What is wrong with a link for itself, in one word; None when it is sound or declined."""
    if not stands(link):
        return None
    if link.key_result == one.id:
        return "itself"
    if link.key_result not in portfolio.okrs.key_results and (fault := _abroad(portfolio, link.key_result)):
        return fault
    since = link.since if link.state is LinkState.PROPOSED else None
    return "proposed" if since is not None and working_days_between(since, portfolio.today) > proposed_days else None


def _abroad(portfolio: Portfolio, parent: str) -> str | None:
    """What is wrong with a link that leads out of the running cycle."""
    other = portfolio.okrs.others.get(parent)
    if other is None:
        return "unknown"
    cycle = portfolio.okrs.cycles[other.cycle]
    if cycle.phase is Phase.CLOSED:
        return "closed"
    return None if portfolio.cycle.overlaps(cycle.start, cycle.end) else "apart"
