"""Which waivers spare which verdicts, wholly or on some tickets."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import permutations

from hub.model.finding import SubjectKind, Verdict, Waiver
from hub.model.initiative import Ref
from rules.base import Rule


@dataclass(frozen=True, slots=True)
class WaiverMatches:
    """Today's waivers by fault and name; rules that judge one fault in turn share them."""

    by_name: Mapping[tuple[str, str], Waiver]

    @classmethod
    def of(cls, waivers: Iterable[Waiver], rules: Sequence[Rule], today: date) -> "WaiverMatches":
        """Those that have not run out."""
        fault = {rule.name: rule.fault or rule.name for rule in rules}
        return cls(
            {
                (fault.get(waiver.rule, waiver.rule), waiver.subject): waiver
                for waiver in waivers
                if waiver.until >= today
            }
        )

    def split(self, rule: Rule, verdict: Verdict) -> list[tuple[Verdict, Waiver | None]]:
        """The verdict as far as it stands, and what of it is waived.

        A waiver that names the root covers all that it affects. One that names a ticket, with or without its connector,
        spares that ticket alone; where it would show on no other, all of it is waived.
        """
        if not self.by_name:
            return [(verdict, None)]
        fault = rule.fault or rule.name
        if (root_waiver := self.by_name.get((fault, verdict.subject.id))) is not None:
            return [(verdict, root_waiver)]
        ticket_waivers = {
            ref: waiver for ref in verdict.on_tickets if (waiver := self._of_ticket(fault, ref)) is not None
        }
        pair = self._of_pair(fault, verdict)
        if pair is not None or (ticket_waivers and len(ticket_waivers) == len(verdict.on_tickets)):
            return [(verdict, pair or next(iter(ticket_waivers.values())))]
        waived = [(_restricted_to(verdict, ref), waiver) for ref, waiver in ticket_waivers.items()]
        return [(_without(verdict, ticket_waivers), None), *waived]

    def _of_ticket(self, fault: str, ref: Ref) -> Waiver | None:
        return self.by_name.get((fault, str(ref))) or self.by_name.get((fault, ref.key))

    def _of_pair(self, fault: str, verdict: Verdict) -> Waiver | None:
        """A waiver on `waiting -> providing` tickets, as findings of single links were named, if it is all there is."""
        tickets = {*verdict.on_tickets, *(affect for affect in verdict.affects if isinstance(affect, Ref))}
        if verdict.subject.kind is not SubjectKind.DEPENDENCY or len(tickets) != 2:
            return None
        names = (" -> ".join(map(str, pair)) for pair in permutations(tickets))
        return next((self.by_name[fault, name] for name in names if (fault, name) in self.by_name), None)


def _restricted_to(verdict: Verdict, ref: Ref) -> Verdict:
    """What of it stands on one ticket."""
    single = (ref,)
    act_on, label_on = (single if ref in refs else () for refs in (verdict.act_on, verdict.label_on))
    return replace(verdict, act_on=act_on, label_on=label_on, affects=())


def _without(verdict: Verdict, waived: Collection[Ref]) -> Verdict:
    """The same, off these tickets."""
    if not waived:
        return verdict
    act_on, label_on = (tuple(r for r in refs if r not in waived) for refs in (verdict.act_on, verdict.label_on))
    return replace(verdict, act_on=act_on, label_on=label_on)
