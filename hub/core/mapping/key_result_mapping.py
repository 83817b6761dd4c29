"""Which key results each ticket serves: what it names, else what its nearest ancestor names."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import dropwhile, islice

from hub.core.checking.redaction import audience_of
from hub.core.mapping.closest_ids import ClosestIds
from hub.core.mapping.okr_tables import OkrTables, names_of_tickets
from hub.model.initiative import Initiative, KeyResultMention, MentionSource, Ref
from hub.model.link import KeyResultLink, UnresolvedName, UnresolvedReason
from hub.model.okr import KeyResult, Okrs
from hub.model.text import match_key, split_names
from hub.model.written_names import names_in_command, names_in_line, without_addresses, without_prefix, without_query

# What may name a key result, or lead to a ticket that does.
MAX_SUGGESTIONS = 3
_NAMING = frozenset({"labels", "fields", "text", "parent"})
WrongValue = tuple[str, UnresolvedReason, tuple[str, ...]]
"""What is written, why it names nothing, and what may have been meant."""


class KeyResultMapper:
    """Resolves names once per ticket and follows parents.

    Afterwards holds what broke, what names a key result of another cycle, and what is uncertain.
    """

    def __init__(
        self,
        initiatives: Mapping[Ref, Initiative],
        okrs: Okrs,
        tables: OkrTables,
        team_of: Mapping[Ref, str],
    ) -> None:
        self.unresolved_names: dict[Ref, tuple[UnresolvedName, ...]] = {}
        self.other_cycle_links: dict[Ref, tuple[KeyResultLink, ...]] = {}
        self.undetermined: dict[Ref, str] = {}
        self._initiatives = initiatives
        self._okrs = okrs
        self._team_of = team_of
        self._audiences = {key_result.id: audience_of(key_result, okrs) for key_result in reversed(okrs.private)}
        self._overlapping, self._known, self._public = tables.overlapping, tables.named, tables.public
        self._closed, self._other = _names_of_closed(okrs), _names_of_others(okrs)
        self._closest = ClosestIds(self._public.keys())
        self._meant: dict[str, tuple[str, ...]] = {}
        self._has_structural_mentions = bool(okrs.okr_id_by_ticket or okrs.linked_key_results or okrs.queried_work)
        is_structural = self._has_structural_mentions
        self._own = {
            ref: self._resolve(i)
            for ref, i in initiatives.items()
            if i.key_result_mentions or (is_structural and self._structural_mentions(i))
        }
        # Who names a key result has no need to ask above; only the rest climbs.
        self._resolved: dict[Ref, tuple[KeyResultLink, ...]] = {ref: links for ref, links in self._own.items() if links}

    def serves(self) -> dict[Ref, tuple[KeyResultLink, ...]]:
        """The key results of every ticket that serves any; also notes whether something unread could change that."""
        resolved, initiatives = self._resolved, self._initiatives
        for ref in initiatives:
            if ref not in resolved:
                self._inherit(ref)
        return {ref: links for ref in initiatives if (links := resolved[ref])}

    def named(self) -> dict[Ref, tuple[str, ...]]:
        """The key results that each ticket names itself, where it names any."""
        return {ref: tuple([link.key_result for link in links]) for ref, links in self._own.items() if links}

    def parent_of(self, ref: Ref) -> Ref | None:
        """The ticket above, read or not."""
        return self._initiatives[ref].parent

    def _inherit(self, ref: Ref) -> None:
        """Up to the nearest ancestor that names any; `path` holds what is doubtful about each on the way."""
        path: dict[Ref, str | None] = {}
        okr_tickets = self._okrs.okr_id_by_ticket
        current: Ref | None = ref
        while current is not None and current not in path and current not in self._resolved:
            initiative = self._initiatives.get(current)
            path[current] = (
                f"its ancestor {current} was not read" if initiative is None else self._missing_data_reason(initiative)
            )
            stops = initiative is None or self._own.get(current) or not initiative.inherits
            current = None if stops or initiative is None else initiative.parent
            # An OKR is no work from which anything could be inherited: what stands right under it, moves it.
            current = None if current in okr_tickets else current
        if current is None:
            self._store_inherited(path, self._own.get(next(reversed(path)), ()), None)
        elif current in self._resolved:
            self._store_inherited(path, self._resolved[current], self.undetermined.get(current))
        else:  # a circle: what is not known of one ticket in it is not known of the others
            loop = dropwhile(lambda ref: ref != current, path)
            self._store_inherited(path, (), next(filter(None, (path[ref] for ref in loop)), None))

    def _store_inherited(
        self, path: Mapping[Ref, str | None], source: tuple[KeyResultLink, ...], reason: str | None
    ) -> None:
        """From the top down: a doubt about an ancestor is a doubt about all below it, never the other way."""
        for ref in reversed(tuple(path)):
            reason = path[ref] or reason
            if ref in self._initiatives:
                self._resolved[ref] = tuple(_inherited(key_result_link, ref) for key_result_link in source)
                if not source and reason is not None:
                    self.undetermined[ref] = reason

    def _missing_data_reason(self, initiative: Initiative) -> str | None:
        """Why the ticket itself may name more: parts of it, or a key result that it is linked to, were not read."""
        if missing := initiative.missing_fields and initiative.missing_fields & _NAMING:
            return f"{', '.join(sorted(missing))} of {initiative.ref} could not be read"
        ref, okrs = initiative.ref, self._okrs
        if okrs.linked_key_results and okrs.linked_key_results.get(ref) == ():
            return okrs.incomplete_reason or None
        return self.undetermined.get(ref)

    def _resolve(self, initiative: Initiative) -> tuple[KeyResultLink, ...]:
        mentions = initiative.key_result_mentions
        if len(mentions) == 1 and not self._has_structural_mentions:
            # Nearly every ticket that names anything names one key result, and rightly.
            (name,) = mentions
            is_plain = name.source is not MentionSource.COMMAND and not name.written
            ids = self._known.get(match_key(name.raw), ()) if is_plain else ()
            if len(ids) == 1:
                return (KeyResultLink(initiative.ref, ids[0], name.source, name.raw),)
        return self._resolve_each(initiative)

    def _resolve_each(self, initiative: Initiative) -> tuple[KeyResultLink, ...]:
        ref = initiative.ref
        links: dict[str, KeyResultLink] = {}
        other_cycle: dict[str, KeyResultLink] = {}
        unresolved = []
        for place, names in self._places(initiative):
            wrong: list[WrongValue] = []
            for name in names:
                hidden = self._is_hidden(name, ref)
                ids = () if hidden else self._known.get(match_key(name.raw), ())
                if len(ids) == 1:
                    links.setdefault(ids[0], KeyResultLink(ref, ids[0], name.source, name.raw))
                elif (reason := UnresolvedReason.UNKNOWN if hidden else self._unresolved_reason(name, ids)) is not None:
                    wrong.append((name.raw, reason, self._suggestions(name.raw, reason, ids)))
                else:
                    other = self._other[match_key(name.raw)]
                    other_cycle.setdefault(other, KeyResultLink(ref, other, name.source, name.raw))
            if wrong:
                unresolved.append(_unresolved(ref, place, names, wrong))
        if unresolved:
            self.unresolved_names[ref] = tuple(unresolved)
            if self._okrs.incomplete_reason and any(name.reason is UnresolvedReason.UNKNOWN for name in unresolved):
                self.undetermined[ref] = self._okrs.incomplete_reason
        if other_cycle:
            self.other_cycle_links[ref] = tuple(other_cycle.values())
        return tuple(links.values())

    def _places(self, initiative: Initiative) -> Iterator[tuple[KeyResultMention, tuple[KeyResultMention, ...]]]:
        """Each line, command, label or field's value, and the names in it."""
        seen: set[tuple[MentionSource, str, str]] = set()
        for mention in initiative.key_result_mentions:
            key = (mention.source, mention.written, mention.heading)
            if not mention.written:
                yield mention, self._parts(mention)
            elif key not in seen:
                seen.add(key)
                yield mention, self._written_names(mention)
        for mention in self._structural_mentions(initiative):
            yield mention, (mention,)

    def _written_names(self, mention: KeyResultMention) -> tuple[KeyResultMention, ...]:
        """The names in a whole line or command, which may hold titles."""
        find = names_in_command if mention.source is MentionSource.COMMAND else names_in_line
        names = find(mention.written, self._known_as, lambda word: bool(self._closest_to(word)))
        return tuple(KeyResultMention(mention.source, name) for name in names)

    def _is_hidden(self, name: KeyResultMention, ref: Ref) -> bool:
        """Whether somebody outside its audience asks for a private key result: a command is answered as any other."""
        if name.source is not MentionSource.COMMAND:
            return False
        ids = self._okrs.private_names.ids_named(name.raw)
        return any(self._team_of.get(ref) not in self._audiences[id_] for id_ in ids)

    def _parts(self, name: KeyResultMention) -> tuple[KeyResultMention, ...]:
        """The name itself; several that are joined, such as `revenue / nps`, where one of them is known."""
        if name.parent_option and self._is_known(name.parent_option) and not self._is_known(name.raw):
            return (replace(name, raw=name.parent_option, parent_option=""),)
        if self._is_known(name.raw):
            return (name,)
        if (known := self._known_as(without_addresses(name.raw))) is not None:
            return (replace(name, raw=known),)
        parts = split_names(name.raw) if "://" not in name.raw else ()
        several = len(parts) > 1 and any(map(self._is_known, parts))
        return tuple(replace(name, raw=part) for part in parts) if several else (name,)

    def _known_as(self, raw: str) -> str | None:
        """The name, without the `kr-` of a label, or the query of an address, where that is known."""
        objectives = self._okrs.objectives
        variants = (words for words in (raw, without_prefix(raw), without_query(raw)) if words)
        return next((words for words in variants if self._is_known(words) or match_key(words) in objectives), None)

    def _is_known(self, raw: str) -> bool:
        word = match_key(raw)
        return word in self._known or word in self._other or word in self._closed

    def _structural_mentions(self, initiative: Initiative) -> tuple[KeyResultMention, ...]:
        """The key results kept as tickets that this one is a part of, or linked to, and those whose queries find it."""
        if not self._has_structural_mentions:
            return ()
        parent = self._okrs.okr_id_by_ticket.get(initiative.parent) if initiative.parent is not None else None
        ids = dict.fromkeys((*((parent,) if parent else ()), *self._okrs.linked_key_results.get(initiative.ref, ())))
        groups = (self._okrs.key_results, self._okrs.other_key_results, self._okrs.closed_key_results)
        known = (id_ for id_ in ids if any(id_ in group for group in groups))
        mentions = tuple(KeyResultMention(MentionSource.PARENT, id_) for id_ in known)
        if not self._okrs.queried_work:
            return mentions
        queried_ids = self._okrs.queried_work.get((initiative.ref.connector, initiative.id), ())
        return (*mentions, *(KeyResultMention(MentionSource.QUERY, id_) for id_ in queried_ids))

    def _unresolved_reason(self, name: KeyResultMention, ids: tuple[str, ...]) -> UnresolvedReason | None:
        """None for a key result of another cycle: whether its time is right is another question."""
        key = match_key(name.raw)
        if ids:
            return UnresolvedReason.SEVERAL
        if key in self._okrs.objectives:
            return UnresolvedReason.OBJECTIVE
        if key in self._closed:
            return UnresolvedReason.CLOSED
        return None if key in self._other else UnresolvedReason.UNKNOWN

    def _suggestions(self, raw: str, reason: UnresolvedReason, ids: tuple[str, ...]) -> tuple[str, ...]:
        """What may have been meant: the key results of that objective or title, else the one whose id is nearest."""
        if reason is UnresolvedReason.SEVERAL:
            return tuple(id_ for id_ in ids if id_ in self._public)[:MAX_SUGGESTIONS]
        if reason is UnresolvedReason.OBJECTIVE:
            word = match_key(raw)
            named = (id_ for id_, key_result in self._public.items() if key_result.objective == word)
            return tuple(islice(named, MAX_SUGGESTIONS))
        if reason is UnresolvedReason.CLOSED:
            # What is written was understood: only what goes on where it ended can be meant instead.
            successor = self._closed[match_key(raw)].replaced_by
            return (successor,) if successor in self._public and successor is not None else ()
        return self._closest_to(raw)

    def _closest_to(self, raw: str) -> tuple[str, ...]:
        if raw not in self._meant:
            other = self._okrs.other_key_results.get(self._other.get(match_key(raw), ""))
            successor = None if other is None else other.replaced_by
            if successor is None or successor not in self._public:
                self._meant[raw] = self._closest.of(raw) or self._closest.of(without_prefix(raw))
            else:
                self._meant[raw] = (successor,)
        return self._meant[raw]


