"""How much of each team's active work is aligned: a sum over tickets, from which one that changed can be taken off."""

from collections import Counter

from hub.model.portfolio import Portfolio
from rules.shared.key_results import aligned_key_results, once
from rules.shared.verdicts import in_grace, incompleteness_reason


@once
def work_counts(portfolio: Portfolio) -> Counter[tuple[str, str]]:
    """Initiatives by team and kind; what is in doubt is counted beside its kind."""
    counts: Counter[tuple[str, str]] = Counter()
    aligned, all_new = aligned_key_results(portfolio), in_grace(portfolio)
    for ticket in portfolio.active_initiatives():
        team = portfolio.team_of.get(ticket.ref, "")
        served = [link.key_result for link in portfolio.serves.get(ticket.ref, ())]
        other_cycle = (link.key_result for link in portfolio.other_cycle_links.get(ticket.ref, ()))
        if not aligned.isdisjoint(served) or not portfolio.reaching.isdisjoint(other_cycle):
            counts[team, "aligned"] += 1
        elif served or all_new or not in_grace(portfolio, ticket.created):
            counts[team, "unaligned" if served else "without"] += 1
            counts[team, "undetermined"] += incompleteness_reason(portfolio, ticket) is not None
    for ref in portfolio.exempt:
        counts[portfolio.team_of.get(ref, ""), "exempt"] += not portfolio.initiatives[ref].status.ended
    return counts
