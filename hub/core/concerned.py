"""Which tickets a finding concerns: those that it names, and the work below the ticket that it is about."""

from hub.model.finding import Finding, SubjectKind
from hub.model.initiative import Ref
from hub.model.portfolio import Portfolio


def affected_tickets(finding: Finding, portfolio: Portfolio) -> tuple[Ref, ...]:
    """Each once: where it stands, what feels it, and what lies below an initiative that is at fault."""
    return tuple(dict.fromkeys((*finding.tickets, *_descendants(finding, portfolio))))


def root_of(finding: Finding, ref: Ref) -> str:
    """What the finding is about, where the people of this ticket only feel it; else empty."""
    own = ref in finding.act_on or finding.subject.id == str(ref)
    return "" if own else finding.subject.id


def _descendants(finding: Finding, portfolio: Portfolio) -> tuple[Ref, ...]:
    """An initiative's work inherits its fault and is never judged for itself."""
    if finding.subject.kind is not SubjectKind.INITIATIVE:
        return ()
    at_fault = (ref for ref in finding.act_on if str(ref) == finding.subject.id)
    return tuple(ref for top in at_fault for ref in portfolio.descendants.get(top, ()))
