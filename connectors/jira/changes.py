"""The pull after the first: what changed since the cursor, what left the query, and now and then a census of ids."""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence

from connectors.base import World
from connectors.http import Gate
from connectors.jira import api
from connectors.jira.cursor import IN_ORDER, Cursor, is_moment, milliseconds, since, unsettled_in, within
from connectors.jira.dialect import Dialect
from connectors.jira.looking_up import RECONCILE, LookUp, portions
from connectors.jira.reading import Pull
from connectors.jira.terms import Reading
from hub.model.errors import QueryRefused
from hub.model.initiative import Initiative, PullState

FIRST_PAGE = 100
KEY = re.compile(r"[A-Za-z][A-Za-z0-9_]{1,30}-\d{1,12}", re.ASCII)


class Changes:
    """One run; afterwards `gone` holds the ids that the query finds no more."""

    def __init__(
        self, gate: Gate, reading: Reading, world: World, dialect: Dialect, *, known: PullState, cursor: Cursor
    ) -> None:
        self.pull = Pull(gate, reading, world, dialect)
        self.gone: set[str] = set()
        self._gate = gate
        self._query = reading.settings.query
        self._look_up = LookUp(self.pull, gate, reading, dialect)
        self._windows = dialect.windows
        self._known = known
        self._cursor = cursor
        self._overlap = int(reading.settings.overlap_seconds * 1000)
        self._mine = {id_ for id_, one in known.tickets.items() if not one.reference_only}

    @property
    def read(self) -> dict[str, Initiative]:
        """What was read, each ticket as it was last."""
        return {one.id: one for one in self.pull.initiatives}

    def missed(self, read: Iterable[Initiative]) -> int:
        """Tickets that are not as they were remembered, though they changed before the cursor came to where it is."""
        started = self._cursor.at - self._overlap
        return sum(self._was_missed(one, started) for one in read)

    def _was_missed(self, one: Initiative, started: int) -> bool:
        known = self._known.tickets.get(one.id)
        if one == known or one.updated is None:
            return False
        return milliseconds(one.updated) < started or (known is not None and known.updated == one.updated)

    def run(self, *, census: bool) -> None:
        """Look back to the cursor; in a census, to where the last one stood."""
        start = (self._cursor.counted_at if census else self._cursor.at) - self._overlap
        changed = list(self._changed(start))
        self.pull.read(self._worth_reading(changed))
        self._again(census=census)
        if census:
            self._count({id_ for id_, _ in changed})
        else:
            self._depart({id_ for id_, _ in changed}, start)

    def _again(self, *, census: bool) -> None:
        """What we wrote on, and, unless all is looked at anyway, what could not be read: as it is, not as indexed."""
        ids = (self._known.recheck | (self._known.requested & self._mine)) - self.read.keys()
        mine = ids & self._known.tickets.keys()
        # Jira gave every other ticket of the same request: one that it does not give is not there.
        self.gone |= set(self.pull.absent(iter(sorted(mine))))
        if not census:
            self.pull.read(iter(sorted(self._ours(ids - mine) - self.read.keys())))

    def _ours(self, unread: Collection[str]) -> set[str]:
        """Those that the query finds: a gap under a key may be of a ticket beyond it, which others lean on or name."""
        ours = {one for one in unread if one.isdigit()}
        for some in portions(sorted(one for one in unread if KEY.fullmatch(one)), RECONCILE):
            ours |= self._with_keys(some)
        return ours

    def _with_keys(self, keys: Sequence[str]) -> set[str]:
        try:
            return set(self.pull.found(within(self._query, f"key in ({', '.join(keys)})")))
        except QueryRefused:
            # Jira refuses a search for a ticket that does not exist.
            return set().union(*(self._with_keys((key,)) for key in keys)) if len(keys) > 1 else set()

    def _changed(self, start: int) -> Iterator[tuple[str, str]]:
        """Ids and, where that is told, when: what is known as of that very moment need not be read again."""
        query = within(self._query, since(start)) + IN_ORDER
        named = dict.fromkeys((*sorted(self._known.requested), *sorted(self._known.recheck)))
        fresh = [one for one in named if one.isdigit()][:RECONCILE]
        if self._windows:
            yield from self.pull.dated(query)
        elif (few := self._few(query, fresh)) is not None:
            yield from few
        else:
            yield from ((id_, "") for id_ in self.pull.found(query, fresh))

    def _few(self, query: str, fresh: Sequence[str]) -> Sequence[tuple[str, str]] | None:
        """The changed tickets with their times, if one page holds them all."""
        try:
            answer = self._gate.send(api.search_times(query, FIRST_PAGE, fresh))
            return api.times_in(answer) if api.id_page(answer).next_token is None else None
        except ValueError:
            return None

    def _worth_reading(self, changed: Iterable[tuple[str, str]]) -> Iterator[str]:
        unsettled = unsettled_in(self._known.tickets, self._cursor)
        for id_, written in changed:
            known = self._known.tickets.get(id_)
            same = (
                known is not None
                and not (known.reference_only or known.missing_fields)
                and is_moment(written, known.updated)
            )
            if not same or id_ in unsettled:
                yield id_

    def _depart(self, changed: Collection[str], start: int) -> None:
        """What changed and is remembered, but not found by the query: most likely it left."""
        try:
            elsewhere = set(self.pull.found(since(start) + IN_ORDER)) & self._mine
        except QueryRefused:
            return  # a site that allows no search of this kind: the census will tell
        self.gone |= self._look_up.left(elsewhere - set(changed))

    def _count(self, changed: Collection[str]) -> None:
        """All ids that the query finds: what is new to us is read, what is not there any more has left."""
        there = set(self.pull.found(self._query))
        self.pull.read(iter(sorted(there - self._mine - set(changed))))
        if self.pull.complete:
            self.gone |= self._look_up.left(self._mine - there - set(changed))
