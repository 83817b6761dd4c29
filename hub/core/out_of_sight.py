"""What the rules could not see in this run: nothing that stood there before is withdrawn for that."""

from dataclasses import dataclass

from hub.model.action import PostedFinding
from hub.model.finding import Finding, Judgement, SubjectKind
from hub.model.initiative import Ref
from hub.model.portfolio import Portfolio


@dataclass(frozen=True, slots=True)
class Unevaluated:
    """What the rules could not judge: whole rules, and single tickets; `whole` is whether nothing was left unread.

    `uncertain` are findings that stand on a ticket which the last full read did not show.
    """

    rules: frozenset[str]
    tickets: frozenset[tuple[str, Ref]]
    affected_tickets: frozenset[Ref]
    is_complete: bool = True
    is_partial: bool = False
    open_fingerprints: frozenset[str] = frozenset()
    undetermined: frozenset[str] = frozenset()

    def may_affect(self, ref: Ref) -> bool:
        """Whether any finding of the ticket may be out of sight."""
        return bool(self.rules) or not self.is_complete or ref in self.affected_tickets

    @classmethod
    def of(cls, judgement: Judgement, portfolio: Portfolio) -> "Unevaluated":
        """From what the rules said, and what was read."""
        skipped = frozenset((skip.rule, ref) for skip in judgement.not_judged for ref in skip.tickets)
        is_complete = not (portfolio.gaps or portfolio.okrs.incomplete_reason)
        affected_tickets, is_partial = frozenset(ref for _, ref in skipped), portfolio.partial
        open_fingerprints = (
            frozenset(finding.fingerprint for finding in judgement.findings) if is_partial else frozenset()
        )
        absent = portfolio.absent
        undetermined = (
            finding.fingerprint for finding in judgement.findings if absent and not absent.isdisjoint(finding.tickets)
        )
        return cls(
            judgement.failed,
            skipped,
            affected_tickets,
            is_complete,
            is_partial,
            open_fingerprints,
            frozenset(undetermined),
        )


def depends_on_other_tickets(finding: Finding) -> bool:
    """Whether where it stands hangs on more than one ticket, so that a ticket that was not read may change it."""
    return finding.subject.kind is not SubjectKind.INITIATIVE or len(finding.tickets) > 1


def may_still_hold(old: PostedFinding, ticket: Ref, portfolio: Portfolio, unevaluated: Unevaluated) -> bool:
    """Whether a finding that is gone may only be out of sight: then it is not withdrawn."""
    if unevaluated.is_partial and old.fingerprint in unevaluated.open_fingerprints:
        return True  # it only stands elsewhere now, and that may hang on what was not read
    if old.fingerprint in unevaluated.undetermined:
        return True
    if portfolio.okrs.incomplete_reason or old.rule in unevaluated.rules or (old.rule, ticket) in unevaluated.tickets:
        return True
    return any(ref not in portfolio.initiatives and not portfolio.readable(ref) for ref in old.tickets)