def _unresolved(
    ref: Ref, place: KeyResultMention, names: Sequence[KeyResultMention], wrong: Sequence[WrongValue]
) -> UnresolvedName:
    """All wrong values of one place as one; those of different kinds have in common that they match nothing."""
    values = tuple(dict.fromkeys(value for value, _, _ in wrong))
    reasons = {reason for _, reason, _ in wrong}
    raw = (" " if place.source is MentionSource.COMMAND else ", ").join(values)
    alone = len(values) == 1
    closest = wrong[0][2] if alone else tuple(dict.fromkeys(id_ for _, _, ids in wrong for id_ in ids[:1]))
    is_same = len(reasons) == 1 and (alone or reasons == {UnresolvedReason.UNKNOWN})
    written = place.written or place.raw
    return UnresolvedName(
        ref,
        place.source,
        raw,
        wrong[0][1] if is_same else UnresolvedReason.UNKNOWN,
        closest if is_same else (),
        values,
        written if written != raw else "",
        tuple(name.raw for name in names if name.raw not in values),
        place.heading,
    )


def _names_of_closed(okrs: Okrs) -> dict[str, KeyResult]:
    """Closed key results by id, else by title, else by the key or the address of their ticket."""
    closed = okrs.closed_key_results
    by_ticket = {word: closed[id_] for word, id_ in names_of_tickets(okrs) if id_ in closed and not closed[id_].private}
    return by_ticket | {match_key(key_result.title): key_result for key_result in closed.values()} | dict(closed)


def _names_of_others(okrs: Okrs) -> dict[str, str]:
    """The ids of key results of other cycles, by themselves, else by the key or the address of their ticket."""
    others = okrs.other_key_results
    by_ticket = {word: id_ for word, id_ in names_of_tickets(okrs) if id_ in others and not others[id_].private}
    return by_ticket | {id_: id_ for id_ in others}


def _inherited(key_result_link: KeyResultLink, ref: Ref) -> KeyResultLink:
    if key_result_link.initiative == ref:
        return key_result_link
    return KeyResultLink(
        ref,
        key_result_link.key_result,
        key_result_link.source,
        key_result_link.raw,
        key_result_link.inherited_from or key_result_link.initiative,
    )
