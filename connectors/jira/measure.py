"""The value of a key result on a Jira site: tickets that a query finds, counted, or a number field of them added up.

The tickets are enumerated, and counted only when the enumeration came to its end: Jira's own count is an estimate
(developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issue-search/#api-rest-api-3-search-approximate-count-post).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from connectors.base import ConnectorContext
from connectors.http.client import ApiClient
from connectors.jira.fields import FieldMap
from connectors.jira.search import QuerySearch
from connectors.jira.server_info import Dialect
from connectors.jira.settings import JiraSettings
from connectors.jira.values import NormaliseContext
from connectors.measures import MAX_SUMMED, total
from hub.model.errors import SourceError
from hub.model.initiative import Gap
from hub.model.measure import Measure
from hub.model.text import match_key

Fields = Callable[[], Iterable[Mapping[str, Any]]]


class MeasureSearch(QuerySearch):
    """Reads one field of the tickets that a query finds; several fields of that name are told apart by the ticket."""

    def __init__(
        self,
        client: ApiClient,
        normalise_context: NormaliseContext,
        context: ConnectorContext,
        dialect: Dialect,
        field_ids: Sequence[str],
    ) -> None:
        super().__init__(client, normalise_context, context, dialect)
        self.values: dict[str, Any] = {}
        self._field_ids = tuple(field_ids)

    @property
    def _fields(self) -> tuple[str, ...]:
        return self._field_ids

    def _store_row(self, issue: Any) -> Gap | None:
        fields = issue.get("fields") if isinstance(issue, dict) else None
        if not isinstance(fields, dict) or not issue.get("id"):
            return Gap(self._normalise_context.connector, "a ticket without fields came")
        # A field that is not asked for, or may not be seen, is left out; one that is empty is null.
        present = [fields[id_] for id_ in self._field_ids if id_ in fields]
        if not present:
            return Gap(
                self._normalise_context.connector, "its field did not come", str(issue.get("key") or issue["id"])
            )
        self.values[str(issue["id"])] = next((value for value in present if value is not None), None)
        return None


def measure(
    declared: Measure,
    client: ApiClient,
    settings: JiraSettings,
    *,
    name: str,
    context: ConnectorContext,
    dialect: Dialect,
    fields: Fields,
) -> float:
    """See `connectors.capabilities.SupportsMeasures`."""
    reading = NormaliseContext(name, settings, FieldMap())
    field = declared.sum or declared.field
    if not field:
        search = QuerySearch(client, reading, context, dialect)
        count = sum(1 for _ in search.find_ids(declared.query))
        _raise_for(name, search)
        return float(count)
    search = MeasureSearch(client, reading, context, dialect, _field_ids(name, field, fields()))
    ids = tuple(islice(search.find_ids(declared.query), MAX_SUMMED + 1))
    if len(ids) > MAX_SUMMED:
        raise SourceError(name, f"the query finds more than {MAX_SUMMED:,} tickets, too many to add up")
    if not declared.field or len(ids) == 1:
        search.read(iter(ids))
        _raise_for(name, search)
        return total(name, declared, search.values.values())
    _raise_for(name, search)
    return total(name, declared, ids)


def _field_ids(name: str, field: str, fields: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    """Every field of that name or id that holds numbers: team-managed projects each have their own."""
    plain = match_key(field)
    named = [row for row in fields if plain in (match_key(str(row.get("name"))), match_key(str(row.get("id"))))]
    ids = tuple(_numeric(named))
    if not ids:
        reason = "holds no numbers" if named else "is not on the site, or not to be seen"
        raise SourceError(name, f"the field {field!r} {reason}")
    return ids


def _numeric(fields: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    for row in fields:
        schema = row.get("schema")
        if isinstance(schema, Mapping) and schema.get("type") == "number":
            yield str(row["id"])


def _raise_for(name: str, search: QuerySearch) -> None:
    """What is missing of the tickets is missing of the value."""
    for gap in search.gaps:
        raise SourceError(name, f"{gap.key}: {gap.reason}" if gap.key else gap.reason)
