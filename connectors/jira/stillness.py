"""Whether a Jira site is as it is remembered: asked for by times alone, and read again only where these leave doubt."""

from collections.abc import Callable
from dataclasses import replace

from connectors.base import World
from connectors.http import Gate
from connectors.jira import api
from connectors.jira.cursor import IN_ORDER, Cursor, is_moment, print_of, since, unsettled_in, within
from connectors.jira.host import Host
from connectors.jira.okrs import with_okrs
from connectors.jira.reading import Pull
from connectors.jira.settings import JiraSettings
from connectors.jira.terms import Reading
from hub.model.errors import QueryRefused
from hub.model.initiative import Initiative, PullResult
from hub.model.rest import SourceBaseline

AT_MOST = 100
"""Where more changed lately than one page holds, a real pull is no dearer."""


def is_still(
    kept: SourceBaseline, gate: Gate, settings: JiraSettings, world: World, reading_at: Callable[[Host, str], Reading]
) -> bool:
    """Whether the next pull would find nothing new, nothing gone, and no OKR changed."""
    cursor = Cursor.read(kept.cursor)
    host = cursor.host if cursor else None
    if cursor is None or host is None or cursor.is_due(world.now(), settings.census_hours):
        return False
    reading = reading_at(host, cursor.default_priority)
    look = Stillness(kept, cursor, gate=gate, reading=reading, world=world, host=host)
    return print_of(reading) == cursor.print and look.holds()


class Stillness:
    """One look; use once. In doubt something has changed."""

    def __init__(
        self, kept: SourceBaseline, cursor: Cursor, *, gate: Gate, reading: Reading, world: World, host: Host
    ) -> None:
        self._kept = kept
        self._cursor = cursor
        self._settings = reading.settings
        self._start = cursor.at - int(reading.settings.overlap_seconds * 1000)
        self._gate = gate
        self._reading = reading
        self._world = world
        self._host = host
        self._pull = Pull(gate, reading, world, host.dialect)

    def holds(self) -> bool:
        """Whether nothing came, left or changed."""
        changed = self._changed()
        if changed is None or self._departed(changed):
            return False
        if self._settings.commands.enabled and not unsettled_in(self._kept.tickets, self._cursor).isdisjoint(changed):
            return False  # a comment in the second of the last change moves no time
        doubtful = [id_ for id_, written in changed.items() if not self._was_so(id_, written)]
        return self._reads_the_same(doubtful) and self._okrs_stand() and not self._pull.gaps

    def _changed(self) -> dict[str, str] | None:
        """What changed since the cursor with when, as far as the site tells; None for too much."""
        query = within(self._reading.settings.query, since(self._start)) + IN_ORDER
        if self._host.dialect.windows:
            found = dict.fromkeys(self._pull.found(query), "")
            return found if len(found) <= AT_MOST else None
        try:
            answer = self._gate.send(api.search_times(query, AT_MOST))
            return dict(api.times_in(answer)) if api.id_page(answer).next_token is None else None
        except ValueError:
            return None

    def _was_so(self, id_: str, written: str) -> bool:
        known = self._kept.tickets.get(id_)
        return (
            known is not None
            and not (known.reference_only or known.missing_fields)
            and is_moment(written, known.updated)
        )

    def _departed(self, changed: dict[str, str]) -> bool:
        """Whether a ticket that is ours changed and the query does not find it any more."""
        try:
            elsewhere = set(self._pull.found(since(self._start) + IN_ORDER)) - changed.keys()
        except QueryRefused:
            return False  # as in a pull: the census will tell
        known = (self._kept.tickets.get(id_) for id_ in elsewhere)
        return any(one is not None and not one.reference_only for one in known)

    def _reads_the_same(self, doubtful: list[str]) -> bool:
        """Those in doubt, and what others lean on: no search of changes finds that."""
        leans = self._kept.context_refs
        asked = dict.fromkeys((*doubtful, *(id_ or key for key, id_ in leans.items())))
        if asked:
            self._pull.absent(iter(asked))
        found = {one.id: one for one in self._pull.initiatives}
        wanted = {*doubtful, *(id_ for id_ in leans.values() if id_)}
        return found.keys() == wanted and all(self._is_remembered(one) for one in found.values())

    def _is_remembered(self, one: Initiative) -> bool:
        known = self._kept.tickets.get(one.id)
        return known is not None and replace(one, reference_only=known.reference_only) == known

    def _okrs_stand(self) -> bool:
        now = with_okrs(
            PullResult(self._reading.connector),
            None,
            gate=self._gate,
            reading=self._reading,
            world=self._world,
            dialect=self._host.dialect,
        )
        return not now.gaps and _by_id(now) == _by_id(replace(now, okrs=self._kept.okrs))


def _by_id(pulled: PullResult) -> dict[str, object] | None:
    return None if pulled.okrs is None else {row.id: row for row in pulled.okrs}
