"""Queries besides the configured one: for OKRs, for the work of a key result, and under the new key of a project."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import quote

from connectors.base import ConnectorContext
from connectors.http.client import ApiClient
from connectors.http.messages import Request, content_of
from connectors.jira.fields import FieldMap, as_words
from connectors.jira.normalise import normalise, text_in
from connectors.jira.search import QuerySearch
from connectors.jira.server_info import Dialect
from connectors.jira.settings import JiraOkrs, JiraSettings
from connectors.jira.values import Json, NormaliseContext
from connectors.shared.incremental import okr_ticket, with_okr_rows
from connectors.shared.settings import values_in
from hub.model.errors import QueryRefused, SourceError, TicketNotFound
from hub.model.initiative import Gap, Initiative, PullResult, PullState
from hub.model.ticket_input import OkrTicket

_NAMED = re.compile(r"\bproject\s*(?:=\s*(\"[^\"]+\"|'[^']+'|[\w-]+)|in\s*\(([^()]*)\))", re.IGNORECASE)


def projects_in(query: str) -> tuple[str, ...]:
    """The projects that a query names, as it names them."""
    projects: dict[str, None] = {}
    for item, several in _NAMED.findall(query):
        for name in (item or several).split(","):
            projects[name.strip().strip("\"'")] = None
    return tuple(name for name in projects if name)


def okr_query(okr_settings: JiraOkrs, query: str) -> str:
    """The configured query; else all that are told by type or label, in the projects that the site's query names."""
    if okr_settings.query:
        return okr_settings.query
    conditions = [f"issuetype in ({jql_list(okr_settings.types)})"] if okr_settings.types else []
    conditions += [f"labels in ({jql_list(okr_settings.labels)})"] if okr_settings.labels else []
    projects = projects_in(query)
    prefix = f"project in ({jql_list(projects)}) AND " if projects else ""
    return f"{prefix}({' OR '.join(conditions)})"


def jql_list(names: Iterable[str]) -> str:
    """Names as JQL lists them, in quotes, whatever stands in them."""
    return ", ".join('"{}"'.format(name.replace("\\", "\\\\").replace('"', '\\"')) for name in names)


LEVEL = "security"
PRIVATE = ("visibility", "private")


class OkrPull(QuerySearch):
    """Reads the tickets that are OKRs, one row each."""

    def __init__(
        self,
        client: ApiClient,
        normalise_context: NormaliseContext,
        context: ConnectorContext,
        dialect: Dialect,
        okr_settings: JiraOkrs,
    ) -> None:
        super().__init__(client, normalise_context, context, dialect)
        self.rows: dict[str, OkrTicket] = {}
        self._okr_settings = okr_settings

    def run(self) -> None:
        """Everything that the OKRs' own query finds."""
        self.read(self.find_ids(okr_query(self._okr_settings, self._normalise_context.settings.query)))

    def _store_row(self, issue: Any) -> Gap | None:
        ticket = build_okr_ticket(issue, self._normalise_context, self._okr_settings)
        if isinstance(ticket, OkrTicket):
            self.rows[ticket.id] = ticket
            return None
        return ticket

    @property
    def _fields(self) -> tuple[str, ...]:
        own = (field for _, ids in self._normalise_context.field_map.okrs for field in ids)
        return tuple(dict.fromkeys((*self._normalise_context.field_map.fields, *own, LEVEL)))


def with_okrs(
    pulled: PullResult,
    known: PullState | None,
    *,
    client: ApiClient,
    normalise_context: NormaliseContext,
    context: ConnectorContext,
    dialect: Dialect,
) -> PullResult:
    """What was pulled, with the OKRs that the site keeps; a ticket that became one is no work any more."""
    okr_settings = normalise_context.settings.okrs
    if okr_settings is None:
        return pulled
    pull = OkrPull(client, normalise_context, context, dialect, okr_settings)
    pull.run()
    return with_okr_rows(pulled, known, pull.rows, (*pull.gaps, *_missing_field_gaps(normalise_context, okr_settings)))


def build_okr_ticket(issue: Any, normalise_context: NormaliseContext, okr_settings: JiraOkrs) -> OkrTicket | Gap | None:
    """One ticket; None for one that the query finds and that is no OKR."""
    ticket = normalise(issue, normalise_context)
    if isinstance(ticket, Gap):
        return ticket
    values, links = _values(issue["fields"], normalise_context), _linked(issue["fields"])
    return okr_ticket(ticket, okr_settings, values, links)


def _values(fields: Json, normalise_context: NormaliseContext) -> Iterator[tuple[str, str]]:
    """The text first, so that a field says the last word; and a security level above all."""
    yield from values_in(text_in(fields.get("description")))
    for word, ids in normalise_context.field_map.okrs:
        yield from ((word, value) for id_ in ids if (value := as_words(fields.get(id_))))
    if fields.get(LEVEL):
        yield PRIVATE


def _linked(fields: Json) -> Iterator[str]:
    for link in fields.get("issuelinks") or ():
        for end in ("outwardIssue", "inwardIssue"):
            if isinstance(other := link.get(end), Mapping) and other.get("key"):
                yield str(other["key"])


def _missing_field_gaps(normalise_context: NormaliseContext, okr_settings: JiraOkrs) -> Iterator[Gap]:
    for word, ids in normalise_context.field_map.okrs:
        if not ids:
            message = f"OKRs: the site has no field {okr_settings.fields[word]!r}, which okrs.fields.{word} names"
            yield Gap(normalise_context.connector, message)


