"""What of the alignment map is shown: all of it, or what belongs to a team or to some findings."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from hub.model.finding import Finding, SubjectKind
from hub.model.portfolio import Portfolio
from hub.report.map.entries import Entry, Group, organization


@dataclass(frozen=True, slots=True)
class Choice:
    """What stays: boxes by key, all boxes of `teams`, and whatever leads to an organization key result in `upper`."""

    keys: frozenset[str] = frozenset()
    teams: frozenset[str] = frozenset()
    upper: frozenset[str] = frozenset()

    def of(self, groups: Iterable[Group]) -> list[Group]:
        """The groups with what stays of each; those of which nothing stays are left out."""
        kept = ((group, tuple(one for one in group.entries if self._has(group, one))) for group in groups)
        return [replace(group, entries=entries) for group, entries in kept if entries]

    def keeps(self, organization_key_result: str) -> bool:
        """Whether it stays even where nothing that stays leads to it."""
        return organization_key_result in self.keys or organization_key_result in self.upper

    def _has(self, group: Group, one: Entry) -> bool:
        upper = one.key in self.upper or any(link.to in self.upper for link in one.links)
        return upper or one.key in self.keys or not self.teams.isdisjoint(group.teams)


def of_team(portfolio: Portfolio, team: str) -> Choice:
    """Everything that the team holds, and the organization key results that it owns or has a part in."""
    held = [portfolio.key_result(id_) for id_ in organization(portfolio)]
    mine = (one.id for one in held if team in one.owners or any(part.team == team for part in one.contributions))
    return Choice(frozenset(mine), frozenset({team}))


def of_findings(portfolio: Portfolio, findings: Sequence[Finding]) -> Choice:
    """The key results and the work that the findings are about; a team's finding is about all that it holds."""
    okrs = portfolio.okrs
    keys: set[str] = set()
    about: set[str] = set()
    teams: set[str] = set()
    for finding in findings:
        subject = finding.subject
        about.update(part for part in subject.id.split(" -> ") if part in okrs.key_results)
        if subject.kind is SubjectKind.OBJECTIVE and subject.id in okrs.objectives:
            about.update(okrs.objectives[subject.id].key_results)
        about.update(one for one in finding.affects if one in okrs.key_results)
        if subject.kind is SubjectKind.TEAM:
            teams.add(subject.id)
        if subject.kind is SubjectKind.DEPENDENCY and not finding.tickets:
            teams.update(part for part in subject.id.split(" -> ") if part in okrs.teams)
        for ref in finding.tickets:
            served = portfolio.serves.get(ref, ())
            keys.update(link.key_result for link in served)
            if not served and (team := portfolio.team_of.get(ref)) is not None:
                keys.add(f"{team}/")
    return Choice(frozenset(keys | about), frozenset(teams), frozenset(about & set(organization(portfolio))))
