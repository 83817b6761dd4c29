"""The second check: does each team contribute, and are its dependencies called out and agreed on both sides?"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from hub.core.audit.alignment_ratio import ratios
from hub.core.audit.naming import all_shown, shown, sorted_findings, who, work_of
from hub.core.audit.perhaps import hints, perhaps
from hub.core.audit.values import Dependence, TeamCheck, TeamKeyResult
from hub.core.audit.ways import ways_up
from hub.model.finding import Finding, SubjectKind
from hub.model.portfolio import Portfolio
from rules.shared.chains import moved_by


def second_check(
    portfolio: Portfolio, findings: Sequence[Finding], needs: Sequence[Dependence], *, synced: bool
) -> tuple[TeamCheck, ...]:
    """Every team, by id."""
    about = findings_by_team(portfolio, findings)
    counted = ratios(portfolio) if synced else {}
    found, hinted = [], hints(portfolio, findings)
    for team in sorted(portfolio.okrs.teams):
        held = sorted(portfolio.key_results_of.get(team, ()), key=lambda id_: (len(portfolio.teams_of(id_)), id_))
        waits = tuple(one for one in needs if team in {each.id for each in one.waiting_teams})
        own = about.get(team, ())
        found.append(
            TeamCheck(
                team=who(portfolio, team),
                key_results=tuple(_key_result(portfolio, id_, team, synced=synced) for id_ in held),
                reached=all_shown(portfolio, (top for id_ in held for top in moved_by(portfolio, id_))),
                waits=waits,
                provides=tuple(one for one in needs if one.providing_team.id == team and one not in waits),
                perhaps=perhaps(portfolio, team, waits, hinted),
                ratio=counted.get(team),
                findings=sorted_findings(own),
            )
        )
    return tuple(found)


def findings_by_team(portfolio: Portfolio, findings: Iterable[Finding]) -> Mapping[str, Sequence[Finding]]:
    """What concerns one team: itself, a goal that it holds alone, what it waits for or provides, or its tickets."""
    found: dict[str, list[Finding]] = defaultdict(list)
    for one in findings:
        for team in sorted(_concerned(portfolio, one)):
            found[team].append(one)
    return found


def _concerned(portfolio: Portfolio, one: Finding) -> set[str]:
    id_ = one.subject.id.partition(" -> ")[0]
    if one.subject.kind is SubjectKind.TEAM:
        return {id_} & portfolio.okrs.teams.keys()
    if one.subject.kind is SubjectKind.OBJECTIVE:
        objective = portfolio.okrs.objectives.get(id_)
        return set(objective.teams) if objective is not None and not objective.shared else set()
    if one.subject.kind is SubjectKind.DEPENDENCY:
        return {team for part in one.subject.id.split(" -> ") for team in _teams(portfolio, part)}
    if id_ in portfolio.okrs.key_results:
        teams = portfolio.teams_of(id_)
        return set(teams) if len(teams) == 1 else set()
    return {team for ref in one.tickets if (team := portfolio.team_of.get(ref)) is not None}


def _teams(portfolio: Portfolio, part: str) -> tuple[str, ...]:
    """Who a side of a dependency is: a team itself, or those that hold a key result."""
    if part in portfolio.okrs.teams:
        return (part,)
    teams = portfolio.teams_of(part) if part in portfolio.okrs.key_results else ()
    return teams if len(teams) == 1 else ()


def _key_result(portfolio: Portfolio, id_: str, team: str, *, synced: bool) -> TeamKeyResult:
    one = portfolio.key_result(id_)
    objective = portfolio.objective_of(id_)
    return TeamKeyResult(
        key_result=shown(portfolio, id_),
        shared_with=tuple(who(portfolio, other) for other in sorted(set(objective.teams) - {team})),
        priority=one.priority,
        aligned=portfolio.aligned(id_),
        standalone=objective.standalone,
        ways=ways_up(portfolio, one),
        met=one.is_met,
        work=work_of(portfolio, id_, team) if synced else None,
    )
