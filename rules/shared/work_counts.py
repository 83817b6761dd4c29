"""How much of each team's active work is aligned: a sum over tickets, from which one that changed can be taken off."""

from collections import Counter

from hub.model.initiative import Ref
from hub.model.portfolio import Portfolio
from rules.shared.key_results import aligned_key_results, once
from rules.shared.verdicts import in_grace, incompleteness_reason


@once
def work_counts(portfolio: Portfolio) -> Counter[tuple[str, str]]:
    """Initiatives by team and kind; what is in doubt is counted beside its kind.

    `new` is active work without a key result that nobody is asked about yet.
    """
    aligned_work, other_refs = _split_by_alignment(portfolio)
    teams, all_new = portfolio.team_of, in_grace(portfolio)
    counts = Counter({(team, "aligned"): count for team, count in Counter(aligned_work).items()})
    for ref in other_refs:
        ticket, team, served = portfolio.initiatives[ref], teams.get(ref, ""), portfolio.serves.get(ref)
        is_new = not (served or all_new) and in_grace(portfolio, ticket.created)
        counts[team, "new" if is_new else "unaligned" if served else "without"] += 1
        if incompleteness_reason(portfolio, ticket) is not None:
            counts[team, "new, undetermined" if is_new else "undetermined"] += 1
    for ref in portfolio.exempt:
        counts[teams.get(ref, ""), "exempt"] += not portfolio.initiatives[ref].status.ended
    return counts


def _split_by_alignment(portfolio: Portfolio) -> tuple[list[str], list[Ref]]:
    """The team of each active initiative that serves an aligned key result, and all other initiatives."""
    serves, other_cycle_links, teams = portfolio.serves, portfolio.other_cycle_links, portfolio.team_of
    aligned, aligned_work, other_refs = aligned_key_results(portfolio), [], []
    for ref in portfolio.active:
        is_aligned = not aligned.isdisjoint([link.key_result for link in serves.get(ref, ())])
        if is_aligned or (
            ref in other_cycle_links and any(x.key_result in portfolio.reaching for x in other_cycle_links[ref])
        ):
            aligned_work.append(teams.get(ref, ""))
        else:
            other_refs.append(ref)
    return aligned_work, other_refs
