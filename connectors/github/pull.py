"""Reads all configured repositories and projects side by side, each from both of its ends."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from connectors.base import World
from connectors.github import api, pages
from connectors.github.normalise import initiative, is_wanted, placed
from connectors.github.placement import Placement, placement
from connectors.github.settings import GitHubSettings
from connectors.github.walk import Step, Walk
from connectors.http import Gate
from connectors.wire import Request, Response
from hub.model.errors import CredentialsRefused, QueryRefused, SourceError, TryLater
from hub.model.initiative import Gap, Initiative, Pulled

Json = dict[str, Any]
Found = tuple[Initiative, Placement | None] | None
# A longer wait is a limit, not a page that was too heavy: asking for less would not help.
HEAVY_PAGE_WAIT = 60.0


@dataclass(slots=True)
class _Entry:
    """One entry of a page: as it came, and later what it means."""

    what: str
    read: Callable[[Json], Found]
    node: Json
    found: Found = None


@dataclass(slots=True)
class _Stretch:
    """One connection to be read: what it is called, where its pages lie, and how an entry is read."""

    what: str
    path: tuple[str, ...]
    ask: Callable[[api.Slice], Request]
    read: Callable[[Json], Found]
    walk: Walk[_Entry]


@dataclass(slots=True)
class _Whole:
    """An issue and all its places, put together from wherever it was seen."""

    issue: Initiative
    places: dict[int, Placement] = field(default_factory=dict)

    def add(self, issue: Initiative, place: Placement | None) -> None:
        """Keep the later and fuller view of the issue, and its place."""
        if _fullness(issue) > _fullness(self.issue):
            self.issue = issue
        if place:
            self.places[place.order] = place


class Pull:
    """One full read; use once."""

    def __init__(self, name: str, settings: GitHubSettings, gate: Gate, world: World) -> None:
        self._name = name
        self._settings = settings
        self._gate = gate
        self._world = world
        self._gaps: list[Gap] = []
        self._unread: list[_Entry] = []

    def run(self) -> Pulled:
        """Everything that is configured; what could not be read is a gap."""
        before = self._gate.requests
        stretches = [*self._repositories(), *self._projects()]
        while asked := [(stretch, part) for stretch in stretches for part in stretch.walk.wanted()]:
            self._round(asked)
        self._understand()
        for stretch in stretches:
            if stretch.walk.gap:
                self._gap(f"{stretch.what}: {stretch.walk.gap}")
        found = tuple(self._initiatives(stretches))
        return Pulled(self._name, found, tuple(dict.fromkeys(self._gaps)), self._gate.requests - before)

    def _repositories(self) -> Iterator[_Stretch]:
        """Open issues, and those that were closed late enough to matter."""
        chosen = self._settings
        for repository in chosen.repositories:
            for state, since in (("OPEN", None), ("CLOSED", self._world.since)):
                wanted = api.issue_filter(state, since=since, labels=chosen.labels, types=chosen.types)

                def ask(part: api.Slice, repository: str = repository, wanted: Json = wanted) -> Request:
                    return api.issues_page(repository, wanted, part)

                walk: Walk[_Entry] = Walk(chosen.page_size)
                yield _Stretch(f"repository {repository}", ("repository", "issues"), ask, self._issue, walk)

    def _projects(self) -> Iterator[_Stretch]:
        projects = self._settings.projects
        answers = self._gate.send_all([api.find_project(project) for project in projects])
        for order, (project, answer) in enumerate(zip(projects, answers, strict=True)):
            what = f"project {project}"
            identity = self._project_id(what, answer)
            if identity is None:
                continue

            def ask(part: api.Slice, identity: str = identity) -> Request:
                return api.items_page(identity, part)

            def read(item: Json, project: str = project, order: int = order) -> Found:
                return self._item(item, project, order)

            walk: Walk[_Entry] = Walk(self._settings.page_size)
            yield _Stretch(what, ("node", "items"), ask, read, walk)

    def _project_id(self, what: str, answer: Response | SourceError) -> str | None:
        if isinstance(answer, SourceError):
            self._refused(answer)
            self._gap(f"{what}: {answer.what}")
            return None
        said = api.read_answer(answer)
        found = said.at(("repositoryOwner", "projectV2"))
        if found is None:
            self._missing(what, said)
            self._gap(f"{what}: {said.why()}")
        return str(found["id"]) if found else None

    def _round(self, asked: list[tuple[_Stretch, api.Slice]]) -> None:
        """Ask for all these pages at once, complete what did not fit into them, and hand them to their walks."""
        answers = self._gate.send_all(self._requests(asked))
        read = [(*ask, self._reading(*ask, answer)) for ask, answer in zip(asked, answers, strict=True)]
        self._complete([node for _, _, reading in read if reading for node in reading.nodes])
        for stretch, part, reading in read:
            if reading:
                more, cursor = reading.cursor(part)
                entries = [_Entry(stretch.what, stretch.read, node) for node in reading.nodes]
                found = tuple((str(entry.node.get("id")), entry) for entry in entries)
                stretch.walk.take(part, Step(found, reading.lost, reading.page.total, more, cursor))
                self._unread += entries
                self._world.progress(stretch.what, len(found))

    def _requests(self, asked: list[tuple[_Stretch, api.Slice]]) -> Iterator[Request]:
        """The round's requests; while the last of them are on their way, what came before them is read."""
        for stretch, part in asked:
            yield stretch.ask(part)
        self._understand()

    def _reading(self, stretch: _Stretch, part: api.Slice, answer: Response | SourceError) -> pages.Reading | None:
        """The page; None when it did not come, and then the walk knows."""
        if isinstance(answer, SourceError):
            if not stretch.walk.begun:
                self._refused(answer)
            heavy = isinstance(answer, TryLater) and answer.wait < HEAVY_PAGE_WAIT
            stretch.walk.fail(part, answer.what, smaller=heavy)
            return None
        said = api.read_answer(answer)
        reading = pages.read(said, stretch.path)
        if reading is None:
            if not stretch.walk.begun:
                self._missing(stretch.what, said)
            stretch.walk.fail(part, said.why() or "the answer held no page", smaller=True)
            return None
        for reason in reading.reasons:
            self._gap(f"{stretch.what}: {reason}")
        return reading

    def _complete(self, nodes: list[Json]) -> None:
        """Read nested connections to their end; one that does not come stays marked as going on."""
        left = list(pages.overflows(nodes))
        while left:
            requests = [api.rest_of(each.name, each.holder["id"], each.cursor) for each in left]
            answers = zip(left, self._gate.send_all(requests), strict=True)
            left = [each for each, answer in answers if each.extend(_rest(each.name, answer))]

    def _understand(self) -> None:
        """What the entries mean; one that cannot be understood leaves only itself unread."""
        entries, self._unread = self._unread, []
        for entry in entries:
            node, entry.node = entry.node, {}
            try:
                entry.found = entry.read(node)
            except (KeyError, TypeError, AttributeError, ValueError) as wrong:
                reason = f"{entry.what}: an entry that cannot be understood ({type(wrong).__name__}: {wrong})"
                self._gap(reason[:200], key=str(node.get("id") or "") or None)

    def _issue(self, node: Json) -> Found:
        return initiative(node, self._name, self._settings), None

    def _item(self, item: Json, project: str, order: int) -> Found:
        """An issue and its place; None for drafts, pull requests, archived items and what is hidden from us."""
        content = item.get("content")
        if item.get("type") == "REDACTED" or content is None:
            self._gap(f"project {project}: an item is hidden from this account", key=item["id"])
        if not content or content.get("__typename") != "Issue" or item.get("isArchived"):
            return None
        issue = initiative(content, self._name, self._settings)
        return issue, placement(item, project, order, self._settings)

    def _initiatives(self, stretches: list[_Stretch]) -> Iterator[Initiative]:
        """Each issue once, however many places show it."""
        wholes: dict[str, _Whole] = {}
        for stretch in stretches:
            for position, entry in stretch.walk.values():
                if entry.found:
                    issue, place = entry.found
                    at = replace(place, position=position) if place else None
                    wholes.setdefault(issue.id, _Whole(issue)).add(issue, at)
        for whole in wholes.values():
            made = placed(whole.issue, tuple(whole.places.values()), self._settings)
            if is_wanted(made, self._settings, self._world.since):
                yield made

    def _refused(self, error: SourceError) -> None:
        if isinstance(error, CredentialsRefused | QueryRefused):
            raise error

    def _missing(self, what: str, said: api.Answer) -> None:
        """Nothing there from the start: the configuration or the credentials want mending."""
        if pages.is_forbidden(said):
            raise CredentialsRefused(self._name, f"{what}: {said.why()}")
        if pages.is_unknown(said):
            raise QueryRefused(self._name, f"{what} does not exist, or this account may not see it")

    def _gap(self, reason: str, key: str | None = None) -> None:
        self._gaps.append(Gap(self._name, reason, key))


def _rest(name: str, answer: Response | SourceError) -> Json | None:
    return None if isinstance(answer, SourceError) else api.read_answer(answer).at(("node", name))


def _fullness(issue: Initiative) -> tuple[str, int]:
    return (issue.updated.isoformat() if issue.updated else "", -len(issue.unread))
