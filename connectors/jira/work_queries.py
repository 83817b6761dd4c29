"""The tickets that serve a key result by the JQL that it declares."""

from collections.abc import Mapping

from connectors.base import ConnectorContext
from connectors.http import ApiClient
from connectors.jira.dialect import Dialect
from connectors.jira.layout import FieldMap
from connectors.jira.reading import QuerySearch
from connectors.jira.settings import JiraSettings
from connectors.jira.terms import NormaliseContext
from hub.model.errors import QueryRefused, SourceError


def tickets_by_query(
    queries: Mapping[str, str],
    client: ApiClient,
    settings: JiraSettings,
    *,
    name: str,
    context: ConnectorContext,
    dialect: Dialect,
) -> dict[str, frozenset[str]]:
    """See `connectors.base.AnswersQueries`; the same query is asked once."""
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
