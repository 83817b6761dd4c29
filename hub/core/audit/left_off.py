"""What the tickets do not say, or by a label only: findings that stay in reports, and tickets that only feel one."""

from collections.abc import Iterable, Iterator

from hub.core.audit.naming import sorted_findings
from hub.core.audit.whole import UnpostedFinding
from hub.model.finding import Finding, Severity


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
