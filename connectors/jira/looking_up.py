"""Whether a query still finds tickets that one answer lacked: asked for by their ids, as they are now."""

from collections.abc import Collection, Iterator, Sequence
from typing import Any

from connectors.http import ApiClient
from connectors.jira import api
from connectors.jira.by_id import fetch_by_id
from connectors.jira.cursor import narrow_query
from connectors.jira.dialect import Dialect
from connectors.jira.reading import QuerySearch
from connectors.jira.terms import NormaliseContext
from connectors.wire import Response
from hub.model.errors import QueryRefused, SourceError

AT_ONCE = 100
MAX_RECONCILE_IDS = 50
"""So many tickets at most may be asked for as they are now, and not as the index has them."""


class TicketLookup:
    """Asks through one pull, which holds the gaps of it; `refused` are there, and no search for them was answered."""

    def __init__(self, pull: QuerySearch, client: ApiClient, context: NormaliseContext, dialect: Dialect) -> None:
        self.refused: set[str] = set()
        self._pull = pull
        self._client = client
        self._name = context.connector
        self._query = context.settings.query
        self._fetch = dialect.fetch
        self._size = AT_ONCE if dialect.offset_paging else MAX_RECONCILE_IDS

    def find_removed(self, absent: Collection[str]) -> set[str]:
        """Those that the query does not find when it is asked for them alone; none where an answer did not come."""
        removed = set(absent)
        for chunk in chunks(sorted(absent), self._size):
            removed -= self._matching_ids(chunk)
        return removed if self._pull.complete else set()

    def _matching_ids(self, ids: Sequence[str]) -> set[str]:
        try:
            return set(self._pull.find_ids(narrow_query(self._query, f"id in ({', '.join(ids)})"), self._numbers(ids)))
        except QueryRefused:
            # Jira refuses a search for a ticket that does not exist: leave those out, if that is why.
            existing = self._existing_ids(ids)
            if existing and len(existing) < len(ids):
                return self._matching_ids(existing)
            self.refused.update(existing)
            return set()

    def _numbers(self, ids: Sequence[str]) -> Sequence[str]:
        return [id_ for id_ in ids if id_.isdigit()]

    def _existing_ids(self, ids: Sequence[str]) -> Sequence[str]:
        existing: list[str] = []
        for _, answer in fetch_by_id(self._client, lambda chunk: self._fetch(chunk, ("updated",)), ids, AT_ONCE):
            if isinstance(answer, SourceError):
                raise answer
            existing += [str(row.get("id")) for row in self._rows(answer) if isinstance(row, dict)]
        return existing

    def _rows(self, answer: Response) -> Sequence[Any]:
        try:
            return api.issues_in(answer)
        except ValueError as error:
            raise SourceError(self._name, str(error)) from None


def chunks(ids: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    """The ids in stretches of so many at most."""
    for start in range(0, len(ids), size):
        yield ids[start : start + size]
