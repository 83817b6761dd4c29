"""How much of each team's active work serves an aligned key result: counts of work, never of people."""

from collections import Counter, defaultdict

from hub.core.audit.naming import open_exempt
from hub.core.audit.values import Ratio
from hub.core.audit.whole import ExemptWork
from hub.core.privacy import redact_text
from hub.model.initiative import Initiative
from hub.model.portfolio import Portfolio
from rules.shared.doubts import incompleteness_reason


def alignment_ratios(portfolio: Portfolio) -> dict[str, Ratio]:
    """Active and not exempt tickets of every team by what they serve; doubtful ones count in their kind, too."""
    counts_by_team: dict[str, Counter[str]] = defaultdict(Counter)
    for ticket in portfolio.active_initiatives():
        counts = counts_by_team[portfolio.team_of.get(ticket.ref, "")]
        kind = kind_of_work(portfolio, ticket)
        counts[kind] += 1
        counts["undetermined"] += kind != "aligned" and incompleteness_reason(portfolio, ticket) is not None
    return {id_: _ratio(counts_by_team[id_], incomplete=_is_incomplete(portfolio, id_)) for id_ in portfolio.okrs.teams}


def exempt_work(portfolio: Portfolio) -> tuple[ExemptWork, ...]:
    """Open exempt tickets by team and reason, the biggest number first."""
    names = portfolio.okrs.teams
    totals: Counter[tuple[str, str]] = Counter()
    for ticket in open_exempt(portfolio):
        team = portfolio.team_of.get(ticket.ref, "")
        totals[names[team].name if team in names else "no team", portfolio.exempt[ticket.ref]] += 1
    ordered = sorted(totals.items(), key=lambda pair: (-pair[1], pair[0]))
    return tuple(ExemptWork(team, redact_text(reason, portfolio), count) for (team, reason), count in ordered)


def kind_of_work(portfolio: Portfolio, ticket: Initiative) -> str:
    """What an active ticket counts as: aligned, unaligned (it serves others alone), or without a key result."""
    served = [link.key_result for link in portfolio.serves.get(ticket.ref, ())]
    other_cycle = [link.key_result for link in portfolio.other_cycle_links.get(ticket.ref, ())]
    if any(map(portfolio.aligned, served)) or not portfolio.reaching.isdisjoint(other_cycle):
        return "aligned"
    return "unaligned" if served else "without"


def _ratio(counts: Counter[str], *, incomplete: bool) -> Ratio:
    aligned, unaligned, without = (counts[kind] for kind in ("aligned", "unaligned", "without"))
    return Ratio(aligned + unaligned + without, aligned, unaligned, without, counts["undetermined"], incomplete)


def _is_incomplete(portfolio: Portfolio, team: str) -> bool:
    sources = {owned.partition(":")[0] for owned in portfolio.okrs.teams[team].owns}
    return bool(sources & (portfolio.incomplete_sources | {ref.connector for ref in portfolio.incomplete_tickets}))
