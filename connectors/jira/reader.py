"""One pull of a Jira site, whole or what changed, with the tickets that others lean on, and the cursor for the next."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime, timedelta

from connectors.base import ConnectorContext
from connectors.context import fetch_referenced
from connectors.http import ApiClient
from connectors.jira import api
from connectors.jira.by_id import fetch_by_id
from connectors.jira.changes import IncrementalPull
from connectors.jira.cursor import Cursor, last_change, milliseconds, settings_fingerprint
from connectors.jira.host import ServerInfo
from connectors.jira.looking_up import TicketLookup
from connectors.jira.moved_projects import key_lookup, moved_projects, updated_moves
from connectors.jira.named_keys import resolve_named_keys
from connectors.jira.normalise import normalise
from connectors.jira.reading import QuerySearch
from connectors.jira.terms import NormaliseContext
from connectors.okr_settings import is_okr
from connectors.quiet import Watermark
from connectors.wire import Response
from hub.model.errors import SourceError
from hub.model.initiative import Gap, Initiative, PullResult, PullState, SyncMode


class Reader:
    """Use once: it remembers when it began."""

    def __init__(
        self, client: ApiClient, normalise_context: NormaliseContext, context: ConnectorContext, server: ServerInfo
    ) -> None:
        self._client = client
        self._normalise_context = normalise_context
        self._context = context
        self._server = server
        self._started_at = context.now()
        self._gaps: list[Gap] = []
        self._ask = key_lookup(client, normalise_context.connector)

    def pull_all(self) -> PullResult:
        """All that the query finds."""
        pull = QuerySearch(self._client, self._normalise_context, self._context, self._server.dialect)
        pull.run()
        initiatives = tuple(pull.initiatives)
        last = last_change(initiatives)
        initiatives, referenced = self._with_named({ticket.id: ticket for ticket in initiatives})
        moved = moved_projects(self._normalise_context.settings.query, initiatives, self._ask)
        initiatives, referenced = tuple(map(moved.under, initiatives)), tuple(map(moved.under, referenced))
        cursor = None
        if last is not None:
            updated_at = milliseconds(last - self._elapsed)
            cursor = self._cursor(
                updated_at, updated_at, self._started_at, Watermark(last - self._elapsed, self._started_at)
            )
        gaps = (*pull.gaps, *self._gaps)
        return PullResult(
            self._normalise_context.connector, initiatives + referenced, gaps, cursor=cursor, notes=moved.notes()
        )

    def look_up(self, missing: PullState) -> PullResult:
        """Those of the missing tickets that the query finds when it is asked for them alone; the others have left."""
        previous_requests, pull = (
            self._client.requests,
            QuerySearch(self._client, self._normalise_context, self._context, self._server.dialect),
        )
        lookup = TicketLookup(pull, self._client, self._normalise_context, self._server.dialect)
        deleted = lookup.find_removed(missing.tickets.keys()) - lookup.refused
        if pull.complete:
            pull.read(iter(sorted(missing.tickets.keys() - deleted - lookup.refused)))
        initiatives, referenced = self._with_named({ticket.id: ticket for ticket in pull.initiatives})
        moved = updated_moves(self._normalise_context.settings.query, missing.tickets.values(), initiatives, self._ask)
        initiatives, referenced = tuple(map(moved.under, initiatives)), tuple(map(moved.under, referenced))
        gaps, request_count = (*pull.gaps, *self._gaps), self._client.requests - previous_requests
        return PullResult(
            self._normalise_context.connector, initiatives + referenced, gaps, request_count, deleted=frozenset(deleted)
        )

    def pull_changes(self, known: PullState, cursor: Cursor) -> PullResult:
        """What changed since the cursor; and the ids of everything, when they are due."""
        reconcile = cursor.is_due(self._started_at, self._normalise_context.settings.full_resync_hours)
        changes = IncrementalPull(
            self._client, self._normalise_context, self._context, self._server.dialect, known=known, cursor=cursor
        )
        changes.run(reconcile=reconcile)
        stored = [
            ticket for id_, ticket in known.tickets.items() if id_ not in changes.deleted and not ticket.reference_only
        ]
        moved = updated_moves(self._normalise_context.settings.query, stored, changes.read.values(), self._ask)
        if moved.is_news(stored):
            return self.pull_all()
        read = {id_: moved.under(ticket) for id_, ticket in changes.read.items()}
        last = last_change(read.values())
        clock = cursor.clock.advance(self._started_at, last and last - self._elapsed)
        updated_at = max(
            cursor.updated_at, milliseconds(clock.safe_point), milliseconds(last - self._elapsed) if last else 0
        )
        reconciled = (
            (updated_at, self._started_at)
            if reconcile
            else (cursor.reconciled_until, datetime.fromisoformat(cursor.reconciled_at))
        )
        named, referenced, unneeded = self._fetch_referenced(known, read, changes.deleted)
        read = {**read, **named}
        return PullResult(
            self._normalise_context.connector,
            (*read.values(), *map(moved.under, referenced)),
            (*changes.pull.gaps, *self._gaps),
            mode=SyncMode.RECONCILE if reconcile else SyncMode.INCREMENTAL,
            deleted=frozenset(changes.deleted | unneeded) - {ticket.id for ticket in referenced},
            missed_by_cursor=changes.missed(read.values()) if reconcile else 0,
            cursor=self._cursor(updated_at, *reconciled, clock),
            notes=moved.notes(),
        )

    def _fetch_referenced(
        self, known: PullState, read: dict[str, Initiative], deleted: Collection[str]
    ) -> tuple[Mapping[str, Initiative], tuple[Initiative, ...], set[str]]:
        """Tickets that name others by new keys; what all lean on now, as it is now; and what they lean on no more."""
        current = {
            id_: ticket for id_, ticket in known.tickets.items() if not ticket.reference_only and id_ not in deleted
        } | read
        keys = {ticket.ref.key for ticket in known.tickets.values()} | known.recheck
        named = resolve_named_keys(current, self._fetch, self._normalise_context.browse(""), read, keys)
        tickets = fetch_referenced(({**current, **named.changed}).values(), self._fetch, named.added)
        current_ids = {ticket.id for ticket in tickets} | current.keys()
        previous_ids = {id_ for id_, ticket in known.tickets.items() if ticket.reference_only}
        referenced = tuple(ticket for ticket in tickets if ticket.id not in current)
        return named.changed, referenced, set() if self._gaps else previous_ids - current_ids

    def _with_named(self, tickets: Mapping[str, Initiative]) -> tuple[tuple[Initiative, ...], tuple[Initiative, ...]]:
        """All tickets, with the keys in their texts as they are today, and what they lean on."""
        named = resolve_named_keys(tickets, self._fetch, self._normalise_context.browse(""), tickets, ())
        all_tickets = {**tickets, **named.changed}
        return tuple(all_tickets.values()), fetch_referenced(all_tickets.values(), self._fetch, named.added)

    def _fetch(self, keys: Collection[str]) -> Iterator[Initiative]:
        """Tickets by key, wherever they are; those that may not be seen are simply not there."""
        fetch, fields = self._server.dialect.fetch, self._normalise_context.field_map.fields
        size = self._normalise_context.settings.page_size
        for chunk, answer in fetch_by_id(self._client, lambda batch: fetch(batch, fields), tuple(keys), size):
            yield from self._read_rows(chunk, answer)

    def _read_rows(self, keys: Iterable[str], answer: Response | SourceError) -> Iterator[Initiative]:
        try:
            rows = [] if isinstance(answer, SourceError) else api.issues_in(answer)
            reason = answer.detail if isinstance(answer, SourceError) else ""
        except ValueError as error:
            rows, reason = [], str(error)
        if reason:
            self._gaps += [Gap(self._normalise_context.connector, reason, key) for key in keys]
        for row in rows:
            ticket = normalise(row, self._normalise_context)
            if isinstance(ticket, Initiative) and not is_okr(
                self._normalise_context.settings.okrs, ticket.kind, ticket.labels
            ):
                yield ticket

    @property
    def _elapsed(self) -> timedelta:
        return self._context.now() - self._started_at

    def _cursor(self, updated_at: int, reconciled_until: int, reconciled_at: datetime, clock: Watermark) -> str:
        return Cursor(
            updated_at=updated_at,
            reconciled_until=reconciled_until,
            reconciled_at=reconciled_at.isoformat(),
            fingerprint=settings_fingerprint(self._normalise_context),
            deployment=self._server.dialect.name,
            url=self._server.url,
            watermark=clock.tracker_time.isoformat(),
            pulled_at=clock.local_time.isoformat(),
            default_priority=self._normalise_context.default_priority,
        ).text()
