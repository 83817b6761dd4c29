"""One pull of a GitHub, whole or what changed, with the issues that others lean on, and the cursor for the next."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from connectors.base import World
from connectors.context import around
from connectors.github.changes import Changes
from connectors.github.cursor import Board, Cursor, lately, print_of, stamp
from connectors.github.named_issues import NamedIssues
from connectors.github.pull import Pull
from connectors.github.renamed import Renamed
from connectors.github.settings import GitHubSettings
from connectors.github.whole import Wholes, belongs
from connectors.http import Gate
from connectors.quiet import Stood
from hub.model.initiative import Gap, Initiative, PullResult, PullState


class Reader:
    """Use once: it remembers when it began."""

    def __init__(self, name: str, settings: GitHubSettings, gate: Gate, world: World) -> None:
        self._name = name
        self._settings = settings
        self._gate = gate
        self._world = world
        self._began = world.now()
        self._print = print_of(settings, world.since)

    def read(self, known: PullState | None) -> PullResult:
        """Changes where a cursor leads on; everything at first, after other settings or names, and when it is due."""
        cursor = Cursor.read(known.cursor) if known else None
        if known is None or cursor is None or cursor.print != self._print or self._lacks_a_board(cursor):
            return self._everything()
        if cursor.is_due(self._began, self._settings.census_hours):
            return self._counted(known, cursor)
        return self._changes(known, cursor)

    def look_up(self, missing: PullState) -> PullResult:
        """Those of the missing issues that are there and configured; one that was closed too early is not asked for."""
        asked = self._ours(missing.tickets).keys()
        before = self._gate.requests
        if not asked:
            return PullResult(self._name, deleted=frozenset(missing.tickets))
        # What was remembered of names may be what made these tickets ours, so that only those of today count.
        renamed = Renamed(self._settings.repositories)
        renamed.ask(self._gate, self._name)
        cursor = Cursor.read(missing.cursor)
        boards = cursor.boards if cursor else Pull(self._name, self._settings, self._gate, self._world).find_boards()
        wholes = self._wholes(boards, {}, ranks=missing.tickets)
        read = {one.id: one for one in map(renamed.under, wholes.read(sorted(asked)))}
        there = self._ours(read)
        gone = (missing.tickets.keys() - asked) | (wholes.gone & asked) | (read.keys() - there.keys())
        found, gaps = self._with_named(there, wholes, renamed)
        return PullResult(self._name, found, gaps, self._gate.requests - before, deleted=frozenset(gone))

    def _ours(self, tickets: Mapping[str, Initiative]) -> dict[str, Initiative]:
        """Those of the tickets that are configured."""
        homes = {repository.casefold() for repository in self._settings.repositories}
        return {id_: one for id_, one in tickets.items() if belongs(one, self._settings, homes, self._world.since)}

    def _with_named(
        self, tickets: Mapping[str, Initiative], wholes: Wholes, renamed: Renamed
    ) -> tuple[tuple[Initiative, ...], tuple[Gap, ...]]:
        """All tickets, with the keys in their texts as they are today, and what they lean on."""
        named = NamedIssues(self._name, self._settings.url, self._gate, wholes, renamed).follow(tickets, tickets)
        every = {**tickets, **named.changed}
        context = map(renamed.under, around(every.values(), wholes.of_keys, named.found))
        found = (*every.values(), *context)
        return found, (*wholes.gaps, *named.gaps)

    def _wholes(self, boards: Mapping[str, Board], ids: Mapping[str, str], ranks: Mapping[str, Initiative]) -> Wholes:
        return Wholes(
            self._name,
            self._settings,
            self._gate,
            boards={board.id: project for project, board in boards.items()},
            ids=ids,
            ranks=ranks,
            lengths={project: board.places for project, board in boards.items()},
        )

    def _lacks_a_board(self, cursor: Cursor) -> bool:
        return not set(self._settings.projects) <= set(cursor.boards)

    def _everything(self) -> PullResult:
        pull = Pull(self._name, self._settings, self._gate, self._world)
        pulled = pull.run()
        boards = pull.boards
        wholes = self._wholes(boards, pull.ids, ranks={})
        found, gaps = self._with_named({one.id: one for one in pulled.initiatives}, wholes, pull.renamed)
        last = self._last_change(pulled.initiatives)
        return replace(
            pulled,
            initiatives=found,
            gaps=(*pulled.gaps, *gaps),
            cursor=self._cursor(stamp(last), self._began, boards, Stood(last, self._began)) if last else None,
        )

    def _counted(self, known: PullState, cursor: Cursor) -> PullResult:
        """A census is a whole read: dependencies, sub-issues, options and the order on a board move no time.

        It costs as many requests as the ids alone would, for both come by the hundred.
        """
        pulled = self._everything()
        before = cursor.since(self._settings.overlap_seconds)
        missed = sum(_was_missed(one, known.tickets.get(one.id), before) for one in pulled.initiatives)
        return replace(pulled, missed_by_cursor=missed)

    def _changes(self, known: PullState, cursor: Cursor) -> PullResult:
        changes = Changes(self._name, self._settings, self._gate, self._world, known=known, cursor=cursor)
        pulled = changes.run()
        if changes.renamed.is_news(known.tickets.values()):
            return self._everything()
        last = self._last_change(pulled.initiatives)
        clock = cursor.clock.later(self._began, last)
        at = max(cursor.at, stamp(clock.behind), stamp(last) if last else "")
        counted = datetime.fromisoformat(cursor.counted)
        return replace(pulled, cursor=self._cursor(at, counted, changes.boards, clock))

    def _last_change(self, read: Iterable[Initiative]) -> datetime | None:
        """The last change that was seen, less the time that the pull took: what changed meanwhile is later."""
        spent: timedelta = self._world.now() - self._began
        last = max((one.updated for one in read if one.updated and not one.reference_only), default=None)
        return last - spent if last else None

    def _cursor(self, at: str, counted: datetime, boards: Mapping[str, Board], clock: Stood) -> str:
        kept = {
            project: replace(board, seen=lately(board.seen, at, self._began) if board.filters else board.seen)
            for project, board in boards.items()
        }
        stood, pulled = clock.at.isoformat(), clock.pulled.isoformat()
        return Cursor(at, counted.isoformat(), self._print, stood, pulled, kept).text()


def _was_missed(one: Initiative, known: Initiative | None, before: str) -> bool:
    """Whether something other than the place on a board changed so that no cursor could show it."""
    if one.reference_only or one.updated is None or (known and replace(one, rank=None) == replace(known, rank=None)):
        return False
    return stamp(one.updated) < before or (known is not None and one.updated == known.updated)
