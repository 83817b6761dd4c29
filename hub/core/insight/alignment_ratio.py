"""How much of each team's work serves an aligned key result, and what is exempt from it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from hub.model.initiative import Initiative
from hub.model.portfolio import Portfolio
from rules.shared.key_results import aligned_key_results
from rules.shared.work_counts import work_counts


@dataclass(frozen=True, slots=True)
class Ratio:
    """Active, not exempt work of a team and how much of it serves an aligned key result; never counted per person."""

    active: int
    aligned: int
    unaligned: int
    without: int
    undetermined: int
    incomplete: bool = False

    @property
    def percent(self) -> int | None:
        """Whole percent, rounded down; None without active work."""
        return 100 * self.aligned // self.active if self.active else None


def alignment_ratios(portfolio: Portfolio) -> dict[str, Ratio]:
    """Active and not exempt tickets of every team by what they serve; doubtful ones count in their kind, too."""
    counts = work_counts(portfolio)
    return {id_: _ratio(counts, id_, incomplete=_is_incomplete(portfolio, id_)) for id_ in portfolio.okrs.teams}


def kind_of_work(portfolio: Portfolio, ticket: Initiative) -> str:
    """What an active ticket counts as: aligned, unaligned (it serves others alone), or without a key result."""
    served = [link.key_result for link in portfolio.serves.get(ticket.ref, ())]
    other_cycle = [link.key_result for link in portfolio.other_cycle_links.get(ticket.ref, ())]
    if not aligned_key_results(portfolio).isdisjoint(served) or not portfolio.reaching.isdisjoint(other_cycle):
        return "aligned"
    return "unaligned" if served else "without"


def _ratio(counts: Mapping[tuple[str, str], int], team: str, *, incomplete: bool) -> Ratio:
    def count(*kinds: str) -> int:
        return sum(counts.get((team, kind), 0) for kind in kinds)

    aligned, unaligned, without = count("aligned"), count("unaligned"), count("without", "new")
    undetermined = count("undetermined", "new, undetermined")
    return Ratio(aligned + unaligned + without, aligned, unaligned, without, undetermined, incomplete)


def _is_incomplete(portfolio: Portfolio, team: str) -> bool:
    sources = {owned.partition(":")[0] for owned in portfolio.okrs.teams[team].owns}
    return bool(sources & (portfolio.incomplete_sources | {ref.connector for ref in portfolio.incomplete_tickets}))


def open_exempt(portfolio: Portfolio) -> Iterable[Initiative]:
    """Exempt tickets that are not finished."""
    tickets = (portfolio.initiatives[ref] for ref in portfolio.exempt)
    return (ticket for ticket in tickets if not ticket.status.ended)
