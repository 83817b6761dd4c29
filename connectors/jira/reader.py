"""One pull of a Jira site, whole or what changed, with the tickets that others lean on, and the cursor for the next."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime, timedelta

from connectors.base import World
from connectors.context import around
from connectors.http import Gate
from connectors.jira import api
from connectors.jira.by_id import by_id
from connectors.jira.changes import Changes
from connectors.jira.cursor import Cursor, last_change, milliseconds, print_of
from connectors.jira.host import Host
from connectors.jira.looking_up import LookUp
from connectors.jira.moved_projects import asking, moved_projects, since_then
from connectors.jira.named_keys import follow
from connectors.jira.normalise import normalise
from connectors.jira.reading import Pull
from connectors.jira.terms import Reading
from connectors.quiet import Stood
from connectors.shared.settings import is_okr
from connectors.wire import Response
from hub.model.errors import SourceError
from hub.model.initiative import Extent, Gap, Initiative, Known, Pulled


class Reader:
    """Use once: it remembers when it began."""

    def __init__(self, gate: Gate, reading: Reading, world: World, host: Host) -> None:
        self._gate = gate
        self._reading = reading
        self._world = world
        self._host = host
        self._began = world.now()
        self._gaps: list[Gap] = []
        self._ask = asking(gate, reading.connector)

    def everything(self) -> Pulled:
        """All that the query finds."""
        pull = Pull(self._gate, self._reading, self._world, self._host.dialect)
        pull.run()
        found = tuple(pull.initiatives)
        last = last_change(found)
        found, context = self._with_named({one.id: one for one in found})
        moved = moved_projects(self._reading.settings.query, found, self._ask)
        found, context = tuple(map(moved.under, found)), tuple(map(moved.under, context))
        cursor = None
        if last is not None:
            at = milliseconds(last - self._spent)
            cursor = self._cursor(at, at, self._began, Stood(last - self._spent, self._began))
        gaps = (*pull.gaps, *self._gaps)
        return Pulled(self._reading.connector, found + context, gaps, cursor=cursor, notes=moved.notes())

    def look_up(self, missing: Known) -> Pulled:
        """Those of the missing tickets that the query finds when it is asked for them alone; the others have left."""
        before, pull = self._gate.requests, Pull(self._gate, self._reading, self._world, self._host.dialect)
        look = LookUp(pull, self._gate, self._reading, self._host.dialect)
        gone = look.left(missing.tickets.keys()) - look.refused
        if pull.complete:
            pull.read(iter(sorted(missing.tickets.keys() - gone - look.refused)))
        found, context = self._with_named({one.id: one for one in pull.initiatives})
        moved = since_then(self._reading.settings.query, missing.tickets.values(), found, self._ask)
        found, context = tuple(map(moved.under, found)), tuple(map(moved.under, context))
        gaps, spent = (*pull.gaps, *self._gaps), self._gate.requests - before
        return Pulled(self._reading.connector, found + context, gaps, spent, gone=frozenset(gone))

    def changes(self, known: Known, cursor: Cursor) -> Pulled:
        """What changed since the cursor; and the ids of everything, when they are due."""
        census = cursor.is_due(self._began, self._reading.settings.census_hours)
        changes = Changes(self._gate, self._reading, self._world, self._host.dialect, known=known, cursor=cursor)
        changes.run(census=census)
        kept = [one for id_, one in known.tickets.items() if id_ not in changes.gone and not one.context]
        moved = since_then(self._reading.settings.query, kept, changes.read.values(), self._ask)
        if moved.is_news(kept):
            return self.everything()
        read = {id_: moved.under(one) for id_, one in changes.read.items()}
        last = last_change(read.values())
        clock = cursor.clock.later(self._began, last and last - self._spent)
        at = max(cursor.at, milliseconds(clock.behind), milliseconds(last - self._spent) if last else 0)
        counted = (at, self._began) if census else (cursor.counted_at, datetime.fromisoformat(cursor.counted))
        named, context, unneeded = self._context(known, read, changes.gone)
        read = {**read, **named}
        return Pulled(
            self._reading.connector,
            (*read.values(), *map(moved.under, context)),
            (*changes.pull.gaps, *self._gaps),
            extent=Extent.CENSUS if census else Extent.CHANGES,
            gone=frozenset(changes.gone | unneeded) - {one.id for one in context},
            missed=changes.missed(read.values()) if census else 0,
            cursor=self._cursor(at, *counted, clock),
            notes=moved.notes(),
        )

    def _context(
        self, known: Known, read: dict[str, Initiative], gone: Collection[str]
    ) -> tuple[Mapping[str, Initiative], tuple[Initiative, ...], set[str]]:
        """Tickets that name others by new keys; what all lean on now, as it is now; and what they lean on no more."""
        whole = {id_: one for id_, one in known.tickets.items() if not one.context and id_ not in gone} | read
        keys = {one.ref.key for one in known.tickets.values()} | known.again
        named = follow(whole, self._fetch, self._reading.browse(""), read, keys)
        found = around(({**whole, **named.changed}).values(), self._fetch, named.found)
        kept = {one.id for one in found} | whole.keys()
        before = {id_ for id_, one in known.tickets.items() if one.context}
        context = tuple(one for one in found if one.id not in whole)
        return named.changed, context, set() if self._gaps else before - kept

    def _with_named(self, tickets: Mapping[str, Initiative]) -> tuple[tuple[Initiative, ...], tuple[Initiative, ...]]:
        """All tickets, with the keys in their texts as they are today, and what they lean on."""
        named = follow(tickets, self._fetch, self._reading.browse(""), tickets, ())
        every = {**tickets, **named.changed}
        return tuple(every.values()), around(every.values(), self._fetch, named.found)

    def _fetch(self, keys: Collection[str]) -> Iterator[Initiative]:
        """Tickets by key, wherever they are; those that may not be seen are simply not there."""
        fetch, fields = self._host.dialect.fetch, self._reading.layout.fields
        size = self._reading.settings.page_size
        for some, answer in by_id(self._gate, lambda chunk: fetch(chunk, fields), tuple(keys), size):
            yield from self._understood(some, answer)

    def _understood(self, keys: Iterable[str], answer: Response | SourceError) -> Iterator[Initiative]:
        try:
            rows = [] if isinstance(answer, SourceError) else api.fetched(answer)
            why = answer.what if isinstance(answer, SourceError) else ""
        except ValueError as error:
            rows, why = [], str(error)
        if why:
            self._gaps += [Gap(self._reading.connector, why, key) for key in keys]
        for row in rows:
            made = normalise(row, self._reading)
            if isinstance(made, Initiative) and not is_okr(self._reading.settings.okrs, made.kind, made.labels):
                yield made

    @property
    def _spent(self) -> timedelta:
        return self._world.now() - self._began

    def _cursor(self, at: int, counted_at: int, counted: datetime, clock: Stood) -> str:
        return Cursor(
            at=at,
            counted_at=counted_at,
            counted=counted.isoformat(),
            print=print_of(self._reading),
            site=self._host.dialect.name,
            url=self._host.url,
            stood=clock.at.isoformat(),
            pulled=clock.pulled.isoformat(),
            default_priority=self._reading.default_priority,
        ).text()
