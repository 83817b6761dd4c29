"""Issues read whole by their ids: with all the projects that they are in, wherever a change was seen."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from connectors.github import api
from connectors.github.completing import complete
from connectors.github.cursor import Board
from connectors.github.normalise import TROUBLED, initiative, is_wanted, named_ids, placed
from connectors.github.placement import Placement, is_whole, placement
from connectors.github.settings import GitHubSettings
from connectors.http import Gate
from connectors.shared.settings import is_okr
from connectors.wire import MALFORMED, Response
from hub.model.errors import SourceError
from hub.model.initiative import Gap, Initiative

Json = dict[str, Any]
AT_ONCE = 50
GONE = {"NOT_FOUND"}
HIDDEN = {"FORBIDDEN"}


class Wholes:
    """Reads issues by id; `ids` are those of all issues that were named on the way, `gone` those that are no more.

    `boards` gives the project for its id. An issue keeps the place that `ranks` knows, else it comes last.
    """

    def __init__(
        self,
        name: str,
        settings: GitHubSettings,
        gate: Gate,
        *,
        boards: Mapping[str, str],
        ids: Mapping[str, str],
        ranks: Mapping[str, Initiative],
        lengths: Mapping[str, int],
    ) -> None:
        self.ids = dict(ids)
        self.gone: set[str] = set()
        self.gaps: list[Gap] = []
        self.lengths = dict(lengths)
        self._name = name
        self._settings = settings
        self._gate = gate
        self._boards = boards
        self._ranks = ranks

    def of_keys(self, keys: Collection[str]) -> Iterator[Initiative]:
        """Those of the keys whose id is known, and that are no OKRs."""
        return self.of_ids([self.ids[key] for key in keys if key in self.ids])

    def of_ids(self, ids: Iterable[str]) -> Iterator[Initiative]:
        """Those that are there and are no OKRs."""
        return (one for one in self.read(ids) if not is_okr(self._settings.okrs, one.kind, one.labels))

    def read(self, ids: Iterable[str]) -> Iterator[Initiative]:
        """All that are there and may be seen."""
        every = list(dict.fromkeys(ids))
        chunks = [every[start : start + AT_ONCE] for start in range(0, len(every), AT_ONCE)]
        answers = self._gate.send_all([api.whole_issues(chunk) for chunk in chunks])
        for chunk, answer in zip(chunks, answers, strict=True):
            yield from self._understood(chunk, answer)

    def _understood(self, ids: Sequence[str], answer: Response | SourceError) -> Iterator[Initiative]:
        said = api.Answer(None) if isinstance(answer, SourceError) else api.read_answer(answer)
        nodes = (said.data or {}).get("nodes")
        if not isinstance(nodes, list) or len(nodes) != len(ids):
            why = answer.what if isinstance(answer, SourceError) else said.why() or "the answer held no issues"
            self.gaps += [Gap(self._name, why, id_) for id_ in ids]
            return
        troubles = _by_place(said)
        found = [node for node in nodes if isinstance(node, dict) and node.get("__typename") == "Issue"]
        complete(self._gate, found)
        complete(self._gate, [item for node in found for item in _items(node)])
        for at, (id_, node) in enumerate(zip(ids, nodes, strict=True)):
            if node is None:
                self._absent(id_, troubles.get(at, []))
            elif node.get("__typename") == "Issue":
                yield from self._made(id_, node, troubles.get(at, []))

    def _absent(self, id_: str, troubles: Sequence[api.Trouble]) -> None:
        if {each.type for each in troubles} <= GONE:
            self.gone.add(id_)
        else:
            name = f"hidden:{id_}" if {each.type for each in troubles} <= HIDDEN else ""
            self.gaps.append(Gap(self._name, "; ".join(each.message for each in troubles), id_, name))

    def _made(self, id_: str, node: Json, troubles: Sequence[api.Trouble]) -> Iterator[Initiative]:
        steps = {step for each in troubles for step in each.path if isinstance(step, str)}
        node[TROUBLED] = sorted(steps & {"labels", "blockedBy", "blocking", "parent", "body"})
        try:
            base = initiative(node, self._name, self._settings)
            made = placed(base, tuple(self._places(node)), self._settings)
            self.ids.update(named_ids(node))
        except MALFORMED as wrong:
            reason = f"an issue that cannot be understood ({type(wrong).__name__}: {wrong})"
            self.gaps.append(Gap(self._name, reason[:200], id_, f"unclear:{id_}"))
            return
        yield made if is_whole(node.get("projectItems")) else replace(made, unread=made.unread | {"fields"})

    def _places(self, node: Json) -> Iterator[Placement]:
        for item in _items(node):
            project = self._boards.get((item.get("project") or {}).get("id", ""))
            if project is not None and not item.get("isArchived"):
                order = self._settings.projects.index(project)
                place = placement(item, project, order, self._settings)
                yield replace(place, position=self._position(node["id"], project))

    def _position(self, id_: str, project: str) -> int:
        """The place on the board; of no interest where the order is no priority."""
        if not self._settings.order_is_priority:
            return 0
        known = self._ranks.get(id_)
        if known is not None and known.rank is not None and known.containers[-1] == project:
            return int(known.rank)
        last = self.lengths.get(project, 0)
        self.lengths[project] = last + 1
        return last


def wholes_of(
    name: str,
    settings: GitHubSettings,
    gate: Gate,
    projects: Mapping[str, Board],
    *,
    ids: Mapping[str, str],
    ranks: Mapping[str, Initiative],
) -> Wholes:
    """A reader that knows the projects as the last pull left them."""
    return Wholes(
        name,
        settings,
        gate,
        boards={board.id: project for project, board in projects.items()},
        ids=ids,
        ranks=ranks,
        lengths={project: board.places for project, board in projects.items()},
    )


def belongs(one: Initiative, settings: GitHubSettings, homes: Collection[str], since: date) -> bool:
    """Whether the issue is one of those that are configured, by its repository or by a project."""
    home = one.containers[0].casefold() in homes or len(one.containers) > 1
    return home and is_wanted(one, settings, since)


def _items(node: Json) -> list[Json]:
    return [item for item in (node.get("projectItems") or {}).get("nodes") or () if item]


def _by_place(said: api.Answer) -> dict[int, list[api.Trouble]]:
    found: dict[int, list[api.Trouble]] = {}
    for each in said.troubles:
        if len(each.path) > 1 and isinstance(each.path[1], int):
            found.setdefault(each.path[1], []).append(each)
    return found
