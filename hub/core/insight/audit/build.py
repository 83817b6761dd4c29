"""Builds the audit from the portfolio and its findings, each fault once, with waivers, shared OKRs and rhythm."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date

from hub.core.checking.redaction import redact_text
from hub.core.display_names import period
from hub.core.insight.audit.audit import (
    Audit,
    Limitations,
    NotEvaluated,
    Source,
    UnpostedFinding,
    WaiverReport,
    WaiverUse,
    count_work,
    exempt_work,
    key_result_refs,
    sorted_findings,
    team_ref,
)
from hub.core.insight.audit.dependencies import build_dependencies, rank_dependencies
from hub.core.insight.audit.organization_check import check_organization
from hub.core.insight.audit.questions import Exclusions, top_questions
from hub.core.insight.audit.rows import OrganizationKeyResult, SharedOkr, TeamCheck, TeamDependency
from hub.core.insight.audit.team_check import check_teams
from hub.model.finding import Finding, Judgement, KeyResultId, Severity, SubjectKind, Waiver
from hub.model.initiative import Gap, Ref
from hub.model.okr import Objective
from hub.model.portfolio import Portfolio
from hub.model.private_names import PRIVATE_NAME

RULE_ORDER = (
    "team-without-vertical-link",
    "initiative-on-unaligned-key-result",
    "objective-only-alignment",
    "key-result-without-vertical-link",
)
"""In the order in which they speak; what comes later of the same key results is a note (rules.md, "vertical")."""


def drop_repeats(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """The findings in their order, without notes on key results that an earlier rule speaks of."""
    reported: set[str] = set()
    repeated: set[int] = set()
    for rule in RULE_ORDER:
        of_rule = [finding for finding in findings if finding.rule == rule]
        repeated.update(id(finding) for finding in of_rule if _is_repeat(finding, reported))
        reported.update(id_ for finding in of_rule for id_ in _key_results_of(finding))
    return tuple(finding for finding in findings if id(finding) not in repeated)


def _is_repeat(finding: Finding, reported: set[str]) -> bool:
    key_results = set(_key_results_of(finding))
    return finding.severity is Severity.INFO and bool(key_results) and key_results <= reported - {PRIVATE_NAME}


def _key_results_of(finding: Finding) -> Iterator[str]:
    if finding.subject.kind is SubjectKind.KEY_RESULT:
        yield finding.subject.id
    else:
        yield from (str(affect) for affect in finding.affects if isinstance(affect, KeyResultId))


# Twice the interval without a meeting is no slip of the calendar any more.
MAX_MISSED_INTERVALS = 2


def shared_okrs(portfolio: Portfolio, findings: Iterable[Finding], *, synced: bool) -> tuple[SharedOkr, ...]:
    """Every objective that two or more teams hold, by id."""
    known = list(findings)
    shared = (o for _, o in sorted(portfolio.okrs.objectives.items()) if o.shared)
    return tuple(_shared(portfolio, objective, known, synced=synced) for objective in shared)


def last_joint_check_in(portfolio: Portfolio, objective: Objective) -> date | None:
    """The last check-in of any of its key results at which at least two of its teams were."""
    teams = set(objective.teams)
    key_results = (portfolio.key_result(id_) for id_ in objective.key_results)
    days = (check_in.date for k in key_results for check_in in k.check_ins if len(teams & set(check_in.present)) > 1)
    return max((day for day in days if day <= portfolio.today), default=None)


def _shared(portfolio: Portfolio, objective: Objective, findings: Sequence[Finding], *, synced: bool) -> SharedOkr:
    last_joint, every = last_joint_check_in(portfolio, objective), objective.sync.every_days if objective.sync else None
    days = (portfolio.today - last_joint).days if last_joint else (portfolio.today - portfolio.cycle.start).days
    host = objective.sync.host if objective.sync else None
    own = {objective.id, *objective.key_results}
    related = (
        f for f in findings if f.subject.kind is not SubjectKind.TEAM and f.subject.id.partition(" -> ")[0] in own
    )
    return SharedOkr(
        id=objective.id,
        title=objective.title,
        key_results=key_result_refs(portfolio, objective.key_results),
        host=None if host is None else team_ref(portfolio, host),
        every_days=every,
        last_joint_check_in=last_joint,
        days_since=days if last_joint else None,
        overdue=days > MAX_MISSED_INTERVALS * (every or 7),
        work=tuple(
            (team_ref(portfolio, team), count_work(portfolio, _tickets(portfolio, objective, team)) if synced else None)
            for team in sorted(objective.teams)
        ),
        findings=sorted_findings(related),
    )


def _tickets(portfolio: Portfolio, objective: Objective, team: str) -> Iterable[Ref]:
    links = (link for id_ in objective.key_results for link in portfolio.served_by.get(id_, ()))
    return (link.initiative for link in links if portfolio.team_of.get(link.initiative) == team)


def waiver_report(waivers: Iterable[Waiver], judgement: Judgement, today: date) -> WaiverReport:
    """Every waiver once, by rule and subject; an expired one names the findings that stand again because of it."""
    matches: dict[tuple[str, str, date], list[Finding]] = defaultdict(list)
    for finding in judgement.waived:
        if finding.waiver is not None:
            matches[_key(finding.waiver)].append(finding)
    ordered = sorted(set(waivers), key=lambda w: (w.rule, w.subject, w.until))
    running = [w for w in ordered if w.until >= today]
    return WaiverReport(
        active=tuple(WaiverUse(w, tuple(matches[_key(w)])) for w in running if _key(w) in matches),
        expired=tuple(WaiverUse(w, _reopened_findings(w, judgement)) for w in ordered if w.until < today),
        unused=tuple(WaiverUse(w) for w in running if _key(w) not in matches),
    )


def _key(waiver: Waiver) -> tuple[str, str, date]:
    """What stays the same where the words of a waiver are veiled."""
    return waiver.rule, waiver.subject, waiver.until


def _reopened_findings(waiver: Waiver, judgement: Judgement) -> tuple[Finding, ...]:
    return tuple(
        finding for finding in judgement.findings if finding.rule == waiver.rule and waiver.subject in _names(finding)
    )


def _names(finding: Finding) -> set[str]:
    refs = (*finding.act_on, *finding.label_on)
    return {finding.subject.id, *(name for ref in refs for name in (str(ref), ref.key))}


def unposted_findings(findings: Iterable[Finding]) -> tuple[UnpostedFinding, ...]:
    """Most severe first: each finding once, with the tickets that carry its label and no comment."""
    return tuple(_unposted(sorted_findings(findings)))


def _unposted(findings: Iterable[Finding]) -> Iterator[UnpostedFinding]:
    for finding in findings:
        with_comment = finding.act_on if finding.severity >= Severity.WARNING else ()
        labelled = tuple(str(ref) for ref in finding.label_on if finding.label and ref not in with_comment)
        not_posted = tuple(str(ref) for ref in finding.act_on if ref not in with_comment and str(ref) not in labelled)
        if labelled or not_posted:
            yield UnpostedFinding(finding, labelled, not_posted)


def build_audit(
    portfolio: Portfolio,
    judgement: Judgement,
    waivers: Iterable[Waiver] = (),
    sources: Sequence[Source] = (),
    skipped: Sequence[str] = (),
) -> Audit:
    """Without `sources` no sync has run; `skipped` are the rules that were not run because of that."""
    synced, findings = bool(sources), drop_repeats(judgement.findings)
    needs = rank_dependencies(build_dependencies(portfolio), findings)
    first = check_organization(portfolio, findings, synced=synced)
    second = check_teams(portfolio, findings, needs, synced=synced)
    shared = shared_okrs(portfolio, findings, synced=synced)
    return Audit(
        today=portfolio.today,
        cycle=portfolio.cycle,
        sources=tuple(sorted(sources, key=lambda source: source.connector)),
        questions=top_questions(
            first, second, needs, shared, period=period(portfolio.cycle), exclusions=Exclusions.of(judgement, portfolio)
        ),
        dependencies=needs,
        first=first,
        second=second,
        shared=shared,
        exempt=exempt_work(portfolio),
        waivers=_redact_waivers(waiver_report(waivers, judgement, portfolio.today), portfolio),
        limitations=_limitations(portfolio, judgement, skipped),
        other_findings=_other_findings(findings, first, second, shared),
        counts=_counts(judgement.findings, judgement, first, second, needs),
        unposted=unposted_findings(findings),
    )


def _other_findings(
    findings: Iterable[Finding],
    first: Iterable[OrganizationKeyResult],
    second: Iterable[TeamCheck],
    shared: Iterable[SharedOkr],
) -> tuple[Finding, ...]:
    """What stands in no part: nothing that was found is left out."""
    listed = {finding.fingerprint for part in first for finding in part.findings}
    listed |= {finding.fingerprint for part in second for finding in part.findings}
    listed |= {finding.fingerprint for part in shared for finding in part.findings}
    suggested = {(suggestion.kind, suggestion.subject) for part in second for suggestion in part.suggestions}
    remaining = (finding for finding in findings if (finding.rule, finding.subject.id) not in suggested)
    return sorted_findings(finding for finding in remaining if finding.fingerprint not in listed)


def _counts(
    findings: Sequence[Finding],
    judgement: Judgement,
    first: Sequence[OrganizationKeyResult],
    second: Sequence[TeamCheck],
    needs: Sequence[TeamDependency],
) -> dict[str, int]:
    ratios = [team.ratio for team in second if team.ratio is not None]
    return {
        "organization_key_results": len(first),
        "owned": sum(row.key_result.private or any(team_ref.known for team_ref in row.owners) for row in first),
        "shares_add_up": sum(row.shares_add_up for row in first),
        "teams": len(second),
        "teams_that_reach": sum(bool(team.reached) for team in second),
        "dependencies": len(needs),
        "dependencies_agreed": sum(team_dependency.agreed for team_dependency in needs),
        "active": sum(ratio.active for ratio in ratios),
        "aligned": sum(ratio.aligned for ratio in ratios),
        **{
            f"{severity}s": sum(str(f.severity) == severity for f in findings)
            for severity in ("error", "warning", "info")
        },
        "waived": len(judgement.waived),
        "not_judged": len(judgement.not_judged),
    }


def _limitations(portfolio: Portfolio, judgement: Judgement, skipped: Sequence[str]) -> Limitations:
    reasons: dict[tuple[str, str], set[str]] = defaultdict(set)
    for not_judged in judgement.not_judged:
        reasons[not_judged.rule, redact_text(not_judged.reason, portfolio)].add(not_judged.subject.id)
    not_evaluated = (NotEvaluated(rule, reason, tuple(sorted(ids))) for (rule, reason), ids in sorted(reasons.items()))
    gaps = (Gap(gap.connector, redact_text(gap.reason, portfolio), gap.key) for gap in portfolio.gaps)
    return Limitations(
        gaps=tuple(sorted(gaps, key=lambda gap: (gap.connector, gap.key or "", gap.reason))),
        not_evaluated=tuple(not_evaluated),
        failed=tuple(sorted(judgement.failed)),
        skipped=tuple(sorted(skipped)),
        without_team=sum(ref not in portfolio.team_of for ref in portfolio.active),
    )


def _redact_waivers(report: WaiverReport, portfolio: Portfolio) -> WaiverReport:
    """People write waivers by hand, and may name what is private."""

    def redact_uses(uses: Iterable[WaiverUse]) -> tuple[WaiverUse, ...]:
        result = []
        for use in uses:
            waiver = _redact_waiver(use.waiver, portfolio)
            findings = (replace(finding, waiver=waiver if finding.waiver else None) for finding in use.findings)
            result.append(WaiverUse(waiver, tuple(findings)))
        return tuple(result)

    return WaiverReport(redact_uses(report.active), redact_uses(report.expired), redact_uses(report.unused))


def _redact_waiver(waiver: Waiver, portfolio: Portfolio) -> Waiver:
    subject, reason, owner = (redact_text(text, portfolio) for text in (waiver.subject, waiver.reason, waiver.owner))
    return Waiver(waiver.rule, subject, reason, owner, waiver.until)
