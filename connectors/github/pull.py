"""Reads all configured repositories and projects side by side, each from both of its ends."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from connectors.base import World
from connectors.flow import converse
from connectors.github import api, pages
from connectors.github.completing import complete
from connectors.github.cursor import Board
from connectors.github.normalise import initiative, is_wanted, named_ids, placed
from connectors.github.placement import placement
from connectors.github.renamed import Renamed
from connectors.github.settings import GitHubSettings
from connectors.github.stretch import Entry, Found, Stretch, Whole
from connectors.github.walk import Step, Walk
from connectors.http import Gate
from connectors.wire import MALFORMED, Request, Response
from hub.model.errors import CredentialsRefused, QueryRefused, RetryLater, SourceError
from hub.model.initiative import Gap, Initiative, PullResult

Json = dict[str, Any]
Page = tuple[Stretch, api.Slice]
# A longer wait is a limit, not a page that was too heavy: asking for less would not help.
HEAVY_PAGE_WAIT = 60.0


class Pull:
    """One full read; use once. Afterwards `boards` and `ids` hold what a later read of changes begins from."""

    def __init__(self, name: str, settings: GitHubSettings, gate: Gate, world: World) -> None:
        self._name = name
        self._settings = settings
        self._gate = gate
        self._world = world
        self._gaps: list[Gap] = []
        self._times: dict[str, dict[str, str]] = {}
        self._board_ids: dict[str, str] = {}
        self._lengths: dict[str, int] = {}
        self.ids: dict[str, str] = {}
        self.renamed = Renamed(settings.repositories)

    def run(self) -> PullResult:
        """Everything that is configured; what could not be read is a gap."""
        before = self._gate.requests
        stretches = [*self._repositories(), *self._projects()]
        # Only the first page of each tells whether the configuration and the credentials are good: those come first.
        converse(self._gate.send, (page for each in stretches for page in self._next(each)), self._begun)
        converse(self._gate.send, (page for each in stretches for page in self._next(each)), self._heard)
        for stretch in stretches:
            if stretch.walk.gap:
                self._gap(f"{stretch.what}: {stretch.walk.gap}")
            self._lengths[stretch.what] = sum(1 for _ in stretch.walk.values())
        found = tuple(self._initiatives(stretches))
        gaps, spent = tuple(dict.fromkeys(self._gaps)), self._gate.requests - before
        return PullResult(self._name, found, gaps, spent, notes=self.renamed.notes())

    def find_boards(self) -> dict[str, Board]:
        """The projects without their items."""
        for _ in self._projects():
            pass
        return self.boards

    @property
    def boards(self) -> dict[str, Board]:
        """Each project with the times of its items, and how long it is."""
        return {
            project: Board(identity, self._times.get(project, {}), self._lengths.get(f"project {project}", 0))
            for project, identity in self._board_ids.items()
        }

    def _repositories(self) -> Iterator[Stretch]:
        """Open issues, and those that were closed late enough to matter."""
        chosen = self._settings
        for repository in chosen.repositories:
            for state, since in (("OPEN", None), ("CLOSED", self._world.since)):
                wanted = api.issue_filter(state, since=since, labels=chosen.labels, types=chosen.types)

                def ask(part: api.Slice, repository: str = repository, wanted: Json = wanted) -> Request:
                    return api.issues_page(repository, wanted, part)

                walk: Walk[Entry] = Walk(chosen.page_size)
                read = partial(self._issue, repository)
                yield Stretch(f"repository {repository}", ("repository", "issues"), ask, read, walk)

    def _projects(self) -> Iterator[Stretch]:
        projects = self._settings.projects
        answers = self._gate.send_all([api.find_project(project) for project in projects])
        for order, (project, answer) in enumerate(zip(projects, answers, strict=True)):
            what = f"project {project}"
            identity = self._project_id(what, answer)
            if identity is None:
                continue
            self._board_ids[project] = identity

            def ask(part: api.Slice, identity: str = identity) -> Request:
                return api.items_page(identity, part)

            def read(item: Json, project: str = project, order: int = order) -> Found:
                return self._item(item, project, order)

            walk: Walk[Entry] = Walk(self._settings.page_size)
            yield Stretch(what, ("node", "items"), ask, read, walk)

    def _project_id(self, what: str, answer: Response | SourceError) -> str | None:
        if isinstance(answer, SourceError):
            self._refused(answer)
            self._gap(f"{what}: {answer.detail}")
            return None
        said = api.read_answer(answer)
        found = said.at(("repositoryOwner", "projectV2"))
        if found is None:
            self._missing(what, said)
            self._gap(f"{what}: {said.why()}")
        return str(found["id"]) if found else None

    def _next(self, stretch: Stretch) -> Iterator[tuple[Page, Request]]:
        """The pages that are to be asked for now."""
        for part in stretch.walk.wanted(stretch.under_way):
            stretch.under_way.add(part.backwards)
            yield (stretch, part), stretch.ask(part)

    def _begun(self, page: Page, answer: Response | SourceError) -> tuple[()]:
        """Hand a first page to its walk."""
        self._understand(self._taken(page, answer))
        return ()

    def _heard(self, page: Page, answer: Response | SourceError) -> Iterator[tuple[Page, Request]]:
        """Hand the page to its walk, and read what it means while the next ones are on their way."""
        entries = self._taken(page, answer)
        yield from self._next(page[0])
        self._understand(entries)

    def _taken(self, page: Page, answer: Response | SourceError) -> list[Entry]:
        stretch, part = page
        stretch.under_way.discard(part.backwards)
        reading = self._reading(stretch, part, answer)
        if reading is None:
            return []
        more, cursor = reading.cursor(part)
        entries = [Entry(stretch.what, stretch.read, node) for node in reading.nodes]
        found = tuple((str(entry.node.get("id")), entry) for entry in entries)
        stretch.walk.take(part, Step(found, reading.lost, reading.page.total, more, cursor))
        self._world.progress(stretch.what, len(found))
        return entries

    def _reading(self, stretch: Stretch, part: api.Slice, answer: Response | SourceError) -> pages.Reading | None:
        """The page; None when it did not come, and then the walk knows."""
        if isinstance(answer, SourceError):
            if not stretch.walk.begun:
                self._refused(answer)
            heavy = isinstance(answer, RetryLater) and answer.wait < HEAVY_PAGE_WAIT
            stretch.walk.fail(part, answer.detail, smaller=heavy)
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

    def _understand(self, entries: Sequence[Entry]) -> None:
        """What the entries mean, read to their end; one that cannot be understood leaves only itself unread."""
        complete(self._gate, [entry.node for entry in entries])
        for entry in entries:
            node, entry.node = entry.node, {}
            try:
                entry.found = entry.read(node)
            except MALFORMED as wrong:
                reason = f"{entry.what}: an entry that cannot be understood ({type(wrong).__name__}: {wrong})"
                id_ = str(node.get("id") or "")
                self._gap(reason[:200], id_ or None, f"unclear:{id_}" if id_ else "")

    def _issue(self, asked: str, node: Json) -> Found:
        self.renamed.learn(asked, node["repository"]["nameWithOwner"])
        self.ids.update(named_ids(node))
        return initiative(node, self._name, self._settings), None

    def _item(self, item: Json, project: str, order: int) -> Found:
        """An issue and its place; None for drafts, pull requests, archived items and what is hidden from us."""
        content = item.get("content")
        self._times.setdefault(project, {})[item["id"]] = str(item.get("updatedAt") or "")
        if item.get("type") == "REDACTED" or content is None:
            what = f"project {project}: an item is hidden from this account"
            self._gap(what, item["id"], f"hidden:{item['id']}")
        if not content or content.get("__typename") != "Issue" or item.get("isArchived"):
            return None
        self.ids.update(named_ids(content))
        issue = initiative(content, self._name, self._settings)
        return issue, placement(item, project, order, self._settings)

    def _initiatives(self, stretches: list[Stretch]) -> Iterator[Initiative]:
        """Each issue once, however many places show it."""
        wholes: dict[str, Whole] = {}
        for stretch in stretches:
            for position, entry in stretch.walk.values():
                if entry.found:
                    issue, place = entry.found
                    at = replace(place, position=position) if place else None
                    wholes.setdefault(issue.id, Whole(issue)).add(issue, at)
        for whole in wholes.values():
            made = self.renamed.under(placed(whole.issue, tuple(whole.places.values()), self._settings))
            if is_wanted(made, self._settings, self._world.since):
                yield made

    def _refused(self, error: SourceError) -> None:
        if isinstance(error, CredentialsRefused | QueryRefused):
            raise error

    def _missing(self, what: str, said: api.Answer) -> None:
        """Nothing there from the start: the configuration or the credentials want mending."""
        if pages.is_forbidden(said):
            raise CredentialsRefused(self._name, self._gate.redact(f"{what}: {said.why()}"))
        if pages.is_unknown(said):
            raise QueryRefused(self._name, f"{what} does not exist, or this account may not see it")

    def _gap(self, reason: str, key: str | None = None, name: str = "") -> None:
        self._gaps.append(Gap(self._name, reason, key, name))
