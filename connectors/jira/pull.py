"""One pull of a Jira site: the tickets, those fetched for reference, and those that texts name by a key."""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from connectors.base import ConnectorContext
from connectors.http.client import ApiClient
from connectors.http.messages import Response
from connectors.jira import api
from connectors.jira.incremental import IncrementalPull, TicketLookup, fetch_by_id
from connectors.jira.normalise import normalise
from connectors.jira.queries import MovedProjects, key_lookup, moved_projects, updated_moves, with_okrs
from connectors.jira.search import QuerySearch
from connectors.jira.server_info import Cursor, ServerInfo, cursor_fingerprint, milliseconds
from connectors.jira.values import NormaliseContext
from connectors.shared.incremental import (
    Fetch,
    Named,
    Referenced,
    References,
    Watermark,
    are_references_unchanged,
    last_change,
    relate_as_before,
    resolve_references,
    with_named,
)
from connectors.shared.settings import is_okr
from hub.model.errors import SourceError
from hub.model.initiative import Gap, Initiative, PullResult, PullState, SyncMode

_KEY = re.compile(r"(?P<page>https?://\S+/browse/)?(?P<key>[A-Za-z][A-Za-z0-9_]{1,30}-\d{1,12})/?", re.ASCII)


def resolve_named_keys(
    tickets: Mapping[str, Initiative], read: Fetch, page: str, new_ids: Collection[str], known: Collection[str]
) -> Named:
    """Look up keys in the texts of tickets that are `new_ids`, by id, and keys that were `known` and are no more.

    What a text of before names in vain was asked for already. `page` is how addresses of this site's tickets begin.
    """
    known_keys = {ticket.ref.key for ticket in tickets.values()}
    lookups: dict[str, None] = {}
    for id_, ticket in tickets.items():
        for key in _keys(ticket.depends_on_text, page) if ticket.depends_on_text else ():
            if key not in known_keys and (id_ in new_ids or key in known):
                lookups[key] = None
    if not lookups:
        return Named()
    fetched = {ticket.ref.key: ticket for ticket in read(tuple(lookups))}
    moved = dict(_moved(lookups, fetched, read))
    texts = {id_: _with_current_keys(ticket, moved, page) for id_, ticket in tickets.items()} if moved else {}
    return Named(
        {id_: ticket for id_, ticket in texts.items() if ticket != tickets[id_]},
        tuple(ticket for ticket in fetched.values() if ticket.id not in tickets),
    )


def _moved(lookups: Collection[str], fetched: Collection[str], read: Fetch) -> Iterator[tuple[str, str]]:
    """Which of the tickets that came under another key was asked for by which."""
    unexpected, missing = [key for key in fetched if key not in lookups], [key for key in lookups if key not in fetched]
    if len(unexpected) == len(missing) == 1:
        yield missing[0], unexpected[0]
    elif unexpected:
        yield from ((key, ticket.ref.key) for key in missing for ticket in read((key,)))


def _keys(texts: Iterable[str], page: str) -> Iterator[str]:
    for text in texts:
        match = _KEY.fullmatch(text.strip())
        if match and (match["page"] is None or match["page"].casefold() == page.casefold()):
            yield match["key"].upper()


def _with_current_keys(ticket: Initiative, moved: Mapping[str, str], page: str) -> Initiative:
    def now(text: str) -> str:
        return next((moved[key] for key in _keys((text,), page) if key in moved), text)

    if not ticket.depends_on_text and not ticket.mentions:
        return ticket
    mentions = tuple(named for named in map(now, ticket.mentions) if named != ticket.ref.key)
    return replace(ticket, depends_on_text=tuple(map(now, ticket.depends_on_text)), mentions=mentions)


