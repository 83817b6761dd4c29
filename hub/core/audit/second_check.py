"""The second check: does each team contribute, and are its dependencies called out and agreed on both sides?"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from hub.core.audit.alignment_ratio import alignment_ratios
from hub.core.audit.naming import key_result_ref, key_result_refs, sorted_findings, team_ref, work_of
from hub.core.audit.perhaps import collect_suggestion_inputs, suggest_links
from hub.core.audit.values import TeamCheck, TeamDependency, TeamKeyResult
from hub.core.audit.ways import alignment_paths
from hub.model.finding import Finding, SubjectKind
from hub.model.portfolio import Portfolio
from rules.shared.chains import moved_by


def check_teams(
    portfolio: Portfolio, findings: Sequence[Finding], needs: Sequence[TeamDependency], *, synced: bool
) -> tuple[TeamCheck, ...]:
    """Every team, by id."""
    by_team = findings_by_team(portfolio, findings)
    ratio_by_team = alignment_ratios(portfolio) if synced else {}
    checks, inputs = [], collect_suggestion_inputs(portfolio, findings)
    for team in sorted(portfolio.okrs.teams):
        key_results = sorted(
            portfolio.key_results_of.get(team, ()), key=lambda id_: (len(portfolio.teams_of(id_)), id_)
        )
        waits = tuple(
            team_dependency
            for team_dependency in needs
            if team in {waiting_team.id for waiting_team in team_dependency.waiting_teams}
        )
        own = by_team.get(team, ())
        checks.append(
            TeamCheck(
                team=team_ref(portfolio, team),
                key_results=tuple(_key_result(portfolio, id_, team, synced=synced) for id_ in key_results),
                reached=key_result_refs(portfolio, (top for id_ in key_results for top in moved_by(portfolio, id_))),
                waits=waits,
                provides=tuple(
                    team_dependency
                    for team_dependency in needs
                    if team_dependency.providing_team.id == team and team_dependency not in waits
                ),
                suggestions=suggest_links(portfolio, team, waits, inputs),
                ratio=ratio_by_team.get(team),
                findings=sorted_findings(own),
            )
        )
    return tuple(checks)


def findings_by_team(portfolio: Portfolio, findings: Iterable[Finding]) -> Mapping[str, Sequence[Finding]]:
    """What concerns one team: itself, a goal that it holds alone, what it waits for or provides, or its tickets."""
    by_team: dict[str, list[Finding]] = defaultdict(list)
    for finding in findings:
        for team in sorted(_teams_of_finding(portfolio, finding)):
            by_team[team].append(finding)
    return by_team


def _teams_of_finding(portfolio: Portfolio, finding: Finding) -> set[str]:
    id_ = finding.subject.id.partition(" -> ")[0]
    if finding.subject.kind is SubjectKind.TEAM:
        return {id_} & portfolio.okrs.teams.keys()
    if finding.subject.kind is SubjectKind.OBJECTIVE:
        objective = portfolio.okrs.objectives.get(id_)
        return set(objective.teams) if objective is not None and not objective.shared else set()
    if finding.subject.kind is SubjectKind.DEPENDENCY:
        return {team for part in finding.subject.id.split(" -> ") for team in _teams(portfolio, part)}
    if id_ in portfolio.okrs.key_results:
        teams = portfolio.teams_of(id_)
        return set(teams) if len(teams) == 1 else set()
    return {team for ref in finding.tickets if (team := portfolio.team_of.get(ref)) is not None}


def _teams(portfolio: Portfolio, part: str) -> tuple[str, ...]:
    """Who a side of a dependency is: a team itself, or those that hold a key result."""
    if part in portfolio.okrs.teams:
        return (part,)
    teams = portfolio.teams_of(part) if part in portfolio.okrs.key_results else ()
    return teams if len(teams) == 1 else ()


def _key_result(portfolio: Portfolio, id_: str, team: str, *, synced: bool) -> TeamKeyResult:
    key_result = portfolio.key_result(id_)
    objective = portfolio.objective_of(id_)
    return TeamKeyResult(
        key_result=key_result_ref(portfolio, id_),
        shared_with=tuple(team_ref(portfolio, other) for other in sorted(set(objective.teams) - {team})),
        priority=key_result.priority,
        aligned=portfolio.aligned(id_),
        standalone=objective.standalone,
        alignment_paths=alignment_paths(portfolio, key_result),
        is_met=key_result.is_met,
        work=work_of(portfolio, id_, team) if synced else None,
    )
