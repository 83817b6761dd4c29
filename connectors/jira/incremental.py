"""The incremental pull: what changed since the cursor, and whether a query still finds tickets that were absent."""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from typing import Any

from connectors.base import ConnectorContext
from connectors.http.client import ApiClient
from connectors.http.messages import Request, Response
from connectors.jira import api
from connectors.jira.search import QuerySearch
from connectors.jira.server_info import (
    IN_ORDER,
    Cursor,
    Dialect,
    datetime_of,
    is_unsettled,
    narrow_query,
    same_instant,
    since,
)
from connectors.jira.settings import JiraSettings
from connectors.jira.values import NormaliseContext
from connectors.shared.incremental import was_missed
from hub.model.errors import QueryRefused, SourceError
from hub.model.initiative import Initiative, PullState


def fetch_by_id(
    client: ApiClient, fetch: Callable[[Sequence[str]], Request], ids: Sequence[str], size: int
) -> Iterator[tuple[Sequence[str], Response | SourceError]]:
    """What was asked for, and the answer; asked again in smaller portions where the server gives fewer at once.

    Without that, what it left out would look as if it were not there.
    """
    pending = _chunks(ids, size)
    while pending:
        retries: list[Sequence[str]] = []
        answers = client.send_all(fetch(chunk) for chunk in pending)
        for chunk, answer in zip(pending, answers, strict=True):
            limit = len(chunk) if isinstance(answer, SourceError) else api.page_limit(answer, len(chunk))
            if limit < len(chunk):
                retries += _chunks(chunk, limit)
            else:
                yield chunk, answer
        pending = retries


def _chunks(ids: Sequence[str], size: int) -> list[Sequence[str]]:
    return [ids[start : start + size] for start in range(0, len(ids), size)]


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


FIRST_PAGE = 100
KEY = re.compile(r"[A-Za-z][A-Za-z0-9_]{1,30}-\d{1,12}", re.ASCII)


def search_start(cursor: Cursor, settings: JiraSettings, *, reconcile: bool) -> int:
    """The time, in epoch milliseconds, since which changes are looked for: in a census, since the last one."""
    at = cursor.reconciled_until if reconcile else cursor.updated_at
    return at - int(settings.lookback_seconds * 1000)


def ids_as_they_are(known: PullState) -> Sequence[str]:
    """The tickets that the search is to show as they are, and not as they were indexed."""
    requested = dict.fromkeys((*sorted(known.requested), *sorted(known.recheck)))
    return [text for text in requested if text.isdigit()][:MAX_RECONCILE_IDS]


