"""Objectives and key results that are kept as issues: all of them, at every pull, for they are few."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from connectors.base import ConnectorContext
from connectors.github import api
from connectors.github.connection import Connection, EntryResult, PageEntry, Walk
from connectors.github.field_values import hides_a_value, is_complete, is_issue_field, option_names
from connectors.github.full_pull import Pull
from connectors.github.graphql import complete
from connectors.github.issue_fetch import AT_ONCE
from connectors.github.normalise import initiative
from connectors.github.project_item import issue_field_in
from connectors.github.repositories import RenamedRepositories
from connectors.github.settings import GitHubOkrs, GitHubSettings
from connectors.http.client import ApiClient
from connectors.http.messages import Request, Response
from connectors.shared.incremental import okr_ticket, with_okr_rows
from connectors.shared.settings import values_in
from hub.model.errors import SourceError
from hub.model.initiative import Gap, PullResult, PullState
from hub.model.text import match_key
from hub.model.ticket_input import OkrTicket

Json = dict[str, Any]
STATES = ("OPEN", "CLOSED")
REQUIRED_FIELDS = frozenset(("labels", "parent", "text"))
VALUE_KEYS = ("name", "text", "title", "number", "date")


class OkrPull(Pull):
    """Reads the issues that are OKRs, told by label or type on GitHub's side."""

    def __init__(
        self,
        name: str,
        settings: GitHubSettings,
        okr_settings: GitHubOkrs,
        client: ApiClient,
        context: ConnectorContext,
    ) -> None:
        own = {"okrs": None, "labels": (), "types": (), "projects": (), "repositories": ()}
        super().__init__(name, settings.model_copy(update=own), client, context)
        self.rows: dict[str, OkrTicket] = {}
        self._okr_settings = okr_settings
        self._repositories_to_read = okr_settings.repositories or settings.repositories
        self.renamed = RenamedRepositories(self._repositories_to_read)

    def _repositories(self) -> Iterator[Connection]:
        """One connection for each label and type: a filter holds only what has all that it names."""
        filters = [{"labels": [label]} for label in self._okr_settings.labels] + [
            {"type": text} for text in self._okr_settings.types
        ]
        for repository in self._repositories_to_read:
            for filter_values in filters:

                def ask(part: api.Slice, repository: str = repository, filter_values: Json = filter_values) -> Request:
                    return api.issues_page(repository, {"states": list(STATES), **filter_values}, part)

                walk: Walk[PageEntry] = Walk(self._settings.page_size)
                source = f"OKRs in repository {repository}"
                yield Connection(source, ("repository", "issues"), ask, partial(self._issue, repository), walk)

    def _issue(self, configured_name: str, node: Json) -> EntryResult:
        self.renamed.learn(configured_name, node["repository"]["nameWithOwner"])
        row = build_okr_ticket(node, self._name, self._settings, self._okr_settings)
        if row is not None:
            self.rows[row.id] = replace(row, containers=self.renamed.with_old_name(row.containers))
        if row is not None and (
            missing := REQUIRED_FIELDS & initiative(node, self._name, self._settings).missing_fields
        ):
            self._gap(f"OKRs: {', '.join(sorted(missing))} of the issue did not come", key=row.key)
        return None


def with_okrs(
    pulled: PullResult, known: PullState | None, settings: GitHubSettings, client: ApiClient, context: ConnectorContext
) -> PullResult:
    """What was pulled, with the OKRs that are kept there; an issue that became one is no work any more."""
    if settings.okrs is None:
        return pulled
    pull = OkrPull(pulled.connector, settings, settings.okrs, client, context)
    read = pull.run()
    gaps, notes = read.gaps, tuple(dict.fromkeys((*pulled.notes, *read.notes)))
    rows, error = _with_fields(pull.rows, settings.okrs, client) if settings.okrs.fields else (pull.rows, None)
    if error is not None:
        gaps = (*gaps, Gap(pulled.connector, f"OKRs: their fields did not come: {error}"))
    return replace(with_okr_rows(pulled, known, rows, gaps), notes=notes)


def build_okr_ticket(
    issue: Json, connector: str, settings: GitHubSettings, okr_settings: GitHubOkrs
) -> OkrTicket | None:
    """One issue; None for one that is no OKR. KeyError and the like where it makes no sense."""
    return okr_ticket(initiative(issue, connector, settings), okr_settings, values_in(issue.get("body") or ""))


def _with_fields(
    rows: Mapping[str, OkrTicket], okr_settings: GitHubOkrs, client: ApiClient
) -> tuple[dict[str, OkrTicket], str | None]:
    """The rows with what fields say of them, and why that did not come, if it did not."""
    ids = list(rows)
    chunks = [ids[start : start + AT_ONCE] for start in range(0, len(ids), AT_ONCE)]
    updated, error = dict(rows), None
    for answer in client.send_all([api.issues_by_id(chunk) for chunk in chunks]):
        nodes = _nodes(answer)
        if nodes is None:
            error = answer.detail if isinstance(answer, SourceError) else "the answer contained no issues"
        known = [node for node in nodes or () if node and node.get("id") in updated]
        complete(client, known)
        complete(client, [item for node in known for item in _items(node)])
        for node in known:
            row, values = updated[node["id"]], tuple(_field_values(node, okr_settings))
            updated[node["id"]] = replace(row, values=row.values + values)
            error = _incompleteness(node, okr_settings) or error
    return updated, error


def _nodes(answer: Response | SourceError) -> Sequence[Json | None] | None:
    nodes = None if isinstance(answer, SourceError) else (api.read_answer(answer).data or {}).get("nodes")
    return nodes if isinstance(nodes, list) else None


def _items(node: Json) -> list[Json]:
    return [item for item in (node.get("projectItems") or {}).get("nodes") or () if item]


def _columns(node: Json) -> list[Json]:
    return [value for item in _items(node) for value in (item.get("fieldValues") or {}).get("nodes") or () if value]


def _incompleteness(node: Json, okr_settings: GitHubOkrs) -> str | None:
    """Why not all of the fields were read."""
    issue_fields = node.get("issueFieldValues")
    connections = (
        node.get("projectItems"),
        *(item.get("fieldValues") for item in _items(node)),
        *([issue_fields] if issue_fields is not None else []),
    )
    if not all(map(is_complete, connections)):
        return "a list goes on"
    values = (*_columns(node), *((issue_fields or {}).get("nodes") or ()))
    return "a field is of a kind that is not read" if hides_a_value(values, okr_settings.fields.values()) else None


def _field_values(node: Json, okr_settings: GitHubOkrs) -> Iterator[tuple[str, str]]:
    """What a project's own columns say, and then of the other words what the issue's own fields do."""
    words = {match_key(field): word for word, field in okr_settings.fields.items()}
    columns = [value for value in _columns(node) if not is_issue_field(value)]
    in_columns = [value for column in _columns(node) if is_issue_field(column) and (value := issue_field_in(column))]
    issue_fields = [value for value in (node.get("issueFieldValues") or {}).get("nodes") or () if value]
    stated: set[str] = set()
    for values in (columns, issue_fields or in_columns):
        pairs = [
            (word, text)
            for value in values
            if (word := words.get(match_key(str((value.get("field") or {}).get("name") or ""))))
            and (text := _text(value)) is not None
        ]
        yield from (pair for pair in pairs if pair[0] not in stated)
        stated |= {word for word, _ in pairs}


def _text(value: Json) -> str | None:
    content = next((value[key] for key in VALUE_KEYS if value.get(key) is not None), None)
    return str(content) if content is not None else ", ".join(option_names(value)) or None