class Reader:
    """Use once: `started_at` is when the first request of the pull was sent, now unless it is told."""

    def __init__(
        self,
        client: ApiClient,
        normalise_context: NormaliseContext,
        context: ConnectorContext,
        server: ServerInfo,
        started_at: datetime | None = None,
    ) -> None:
        self._client = client
        self._normalise_context = normalise_context
        self._context = context
        self._server = server
        self._started_at = started_at or context.now()
        self._gaps: list[Gap] = []
        self._ask = key_lookup(client, normalise_context.connector)

    def pull_all(self, watch: Callable[[Iterator[str]], Iterator[str]] = iter) -> PullResult:
        """All that the query finds; the ids go through `watch` as they come."""
        pull = QuerySearch(self._client, self._normalise_context, self._context, self._server.dialect)
        pull.read(watch(pull.find_ids(self._normalise_context.settings.query)))
        last = last_change(pull.initiatives, self._elapsed)
        initiatives, referenced = self._with_named({ticket.id: ticket for ticket in pull.initiatives})
        moved = moved_projects(self._normalise_context.settings.query, initiatives, self._ask)
        cursor = None
        if last is not None:
            updated_at = milliseconds(last)
            clock = Watermark(last, self._started_at)
            second_precision = self._has_second_precision(pull.initiatives)
            cursor = self._cursor(
                (updated_at, updated_at, self._started_at),
                clock,
                referenced.keys,
                moved,
                second_precision=second_precision,
            )
        pulled = PullResult(
            self._normalise_context.connector,
            tuple(map(moved.under, (*initiatives, *referenced.tickets))),
            (*pull.gaps, *self._gaps),
            cursor=cursor,
            notes=moved.notes(),
        )
        return self._with_okrs(pulled, None)

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
        there = tuple(map(moved.under, (*initiatives, *referenced.tickets)))
        gaps, request_count = (*pull.gaps, *self._gaps), self._client.requests - previous_requests
        return PullResult(self._normalise_context.connector, there, gaps, request_count, deleted=frozenset(deleted))

    def pull_changes(self, known: PullState, cursor: Cursor) -> PullResult:
        """What changed since the cursor; and the ids of everything, when they are due.

        Where no reference changed, no ticket is looked at but those that were read again: there may be very many.
        """
        reconcile = cursor.is_due(self._started_at, self._normalise_context.settings.full_resync_hours)
        changes = IncrementalPull(
            self._client, self._normalise_context, self._context, self._server.dialect, known=known, cursor=cursor
        )
        changes.run(reconcile=reconcile)
        if not (reconcile or changes.deleted) and self._are_references_unchanged(changes.read, known, cursor):
            moved, keys, references = MovedProjects(cursor.moved), cursor.referenced, References()
        else:
            stored = [
                ticket
                for id_, ticket in known.tickets.items()
                if id_ not in changes.deleted and not ticket.reference_only
            ]
            moved = updated_moves(self._normalise_context.settings.query, stored, changes.read.values(), self._ask)
            if moved.is_news(stored):
                return self.pull_all()
            references = self._references(known, _under(moved, changes.read), changes.deleted)
            keys = references.referenced.keys
        read, referenced, deleted = references.merged(_under(moved, changes.read), changes.deleted, moved.under)
        pulled = PullResult(
            self._normalise_context.connector,
            (*read.values(), *referenced),
            (*changes.pull.gaps, *self._gaps),
            mode=SyncMode.RECONCILE if reconcile else SyncMode.INCREMENTAL,
            deleted=deleted,
            missed_by_cursor=changes.missed(read.values()) if reconcile else 0,
            cursor=self._next(cursor, read.values(), keys, moved, reconcile=reconcile),
            notes=moved.notes(),
        )
        return self._with_okrs(pulled, known)

    def _are_references_unchanged(self, read: Mapping[str, Initiative], known: PullState, cursor: Cursor) -> bool:
        """Whether tickets refer to what they referred to, and that, as far as the query leaves it out, is as it was."""
        moved = MovedProjects(cursor.moved)
        unread_keys = any(not again.isdigit() and again not in known.tickets for again in known.recheck)
        if unread_keys or not relate_as_before(_under(moved, read), known):
            return False
        referenced = self._fetch(tuple(dict.fromkeys(id_ or key for key, id_ in cursor.referenced.items())))
        return are_references_unchanged(cursor, map(moved.under, referenced), known) and not self._gaps

    def _references(self, known: PullState, read: Mapping[str, Initiative], deleted: Collection[str]) -> References:
        """Tickets that name others by new keys; what all refer to now, as it is now; and what they refer to no more."""
        keys = {ticket.ref.key for ticket in known.tickets.values()} | known.recheck
        self._gaps.clear()
        return resolve_references(
            known,
            read,
            deleted,
            follow=lambda own: resolve_named_keys(own, self._fetch, self._normalise_context.browse(""), read, keys),
            fetch=self._fetch,
            has_gaps=lambda: bool(self._gaps),
        )

    def _with_named(self, tickets: Mapping[str, Initiative]) -> tuple[tuple[Initiative, ...], Referenced]:
        """All tickets, with the keys in their texts as they are today, and what they refer to."""
        named = resolve_named_keys(tickets, self._fetch, self._normalise_context.browse(""), tickets, ())
        return with_named(tickets, named, self._fetch)

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

    def _with_okrs(self, pulled: PullResult, known: PullState | None) -> PullResult:
        return with_okrs(
            pulled,
            known,
            client=self._client,
            normalise_context=self._normalise_context,
            context=self._context,
            dialect=self._server.dialect,
        )

    @property
    def _elapsed(self) -> timedelta:
        return self._context.now() - self._started_at

    def _next(
        self,
        cursor: Cursor,
        read: Iterable[Initiative],
        keys: Mapping[str, str],
        moved: MovedProjects,
        *,
        reconcile: bool,
    ) -> str:
        last = last_change(read, self._elapsed)
        clock = cursor.watermark.advance(self._started_at, last)
        updated_at = max(cursor.updated_at, milliseconds(clock.safe_point), milliseconds(last) if last else 0)
        reconciled = (
            (updated_at, self._started_at)
            if reconcile
            else (cursor.reconciled_until, datetime.fromisoformat(cursor.reconciled_at))
        )
        second_precision = cursor.second_precision and self._has_second_precision(read)
        return self._cursor((updated_at, *reconciled), clock, keys, moved, second_precision=second_precision)

    def _has_second_precision(self, read: Iterable[Initiative]) -> bool:
        changes = (ticket.updated for ticket in read if ticket.updated)
        return self._server.dialect.offset_paging and not any(changed.microsecond for changed in changes)

    def _cursor(
        self,
        updated_at: tuple[int, int, datetime],
        clock: Watermark,
        keys: Mapping[str, str],
        moved: MovedProjects,
        *,
        second_precision: bool,
    ) -> str:
        """`updated_at` is how far changes were read, and where and when everything was reconciled."""
        return Cursor(
            updated_at=updated_at[0],
            reconciled_until=updated_at[1],
            reconciled_at=updated_at[2].isoformat(),
            fingerprint=cursor_fingerprint(self._normalise_context),
            deployment=self._server.dialect.name,
            url=self._server.url,
            **clock.fields(),
            default_priority=self._normalise_context.default_priority,
            referenced=keys,
            moved=moved.old_keys,
            second_precision=second_precision,
        ).text()


def _under(moved: MovedProjects, read: Mapping[str, Initiative]) -> dict[str, Initiative]:
    return {id_: moved.under(ticket) for id_, ticket in read.items()}
