"""The pull after the first: which issues and items changed, asked for by their times alone, and then read whole."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from connectors.base import World
from connectors.context import around
from connectors.github import api, pages
from connectors.github.cursor import Board, Cursor, days_back, stamp
from connectors.github.named_issues import Named, NamedIssues
from connectors.github.renamed import Renamed, name_in
from connectors.github.settings import GitHubSettings
from connectors.github.whole import Wholes, belongs
from connectors.http import Gate
from connectors.wire import Request
from hub.model.errors import CredentialsRefused, SourceError
from hub.model.initiative import Gap, Initiative, PullResult, PullState, SyncMode

Json = dict[str, Any]
# A filter that a server does not know is refused in these words.
NO_ARGUMENT = "doesn't accept argument"


class Changes:
    """One run; use once. Afterwards `boards` holds what the next one begins from."""

    def __init__(
        self, name: str, settings: GitHubSettings, gate: Gate, world: World, *, known: PullState, cursor: Cursor
    ) -> None:
        self.boards: dict[str, Board] = {}
        self._name = name
        self._settings = settings
        self._gate = gate
        self._world = world
        self._known = known
        self._cursor = cursor
        self._gaps: list[Gap] = []
        # GitHub tells whole seconds: what changed in the last one that was seen may have changed again in it.
        self._settled = stamp(cursor.clock.at)
        self.renamed = Renamed(settings.repositories)
        self.renamed.remember(known.tickets.values())
        self.homes = {repository.casefold() for repository in settings.repositories}

    def run(self) -> PullResult:
        """Every issue that is not as it is remembered, and those that it leans on.

        An id that only a gap holds may be gone as well: what is not there or not ours is no gap any more.
        """
        stale = dict.fromkeys((*self._moving(), *sorted(self._known.recheck | self._known.requested)))
        tickets = self._known.tickets
        wholes = Wholes(
            self._name,
            self._settings,
            self._gate,
            boards={board.id: project for project, board in self.boards.items()},
            ids={one.ref.key: id_ for id_, one in tickets.items()},
            ranks=tickets,
            lengths={project: board.places for project, board in self.boards.items()},
        )
        read = {one.id: one for one in self.named(wholes.read(stale))}
        wanted = {id_: one for id_, one in read.items() if belongs(one, self._settings, self.homes, self._world.since)}
        gone = (wholes.gone | (read.keys() - wanted.keys())) & (tickets.keys() | self._known.recheck)
        named, context, unneeded = self._context(wholes, wanted, gone)
        self._gaps += named.gaps
        self._keep_lengths(wholes.lengths)
        return PullResult(
            self._name,
            (*{**wanted, **named.changed}.values(), *context),
            tuple(dict.fromkeys((*self._gaps, *wholes.gaps))),
            mode=SyncMode.INCREMENTAL,
            deleted=frozenset(gone | unneeded) - {one.id for one in context},
            notes=self.renamed.notes(),
        )

    def stale(self) -> tuple[str, ...] | None:
        """The issues that may not be as they are remembered; None where something could not be read."""
        found = tuple(dict.fromkeys(self._moving()))
        return None if self._gaps else found

    def named(self, read: Iterable[Initiative]) -> Iterator[Initiative]:
        """The issues under the names by which their repositories are asked for, too."""
        return map(self.renamed.under, read)

    def _moving(self) -> Iterator[str]:
        yield from self._of_repositories()
        yield from self._of_projects()

    def _context(
        self, wholes: Wholes, read: Mapping[str, Initiative], gone: set[str]
    ) -> tuple[Named, tuple[Initiative, ...], set[str]]:
        """Tickets that name others by new keys; what all lean on now, as it is now; and what they lean on no more."""
        tickets = self._known.tickets
        whole = {**{id_: one for id_, one in tickets.items() if not one.reference_only and id_ not in gone}, **read}
        failed = len(wholes.gaps)
        named = NamedIssues(self._name, self._settings.url, self._gate, wholes, self.renamed).follow(whole, read)
        every = {**whole, **named.changed}.values()
        around_them = map(self.renamed.under, around(every, wholes.of_keys, named.found))
        found = tuple(one for one in around_them if one.id not in whole)
        before = {id_ for id_, one in tickets.items() if one.reference_only}
        settled = len(wholes.gaps) == failed and not named.gaps
        return named, found, before - {one.id for one in found} - whole.keys() if settled else set()

    def _of_repositories(self) -> Iterator[str]:
        since = self._cursor.since(self._settings.overlap_seconds)
        for repository in (*self._settings.repositories, *self._elsewhere()):
            configured = repository.casefold() in self.homes

            def ask(after: str | None, repository: str = repository) -> Request:
                return api.changed_issues(repository, since, after)

            asked = repository if configured else ""
            for node in self._pages(f"repository {repository}", ("repository", "issues"), ask, repository=asked):
                if not self._is_known(node) and (configured or node["id"] in self._known.tickets):
                    yield node["id"]

    def _elsewhere(self) -> list[str]:
        """Repositories that only projects lead to: an edit of an issue moves its own time, and not its item's."""
        if not self._settings.projects:
            return []
        own = (one.containers for one in self._known.tickets.values() if not one.reference_only)
        found = {places[0]: {place.casefold() for place in places} for places in own}
        return sorted(home for home, places in found.items() if places.isdisjoint(self.homes))

    def _of_projects(self) -> Iterator[str]:
        for project in self._settings.projects:
            if board := self._cursor.boards.get(project):
                yield from self._of_board(project, board)

    def _of_board(self, project: str, board: Board) -> Iterator[str]:
        """Items whose time moved, or whose issue is not as it is remembered."""
        days = days_back(self._cursor.at, self._world.now()) if board.filters else None

        def ask(after: str | None) -> Request:
            return api.changed_items(board.id, days, after)

        nodes = self._pages(f"project {project}", ("node", "items"), ask, filtered=days is not None)
        if nodes is None:
            yield from self._of_board(project, replace(board, filters=False))
            return
        seen = {} if board.filters else dict(board.seen)
        for item in nodes:
            seen[item["id"]] = str(item.get("updatedAt"))
            content = item.get("content") or {}
            if content.get("__typename") == "Issue" and self._moved(item, content, board):
                yield content["id"]
        self.boards[project] = replace(board, seen={**board.seen, **seen})

    def _moved(self, item: Json, issue: Json, board: Board) -> bool:
        known = issue["id"] in self._known.tickets and not self._is_known(issue)
        changed = str(item.get("updatedAt"))
        return known or board.seen.get(item["id"]) != changed or changed >= self._settled

    def _is_known(self, issue: Json) -> bool:
        known = self._known.tickets.get(issue["id"])
        if known is None or known.reference_only or known.missing_fields or known.updated is None:
            return False
        return stamp(known.updated) == str(issue.get("updatedAt")) < self._settled

    def _pages(
        self,
        what: str,
        path: tuple[str, ...],
        ask: Callable[[str | None], Request],
        *,
        filtered: bool = False,
        repository: str = "",
    ) -> Any:
        """All entries of a connection, first to last; None where the server does not know the filter.

        The name by which a configured `repository` answers is its name of today.
        """
        found: list[Json] = []
        after: str | None = None
        asked: set[str | None] = set()
        while after not in asked:
            asked.add(after)
            try:
                said = api.read_answer(self._gate.send(ask(after)))
            except CredentialsRefused:
                raise
            except SourceError as error:
                return self._lost(what, error.detail, found)
            reading = pages.read(said, path)
            if reading is None and filtered and NO_ARGUMENT in said.why():
                return None
            if reading is None or reading.reasons:
                return self._lost(what, said.why() or "the answer held no page", found)
            if repository:
                self.renamed.learn(repository, name_in(said.at(("repository",))))
            found += reading.nodes
            if not reading.page.has_next:
                return found
            after = reading.page.end
        return self._lost(what, "the tracker gave the same page again", found)

    def _lost(self, what: str, why: str, found: list[Json]) -> list[Json]:
        self._gaps.append(Gap(self._name, f"{what}: {why}"))
        return found

    def _keep_lengths(self, lengths: Mapping[str, int]) -> None:
        self.boards = {
            project: replace(board, places=lengths.get(project, board.places)) for project, board in self.boards.items()
        }
