"""Issues read whole by their ids: with all the projects that they are in, wherever a change was seen."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from connectors.github import api
from connectors.github.completing import complete
from connectors.github.cursor import ProjectCursor
from connectors.github.normalise import ERRORED_FIELDS, initiative, is_selected, named_ids, with_project_fields
from connectors.github.placement import ProjectItemFields, is_complete, read_item_fields
from connectors.github.settings import GitHubSettings
from connectors.http import ApiClient
from connectors.shared.settings import is_okr
from connectors.wire import MALFORMED, Response
from hub.model.errors import SourceError
from hub.model.initiative import Gap, Initiative

Json = dict[str, Any]
AT_ONCE = 50
MISSING_TYPES = {"NOT_FOUND"}
HIDDEN_TYPES = {"FORBIDDEN"}


class IssueFetcher:
    """Reads issues by id; `ids` are those of all issues that were named on the way, `gone` those that are no more.

    `boards` gives the project for its id. An issue keeps the place that `ranks` knows, else it comes last.
    """

    def __init__(
        self,
        name: str,
        settings: GitHubSettings,
        client: ApiClient,
        *,
        project_names: Mapping[str, str],
        ids: Mapping[str, str],
        ranks: Mapping[str, Initiative],
        item_counts: Mapping[str, int],
    ) -> None:
        self.ids = dict(ids)
        self.deleted: set[str] = set()
        self.gaps: list[Gap] = []
        self.item_counts = dict(item_counts)
        self._name = name
        self._settings = settings
        self._client = client
        self._project_names = project_names
        self._ranks = ranks

    def of_keys(self, keys: Collection[str]) -> Iterator[Initiative]:
        """Those of the keys whose id is known, and that are no OKRs."""
        return self.of_ids([self.ids[key] for key in keys if key in self.ids])

    def of_ids(self, ids: Iterable[str]) -> Iterator[Initiative]:
        """Those that are there and are no OKRs."""
        return (ticket for ticket in self.read(ids) if not is_okr(self._settings.okrs, ticket.kind, ticket.labels))

    def read(self, ids: Iterable[str]) -> Iterator[Initiative]:
        """All that are there and may be seen."""
        all_ids = list(dict.fromkeys(ids))
        chunks = [all_ids[start : start + AT_ONCE] for start in range(0, len(all_ids), AT_ONCE)]
        answers = self._client.send_all([api.issues_by_id(chunk) for chunk in chunks])
        for chunk, answer in zip(chunks, answers, strict=True):
            yield from self._read_nodes(chunk, answer)

    def _read_nodes(self, ids: Sequence[str], answer: Response | SourceError) -> Iterator[Initiative]:
        graphql_answer = api.GraphQLAnswer(None) if isinstance(answer, SourceError) else api.read_answer(answer)
        nodes = (graphql_answer.data or {}).get("nodes")
        if not isinstance(nodes, list) or len(nodes) != len(ids):
            reason = (
                answer.detail
                if isinstance(answer, SourceError)
                else graphql_answer.error_text() or "the answer contained no issues"
            )
            self.gaps += [Gap(self._name, reason, id_) for id_ in ids]
            return
        errors = _errors_by_index(graphql_answer)
        issues = [node for node in nodes if isinstance(node, dict) and node.get("__typename") == "Issue"]
        complete(self._client, issues)
        complete(self._client, [item for node in issues for item in _items(node)])
        for at, (id_, node) in enumerate(zip(ids, nodes, strict=True)):
            if node is None:
                self._record_absence(id_, errors.get(at, []))
            elif node.get("__typename") == "Issue":
                yield from self._read_issue(id_, node, errors.get(at, []))

    def _record_absence(self, id_: str, errors: Sequence[api.GraphQLError]) -> None:
        if {error.type for error in errors} <= MISSING_TYPES:
            self.deleted.add(id_)
        else:
            name = f"hidden:{id_}" if {error.type for error in errors} <= HIDDEN_TYPES else ""
            self.gaps.append(Gap(self._name, "; ".join(error.message for error in errors), id_, name))

    def _read_issue(self, id_: str, node: Json, errors: Sequence[api.GraphQLError]) -> Iterator[Initiative]:
        steps = {step for error in errors for step in error.path if isinstance(step, str)}
        node[ERRORED_FIELDS] = sorted(steps & {"labels", "blockedBy", "blocking", "parent", "body"})
        try:
            base = initiative(node, self._name, self._settings)
            ticket = with_project_fields(base, tuple(self._project_items(node)), self._settings)
            self.ids.update(named_ids(node))
        except MALFORMED as error:
            reason = f"an issue that cannot be understood ({type(error).__name__}: {error})"
            self.gaps.append(Gap(self._name, reason[:200], id_, f"unclear:{id_}"))
            return
        yield (
            ticket
            if is_complete(node.get("projectItems"))
            else replace(ticket, missing_fields=ticket.missing_fields | {"fields"})
        )

    def _project_items(self, node: Json) -> Iterator[ProjectItemFields]:
        for item in _items(node):
            project = self._project_names.get((item.get("project") or {}).get("id", ""))
            if project is not None and not item.get("isArchived"):
                order = self._settings.projects.index(project)
                item_fields = read_item_fields(item, project, order, self._settings)
                yield replace(item_fields, position=self._position(node["id"], project))

    def _position(self, id_: str, project: str) -> int:
        """The place on the board; of no interest where the order is no priority."""
        if not self._settings.order_is_priority:
            return 0
        known = self._ranks.get(id_)
        if known is not None and known.rank is not None and known.containers[-1] == project:
            return int(known.rank)
        last = self.item_counts.get(project, 0)
        self.item_counts[project] = last + 1
        return last


def issue_fetcher(
    name: str,
    settings: GitHubSettings,
    client: ApiClient,
    projects: Mapping[str, ProjectCursor],
    *,
    ids: Mapping[str, str],
    ranks: Mapping[str, Initiative],
) -> IssueFetcher:
    """A reader that knows the projects as the last pull left them."""
    return IssueFetcher(
        name,
        settings,
        client,
        project_names={cursor.id: project for project, cursor in projects.items()},
        ids=ids,
        ranks=ranks,
        item_counts={project: cursor.item_count for project, cursor in projects.items()},
    )


def is_configured(ticket: Initiative, settings: GitHubSettings, repositories: Collection[str], since: date) -> bool:
    """Whether the issue is one of those that are configured, by its repository or by a project."""
    is_in_scope = ticket.containers[0].casefold() in repositories or len(ticket.containers) > 1
    return is_in_scope and is_selected(ticket, settings, since)


def _items(node: Json) -> list[Json]:
    return [item for item in (node.get("projectItems") or {}).get("nodes") or () if item]


def _errors_by_index(graphql_answer: api.GraphQLAnswer) -> dict[int, list[api.GraphQLError]]:
    errors: dict[int, list[api.GraphQLError]] = {}
    for error in graphql_answer.errors:
        if len(error.path) > 1 and isinstance(error.path[1], int):
            errors.setdefault(error.path[1], []).append(error)
    return errors
