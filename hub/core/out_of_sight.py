"""What the rules could not see in this run: nothing that stood there before is withdrawn for that."""

from dataclasses import dataclass

from hub.model.action import PostedFinding
from hub.model.finding import Finding, Judgement, SubjectKind
from hub.model.initiative import Ref
from hub.model.portfolio import Portfolio


@dataclass(frozen=True, slots=True)
class OutOfSight:
    """What the rules could not judge: whole rules, and single tickets; `whole` is whether nothing was left unread.

    `uncertain` are findings that stand on a ticket which the last full read did not show.
    """

    rules: frozenset[str]
    tickets: frozenset[tuple[str, Ref]]
    anything: frozenset[Ref]
    whole: bool = True
    partial: bool = False
    standing: frozenset[str] = frozenset()
    uncertain: frozenset[str] = frozenset()

    def partly(self, ref: Ref) -> bool:
        """Whether any finding of the ticket may be out of sight."""
        return bool(self.rules) or not self.whole or ref in self.anything

    @classmethod
    def of(cls, judgement: Judgement, portfolio: Portfolio) -> "OutOfSight":
        """From what the rules said, and what was read."""
        skipped = frozenset((skip.rule, ref) for skip in judgement.not_judged for ref in skip.tickets)
        whole = not (portfolio.gaps or portfolio.okrs.unread)
        anything, partial = frozenset(ref for _, ref in skipped), portfolio.partial
        standing = frozenset(one.fingerprint for one in judgement.findings) if partial else frozenset()
        absent = portfolio.absent
        uncertain = (one.fingerprint for one in judgement.findings if absent and not absent.isdisjoint(one.tickets))
        return cls(judgement.failed, skipped, anything, whole, partial, standing, frozenset(uncertain))


def leans_on_others(finding: Finding) -> bool:
    """Whether where it stands hangs on more than one ticket, so that a ticket that was not read may change it."""
    return finding.subject.kind is not SubjectKind.INITIATIVE or len(finding.tickets) > 1


def unsure(old: PostedFinding, here: Ref, portfolio: Portfolio, out_of_sight: OutOfSight) -> bool:
    """Whether a finding that is gone may only be out of sight: then it is not withdrawn."""
    if out_of_sight.partial and old.fingerprint in out_of_sight.standing:
        return True  # it only stands elsewhere now, and that may hang on what was not read
    if old.fingerprint in out_of_sight.uncertain:
        return True
    if portfolio.okrs.unread or old.rule in out_of_sight.rules or (old.rule, here) in out_of_sight.tickets:
        return True
    return any(ref not in portfolio.initiatives and not portfolio.readable(ref) for ref in old.tickets)
