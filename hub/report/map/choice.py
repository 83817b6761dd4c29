"""Filters the alignment map by team or by findings."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from hub.model.finding import Finding, SubjectKind
from hub.model.portfolio import Portfolio
from hub.report.map.entries import MapNode, TeamLane, organization_ids


@dataclass(frozen=True, slots=True)
class MapFilter:
    """What stays: boxes by key, all boxes of `teams`, and whatever leads to an organization key result in `upper`."""

    keys: frozenset[str] = frozenset()
    teams: frozenset[str] = frozenset()
    upper: frozenset[str] = frozenset()

    def apply(self, groups: Iterable[TeamLane]) -> list[TeamLane]:
        """The groups with what stays of each; those of which nothing stays are left out."""
        filtered = (
            (group, tuple(map_node for map_node in group.entries if self._includes_node(group, map_node)))
            for group in groups
        )
        return [replace(group, entries=entries) for group, entries in filtered if entries]

    def includes(self, organization_key_result: str) -> bool:
        """Whether it stays even where nothing that stays leads to it."""
        return organization_key_result in self.keys or organization_key_result in self.upper

    def _includes_node(self, group: TeamLane, map_node: MapNode) -> bool:
        upper = map_node.key in self.upper or any(link.to in self.upper for link in map_node.links)
        return upper or map_node.key in self.keys or not self.teams.isdisjoint(group.teams)


def team_filter(portfolio: Portfolio, team: str) -> MapFilter:
    """Everything that the team holds, and the organization key results that it owns or has a part in."""
    organization_key_results = [portfolio.key_result(id_) for id_ in organization_ids(portfolio)]
    keys = (
        key_result.id
        for key_result in organization_key_results
        if team in key_result.owners or any(part.team == team for part in key_result.contributions)
    )
    return MapFilter(frozenset(keys), frozenset({team}))


def findings_filter(portfolio: Portfolio, findings: Sequence[Finding]) -> MapFilter:
    """The key results and the work that the findings are about; a team's finding is about all that it holds."""
    okrs = portfolio.okrs
    keys: set[str] = set()
    subjects: set[str] = set()
    teams: set[str] = set()
    for finding in findings:
        subject = finding.subject
        subjects.update(part for part in subject.id.split(" -> ") if part in okrs.key_results)
        if subject.kind is SubjectKind.OBJECTIVE and subject.id in okrs.objectives:
            subjects.update(okrs.objectives[subject.id].key_results)
        subjects.update(affect for affect in finding.affects if affect in okrs.key_results)
        if subject.kind is SubjectKind.TEAM:
            teams.add(subject.id)
        if subject.kind is SubjectKind.DEPENDENCY and not finding.tickets:
            teams.update(part for part in subject.id.split(" -> ") if part in okrs.teams)
        for ref in finding.tickets:
            served = portfolio.serves.get(ref, ())
            keys.update(link.key_result for link in served)
            if not served and (team := portfolio.team_of.get(ref)) is not None:
                keys.add(f"{team}/")
    return MapFilter(
        frozenset(keys | subjects), frozenset(teams), frozenset(subjects & set(organization_ids(portfolio)))
    )
