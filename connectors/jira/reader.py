"""One pull of a Jira site, whole or what changed, with the tickets that others lean on, and the cursor for the next."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime, timedelta

from connectors.base import World
from connectors.http import Gate
from connectors.jira import api
from connectors.jira.by_id import by_id
from connectors.jira.changes import Changes
from connectors.jira.cursor import Cursor, last_change, milliseconds, print_of
from connectors.jira.host import Host
from connectors.jira.looking_up import LookUp
from connectors.jira.moved_projects import MovedProjects, asking, moved_projects, since_then
from connectors.jira.named_keys import follow
from connectors.jira.normalise import normalise
from connectors.jira.reading import Pull
from connectors.jira.terms import Reading
from connectors.shared.incremental import (
    Referenced,
    References,
    Watermark,
    are_references_unchanged,
    are_unchanged,
    fetch_referenced,
    resolve_references,
)
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
        last = last_change(pull.initiatives)
        found, referenced = self._with_named({one.id: one for one in pull.initiatives})
        moved = moved_projects(self._reading.settings.query, found, self._ask)
        cursor = None
        if last is not None:
            at = milliseconds(last - self._spent)
            clock = Watermark(last - self._spent, self._began)
            whole_seconds = self._tells_seconds(pull.initiatives)
            cursor = self._cursor((at, at, self._began), clock, referenced.keys, moved, whole_seconds=whole_seconds)
        return Pulled(
            self._reading.connector,
            tuple(map(moved.under, (*found, *referenced.tickets))),
            (*pull.gaps, *self._gaps),
            cursor=cursor,
            notes=moved.notes(),
        )

    def look_up(self, missing: Known) -> Pulled:
        """Those of the missing tickets that the query finds when it is asked for them alone; the others have left."""
        before, pull = self._gate.requests, Pull(self._gate, self._reading, self._world, self._host.dialect)
        look = LookUp(pull, self._gate, self._reading, self._host.dialect)
        gone = look.left(missing.tickets.keys()) - look.refused
        if pull.complete:
            pull.read(iter(sorted(missing.tickets.keys() - gone - look.refused)))
        found, referenced = self._with_named({one.id: one for one in pull.initiatives})
        moved = since_then(self._reading.settings.query, missing.tickets.values(), found, self._ask)
        there = tuple(map(moved.under, (*found, *referenced.tickets)))
        gaps, spent = (*pull.gaps, *self._gaps), self._gate.requests - before
        return Pulled(self._reading.connector, there, gaps, spent, gone=frozenset(gone))

    def changes(self, known: Known, cursor: Cursor) -> Pulled:
        """What changed since the cursor; and the ids of everything, when they are due.

        Where nothing changed, no ticket is looked at but those that were read again: there may be very many.
        """
        census = cursor.is_due(self._began, self._reading.settings.census_hours)
        changes = Changes(self._gate, self._reading, self._world, self._host.dialect, known=known, cursor=cursor)
        changes.run(census=census)
        if not (census or changes.gone) and self._is_unchanged(changes.read, known, cursor):
            moved, keys, found = MovedProjects(cursor.moved), cursor.referenced, References()
        else:
            kept = [one for id_, one in known.tickets.items() if id_ not in changes.gone and not one.context]
            moved = since_then(self._reading.settings.query, kept, changes.read.values(), self._ask)
            if moved.is_news(kept):
                return self.everything()
            found = self._references(known, _under(moved, changes.read), changes.gone)
            keys = found.referenced.keys
        read, context = {**_under(moved, changes.read), **found.named.changed}, found.referenced.tickets
        return Pulled(
            self._reading.connector,
            (*read.values(), *map(moved.under, context)),
            (*changes.pull.gaps, *self._gaps),
            extent=Extent.CENSUS if census else Extent.CHANGES,
            gone=frozenset(changes.gone | found.obsolete) - {one.id for one in context},
            missed=changes.missed(read.values()) if census else 0,
            cursor=self._next(cursor, read.values(), keys, moved, census=census),
            notes=moved.notes(),
        )

    def _is_unchanged(self, read: Mapping[str, Initiative], known: Known, cursor: Cursor) -> bool:
        """Whether all that was read again, and what tickets refer to beyond the query, is as it is remembered."""
        moved = MovedProjects(cursor.moved)
        unread_keys = any(not again.isdigit() and again not in known.tickets for again in known.again)
        if unread_keys or not are_unchanged(_under(moved, read), known):
            return False
        referenced = self._fetch(tuple(dict.fromkeys(id_ or key for key, id_ in cursor.referenced.items())))
        return are_references_unchanged(cursor, map(moved.under, referenced), known) and not self._gaps

    def _references(self, known: Known, read: Mapping[str, Initiative], gone: Collection[str]) -> References:
        """Tickets that name others by new keys; what all refer to now, as it is now; and what they refer to no more."""
        keys = {one.ref.key for one in known.tickets.values()} | known.again
        self._gaps.clear()
        return resolve_references(
            known,
            read,
            gone,
            follow=lambda own: follow(own, self._fetch, self._reading.browse(""), read, keys),
            fetch=self._fetch,
            has_gaps=lambda: bool(self._gaps),
        )

    def _with_named(self, tickets: Mapping[str, Initiative]) -> tuple[tuple[Initiative, ...], Referenced]:
        """All tickets, with the keys in their texts as they are today, and what they refer to."""
        named = follow(tickets, self._fetch, self._reading.browse(""), tickets, ())
        every = {**tickets, **named.changed}
        return tuple(every.values()), fetch_referenced(every.values(), self._fetch, named.found)

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

    def _next(
        self, cursor: Cursor, read: Iterable[Initiative], keys: Mapping[str, str], moved: MovedProjects, *, census: bool
    ) -> str:
        last = last_change(read)
        clock = cursor.watermark.advance(self._began, last and last - self._spent)
        at = max(cursor.at, milliseconds(clock.safe_point), milliseconds(last - self._spent) if last else 0)
        reconciled = (at, self._began) if census else (cursor.counted_at, datetime.fromisoformat(cursor.reconciled_at))
        whole_seconds = cursor.whole_seconds and self._tells_seconds(read)
        return self._cursor((at, *reconciled), clock, keys, moved, whole_seconds=whole_seconds)

    def _tells_seconds(self, read: Iterable[Initiative]) -> bool:
        changes = (one.updated for one in read if one.updated)
        return self._host.dialect.windows and not any(moment.microsecond for moment in changes)

    def _cursor(
        self,
        at: tuple[int, int, datetime],
        clock: Watermark,
        keys: Mapping[str, str],
        moved: MovedProjects,
        *,
        whole_seconds: bool,
    ) -> str:
        """`at` is how far changes were read, and where and when everything was reconciled."""
        return Cursor(
            at=at[0],
            counted_at=at[1],
            reconciled_at=at[2].isoformat(),
            fingerprint=print_of(self._reading),
            site=self._host.dialect.name,
            url=self._host.url,
            tracker_time=clock.tracker_time.isoformat(),
            local_time=clock.local_time.isoformat(),
            default_priority=self._reading.default_priority,
            referenced=keys,
            moved=moved.old,
            whole_seconds=whole_seconds,
        ).text()


def _under(moved: MovedProjects, read: Mapping[str, Initiative]) -> dict[str, Initiative]:
    return {id_: moved.under(one) for id_, one in read.items()}
