"""What the tickets do not say, or by a label only: findings that stay in reports, and tickets that only feel one."""

from collections.abc import Iterable, Iterator

from hub.core.audit.naming import sorted_findings
from hub.core.audit.whole import LeftOff
from hub.model.finding import Finding, Severity


def left_off(findings: Iterable[Finding]) -> tuple[LeftOff, ...]:
    """Most severe first: each finding once, with the tickets that carry its label and no comment."""
    return tuple(_of_each(sorted_findings(findings)))


def _of_each(findings: Iterable[Finding]) -> Iterator[LeftOff]:
    for one in findings:
        commented = one.act_on if one.severity >= Severity.WARNING else ()
        labelled = tuple(str(ref) for ref in one.label_on if one.label and ref not in commented)
        silent = tuple(str(ref) for ref in one.act_on if ref not in commented and str(ref) not in labelled)
        if labelled or silent:
            yield LeftOff(one, labelled, silent)
