"""Which key results each ticket serves: what it names, else what its nearest ancestor names."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date

from hub.core.suggest import closest
from hub.model.initiative import Initiative, NamedKeyResult, Ref
from hub.model.link import BrokenName, Serves, Unresolvable
from hub.model.okr import Okrs, Phase


class Serving:
    """Resolves names once per ticket and follows parents; afterwards holds what broke and what is uncertain."""

    def __init__(self, initiatives: Mapping[Ref, Initiative], okrs: Okrs, today: date) -> None:
        self.broken: dict[Ref, tuple[BrokenName, ...]] = {}
        self.uncertain: dict[Ref, str] = {}
        self._initiatives = initiatives
        self._okrs = okrs
        self._today = today
        self._known = _names(okrs)
        self._closest: dict[str, tuple[str, ...]] = {}
        self._own = {ref: self._named_by(i) for ref, i in initiatives.items() if i.named}
        self._found: dict[Ref, tuple[Serves, ...]] = {}

    def of(self, ref: Ref) -> tuple[Serves, ...]:
        """The key results that the ticket serves; also notes whether something unread could change that."""
        trail: dict[Ref, None] = {}
        doubts: list[str | None] = []
        here: Ref | None = ref
        while here is not None and here not in trail and here not in self._found:
            initiative = self._initiatives.get(here)
            trail[here] = None
            doubts.append(f"its ancestor {here} was not read" if initiative is None else _unread(initiative))
            if here in self._own or initiative is None:
                break
            here = initiative.parent if initiative.inherits else None
        if here is not None and here in self._found:
            self._remember(tuple(trail), doubts, self._found[here], self.uncertain.get(here))
        elif trail:
            circle = here is not None and here not in self._own and here in self._initiatives
            doubt = next(filter(None, doubts), None) if circle else None
            self._remember(tuple(trail), doubts, self._own.get(tuple(trail)[-1], ()), doubt)
        return self._found.get(ref, ())

    def _remember(
        self, trail: Sequence[Ref], doubts: list[str | None], source: tuple[Serves, ...], doubt: str | None
    ) -> None:
        """From the top down: a doubt about an ancestor is a doubt about all below it, never the other way."""
        for ref, own_doubt in zip(reversed(trail), reversed(doubts), strict=True):
            doubt = own_doubt or doubt
            if ref in self._initiatives:
                self._found[ref] = tuple(_inherited(one, ref) for one in source)
                if not source and doubt is not None:
                    self.uncertain[ref] = doubt

    def _named_by(self, initiative: Initiative) -> tuple[Serves, ...]:
        links: dict[str, Serves] = {}
        broken = []
        for name in initiative.named:
            found = self._known.get(name.written.strip().casefold(), ())
            if len(found) == 1:
                links.setdefault(found[0], Serves(initiative.ref, found[0], name.via, name.written))
            elif (why := self._why_broken(name, found)) is not None:
                broken.append(BrokenName(initiative.ref, name.via, name.written, why, self._near(name.written)))
        if broken:
            self.broken[initiative.ref] = tuple(broken)
        return tuple(links.values())

    def _why_broken(self, name: NamedKeyResult, found: tuple[str, ...]) -> Unresolvable | None:
        """None for a key result of a cycle that is not over: that is planned work, not a wrong name."""
        written = name.written.strip().casefold()
        if found:
            return Unresolvable.SEVERAL
        if written in self._okrs.objectives:
            return Unresolvable.OBJECTIVE
        other = self._okrs.others.get(written)
        if other is None:
            return Unresolvable.UNKNOWN
        cycle = self._okrs.cycles[other.cycle]
        over = cycle.phase is Phase.CLOSED or cycle.end < self._today
        return Unresolvable.CLOSED if over else None

    def _near(self, written: str) -> tuple[str, ...]:
        if written not in self._closest:
            public = [k.id for k in self._okrs.key_results.values() if not k.private]
            self._closest[written] = closest(written, public)
        return self._closest[written]


def _names(okrs: Okrs) -> dict[str, tuple[str, ...]]:
    """Every word that names a key result of the cycle: its id first, else its whole title."""
    titles: dict[str, list[str]] = defaultdict(list)
    for key_result in okrs.key_results.values():
        titles[key_result.title.strip().casefold()].append(key_result.id)
    named = {title: tuple(ids) for title, ids in titles.items()}
    return named | {id_.casefold(): (id_,) for id_ in okrs.key_results}


def _inherited(one: Serves, ref: Ref) -> Serves:
    if one.initiative == ref:
        return one
    return Serves(ref, one.key_result, one.via, one.written, one.inherited_from or one.initiative)


def _unread(initiative: Initiative) -> str | None:
    missing = initiative.unread & {"labels", "fields", "text", "parent"}
    return f"{', '.join(sorted(missing))} of {initiative.ref} could not be read" if missing else None
