"""The tables of a portfolio as mutable ones, of which rows are replaced, with the ways back from row to row."""

from bisect import bisect_left, bisect_right, insort
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from hub.core.mapping.build_portfolio import priorities
from hub.core.mapping.links import TicketIndex, acceptance, possible_names
from hub.core.mapping.scope import Project, project_of
from hub.model.initiative import Initiative, Ref
from hub.model.link import Dependency, KeyResultLink
from hub.model.portfolio import DependencyKey, Portfolio, promise_key, ticket_dependency_key

BY_TICKET = (
    "initiatives",
    "team_of",
    "exempt",
    "top_of",
    "descendants",
    "serves",
    "unresolved_names",
    "other_cycle_links",
    "undetermined",
    "answers",
    "mentions",
    "effective_commands",
    "partly_read",
)
"""The tables with one row a ticket."""
SETS = ("active_tops", "active_set", "at_work")
COPIED = (*BY_TICKET, "priorities", "first_seen", "served_by")
Place = tuple[str, str]
"""A connector, and the list of it in which tickets are ranked."""
Ends = tuple[Ref, Ref]
"""The waiting and the providing ticket of a dependency."""
Position = tuple[int, str]
"""Of a ticket among all: connector by connector, by the tracker's id."""
Trees = Collection[Ref]


