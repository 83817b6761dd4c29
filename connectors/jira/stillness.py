"""Whether a Jira site is as it is remembered: asked for by times alone, and read again only where these leave doubt."""

from collections.abc import Callable
from dataclasses import replace

from connectors.base import ConnectorContext
from connectors.http import ApiClient
from connectors.jira import api
from connectors.jira.cursor import (
    IN_ORDER,
    Cursor,
    ambiguous_ids,
    narrow_query,
    same_instant,
    settings_fingerprint,
    since,
)
from connectors.jira.host import ServerInfo
from connectors.jira.okrs import with_okrs
from connectors.jira.reading import QuerySearch
from connectors.jira.settings import JiraSettings
from connectors.jira.terms import NormaliseContext
from hub.model.errors import QueryRefused
from hub.model.initiative import Initiative, PullResult
from hub.model.rest import SourceBaseline

MAX_CHANGES = 100
"""Where more changed lately than one page holds, a real pull is no dearer."""


def is_unchanged(
    stored: SourceBaseline,
    client: ApiClient,
    settings: JiraSettings,
    context: ConnectorContext,
    context_for: Callable[[ServerInfo, str], NormaliseContext],
) -> bool:
    """Whether the next pull would find nothing new, nothing gone, and no OKR changed."""
    cursor = Cursor.read(stored.cursor)
    server = cursor.server if cursor else None
    if cursor is None or server is None or cursor.is_due(context.now(), settings.full_resync_hours):
        return False
    normalise_context = context_for(server, cursor.default_priority)
    check = UnchangedCheck(
        stored, cursor, client=client, normalise_context=normalise_context, context=context, server=server
    )
    return settings_fingerprint(normalise_context) == cursor.fingerprint and check.passes()


class UnchangedCheck:
    """One look; use once. In doubt something has changed."""

    def __init__(
        self,
        stored: SourceBaseline,
        cursor: Cursor,
        *,
        client: ApiClient,
        normalise_context: NormaliseContext,
        context: ConnectorContext,
        server: ServerInfo,
    ) -> None:
        self._stored = stored
        self._cursor = cursor
        self._settings = normalise_context.settings
        self._start = cursor.updated_at - int(normalise_context.settings.lookback_seconds * 1000)
        self._client = client
        self._normalise_context = normalise_context
        self._context = context
        self._server = server
        self._pull = QuerySearch(client, normalise_context, context, server.dialect)

    def passes(self) -> bool:
        """Whether nothing came, left or changed."""
        changed = self._recent_changes()
        if changed is None or self._has_removed(changed):
            return False
        if self._settings.commands.enabled and not ambiguous_ids(self._stored.tickets, self._cursor).isdisjoint(
            changed
        ):
            return False  # a comment in the second of the last change moves no time
        candidates = [id_ for id_, updated in changed.items() if not self._has_same_time(id_, updated)]
        return self._reads_equal(candidates) and self._has_equal_okrs() and not self._pull.gaps

    def _recent_changes(self) -> dict[str, str] | None:
        """What changed since the cursor with when, as far as the site tells; None for too much."""
        query = narrow_query(self._normalise_context.settings.query, since(self._start)) + IN_ORDER
        if self._server.dialect.offset_paging:
            changes = dict.fromkeys(self._pull.find_ids(query), "")
            return changes if len(changes) <= MAX_CHANGES else None
        try:
            answer = self._client.send(api.search_times(query, MAX_CHANGES))
            return dict(api.times_in(answer)) if api.id_page(answer).next_token is None else None
        except ValueError:
            return None

    def _has_same_time(self, id_: str, updated: str) -> bool:
        known = self._stored.tickets.get(id_)
        return (
            known is not None
            and not (known.reference_only or known.missing_fields)
            and same_instant(updated, known.updated)
        )

    def _has_removed(self, changed: dict[str, str]) -> bool:
        """Whether a ticket that is ours changed and the query does not find it any more."""
        try:
            unmatched = set(self._pull.find_ids(since(self._start) + IN_ORDER)) - changed.keys()
        except QueryRefused:
            return False  # as in a pull: the census will tell
        known = (self._stored.tickets.get(id_) for id_ in unmatched)
        return any(ticket is not None and not ticket.reference_only for ticket in known)

    def _reads_equal(self, candidates: list[str]) -> bool:
        """Those in doubt, and what others lean on: no search of changes finds that."""
        referenced = self._stored.context_refs
        ids = dict.fromkeys((*candidates, *(id_ or key for key, id_ in referenced.items())))
        if ids:
            self._pull.absent(iter(ids))
        tickets = {ticket.id: ticket for ticket in self._pull.initiatives}
        expected_ids = {*candidates, *(id_ for id_ in referenced.values() if id_)}
        return tickets.keys() == expected_ids and all(self._matches_stored(ticket) for ticket in tickets.values())

    def _matches_stored(self, ticket: Initiative) -> bool:
        known = self._stored.tickets.get(ticket.id)
        return known is not None and replace(ticket, reference_only=known.reference_only) == known

    def _has_equal_okrs(self) -> bool:
        current = with_okrs(
            PullResult(self._normalise_context.connector),
            None,
            client=self._client,
            normalise_context=self._normalise_context,
            context=self._context,
            dialect=self._server.dialect,
        )
        return not current.gaps and _by_id(current) == _by_id(replace(current, okrs=self._stored.okrs))


def _by_id(pulled: PullResult) -> dict[str, object] | None:
    return None if pulled.okrs is None else {row.id: row for row in pulled.okrs}