def tickets_by_query(
    queries: Mapping[str, str],
    client: ApiClient,
    settings: JiraSettings,
    *,
    name: str,
    context: ConnectorContext,
    dialect: Dialect,
) -> dict[str, frozenset[str]]:
    """See `connectors.capabilities.SupportsWorkQueries`; the same query is asked once."""
    ids_by_query: dict[str, frozenset[str]] = {}
    for key_result, query in queries.items():
        if query not in ids_by_query:
            # Ids alone are asked for, so that the fields need no looking up.
            pull = QuerySearch(client, NormaliseContext(name, settings, FieldMap()), context, dialect)
            ids_by_query[query] = _find_ids(name, key_result, query, pull)
    return {key_result: ids_by_query[query] for key_result, query in queries.items()}


def _find_ids(name: str, key_result: str, query: str, pull: QuerySearch) -> frozenset[str]:
    try:
        ids = frozenset(pull.find_ids(query))
    except QueryRefused as refused:
        raise QueryRefused(name, f"the work query of {key_result}: {refused.detail}") from None
    for gap in pull.gaps:
        raise SourceError(name, f"the work query of {key_result}: {gap.reason}")
    return ids


Ask = Callable[[str], str]
MAX_LOOKUPS = 10


@dataclass(frozen=True, slots=True)
class MovedProjects:
    """The old keys that the query asks for, by the new ones; tickets stand under both, so that either names a team."""

    old_keys: Mapping[str, str] = field(default_factory=dict)

    def under(self, ticket: Initiative) -> Initiative:
        """The ticket under both keys; its own stays the last."""
        old = self.old_keys.get(ticket.containers[-1]) if ticket.containers else None
        if old is None or old in ticket.containers:
            return ticket
        return replace(ticket, containers=(*ticket.containers[:-1], old, ticket.containers[-1]))

    def is_news(self, tickets: Iterable[Initiative]) -> bool:
        """Whether one of the tickets does not stand under both keys yet, or stands under the old one alone."""
        old_keys = set(self.old_keys.values())
        return any(
            self.under(ticket) != ticket or ticket.containers[-1] in old_keys for ticket in tickets if ticket.containers
        )

    def notes(self) -> tuple[str, ...]:
        """What to tell people about it."""
        return tuple(
            f"the project {old} is called {new} now: write {new} in `query` and in the `owns` of its team"
            for new, old in self.old_keys.items()
        )


def moved_projects(query: str, tickets: Iterable[Initiative], ask: Ask) -> MovedProjects:
    """Which projects of the query are called otherwise now.

    A project is asked about where the query names it and no ticket is in it, while tickets are in others.
    """
    named = {name.casefold(): name for name in projects_in(query)}
    present_keys = {
        ticket.containers[-1]: None for ticket in tickets if ticket.containers and not ticket.reference_only
    }
    unknown = [key for key in present_keys if key.casefold() not in named]
    empty = [name for folded, name in named.items() if folded not in {key.casefold() for key in present_keys}]
    if not unknown or not empty:
        return MovedProjects()
    names_by_key = {ask(name): name for name in empty[:MAX_LOOKUPS]}
    return MovedProjects({key: names_by_key[key] for key in unknown if key in names_by_key})


def known_moves(query: str, tickets: Iterable[Initiative]) -> MovedProjects:
    """What earlier pulls learned: tickets that stand under both keys."""
    named = {name.casefold() for name in projects_in(query)}
    key_pairs = {ticket.containers[-1]: ticket.containers[-2] for ticket in tickets if len(ticket.containers) > 1}
    return MovedProjects({new: old for new, old in key_pairs.items() if old.casefold() in named})


def updated_moves(query: str, stored: Iterable[Initiative], read: Iterable[Initiative], ask: Ask) -> MovedProjects:
    """The same, and what tickets in projects that are new among them tell."""
    stored = list(stored)
    known, keys = known_moves(query, stored), {ticket.containers[-1] for ticket in stored if ticket.containers}
    new_tickets = [ticket for ticket in read if ticket.containers and ticket.containers[-1] not in keys]
    return (
        MovedProjects({**known.old_keys, **moved_projects(query, new_tickets, ask).old_keys}) if new_tickets else known
    )


def key_lookup(client: ApiClient, connector: str) -> Ask:
    """Ask the site for a project's key of today; empty where it has no such project.

    Any other answer tells nothing, and raises SourceError: tickets whose team hangs on it are not believed.
    """

    def ask(name: str) -> str:
        try:
            row = content_of(client.send(Request("GET", f"/rest/api/2/project/{quote(name, safe='')}", ticket=name)))
        except (TicketNotFound, QueryRefused):
            return ""
        except SourceError as error:
            raise SourceError(connector, _unresolved_message(name, error.detail)) from None
        if not isinstance(row, dict) or not row.get("key"):
            raise SourceError(connector, _unresolved_message(name, "the answer contained no project"))
        return str(row["key"])

    return ask


def _unresolved_message(name: str, reason: str) -> str:
    return (
        f"whether the project {name} has a new key could not be checked: {reason}. The next read asks again; "
        f"if it stays so, let the account browse {name}, or write today's key in `query`"
    )
