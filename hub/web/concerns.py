"""The teams that a finding concerns."""

from collections.abc import Iterator

from hub.model.finding import Finding
from hub.model.portfolio import Portfolio


def teams_of(portfolio: Portfolio, finding: Finding) -> frozenset[str]:
    """The teams whose ticket, key result or dependency the finding is about."""
    return frozenset(_teams(portfolio, finding))


def _teams(portfolio: Portfolio, finding: Finding) -> Iterator[str]:
    yield from (portfolio.team_of[ref] for ref in finding.tickets if ref in portfolio.team_of)
    okrs = portfolio.okrs
    for part in finding.subject.id.split(" -> "):
        if part in okrs.key_results:
            yield from portfolio.teams_of(part) or okrs.key_results[part].owners
        elif part in okrs.objectives:
            yield from okrs.objectives[part].teams
        elif part in okrs.teams:
            yield part
