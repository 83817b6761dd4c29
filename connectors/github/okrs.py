"""Objectives and key results that are kept as issues: all of them, at every pull, for they are few."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from connectors.base import World
from connectors.github import api
from connectors.github.normalise import initiative
from connectors.github.placement import is_whole
from connectors.github.pull import Pull
from connectors.github.renamed import Renamed
from connectors.github.settings import GitHubOkrs, GitHubSettings
from connectors.github.stretch import Entry, Found, Stretch
from connectors.github.walk import Walk
from connectors.github.whole import AT_ONCE
from connectors.http import Gate
from connectors.okr_words import values_in
from connectors.shared.incremental import with_okr_rows
from connectors.wire import Request, Response
from hub.model.errors import SourceError
from hub.model.initiative import Gap, Known, Pulled
from hub.model.okr_row import OkrRow
from hub.model.typed import same

Json = dict[str, Any]
STATES = ("OPEN", "CLOSED")
UNREAD = frozenset(("labels", "parent", "text"))
SAYING = ("name", "text", "title", "number", "date")


class OkrPull(Pull):
    """Reads the issues that are OKRs, told by label or type on GitHub's side."""

    def __init__(self, name: str, settings: GitHubSettings, chosen: GitHubOkrs, gate: Gate, world: World) -> None:
        own = {"okrs": None, "labels": (), "types": (), "projects": (), "repositories": ()}
        super().__init__(name, settings.model_copy(update=own), gate, world)
        self.rows: dict[str, OkrRow] = {}
        self._chosen = chosen
        self._places = chosen.repositories or settings.repositories
        self.renamed = Renamed(self._places)

    def _repositories(self) -> Iterator[Stretch]:
        """One connection for each label and type: a filter holds only what has all that it names."""
        told = [{"labels": [label]} for label in self._chosen.labels] + [{"type": one} for one in self._chosen.types]
        for repository in self._places:
            for filtering in told:

                def ask(part: api.Slice, repository: str = repository, filtering: Json = filtering) -> Request:
                    return api.issues_page(repository, {"states": list(STATES), **filtering}, part)

                walk: Walk[Entry] = Walk(self._settings.page_size)
                what = f"OKRs in repository {repository}"
                yield Stretch(what, ("repository", "issues"), ask, partial(self._issue, repository), walk)

    def _issue(self, asked: str, node: Json) -> Found:
        self.renamed.learn(asked, node["repository"]["nameWithOwner"])
        row = okr_row(node, self._name, self._settings, self._chosen)
        if row is not None:
            self.rows[row.id] = replace(row, containers=self.renamed.places(row.containers))
        if row is not None and (lost := UNREAD & initiative(node, self._name, self._settings).unread):
            self._gap(f"OKRs: {', '.join(sorted(lost))} of the issue did not come", key=row.key)
        return None


def with_okrs(pulled: Pulled, known: Known | None, settings: GitHubSettings, gate: Gate, world: World) -> Pulled:
    """What was pulled, with the OKRs that are kept there; an issue that became one is no work any more."""
    if settings.okrs is None:
        return pulled
    pull = OkrPull(pulled.connector, settings, settings.okrs, gate, world)
    read = pull.run()
    gaps, notes = read.gaps, tuple(dict.fromkeys((*pulled.notes, *read.notes)))
    rows, lost = _with_fields(pull.rows, settings.okrs, gate) if settings.okrs.fields else (pull.rows, None)
    if lost is not None:
        gaps = (*gaps, Gap(pulled.connector, f"OKRs: their project fields did not come: {lost}"))
    return replace(with_okr_rows(pulled, known, rows, gaps), notes=notes)


def okr_row(issue: Json, connector: str, settings: GitHubSettings, chosen: GitHubOkrs) -> OkrRow | None:
    """One issue; None for one that is no OKR. KeyError and the like where it makes no sense."""
    made = initiative(issue, connector, settings)
    kind = chosen.kind_of(made.kind, made.labels)
    if kind is None:
        return None
    return OkrRow(
        kind=kind,
        connector=connector,
        key=made.ref.key,
        id=made.id,
        title=made.title,
        url=made.url,
        containers=made.containers,
        parent=made.parent.key if made.parent else None,
        id_label=chosen.id_in(made.labels),
        values=tuple(values_in(issue.get("body") or "")),
        closed=made.closed.date() if made.closed else None,
        labels=made.labels,
    )


def _with_fields(rows: Mapping[str, OkrRow], chosen: GitHubOkrs, gate: Gate) -> tuple[dict[str, OkrRow], str | None]:
    """The rows with what project fields say of them, and why that did not come, if it did not."""
    ids = list(rows)
    chunks = [ids[start : start + AT_ONCE] for start in range(0, len(ids), AT_ONCE)]
    found, lost = dict(rows), None
    for answer in gate.send_all([api.whole_issues(chunk) for chunk in chunks]):
        nodes = _nodes(answer)
        if nodes is None:
            lost = answer.what if isinstance(answer, SourceError) else "the answer held no issues"
        for node in nodes or ():
            if node and node.get("id") in found:
                row, told = found[node["id"]], tuple(_told(node, chosen))
                found[node["id"]] = replace(row, values=row.values + told)
                lost = lost if is_whole(node.get("projectItems")) else "a list goes on"
    return found, lost


def _nodes(answer: Response | SourceError) -> Sequence[Json | None] | None:
    nodes = None if isinstance(answer, SourceError) else (api.read_answer(answer).data or {}).get("nodes")
    return nodes if isinstance(nodes, list) else None


def _told(node: Json, chosen: GitHubOkrs) -> Iterator[tuple[str, str]]:
    words = {same(field): word for word, field in chosen.fields.items()}
    for item in (node.get("projectItems") or {}).get("nodes") or ():
        for value in ((item or {}).get("fieldValues") or {}).get("nodes") or ():
            word = words.get(same(str(((value or {}).get("field") or {}).get("name") or "")))
            said = [value[key] for key in SAYING if value.get(key) is not None] if word else []
            yield from ((word, str(one)) for one in said[:1] if word)
