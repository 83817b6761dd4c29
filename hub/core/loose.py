"""Active work that serves no key result of any cycle, by team, found in one pass over all of it."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from hub.model.initiative import Ref
from hub.model.portfolio import Portfolio


def unlinked_work_by_team(portfolio: Portfolio) -> Mapping[str, Sequence[Ref]]:
    """In order of the tickets' names; work that no team owns is nobody's."""
    by_team: dict[str, list[Ref]] = defaultdict(list)
    for ref in portfolio.active:
        team = portfolio.team_of.get(ref)
        if team is not None and not portfolio.serves.get(ref) and not portfolio.other_cycle_links.get(ref):
            by_team[team].append(ref)
    return {team: sorted(refs) for team, refs in by_team.items()}
