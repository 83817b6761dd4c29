"""Whether a query still finds tickets that one answer lacked: asked for by their ids, as they are now."""

from collections.abc import Collection, Iterator, Sequence
from typing import Any

from connectors.http import Gate
from connectors.jira import api
from connectors.jira.by_id import by_id
from connectors.jira.cursor import within
from connectors.jira.dialect import Dialect
from connectors.jira.reading import Pull
from connectors.jira.terms import Reading
from connectors.wire import Response
from hub.model.errors import QueryRefused, SourceError

AT_ONCE = 100
RECONCILE = 50
"""So many tickets at most may be asked for as they are now, and not as the index has them."""


class LookUp:
    """Asks through one pull, which holds the gaps of it; `refused` are there, and no search for them was answered."""

    def __init__(self, pull: Pull, gate: Gate, reading: Reading, dialect: Dialect) -> None:
        self.refused: set[str] = set()
        self._pull = pull
        self._gate = gate
        self._name = reading.connector
        self._query = reading.settings.query
        self._fetch = dialect.fetch
        self._size = AT_ONCE if dialect.windows else RECONCILE

    def left(self, absent: Collection[str]) -> set[str]:
        """Those that the query does not find when it is asked for them alone; none where an answer did not come."""
        left = set(absent)
        for some in portions(sorted(absent), self._size):
            left -= self._found_among(some)
        return left if self._pull.complete else set()

    def _found_among(self, ids: Sequence[str]) -> set[str]:
        try:
            return set(self._pull.found(within(self._query, f"id in ({', '.join(ids)})"), self._numbers(ids)))
        except QueryRefused:
            # Jira refuses a search for a ticket that does not exist: leave those out, if that is why.
            alive = self._alive(ids)
            if alive and len(alive) < len(ids):
                return self._found_among(alive)
            self.refused.update(alive)
            return set()

    def _numbers(self, ids: Sequence[str]) -> Sequence[str]:
        return [one for one in ids if one.isdigit()]

    def _alive(self, ids: Sequence[str]) -> Sequence[str]:
        alive: list[str] = []
        for _, answer in by_id(self._gate, lambda some: self._fetch(some, ("updated",)), ids, AT_ONCE):
            if isinstance(answer, SourceError):
                raise answer
            alive += [str(one.get("id")) for one in self._rows(answer) if isinstance(one, dict)]
        return alive

    def _rows(self, answer: Response) -> Sequence[Any]:
        try:
            return api.fetched(answer)
        except ValueError as error:
            raise SourceError(self._name, str(error)) from None


def portions(ids: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    """The ids in stretches of so many at most."""
    for start in range(0, len(ids), size):
        yield ids[start : start + size]
