"""Which key results each ticket serves: what it names, else what its nearest ancestor names."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from itertools import chain, dropwhile

from hub.core.audience import audience_of
from hub.core.mapping.alignment import alongside
from hub.core.nearest import nearest
from hub.model.initiative import Initiative, NamedKeyResult, Ref, Via
from hub.model.link import BrokenName, Serves, Unresolvable
from hub.model.okr import KeyResult, Okrs
from hub.model.typed import same, taken_apart

# What may name a key result, or lead to a ticket that does.
MEANT_AT_MOST = 3
_NAMING = frozenset({"labels", "fields", "text", "parent"})


class Serving:
    """Resolves names once per ticket and follows parents.

    Afterwards holds what broke, what names a key result of another cycle, and what is uncertain.
    """

    def __init__(
        self, initiatives: Mapping[Ref, Initiative], okrs: Okrs, team_of: Mapping[Ref, str] | None = None
    ) -> None:
        self.broken: dict[Ref, tuple[BrokenName, ...]] = {}
        self.elsewhere: dict[Ref, tuple[Serves, ...]] = {}
        self.uncertain: dict[Ref, str] = {}
        self._initiatives = initiatives
        self._okrs = okrs
        self._team_of = team_of or {}
        self._audiences = {one.id: audience_of(one, okrs) for one in reversed(okrs.private)}
        self._alongside = alongside(okrs)
        self._known = _names(okrs, self._alongside)
        self._public = [k.id for k in okrs.key_results.values() if not k.private]
        self._closest: dict[str, tuple[str, ...]] = {}
        self._has_above = bool(okrs.tickets or okrs.moved_by or okrs.work_found)
        self._own = {ref: self._named_by(i) for ref, i in initiatives.items() if i.named or self._above(i)}
        # Who names a key result has no need to ask above; only the rest climbs.
        self._found: dict[Ref, tuple[Serves, ...]] = {ref: found for ref, found in self._own.items() if found}

    def of(self, ref: Ref) -> tuple[Serves, ...]:
        """The key results that the ticket serves; also notes whether something unread could change that."""
        found = self._found.get(ref)
        if found is None:
            self._climb(ref)
            found = self._found.get(ref, ())
        return found

    def named_by(self, ref: Ref) -> tuple[str, ...]:
        """The key results that the ticket names itself."""
        return tuple(one.key_result for one in self._own.get(ref, ()))

    def parent_of(self, ref: Ref) -> Ref | None:
        """The ticket above, read or not."""
        return self._initiatives[ref].parent

    def _climb(self, ref: Ref) -> None:
        """Up to the nearest ancestor that names any; `path` holds what is doubtful about each on the way."""
        path: dict[Ref, str | None] = {}
        here: Ref | None = ref
        while here is not None and here not in path and here not in self._found:
            initiative = self._initiatives.get(here)
            path[here] = f"its ancestor {here} was not read" if initiative is None else self._doubt(initiative)
            stops = initiative is None or self._own.get(here) or not initiative.inherits
            here = None if stops or initiative is None else initiative.parent
            # An OKR is no work from which anything could be inherited: what stands right under it, moves it.
            here = None if here in self._okrs.tickets else here
        if here is None:
            self._remember(path, self._own.get(next(reversed(path)), ()), None)
        elif here in self._found:
            self._remember(path, self._found[here], self.uncertain.get(here))
        else:  # a circle: what is not known of one ticket in it is not known of the others
            circle = dropwhile(lambda one: one != here, path)
            self._remember(path, (), next(filter(None, (path[one] for one in circle)), None))

    def _remember(self, path: Mapping[Ref, str | None], source: tuple[Serves, ...], doubt: str | None) -> None:
        """From the top down: a doubt about an ancestor is a doubt about all below it, never the other way."""
        for ref in reversed(tuple(path)):
            doubt = path[ref] or doubt
            if ref in self._initiatives:
                self._found[ref] = tuple(_inherited(one, ref) for one in source)
                if not source and doubt is not None:
                    self.uncertain[ref] = doubt

    def _doubt(self, initiative: Initiative) -> str | None:
        """Why the ticket itself may name more: parts of it, or a key result that it is linked to, were not read."""
        if missing := initiative.unread and initiative.unread & _NAMING:
            return f"{', '.join(sorted(missing))} of {initiative.ref} could not be read"
        linked = self._okrs.moved_by.get(initiative.ref)
        return self._okrs.unread or None if linked == () else self.uncertain.get(initiative.ref)

    def _named_by(self, initiative: Initiative) -> tuple[Serves, ...]:
        links: dict[str, Serves] = {}
        elsewhere: dict[str, Serves] = {}
        broken = []
        for name in chain((part for one in initiative.named for part in self._parts(one)), self._above(initiative)):
            hidden = self._is_hidden(name, initiative.ref)
            found = () if hidden else self._known.get(same(name.written), ())
            if len(found) == 1:
                links.setdefault(found[0], Serves(initiative.ref, found[0], name.via, name.written))
            elif (why := Unresolvable.UNKNOWN if hidden else self._why_broken(name, found)) is not None:
                broken.append(
                    BrokenName(initiative.ref, name.via, name.written, why, self._meant(name.written, why, found))
                )
                if why is Unresolvable.UNKNOWN and self._okrs.unread:
                    self.uncertain[initiative.ref] = self._okrs.unread
            else:
                other = same(name.written)
                elsewhere.setdefault(other, Serves(initiative.ref, other, name.via, name.written))
        if broken:
            self.broken[initiative.ref] = tuple(broken)
        if elsewhere:
            self.elsewhere[initiative.ref] = tuple(elsewhere.values())
        return tuple(links.values())

    def _is_hidden(self, name: NamedKeyResult, ref: Ref) -> bool:
        """Whether somebody outside its audience asks for a private key result: a command is answered as any other."""
        if name.via is not Via.COMMAND:
            return False
        meant = self._okrs.private_names.called(name.written)
        return any(self._team_of.get(ref) not in self._audiences[id_] for id_ in meant)

    def _parts(self, name: NamedKeyResult) -> Iterable[NamedKeyResult]:
        """The name itself; several that are joined, such as `revenue / nps`, where one of them is known."""
        if name.under and self._is_known(name.under) and not self._is_known(name.written):
            return (replace(name, written=name.under, under=""),)
        if self._is_known(name.written):
            return (name,)
        parts = taken_apart(name.written)
        several = len(parts) > 1 and any(map(self._is_known, parts))
        return (replace(name, written=part) for part in parts) if several else (name,)

    def _is_known(self, written: str) -> bool:
        word = same(written)
        return word in self._known or word in self._okrs.others

    def _above(self, initiative: Initiative) -> tuple[NamedKeyResult, ...]:
        """The key results kept as tickets that this one is a part of, or linked to, and those whose queries find it."""
        if not self._has_above:
            return ()
        parent = self._okrs.tickets.get(initiative.parent) if initiative.parent is not None else None
        ids = dict.fromkeys((*((parent,) if parent else ()), *self._okrs.moved_by.get(initiative.ref, ())))
        known = (id_ for id_ in ids if id_ in self._okrs.key_results or id_ in self._okrs.others)
        above = tuple(NamedKeyResult(Via.PARENT, id_) for id_ in known)
        if not self._okrs.work_found:
            return above
        found = self._okrs.work_found.get((initiative.ref.connector, initiative.id), ())
        return (*above, *(NamedKeyResult(Via.QUERY, id_) for id_ in found))

    def _why_broken(self, name: NamedKeyResult, found: tuple[str, ...]) -> Unresolvable | None:
        """None for a key result of another cycle: whether its time is right is another question."""
        written = same(name.written)
        if found:
            return Unresolvable.SEVERAL
        if written in self._okrs.objectives:
            return Unresolvable.OBJECTIVE
        return None if written in self._okrs.others else Unresolvable.UNKNOWN

    def _meant(self, written: str, why: Unresolvable, found: tuple[str, ...]) -> tuple[str, ...]:
        """What may have been meant: the key results of that objective or title, else the one whose id is nearest."""
        if why is Unresolvable.SEVERAL:
            return tuple(id_ for id_ in found if id_ in self._public)[:MEANT_AT_MOST]
        if why is Unresolvable.OBJECTIVE:
            word, key_results = same(written), self._okrs.key_results
            return tuple(id_ for id_ in self._public if key_results[id_].objective == word)[:MEANT_AT_MOST]
        if written not in self._closest:
            other = self._okrs.others.get(same(written))
            successor = None if other is None else other.replaced_by
            known = [id_ for id_ in self._public if id_ == successor]
            self._closest[written] = tuple(known) or nearest(written, self._public)
        return self._closest[written]


def _names(okrs: Okrs, alongside: Mapping[str, KeyResult]) -> dict[str, tuple[str, ...]]:
    """Every word that names a key result of the cycle or of one alongside: its id first, else its whole title."""
    titles: dict[str, list[str]] = defaultdict(list)
    for key_result in (*okrs.key_results.values(), *alongside.values()):
        titles[same(key_result.title)].append(key_result.id)
    named = {title: tuple(ids) for title, ids in titles.items()}
    return named | {id_.casefold(): (id_,) for id_ in (*alongside, *okrs.key_results)}


def _inherited(one: Serves, ref: Ref) -> Serves:
    if one.initiative == ref:
        return one
    return Serves(ref, one.key_result, one.via, one.written, one.inherited_from or one.initiative)
