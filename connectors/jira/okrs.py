"""Objectives and key results that are kept as tickets of a Jira site: all of them, at every pull, for they are few."""

from collections.abc import Iterator, Mapping
from typing import Any

from connectors.base import ConnectorContext
from connectors.http import ApiClient
from connectors.jira.dialect import Dialect
from connectors.jira.field_values import as_words
from connectors.jira.normalise import normalise, text_in
from connectors.jira.okr_query import okr_query
from connectors.jira.reading import QuerySearch
from connectors.jira.settings import JiraOkrs
from connectors.jira.terms import Json, NormaliseContext
from connectors.okr_words import values_in
from connectors.shared.incremental import with_okr_rows
from hub.model.initiative import Gap, PullResult, PullState
from hub.model.okr_row import OkrTicket

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
    kind = okr_settings.kind_of(ticket.kind, ticket.labels)
    if kind is None:
        return None
    return OkrTicket(
        kind=kind,
        connector=ticket.ref.connector,
        key=ticket.ref.key,
        id=ticket.id,
        title=ticket.title,
        url=ticket.url,
        containers=ticket.containers,
        parent=ticket.parent.key if ticket.parent else None,
        id_label=okr_settings.id_in(ticket.labels),
        values=tuple(_values(issue["fields"], normalise_context)),
        links=tuple(_linked(issue["fields"])),
        closed=ticket.closed.date() if ticket.closed else None,
        labels=ticket.labels,
    )


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
