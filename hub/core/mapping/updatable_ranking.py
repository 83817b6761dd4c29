"""The ranking of key results, kept up to date while tickets change."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from hub.core.mapping.suggest import Ranking
from hub.core.mapping.ticket_words import words_of
from hub.model.initiative import Initiative, Ref
from hub.model.okr import Okrs


class UpdatableRanking(Ranking):
    """The same as a new ranking of the same tickets. All mappings are the caller's, who changes them.

    It also knows the tickets for which something may be offered: what is offered there hangs on every linked ticket of
    the team that says some of the same words.
    """

    def __init__(
        self,
        okrs: Okrs,
        team_of: Mapping[Ref, str],
        tickets: Mapping[Ref, Initiative],
        named: Mapping[Ref, Sequence[str]],
        children: Mapping[Ref, Collection[Ref]],
    ) -> None:
        super().__init__(okrs, team_of, tickets, named)
        self._children = children
        self._asking: dict[str, dict[Ref, frozenset[str]]] = defaultdict(dict)

    def remove(self, ref: Ref) -> frozenset[str]:
        """Forget a ticket that is about to change; returns its words where it was linked."""
        team = self._team_of.get(ref)
        if team is None or not self._named.get(ref):
            return frozenset()
        words = words_of(self._tickets[ref])
        if self._linked_refs is not None:
            self._linked_refs[team].pop(ref, None)
        if (linked := self._linked_by_team.get(team)) is not None:
            linked.remove(ref, words)
        return frozenset(words)

    def add(self, ref: Ref) -> frozenset[str]:
        """Learn a ticket that has changed; returns its words where it is linked."""
        team = self._team_of.get(ref)
        if team is None or not self._named.get(ref):
            return frozenset()
        words = words_of(self._tickets[ref])
        if self._linked_refs is not None:
            self._linked_refs[team][ref] = None
        if (linked := self._linked_by_team.get(team)) is not None:
            linked.add(ref, words)
        return frozenset(words)

    def forget_asking(self, refs: Iterable[Ref]) -> None:
        """Nothing is offered to these tickets, until they ask again."""
        for ref in refs:
            if (team := self._team_of.get(ref)) is not None:
                self._asking[team].pop(ref, None)

    def remember_asking(self, refs: Iterable[Ref]) -> None:
        """Something may be offered to those of these tickets that show evidence."""
        for ref in refs:
            ticket = self._tickets[ref]
            if self.has_evidence(ticket):
                self._asking[self._team_of[ref]][ref] = frozenset(words_of(ticket))

    def asking(self, team: str, words: frozenset[str]) -> Iterator[Ref]:
        """The team's tickets to which something may be offered and that say one of these words."""
        return (ref for ref, own in self._asking.get(team, {}).items() if not own.isdisjoint(words))
