"""What a filter keeps of the alignment map; everything else stays in its place and is faded."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from hub.core.insight.audit.audit import key_result_ref, team_ref, ticket_ref
from hub.model.finding import Finding, SubjectKind
from hub.model.initiative import Ref
from hub.model.portfolio import Portfolio
from hub.report.map.lanes import MapLane, TeamGroup
from hub.report.map.nodes import MISSING, MapNode


@dataclass(frozen=True, slots=True)
class MapFilter:
    """What stays: key results and work by key, whatever `teams` have a part in, organization key results of `cycle`."""

    keys: frozenset[str] = frozenset()
    teams: frozenset[str] = frozenset()
    cycle: str = ""

    def keeps_lane(self, lane: MapLane) -> bool:
        """Whether the organization key result itself matches."""
        return bool(lane.id) and (lane.id in self.keys or lane.cycle == self.cycle)

    def keeps_group(self, lane: MapLane, group: TeamGroup) -> bool:
        """Whether all that the team has there matches."""
        return lane.cycle == self.cycle or not self.teams.isdisjoint(group.teams)

    def keeps_node(self, lane: MapLane, group: TeamGroup, node: MapNode) -> bool:
        """Whether the key result or its work matches; a missing one where its organization key result does."""
        missing = node.kind == MISSING and any(link.to in self.keys for link in node.links)
        return node.key in self.keys or missing or self.keeps_group(lane, group)


@dataclass(frozen=True, slots=True)
class Matches:
    """What all filters keep: lanes and groups by key, and nodes by lane and key."""

    lanes: frozenset[str]
    groups: frozenset[str]
    nodes: frozenset[tuple[str, str]]

    def within(self, lane: MapLane) -> bool:
        """Whether anything beside the organization key result, or it itself, matches."""
        return lane.key in self.lanes or any(self.has_group(lane, group) for group in lane.groups)

    def has_group(self, lane: MapLane, group: TeamGroup) -> bool:
        """Whether the team or anything of it matches there."""
        return group.key in self.groups or any((lane.key, node.key) in self.nodes for node in group.entries)

    @property
    def count(self) -> int:
        """How many key results, of the organization or of teams, and shares or work without one match."""
        return len(self.lanes) + len({key for _, key in self.nodes})


def find_matches(lanes: Iterable[MapLane], filters: Sequence[MapFilter]) -> Matches | None:
    """What passes every filter; None without a filter."""
    if not filters:
        return None
    every = list(lanes)
    return Matches(
        frozenset(lane.key for lane in every if all(each.keeps_lane(lane) for each in filters)),
        frozenset(
            group.key for lane in every for group in lane.groups if all(f.keeps_group(lane, group) for f in filters)
        ),
        frozenset(
            (lane.key, node.key)
            for lane in every
            for group in lane.groups
            for node in group.entries
            if all(each.keeps_node(lane, group, node) for each in filters)
        ),
    )


def team_filter(portfolio: Portfolio, team: str) -> MapFilter:
    """Everything that the team holds, and the organization key results that it owns or contributes to."""
    keys = (
        key_result.id
        for key_result in (*portfolio.okrs.key_results.values(), *portfolio.organization)
        if not key_result.private
        and (team in key_result.owners or any(part.team == team for part in key_result.contributions))
    )
    return MapFilter(frozenset(keys), frozenset({team}))


def findings_filter(portfolio: Portfolio, findings: Sequence[Finding]) -> MapFilter:
    """The key results and the work that the findings are about; a team's finding is about all that it holds."""
    okrs = portfolio.okrs
    keys: set[str] = set()
    teams: set[str] = set()
    for finding in findings:
        subject = finding.subject
        keys.update(part for part in subject.id.split(" -> ") if part in okrs.key_results)
        if subject.kind is SubjectKind.OBJECTIVE and subject.id in okrs.objectives:
            keys.update(okrs.objectives[subject.id].key_results)
        keys.update(affect for affect in finding.affects if affect in okrs.key_results)
        if subject.kind is SubjectKind.TEAM:
            teams.add(subject.id)
        if subject.kind is SubjectKind.DEPENDENCY and not finding.tickets:
            teams.update(part for part in subject.id.split(" -> ") if part in okrs.teams)
        for ref in finding.tickets:
            keys.update(_keys_of(portfolio, ref))
    return MapFilter(frozenset(keys), frozenset(teams))


def text_filter(portfolio: Portfolio, text: str) -> MapFilter:
    """The key results, teams and tickets whose names hold the words; of what is private only what may be shown."""
    word = text.casefold()
    okrs = portfolio.okrs
    refs = (key_result_ref(portfolio, id_) for id_ in (*okrs.key_results, *portfolio.overlapping_key_results))
    keys = {ref.id for ref in refs if not ref.private and word in f"{ref.id} {ref.title}".casefold()}
    for objective in okrs.objectives.values():
        if word in objective.title.casefold():
            keys.update(id_ for id_ in objective.key_results if not key_result_ref(portfolio, id_).private)
    for ref in portfolio.initiatives:
        if _names(portfolio, ref, word):
            keys.update(_keys_of(portfolio, ref))
    teams = (team for team in okrs.teams if word in team_ref(portfolio, team).name.casefold())
    return MapFilter(frozenset(keys), frozenset(teams))


def _names(portfolio: Portfolio, ref: Ref, word: str) -> bool:
    """Whether the key or the title holds the word, as far as the title may be shown."""
    if word in ref.key.casefold():
        return True
    title = portfolio.initiatives[ref].title
    return word in title.casefold() and word in ticket_ref(portfolio, ref).title.casefold()


def _keys_of(portfolio: Portfolio, ref: Ref) -> Iterable[str]:
    """The boxes that stand for the ticket's work."""
    served = [link.key_result for link in portfolio.serves.get(ref, ())]
    team = portfolio.team_of.get(ref)
    return served or ([f"{team}/"] if team is not None else [])
