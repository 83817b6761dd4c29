"""Whether a GitHub is as it is remembered: asked for by times alone, and read again only where these leave doubt."""

from dataclasses import replace
from datetime import datetime

from connectors.base import World
from connectors.github.changes import Changes
from connectors.github.commands import Ear, home_of, may_have_spoken, unsure_since
from connectors.github.cursor import Cursor, print_of
from connectors.github.okrs import with_okrs
from connectors.github.settings import GitHubSettings
from connectors.github.whole import Wholes, belongs
from connectors.http import Gate
from hub.model.initiative import Initiative, PullResult, PullState
from hub.model.rest import SourceBaseline

AT_MOST = 100
"""Where more changed lately, a real pull is no dearer."""


class Stillness:
    """One look; use once. In doubt something has changed."""

    def __init__(
        self, kept: SourceBaseline, name: str, settings: GitHubSettings, gate: Gate, world: World, *, ear: Ear
    ) -> None:
        self._kept = kept
        self._ear = ear
        self._name = name
        self._settings = settings
        self._gate = gate
        self._world = world

    def holds(self) -> bool:
        """Whether the next pull would find nothing new, nothing gone, and no OKR changed."""
        cursor = Cursor.read(self._kept.cursor)
        return cursor is not None and self._leads_on(cursor) and self._nothing_since(cursor) and self._okrs_stand()

    def _leads_on(self, cursor: Cursor) -> bool:
        same = cursor.print == print_of(self._settings, self._world.since)
        boards = set(self._settings.projects) <= set(cursor.boards)
        return same and boards and not cursor.is_due(self._world.now(), self._settings.census_hours)

    def _nothing_since(self, cursor: Cursor) -> bool:
        known = PullState(self._kept.cursor, self._kept.tickets)
        changes = Changes(self._name, self._settings, self._gate, self._world, known=known, cursor=cursor)
        doubtful = changes.stale()
        if doubtful is None or len(doubtful) > AT_MOST or changes.renamed.is_news(self._kept.tickets.values()):
            return False
        if not self._reads_the_same(doubtful, changes):
            return False
        return not self._spoke(doubtful, unsure_since(cursor))

    def _spoke(self, doubtful: tuple[str, ...], since: datetime) -> bool:
        """Whether a comment commands that came in the second of the last change, and so moved no time."""
        known = (self._kept.tickets.get(id_) for id_ in doubtful)
        homes = {home_of(one) for one in known if one and one.updated and one.updated >= since}
        return bool(homes) and may_have_spoken(sorted(homes), since, self._ear)

    def _reads_the_same(self, doubtful: tuple[str, ...], changes: Changes) -> bool:
        """Those in doubt, and what others lean on: no list of changes holds that."""
        leans = {id_ for id_ in self._kept.context_refs.values() if id_}
        wholes = Wholes(
            self._name,
            self._settings,
            self._gate,
            boards={board.id: project for project, board in changes.boards.items()},
            ids={},
            ranks=self._kept.tickets,
            lengths={project: board.places for project, board in changes.boards.items()},
        )
        found = {one.id: one for one in changes.named(wholes.read((*doubtful, *sorted(leans))))}
        gone = any(id_ in self._kept.tickets for id_ in wholes.gone)
        whole = not wholes.gaps and not gone and leans <= found.keys()
        return whole and all(self._is_remembered(one, changes) for one in found.values())

    def _is_remembered(self, one: Initiative, changes: Changes) -> bool:
        """As it was; or never ours, and still not."""
        known = self._kept.tickets.get(one.id)
        if known is None:
            return not belongs(one, self._settings, changes.homes, self._world.since)
        return replace(one, reference_only=known.reference_only) == known

    def _okrs_stand(self) -> bool:
        now = with_okrs(PullResult(self._name), None, self._settings, self._gate, self._world)
        return not now.gaps and _by_id(now) == _by_id(replace(now, okrs=self._kept.okrs))


def _by_id(pulled: PullResult) -> dict[str, object] | None:
    return None if pulled.okrs is None else {row.id: row for row in pulled.okrs}