class IncrementalPull:
    """One run; afterwards `deleted` holds the ids that the query finds no more."""

    def __init__(
        self,
        client: ApiClient,
        reading: NormaliseContext,
        context: ConnectorContext,
        dialect: Dialect,
        *,
        known: PullState,
        cursor: Cursor,
    ) -> None:
        self.pull = QuerySearch(client, reading, context, dialect)
        self.deleted: set[str] = set()
        self._client = client
        self._query = reading.settings.query
        self._look_up = TicketLookup(self.pull, client, reading, dialect)
        self._offset_paging = dialect.offset_paging
        self._known = known
        self._cursor = cursor
        self._settings = reading.settings

    @property
    def read(self) -> dict[str, Initiative]:
        """What was read, each ticket as it was last."""
        return {ticket.id: ticket for ticket in self.pull.initiatives}

    def missed(self, read: Iterable[Initiative]) -> int:
        """Tickets that are not as they were remembered, though they changed before the cursor came to where it is."""
        before = datetime_of(search_start(self._cursor, self._settings, reconcile=False))
        return sum(was_missed(ticket, self._known.tickets.get(ticket.id), before) for ticket in read)

    def run(self, *, reconcile: bool) -> None:
        """Look back to the cursor; in a census, to where the last one stood."""
        start = search_start(self._cursor, self._settings, reconcile=reconcile)
        changed = list(self._changed(start))
        self.pull.read(self._needs_fetch(changed))
        self._recheck(reconcile=reconcile)
        if reconcile:
            self._full_reconcile({id_ for id_, _ in changed})
        else:
            self._detect_removed({id_ for id_, _ in changed}, start)

    def _recheck(self, *, reconcile: bool) -> None:
        """What we wrote on, and, unless all is looked at anyway, what could not be read: as it is, not as indexed."""
        ids = (self._known.recheck | self._own(self._known.requested)) - self.read.keys()
        known_ids = {id_ for id_ in ids if id_ in self._known.tickets}
        # Jira gave every other ticket of the same request: one that it does not give is not there.
        self.deleted |= set(self.pull.absent(iter(sorted(known_ids))))
        if not reconcile:
            self.pull.read(iter(sorted(self._matching(ids - known_ids) - self.read.keys())))

    def _own(self, ids: Iterable[str]) -> set[str]:
        """Those of the ids that are remembered of tickets that the query finds."""
        known = ((id_, self._known.tickets.get(id_)) for id_ in ids)
        return {id_ for id_, ticket in known if ticket is not None and not ticket.reference_only}

    def _matching(self, ids: Collection[str]) -> set[str]:
        """Those that the query finds: a gap under a key may be of a ticket beyond it, which others lean on or name."""
        matching = {text for text in ids if text.isdigit()}
        for chunk in chunks(sorted(text for text in ids if KEY.fullmatch(text)), MAX_RECONCILE_IDS):
            matching |= self._with_keys(chunk)
        return matching

    def _with_keys(self, keys: Sequence[str]) -> set[str]:
        try:
            return set(self.pull.find_ids(narrow_query(self._query, f"key in ({', '.join(keys)})")))
        except QueryRefused:
            # Jira refuses a search for a ticket that does not exist.
            return set().union(*(self._with_keys((key,)) for key in keys)) if len(keys) > 1 else set()

    def _changed(self, start: int) -> Iterator[tuple[str, str]]:
        """Ids and, where that is told, when: what is known as of that very moment need not be read again."""
        query = narrow_query(self._query, since(start)) + IN_ORDER
        reconcile_ids = ids_as_they_are(self._known)
        if self._offset_paging:
            yield from self.pull.find_dated_ids(query)
        elif (single_page := self._single_page(query, reconcile_ids)) is not None:
            yield from single_page
        else:
            yield from ((id_, "") for id_ in self.pull.find_ids(query, reconcile_ids))

    def _single_page(self, query: str, reconcile_ids: Sequence[str]) -> Sequence[tuple[str, str]] | None:
        """The changed tickets with their times, if one page holds them all."""
        try:
            answer = self._client.send(api.search_times(query, FIRST_PAGE, reconcile_ids))
            return api.times_in(answer) if api.id_page(answer).next_token is None else None
        except ValueError:
            return None

    def _needs_fetch(self, changed: Iterable[tuple[str, str]]) -> Iterator[str]:
        for id_, updated in changed:
            known = self._known.tickets.get(id_)
            is_unchanged = (
                known is not None
                and not (known.reference_only or known.missing_fields)
                and same_instant(updated, known.updated)
            )
            if not is_unchanged or is_unsettled(known, self._cursor):
                yield id_

    def _detect_removed(self, changed: Collection[str], start: int) -> None:
        """What changed and is remembered, but not found by the query: most likely it left."""
        try:
            unmatched = self._own(self.pull.find_ids(since(start) + IN_ORDER))
        except QueryRefused:
            return  # a site that allows no search of this kind: the census will tell
        self.deleted |= self._look_up.find_removed(unmatched - set(changed))

    def _full_reconcile(self, changed: Collection[str]) -> None:
        """All ids that the query finds: what is new to us is read, what is not there any more has left."""
        known_ids = {id_ for id_, ticket in self._known.tickets.items() if not ticket.reference_only}
        existing = set(self.pull.find_ids(self._query))
        self.pull.read(iter(sorted(existing - known_ids - set(changed))))
        if self.pull.complete:
            self.deleted |= self._look_up.find_removed(known_ids - existing - set(changed))
