"""The second check: whether each team contributes and agreed its dependencies, and links that are only suggested."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from hub.core.checking.redaction import redact_id
from hub.core.insight.alignment_ratio import alignment_ratios
from hub.core.insight.audit.audit import (
    key_result_ref,
    key_result_refs,
    sorted_findings,
    team_ref,
    ticket_ref,
    work_of,
)
from hub.core.insight.audit.organization_check import alignment_paths
from hub.core.insight.audit.rows import KeyResultRef, SuggestedLink, TeamCheck, TeamDependency, TeamKeyResult
from hub.core.mapping.scope import unlinked_work_by_team
from hub.model.finding import Fact, Finding, SubjectKind
from hub.model.initiative import Ref
from hub.model.message import plain
from hub.model.portfolio import Portfolio
from rules.shared.key_results import link_candidates, linkable_key_results, moved_by
from rules.shared.metrics import similar_titles

SUGGESTING_RULES = frozenset({"split-goal", "hidden-dependency"})
# What these say of a key result is not said a second time.
VERTICAL_RULES = frozenset(
    {
        "initiative-on-unaligned-key-result",
        "key-result-without-vertical-link",
        "objective-only-alignment",
        "team-without-vertical-link",
    }
)


@dataclass(frozen=True, slots=True)
class SuggestionInputs:
    """What is looked for once for all teams: findings that hint at a link, by each word in them, and loose work.

    `reported` are subjects that a finding is about already; `similar` are key results of other teams that sound the
    same.
    """

    findings: Mapping[str, Sequence[Finding]]
    unlinked: Mapping[str, Sequence[Ref]]
    reported: frozenset[str] = frozenset()
    similar: Mapping[str, Sequence[str]] = field(default_factory=dict)


def collect_suggestion_inputs(portfolio: Portfolio, findings: Iterable[Finding]) -> SuggestionInputs:
    """In one pass over all findings and one over all work."""
    by_word: dict[str, list[Finding]] = defaultdict(list)
    reported: set[str] = set()
    for finding in findings:
        reported |= _reported_subjects(finding)
        for word in _words(finding.facts.values()) if finding.rule in SUGGESTING_RULES else ():
            by_word[word].append(finding)
    similar = {
        key_result.id: [other.id for other in group if other is not key_result]
        for group in similar_titles(portfolio)
        for key_result in group
    }
    return SuggestionInputs(by_word, unlinked_work_by_team(portfolio), frozenset(reported), similar)


def _reported_subjects(finding: Finding) -> set[str]:
    """The dependency, or the key results that lead nowhere; of a team, all that it holds."""
    if finding.subject.kind is SubjectKind.DEPENDENCY:
        return {finding.subject.id}
    return {finding.subject.id, *map(str, finding.affects)} if finding.rule in VERTICAL_RULES else set()


def suggest_links(
    portfolio: Portfolio, team: str, waits: Sequence[TeamDependency], inputs: SuggestionInputs
) -> tuple[SuggestedLink, ...]:
    """What a team should talk about: waiting without a link, one metric twice, goals and work without a goal above."""
    return (
        *_unlinked(team, waits, inputs),
        *_from_findings(inputs.findings.get(team, ())),
        *_similar_goals(portfolio, team, inputs),
        *_key_results(portfolio, team, inputs),
        *_tickets(portfolio, inputs.unlinked.get(team, ())),
    )


def _unlinked(team: str, waits: Sequence[TeamDependency], inputs: SuggestionInputs) -> Iterator[SuggestedLink]:
    for team_dependency in waits:
        is_reported = f"{team} -> {team_dependency.providing_team.id}" in inputs.reported
        if team_dependency.tickets and not team_dependency.confirmed and not is_reported:
            pair = team_dependency.tickets[0]
            subject = (
                team_dependency.waiting[0]
                if team_dependency.waiting
                else KeyResultRef(pair.waiting.ref, url=pair.waiting.url)
            )
            suffix = f" and {len(team_dependency.tickets) - 1} more" if len(team_dependency.tickets) > 1 else ""
            pair_text = (
                f"{pair.waiting.ref} is blocked by {pair.providing.ref} of {team_dependency.providing_team.name}"
            )
            reason = f"{pair_text}{suffix}, but the OKRs state no dependency"
            yield SuggestedLink("dependency", subject.id, subject.url, team_dependency.providing, reason)


def _from_findings(findings: Iterable[Finding]) -> Iterator[SuggestedLink]:
    for finding in sorted(findings, key=lambda f: (f.rule, f.subject.id, f.fingerprint)):
        yield SuggestedLink(finding.rule, finding.subject.id, finding.subject.url, (), plain(finding.advice.what))


def _similar_goals(portfolio: Portfolio, team: str, inputs: SuggestionInputs) -> Iterator[SuggestedLink]:
    for id_ in sorted(portfolio.key_results_of.get(team, ())):
        if id_ in inputs.similar:
            similar = key_result_refs(portfolio, inputs.similar[id_])
            yield SuggestedLink(
                "similar-goal",
                id_,
                None,
                similar,
                "the titles are nearly the same. Should this be one shared key result?",
            )


def _key_results(portfolio: Portfolio, team: str, inputs: SuggestionInputs) -> Iterator[SuggestedLink]:
    if team in inputs.reported:
        return
    upper = sorted(linkable_key_results(portfolio), key=lambda k: k.id)
    for id_ in sorted(portfolio.key_results_of.get(team, ())):
        if not portfolio.aligned(id_) and id_ not in inputs.reported:
            candidates = link_candidates(upper, (team,))
            name = redact_id(id_, portfolio)
            yield SuggestedLink(
                "key-result",
                name,
                None,
                key_result_refs(portfolio, candidates),
                "it isn't linked to an organization key result yet",
            )


def _tickets(portfolio: Portfolio, refs: Iterable[Ref]) -> Iterator[SuggestedLink]:
    for ref in refs:
        best = next(iter(portfolio.candidates(portfolio.initiatives[ref])), None)
        if best is not None:
            each_ticket_ref = ticket_ref(portfolio, ref)
            yield SuggestedLink(
                "ticket",
                each_ticket_ref.ref,
                each_ticket_ref.url,
                key_result_refs(portfolio, [best.key_result]),
                best.evidence,
            )


def _words(fact: Fact | Iterable[Fact]) -> set[str]:
    """Every text among the facts, however deep."""
    if isinstance(fact, str):
        return {fact}
    if isinstance(fact, Mapping):
        fact = fact.values()
    return {word for part in fact for word in _words(part)} if isinstance(fact, Iterable) else set()


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
