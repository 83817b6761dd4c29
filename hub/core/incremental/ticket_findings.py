"""Which verdicts of which rules show on a ticket: looked up, so that one ticket is planned without looking at all."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence

from hub.core.checking.evaluate import Outcome, UnitKey
from hub.model.initiative import Ref


class TicketFindings:
    """Mutable: by ticket and rule, what verdicts are about that stand there."""

    def __init__(self, outcomes: Mapping[str, Sequence[Outcome]]) -> None:
        self._keys: dict[Ref, dict[str, set[UnitKey]]] = defaultdict(dict)
        for rule, listed in outcomes.items():
            for outcome in listed:
                self._add(rule, outcome.key, _tickets((outcome,)))

    def replace(self, rule: str, key: UnitKey, before: Iterable[Outcome], now: Iterable[Outcome]) -> None:
        """The rule says otherwise of this."""
        for ref in _tickets(before):
            self._keys[ref][rule].discard(key)
        self._add(rule, key, _tickets(now))

    def keys(self, rule: str, ref: Ref) -> Collection[UnitKey]:
        """What the rule's verdicts are about that stand on the ticket."""
        rules = self._keys.get(ref)
        return () if rules is None else rules.get(rule, ())

    def _add(self, rule: str, key: UnitKey, refs: Iterable[Ref]) -> None:
        for ref in refs:
            self._keys[ref].setdefault(rule, set()).add(key)


def _tickets(outcomes: Iterable[Outcome]) -> set[Ref]:
    return {ref for outcome in outcomes for finding in outcome.findings for ref in finding.on_tickets}
