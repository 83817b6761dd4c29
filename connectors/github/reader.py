"""One pull of a GitHub, whole or what changed, with the issues that others lean on, and the cursor for the next."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from connectors.base import World
from connectors.github.changes import Changes, elsewhere
from connectors.github.cursor import Board, Cursor, lately, print_of, stamp
from connectors.github.named_issues import NamedIssues
from connectors.github.pull import Pull
from connectors.github.renamed import Renamed
from connectors.github.settings import GitHubSettings
from connectors.github.whole import Wholes, belongs, wholes_of
from connectors.http import Gate
from connectors.shared.incremental import Referenced, fetch_referenced, was_missed
from hub.model.initiative import Gap, Initiative, Known, Pulled


class Reader:
    """Use once: it remembers when it began."""

    def __init__(self, name: str, settings: GitHubSettings, gate: Gate, world: World) -> None:
        self._name = name
        self._settings = settings
        self._gate = gate
        self._world = world
        self._began = world.now()
        self._print = print_of(settings, world.since)

    def read(self, known: Known | None) -> Pulled:
        """Changes where a cursor leads on; everything at first, after other settings or names, and when it is due."""
        cursor = Cursor.parse(known.cursor) if known else None
        if known is None or cursor is None or cursor.fingerprint != self._print or self._lacks_a_board(cursor):
            return self._everything()
        if cursor.is_due(self._began, self._settings.census_hours):
            return self._counted(known, cursor)
        return self._changes(known, cursor)

    def look_up(self, missing: Known) -> Pulled:
        """Those of the missing issues that are there and configured; one that was closed too early is not asked for."""
        asked = self._ours(missing.tickets).keys()
        before = self._gate.requests
        if not asked:
            return Pulled(self._name, gone=frozenset(missing.tickets))
        # What was remembered of names may be what made these tickets ours, so that only those of today count.
        renamed = Renamed(self._settings.repositories)
        renamed.ask(self._gate, self._name)
        cursor = Cursor.parse(missing.cursor)
        boards = cursor.boards if cursor else Pull(self._name, self._settings, self._gate, self._world).find_boards()
        wholes = wholes_of(self._name, self._settings, self._gate, boards, ids={}, ranks=missing.tickets)
        read = {one.id: one for one in map(renamed.under, wholes.read(sorted(asked)))}
        there = self._ours(read)
        gone = (missing.tickets.keys() - asked) | (wholes.gone & asked) | (read.keys() - there.keys())
        found, referenced, gaps = self._with_named(there, wholes, renamed)
        return Pulled(
            self._name, (*found, *referenced.tickets), gaps, self._gate.requests - before, gone=frozenset(gone)
        )

    def _ours(self, tickets: Mapping[str, Initiative]) -> dict[str, Initiative]:
        """Those of the tickets that are configured."""
        homes = {repository.casefold() for repository in self._settings.repositories}
        return {id_: one for id_, one in tickets.items() if belongs(one, self._settings, homes, self._world.since)}

    def _with_named(
        self, tickets: Mapping[str, Initiative], wholes: Wholes, renamed: Renamed
    ) -> tuple[tuple[Initiative, ...], Referenced, tuple[Gap, ...]]:
        """All tickets, with the keys in their texts as they are today, and what they refer to."""
        named = NamedIssues(self._name, self._settings.url, self._gate, wholes, renamed).follow(tickets, tickets)
        every = {**tickets, **named.changed}
        found = fetch_referenced(every.values(), wholes.of_keys, named.found)
        referenced = Referenced(tuple(map(renamed.under, found.tickets)), found.keys)
        return tuple(every.values()), referenced, (*wholes.gaps, *named.gaps)

    def _lacks_a_board(self, cursor: Cursor) -> bool:
        return not set(self._settings.projects) <= set(cursor.boards)

    def _everything(self) -> Pulled:
        pull = Pull(self._name, self._settings, self._gate, self._world)
        pulled = pull.run()
        boards = pull.boards
        wholes = wholes_of(self._name, self._settings, self._gate, boards, ids=pull.ids, ranks={})
        found, referenced, gaps = self._with_named({one.id: one for one in pulled.initiatives}, wholes, pull.renamed)
        initiatives, gaps = (*found, *referenced.tickets), (*pulled.gaps, *gaps)
        if (last := self._last_change(pulled.initiatives)) is None:
            return replace(pulled, initiatives=initiatives, gaps=gaps)
        cursor = Cursor(
            at=stamp(last),
            fingerprint=self._print,
            reconciled_at=self._began.isoformat(),
            tracker_time=last.isoformat(),
            local_time=self._began.isoformat(),
            boards=self._recent(boards, stamp(last)),
            called=pull.renamed.called,
            referenced=referenced.keys,
            elsewhere=elsewhere(found, self._settings),
        )
        return replace(pulled, initiatives=initiatives, gaps=gaps, cursor=cursor.text())

    def _counted(self, known: Known, cursor: Cursor) -> Pulled:
        """A census is a whole read: dependencies, sub-issues, options and the order on a board move no time.

        It costs as many requests as the ids alone would, for both come by the hundred.
        """
        pulled = self._everything()
        before = cursor.since(self._settings.overlap_seconds)
        missed = 0
        for one in pulled.initiatives:
            # A place on the board is no change of the ticket.
            last = known.tickets.get(one.id)
            missed += was_missed(replace(one, rank=None), last and replace(last, rank=None), before)
        return replace(pulled, missed=missed)

    def _changes(self, known: Known, cursor: Cursor) -> Pulled:
        changes = Changes(self._name, self._settings, self._gate, self._world, known=known, cursor=cursor)
        pulled = changes.run()
        if changes.has_new_names and changes.renamed.is_news(known.tickets.values()):
            return self._everything()
        last = self._last_change(pulled.initiatives)
        clock = cursor.watermark.advance(self._began, last)
        at = max(cursor.at, stamp(clock.safe_point), stamp(last) if last else "")
        cursor = replace(
            cursor,
            at=at,
            tracker_time=clock.tracker_time.isoformat(),
            local_time=clock.local_time.isoformat(),
            boards=self._recent(changes.boards, at),
            called=changes.renamed.called,
            referenced=changes.referenced,
            elsewhere=changes.elsewhere,
        )
        return replace(pulled, cursor=cursor.text())

    def _last_change(self, read: Iterable[Initiative]) -> datetime | None:
        """The last change that was seen, less the time that the pull took: what changed meanwhile is later."""
        spent: timedelta = self._world.now() - self._began
        last = max((one.updated for one in read if one.updated and not one.context), default=None)
        return last - spent if last else None

    def _recent(self, boards: Mapping[str, Board], at: str) -> dict[str, Board]:
        """The projects with the items that the next pull is shown again, and no others."""
        return {
            project: replace(board, seen=lately(board.seen, at, self._began) if board.filters else board.seen)
            for project, board in boards.items()
        }