class PortfolioTables:
    """All that `map_tickets` made, changed tree by tree; `position` is the caller's."""

    def __init__(self, portfolio: Portfolio, named: Mapping[Ref, tuple[str, ...]], position: Mapping[Ref, Position]):
        self.position = position
        self._rows: dict[str, Any] = {name: dict(getattr(portfolio, name)) for name in COPIED}
        self._rows |= {name: set(getattr(portfolio, name)) for name in SETS}
        self.initiatives: dict[Ref, Initiative] = self._rows["initiatives"]
        self.team_of: dict[Ref, str] = self._rows["team_of"]
        self.serves: dict[Ref, tuple[KeyResultLink, ...]] = self._rows["serves"]
        self.named = dict(named)
        self._active = list(portfolio.active)
        self.index = TicketIndex(self.initiatives, frozenset())
        self.children: dict[Ref, set[Ref]] = defaultdict(set)
        self.named_in_texts: dict[str, set[Ref]] = defaultdict(set)
        self.above_base: Counter[Project] = Counter()
        for ticket in self.initiatives.values():
            self.enter(ticket)
        self._place: dict[Ref, Place] = {}
        self._ranked: dict[Place, set[Ref]] = defaultdict(set)
        self._rank(self._active)
        self._read_dependencies(portfolio)
        self._portfolio = portfolio

    def _read_dependencies(self, portfolio: Portfolio) -> None:
        self.dependencies: dict[Ends, Dependency] = {}
        self._ends: list[Ends] = []
        self.linked: dict[Ref, set[Ref]] = defaultdict(set)
        self.mentioned_by: dict[Ref, set[Ref]] = defaultdict(set)
        for dependency in portfolio.dependencies:
            self._add_dependency(dependency)
        for ref, named in portfolio.mentions.items():
            for other in named:
                self.mentioned_by[other].add(ref)

    def current(self, **parts: Any) -> Portfolio:
        """The portfolio with the tables as they are; some of these go on to change."""
        ends = self._ends
        dependencies = tuple(self.dependencies[pair] for pair in ends)
        self._portfolio = replace(
            self._portfolio, **self._rows, active=tuple(self._active), dependencies=dependencies, **parts
        )
        return self._portfolio

    def rows_of(self, name: str) -> Mapping[Ref, Any]:
        """One of the tables with a row a ticket, by the portfolio's name for it."""
        rows: Mapping[Ref, Any] = self._rows[name]
        return rows

    def enter(self, ticket: Initiative) -> None:
        """Have a ticket found by what it leans on."""
        if ticket.parent is not None:
            self.children[ticket.parent].add(ticket.ref)
        for word in words_in_texts(ticket):
            self.named_in_texts[word].add(ticket.ref)
        if is_above_base(ticket):
            self.above_base[project_of(ticket)] += 1

    def leave(self, ticket: Initiative) -> None:
        """The other way round."""
        if ticket.parent is not None:
            self.children[ticket.parent].discard(ticket.ref)
        for word in words_in_texts(ticket):
            self.named_in_texts[word].discard(ticket.ref)
        if is_above_base(ticket):
            self.above_base[project_of(ticket)] -= 1

    def replace_rows(self, trees: Trees, part: Portfolio, named: Mapping[Ref, tuple[str, ...]]) -> frozenset[Ref]:
        """The rows of these trees as they were mapped anew; returns all tickets whose priority may be another now."""
        self._forget_mentions(trees)
        served = self._serving(trees)
        for name in BY_TICKET:
            _replace_rows(self._rows[name], trees, getattr(part, name))
        _replace_rows(self.named, trees, named)
        for name in SETS:
            known, new = self._rows[name], getattr(part, name)
            known.difference_update(trees)
            known.update(ref for ref in trees if ref in new)
        self._replace_active(trees)
        for ref in trees:
            for other in part.mentions.get(ref, ()):
                self.mentioned_by[other].add(ref)
        self._replace_served(trees, served, part)
        return self._replace_priorities(trees)

    def _forget_mentions(self, trees: Trees) -> None:
        for ref in trees:
            for other in self._rows["mentions"].get(ref, ()):
                self.mentioned_by[other].discard(ref)

    def _serving(self, trees: Trees) -> Mapping[str, set[Ref]]:
        """The tickets of these trees by the key results that they serve."""
        tickets: dict[str, set[Ref]] = defaultdict(set)
        for ref in trees:
            for link in self.serves.get(ref, ()):
                tickets[link.key_result].add(ref)
        return tickets

    def _replace_active(self, trees: Trees) -> None:
        order = self._order
        for ref in trees:
            at = bisect_left(self._active, order(ref), key=order) if ref in self.position else len(self._active)
            is_known = at < len(self._active) and self._active[at] == ref
            if is_known and ref not in self._rows["active_tops"]:
                del self._active[at]
            elif not is_known and ref in self._rows["active_tops"]:
                insort(self._active, ref, key=order)

    def _order(self, ref: Ref) -> Position:
        return self.position[ref]

    def _replace_served(self, trees: Trees, before: Mapping[str, Collection[Ref]], part: Portfolio) -> None:
        """Put the links of these trees in the place of those that they had `before`; others may be very many."""
        served: dict[str, tuple[KeyResultLink, ...]] = self._rows["served_by"]
        for key_result in before.keys() | self._serving(trees).keys():
            links = list(served.get(key_result, ()))
            for ref in before.get(key_result, ()):
                del links[self._slice_of(links, ref)]
            for link in part.served_by.get(key_result, ()):
                if link.initiative in trees:
                    insort(links, link, key=self._place_of_link)
            served[key_result] = tuple(links)
            if not links:
                del served[key_result]

    def _slice_of(self, links: Sequence[KeyResultLink], ref: Ref) -> slice:
        """Where the ticket's links stand among those that lead to one key result, which are in the order of tickets."""
        place, key = self._order(ref), self._place_of_link
        return slice(bisect_left(links, place, key=key), bisect_right(links, place, key=key))

    def _place_of_link(self, link: KeyResultLink) -> Position:
        return self.position[link.initiative]

    def _rank(self, trees: Trees) -> frozenset[Place]:
        """Put the tickets of these trees into the ranked lists in which they belong; returns the lists."""
        places = set()
        for ref in trees:
            if (place := self._place.pop(ref, None)) is not None:
                self._ranked[place].discard(ref)
                places.add(place)
            place = _place_of(self.initiatives[ref]) if ref in self._rows["active_tops"] else None
            if place is not None:
                self._place[ref] = place
                self._ranked[place].add(ref)
                places.add(place)
        return frozenset(places)

    def _replace_priorities(self, trees: Trees) -> frozenset[Ref]:
        """Where one ticket of a ranked list changes, all of them may move."""
        listed = {ref for place in self._rank(trees) for ref in self._ranked[place]}
        candidates = listed.union(trees)
        tickets = {ref: self.initiatives[ref] for ref in candidates if ref in self.initiatives}
        now = priorities(tickets, sorted(listed, key=self._order))
        known = self._rows["priorities"]
        moved = {ref for ref in candidates if known.get(ref) != now.get(ref)}
        _replace_rows(known, moved, now)
        return frozenset(moved)

    def replace_dependencies(self, trees: Trees, part: Portfolio, before: Iterable[Dependency]) -> None:
        """Those with an end in these trees; `before` are all of them as they were."""
        first_seen = self._rows["first_seen"]
        old = list(before)
        for dependency in old:
            self._remove_dependency(dependency)
        for dependency in part.dependencies:
            if dependency.waiting in trees or dependency.providing in trees:
                self._add_dependency(dependency)
                for key in self._date_keys(dependency):
                    if key in part.first_seen:
                        first_seen[key] = part.first_seen[key]

    def forget_dates(self, dependencies: Iterable[Dependency]) -> None:
        """Forget since when these are known: they are about to be read anew."""
        for dependency in dependencies:
            for key in self._date_keys(dependency):
                self._rows["first_seen"].pop(key, None)

    def key_of(self, dependency: Dependency) -> DependencyKey | None:
        """The name of a dependency whose two tickets were read; None for others."""
        ends = self.initiatives.get(dependency.waiting), self.initiatives.get(dependency.providing)
        return None if ends[0] is None or ends[1] is None else ticket_dependency_key(ends[0], ends[1])

    def _date_keys(self, dependency: Dependency) -> Iterator[DependencyKey]:
        """Under which names days of it are known."""
        if (key := self.key_of(dependency)) is not None:
            yield key
            if (command := acceptance(self._rows["effective_commands"].get(dependency.providing, ()))) is not None:
                yield promise_key(key, command.comment)

    def dependencies_at(self, refs: Iterable[Ref]) -> list[Dependency]:
        """All with an end at one of these tickets."""
        pairs = {pair for ref in refs for other in self.linked.get(ref, ()) for pair in ((ref, other), (other, ref))}
        return [self.dependencies[pair] for pair in pairs if pair in self.dependencies]

    def teams_at(self, dependency: Dependency) -> tuple[str, str] | None:
        """The two teams that it joins; None where it joins no two."""
        teams = self.team_of.get(dependency.waiting), self.team_of.get(dependency.providing)
        return None if teams[0] is None or teams[1] is None or teams[0] == teams[1] else (teams[0], teams[1])

    def _add_dependency(self, dependency: Dependency) -> None:
        ends = (dependency.waiting, dependency.providing)
        self.dependencies[ends] = dependency
        insort(self._ends, ends)
        self.linked[ends[0]].add(ends[1])
        self.linked[ends[1]].add(ends[0])

    def _remove_dependency(self, dependency: Dependency) -> None:
        ends = (dependency.waiting, dependency.providing)
        del self.dependencies[ends], self._ends[bisect_left(self._ends, ends)]
        if (ends[1], ends[0]) not in self.dependencies:
            self.linked[ends[0]].discard(ends[1])
            self.linked[ends[1]].discard(ends[0])


def words_in_texts(ticket: Initiative) -> set[str]:
    """All that the ticket's texts may call other tickets."""
    return {word for text in (*ticket.depends_on_text, *ticket.mentions) for word in possible_names(ticket, text)}


def is_above_base(ticket: Initiative) -> bool:
    """Whether it keeps tickets of the base level in its project from being initiatives."""
    return ticket.level > 0 and not ticket.reference_only


def _place_of(ticket: Initiative) -> Place | None:
    return (ticket.ref.connector, ticket.containers[-1]) if ticket.rank is not None and ticket.containers else None


def _replace_rows(table: dict[Ref, Any], refs: Iterable[Ref], new: Mapping[Ref, Any]) -> None:
    for ref in refs:
        if ref in new:
            table[ref] = new[ref]
        else:
            table.pop(ref, None)
