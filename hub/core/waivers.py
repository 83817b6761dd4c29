"""What each waiver does today: it holds findings back, has run out, or matches nothing."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from hub.core.audit.whole import WaiverReport, WaiverUse
from hub.model.finding import Finding, Judgement, Waiver


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
