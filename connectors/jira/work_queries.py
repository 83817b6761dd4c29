"""The tickets that serve a key result by the JQL that it declares."""

from collections.abc import Mapping

from connectors.base import World
from connectors.http import Gate
from connectors.jira.dialect import Dialect
from connectors.jira.layout import Layout
from connectors.jira.reading import Pull
from connectors.jira.settings import JiraSettings
from connectors.jira.terms import Reading
from hub.model.errors import QueryRefused, SourceError


def served_by_query(
    queries: Mapping[str, str], gate: Gate, settings: JiraSettings, *, name: str, world: World, dialect: Dialect
) -> dict[str, frozenset[str]]:
    """See `connectors.base.AnswersQueries`; the same query is asked once."""
    found: dict[str, frozenset[str]] = {}
    for key_result, query in queries.items():
        if query not in found:
            # Ids alone are asked for, so that the fields need no looking up.
            pull = Pull(gate, Reading(name, settings, Layout()), world, dialect)
            found[query] = _found(name, key_result, query, pull)
    return {key_result: found[query] for key_result, query in queries.items()}


def _found(name: str, key_result: str, query: str, pull: Pull) -> frozenset[str]:
    try:
        ids = frozenset(pull.found(query))
    except QueryRefused as refused:
        raise QueryRefused(name, f"the work query of {key_result}: {refused.detail}") from None
    for gap in pull.gaps:
        raise SourceError(name, f"the work query of {key_result}: {gap.reason}")
    return ids
