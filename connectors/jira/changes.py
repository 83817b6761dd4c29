"""The pull after the first: what changed since the cursor, what left the query, and now and then a census of ids."""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence

from connectors.base import World
from connectors.http import Gate
from connectors.jira import api
from connectors.jira.cursor import IN_ORDER, Cursor, is_moment, is_unsettled, moment_of, since, within
from connectors.jira.dialect import Dialect
from connectors.jira.looking_up import RECONCILE, LookUp, portions
from connectors.jira.reading import Pull
from connectors.jira.terms import Reading
from connectors.shared.incremental import was_missed
from hub.model.errors import QueryRefused
from hub.model.initiative import Initiative, Known

FIRST_PAGE = 100
KEY = re.compile(r"[A-Za-z][A-Za-z0-9_]{1,30}-\d{1,12}", re.ASCII)


class Changes:
    """One run; afterwards `gone` holds the ids that the query finds no more."""

    def __init__(
        self, gate: Gate, reading: Reading, world: World, dialect: Dialect, *, known: Known, cursor: Cursor
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

    @property
    def read(self) -> dict[str, Initiative]:
        """What was read, each ticket as it was last."""
        return {one.id: one for one in self.pull.initiatives}

    def missed(self, read: Iterable[Initiative]) -> int:
        """Tickets that are not as they were remembered, though they changed before the cursor came to where it is."""
        before = moment_of(self._cursor.at - self._overlap)
        return sum(was_missed(one, self._known.tickets.get(one.id), before) for one in read)

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
        ids = (self._known.again | self._own(self._known.knocked)) - self.read.keys()
        mine = {id_ for id_ in ids if id_ in self._known.tickets}
        # Jira gave every other ticket of the same request: one that it does not give is not there.
        self.gone |= set(self.pull.absent(iter(sorted(mine))))
        if not census:
            self.pull.read(iter(sorted(self._ours(ids - mine) - self.read.keys())))

    def _own(self, ids: Iterable[str]) -> set[str]:
        """Those of the ids that are remembered of tickets that the query finds."""
        found = ((id_, self._known.tickets.get(id_)) for id_ in ids)
        return {id_ for id_, ticket in found if ticket is not None and not ticket.context}

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
        named = dict.fromkeys((*sorted(self._known.knocked), *sorted(self._known.again)))
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
        for id_, written in changed:
            known = self._known.tickets.get(id_)
            same = known is not None and not (known.context or known.unread) and is_moment(written, known.updated)
            if not same or is_unsettled(known, self._cursor):
                yield id_

    def _depart(self, changed: Collection[str], start: int) -> None:
        """What changed and is remembered, but not found by the query: most likely it left."""
        try:
            elsewhere = self._own(self.pull.found(since(start) + IN_ORDER))
        except QueryRefused:
            return  # a site that allows no search of this kind: the census will tell
        self.gone |= self._look_up.left(elsewhere - set(changed))

    def _count(self, changed: Collection[str]) -> None:
        """All ids that the query finds: what is new to us is read, what is not there any more has left."""
        mine = {id_ for id_, ticket in self._known.tickets.items() if not ticket.context}
        there = set(self.pull.found(self._query))
        self.pull.read(iter(sorted(there - mine - set(changed))))
        if self.pull.complete:
            self.gone |= self._look_up.left(mine - there - set(changed))
