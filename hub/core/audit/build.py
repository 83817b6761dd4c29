"""Puts the audit together: from the portfolio and its findings to one frozen value."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace

from hub.core.audit.alignment_ratio import exempt_work
from hub.core.audit.dependences import dependences
from hub.core.audit.first_check import first_check
from hub.core.audit.left_off import left_off
from hub.core.audit.naming import sorted_findings
from hub.core.audit.once import once
from hub.core.audit.questions import three_questions
from hub.core.audit.rhythm import shared_okrs
from hub.core.audit.second_check import second_check
from hub.core.audit.values import Dependence, OrganizationKeyResult, SharedOkr, TeamCheck
from hub.core.audit.whole import Audit, Blind, Source, Unjudged, WaiverReport, WaiverUse
from hub.core.planning.names import period
from hub.core.privacy import redact_text
from hub.core.waivers import waiver_report
from hub.model.finding import Finding, Judgement, Waiver
from hub.model.initiative import Gap
from hub.model.portfolio import Portfolio


def audit(
    portfolio: Portfolio,
    judgement: Judgement,
    waivers: Iterable[Waiver] = (),
    sources: Sequence[Source] = (),
    skipped: Sequence[str] = (),
) -> Audit:
    """Without `sources` no sync has run; `skipped` are the rules that were not run because of that."""
    synced, findings = bool(sources), once(judgement.findings)
    needs = dependences(portfolio)
    first = first_check(portfolio, findings, synced=synced)
    second = second_check(portfolio, findings, needs, synced=synced)
    shared = shared_okrs(portfolio, findings, synced=synced)
    return Audit(
        today=portfolio.today,
        cycle=portfolio.cycle,
        sources=tuple(sorted(sources, key=lambda one: one.connector)),
        questions=three_questions(first, second, needs, shared, period(portfolio.cycle)),
        first=first,
        second=second,
        dependences=needs,
        shared=shared,
        exempt=exempt_work(portfolio),
        waivers=_veiled(waiver_report(waivers, judgement, portfolio.today), portfolio),
        blind=_blind(portfolio, judgement, skipped),
        elsewhere=_elsewhere(findings, first, second, shared),
        counts=_counts(judgement.findings, judgement, first, second, needs),
        left_off=left_off(findings),
    )


def _elsewhere(
    findings: Iterable[Finding],
    first: Iterable[OrganizationKeyResult],
    second: Iterable[TeamCheck],
    shared: Iterable[SharedOkr],
) -> tuple[Finding, ...]:
    """What stands in no part: nothing that was found is left out."""
    told = {one.fingerprint for part in first for one in part.findings}
    told |= {one.fingerprint for part in second for one in part.findings}
    told |= {one.fingerprint for part in shared for one in part.findings}
    hinted = {(hint.kind, hint.subject) for part in second for hint in part.perhaps}
    rest = (one for one in findings if (one.rule, one.subject.id) not in hinted)
    return sorted_findings(one for one in rest if one.fingerprint not in told)


def _counts(
    findings: Sequence[Finding],
    judgement: Judgement,
    first: Sequence[OrganizationKeyResult],
    second: Sequence[TeamCheck],
    needs: Sequence[Dependence],
) -> dict[str, int]:
    ratios = [team.ratio for team in second if team.ratio is not None]
    return {
        "organization_key_results": len(first),
        "owned": sum(row.key_result.private or any(one.known for one in row.owners) for row in first),
        "whole": sum(row.whole for row in first),
        "teams": len(second),
        "teams_that_reach": sum(bool(team.reached) for team in second),
        "dependencies": len(needs),
        "dependencies_settled": sum(one.settled for one in needs),
        "active": sum(ratio.active for ratio in ratios),
        "aligned": sum(ratio.aligned for ratio in ratios),
        **{
            f"{severity}s": sum(str(f.severity) == severity for f in findings)
            for severity in ("error", "warning", "info")
        },
        "waived": len(judgement.waived),
        "not_judged": len(judgement.not_judged),
    }


def _blind(portfolio: Portfolio, judgement: Judgement, skipped: Sequence[str]) -> Blind:
    reasons: dict[tuple[str, str], set[str]] = defaultdict(set)
    for one in judgement.not_judged:
        reasons[one.rule, redact_text(one.reason, portfolio)].add(one.subject.id)
    unjudged = (Unjudged(rule, why, tuple(sorted(ids))) for (rule, why), ids in sorted(reasons.items()))
    gaps = (Gap(gap.connector, redact_text(gap.reason, portfolio), gap.key) for gap in portfolio.gaps)
    return Blind(
        gaps=tuple(sorted(gaps, key=lambda gap: (gap.connector, gap.key or "", gap.reason))),
        unjudged=tuple(unjudged),
        failed=tuple(sorted(judgement.failed)),
        skipped=tuple(sorted(skipped)),
        teamless=sum(ref not in portfolio.team_of for ref in portfolio.active),
    )


def _veiled(report: WaiverReport, portfolio: Portfolio) -> WaiverReport:
    """People write waivers by hand, and may name what is private."""

    def veiled(uses: Iterable[WaiverUse]) -> tuple[WaiverUse, ...]:
        found = []
        for use in uses:
            waiver = _veiled_waiver(use.waiver, portfolio)
            told = (replace(one, waiver=waiver if one.waiver else None) for one in use.findings)
            found.append(WaiverUse(waiver, tuple(told)))
        return tuple(found)

    return WaiverReport(veiled(report.active), veiled(report.expired), veiled(report.unused))


def _veiled_waiver(one: Waiver, portfolio: Portfolio) -> Waiver:
    subject, reason, owner = (redact_text(text, portfolio) for text in (one.subject, one.reason, one.owner))
    return Waiver(one.rule, subject, reason, owner, one.until)
