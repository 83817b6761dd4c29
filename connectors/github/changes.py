"""The pull after the first: which issues and items changed, asked for by their times alone, and then read whole."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from connectors.base import World
from connectors.github import api, pages
from connectors.github.cursor import Board, Cursor, days_back, stamp
from connectors.github.named_issues import NamedIssues
from connectors.github.renamed import Renamed, name_in
from connectors.github.settings import GitHubSettings
from connectors.github.whole import Wholes, belongs, wholes_of
from connectors.http import Gate
from connectors.shared.incremental import References, are_references_unchanged, are_unchanged, resolve_references
from connectors.wire import Request
from hub.model.errors import CredentialsRefused, SourceError
from hub.model.initiative import Extent, Gap, Initiative, Known, Pulled

Json = dict[str, Any]
# A filter that a server does not know is refused in these words.
NO_ARGUMENT = "doesn't accept argument"


class Changes:
    """One run; use once.

    Afterwards `boards`, `referenced` and `elsewhere` hold what the next one begins from.
    """

    def __init__(
        self, name: str, settings: GitHubSettings, gate: Gate, world: World, *, known: Known, cursor: Cursor
    ) -> None:
        self.boards: dict[str, Board] = {}
        self.referenced, self.elsewhere = cursor.referenced, cursor.elsewhere
        self._name = name
        self._settings = settings
        self._gate = gate
        self._world = world
        self._known = known
        self._cursor = cursor
        self._gaps: list[Gap] = []
        # GitHub tells whole seconds: what changed in the last one that was seen may have changed again in it.
        self._settled = stamp(cursor.watermark.tracker_time)
        self.renamed = Renamed(settings.repositories)
        for asked, called in cursor.called.items():
            self.renamed.learn(asked, called)
        self.homes = {repository.casefold() for repository in settings.repositories}

    def run(self) -> Pulled:
        """Every issue that is not as it is remembered, and those that it refers to.

        An id that only a gap holds may be gone as well: what is not there or not ours is no gap any more. Where nothing
        changed, no issue is looked at but those that were read again: there may be very many.
        """
        stale = dict.fromkeys((*self._moving(), *sorted(self._known.again | self._known.knocked)))
        wholes = wholes_of(self._name, self._settings, self._gate, self.boards, ids={}, ranks=self._known.tickets)
        read = {one.id: one for one in self.named(wholes.read(stale))}
        wanted = {id_: one for id_, one in read.items() if belongs(one, self._settings, self.homes, self._world.since)}
        gone = self._remembered(wholes.gone | (read.keys() - wanted.keys()))
        found = References()
        if gone or self.has_new_names or not self._is_unchanged(wanted, wholes):
            found = self._references(wholes, wanted, gone)
        context = tuple(map(self.renamed.under, found.referenced.tickets))
        self._gaps += found.named.gaps
        self._keep_lengths(wholes.lengths)
        return Pulled(
            self._name,
            (*{**wanted, **found.named.changed}.values(), *context),
            tuple(dict.fromkeys((*self._gaps, *wholes.gaps))),
            extent=Extent.CHANGES,
            gone=frozenset(gone | found.obsolete) - {one.id for one in context},
            notes=self.renamed.notes(),
        )

    @property
    def has_new_names(self) -> bool:
        """Whether a repository has another name than at the last pull."""
        return self.renamed.called != self._cursor.called

    def named(self, read: Iterable[Initiative]) -> Iterator[Initiative]:
        """The issues under the names by which their repositories are asked for, too."""
        return map(self.renamed.under, read)

    def _remembered(self, ids: Iterable[str]) -> set[str]:
        return {id_ for id_ in ids if id_ in self._known.again or id_ in self._known.tickets}

    def _is_unchanged(self, read: Mapping[str, Initiative], wholes: Wholes) -> bool:
        """Whether all that was read again, and what issues refer to beyond the configured, is as it is remembered."""
        if not are_unchanged(read, self._known):
            return False
        before = len(wholes.gaps)
        found = tuple(self.named(wholes.of_ids(dict.fromkeys(id_ for id_ in self.referenced.values() if id_))))
        complete = len(wholes.gaps) == before
        del wholes.gaps[before:]
        return complete and are_references_unchanged(self._cursor, found, self._known)

    def _moving(self) -> Iterator[str]:
        yield from self._of_repositories()
        yield from self._of_projects()

    def _references(self, wholes: Wholes, read: Mapping[str, Initiative], gone: Collection[str]) -> References:
        """Tickets that name others by new keys; what all refer to now, as it is now; and what they refer to no more."""
        tickets, failed = self._known.tickets, len(wholes.gaps)
        wholes.ids = {one.ref.key: id_ for id_, one in tickets.items()} | wholes.ids
        named = NamedIssues(self._name, self._settings.url, self._gate, wholes, self.renamed)
        found = resolve_references(
            self._known,
            read,
            gone,
            follow=lambda own: named.follow(own, read),
            fetch=wholes.of_keys,
            has_gaps=lambda: len(wholes.gaps) != failed,
        )
        self.referenced = found.referenced.keys
        own = [one for id_, one in tickets.items() if not one.context and id_ not in gone and id_ not in read]
        self.elsewhere = elsewhere((*own, *read.values()), self._settings)
        return found

    def _of_repositories(self) -> Iterator[str]:
        since = stamp(self._cursor.since(self._settings.overlap_seconds))
        for repository in (*self._settings.repositories, *self._cursor.elsewhere):
            configured = repository.casefold() in self.homes

            def ask(after: str | None, repository: str = repository) -> Request:
                return api.changed_issues(repository, since, after)

            asked = repository if configured else ""
            for node in self._pages(f"repository {repository}", ("repository", "issues"), ask, repository=asked):
                if not self._is_known(node) and (configured or node["id"] in self._known.tickets):
                    yield node["id"]

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
        if known is None or known.context or known.unread or known.updated is None:
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
                return self._lost(what, error.what, found)
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


def elsewhere(tickets: Iterable[Initiative], settings: GitHubSettings) -> Sequence[str]:
    """Repositories that only projects lead to: an edit of an issue moves its own time, and not its item's."""
    if not settings.projects:
        return ()
    homes = {repository.casefold() for repository in settings.repositories}
    found = {one.containers[0]: {place.casefold() for place in one.containers} for one in tickets if not one.context}
    return tuple(sorted(home for home, places in found.items() if places.isdisjoint(homes)))
