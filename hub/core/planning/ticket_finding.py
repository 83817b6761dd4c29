"""What the plan needs of a finding, worked out once: one finding may stand on very many tickets."""

from collections.abc import Collection, Sequence

from hub.model.action import PostedFinding
from hub.model.finding import Finding, Severity
from hub.model.initiative import Ref
from hub.model.message import plain

FEW = 8
"""Up to so many tickets are looked through one by one."""


class TicketFinding:
    """A finding, on which tickets it is shown how, and what is said and remembered of it there.

    What the people of a ticket can end is said in its comment; what is only felt there is shown by a label.
    """

    __slots__ = ("_posted", "_sentence", "commented_on", "finding", "fingerprint", "labelled_on")

    def __init__(self, finding: Finding) -> None:
        self.finding, self.fingerprint = finding, finding.fingerprint
        self.commented_on = _lookup(finding.act_on if finding.severity >= Severity.WARNING else ())
        self.labelled_on = _lookup(finding.label_on if finding.label else ())
        self._posted: dict[tuple[str | None, str], tuple[PostedFinding, ...]] = {}
        self._sentence: str | None = None

    @property
    def sentence(self) -> str:
        """What is wrong, in plain words."""
        if self._sentence is None:
            self._sentence = plain(self.finding.advice.what)
        return self._sentence

    def posted(self, ref: Ref, request: str = "") -> tuple[PostedFinding, ...]:
        """What the ledger remembers of it on this ticket, alone."""
        label = self.finding.label if ref in self.labelled_on else None
        posted = self._posted.get((label, request))
        if posted is None:
            finding = self.finding
            tickets = finding.tickets + finding.based_on
            record = PostedFinding(finding.rule, str(finding.severity), self.fingerprint, tickets, label, request)
            posted = self._posted[label, request] = (record,)
        return posted


def plan_reason(findings: Sequence[TicketFinding]) -> str:
    """What people read in the plan: each finding's sentence once."""
    if len(findings) == 1:
        return findings[0].sentence
    return " ".join(dict.fromkeys(finding.sentence for finding in findings))


def _lookup(refs: tuple[Ref, ...]) -> Collection[Ref]:
    return refs if len(refs) <= FEW else frozenset(refs)
