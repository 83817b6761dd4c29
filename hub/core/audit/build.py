"""Puts the audit together: from the portfolio and its findings to one frozen value."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace

from hub.core.audit.alignment_ratio import exempt_work
from hub.core.audit.dependences import build_dependencies
from hub.core.audit.first_check import check_organization
from hub.core.audit.left_off import unposted_findings
from hub.core.audit.naming import sorted_findings
from hub.core.audit.once import drop_repeats
from hub.core.audit.questions import top_questions
from hub.core.audit.rhythm import shared_okrs
from hub.core.audit.second_check import check_teams
from hub.core.audit.values import OrganizationKeyResult, SharedOkr, TeamCheck, TeamDependency
from hub.core.audit.whole import Audit, Limitations, NotEvaluated, Source, WaiverReport, WaiverUse
from hub.core.planning.names import period
from hub.core.privacy import redact_text
from hub.core.waivers import waiver_report
from hub.model.finding import Finding, Judgement, Waiver
from hub.model.initiative import Gap
from hub.model.portfolio import Portfolio


def build_audit(
    portfolio: Portfolio,
    judgement: Judgement,
    waivers: Iterable[Waiver] = (),
    sources: Sequence[Source] = (),
    skipped: Sequence[str] = (),
) -> Audit:
    """Without `sources` no sync has run; `skipped` are the rules that were not run because of that."""
    synced, findings = bool(sources), drop_repeats(judgement.findings)
    needs = build_dependencies(portfolio)
    first = check_organization(portfolio, findings, synced=synced)
    second = check_teams(portfolio, findings, needs, synced=synced)
    shared = shared_okrs(portfolio, findings, synced=synced)
    return Audit(
        today=portfolio.today,
        cycle=portfolio.cycle,
        sources=tuple(sorted(sources, key=lambda source: source.connector)),
        questions=top_questions(first, second, needs, shared, period(portfolio.cycle)),
        first=first,
        second=second,
        dependencies=needs,
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
