"""Incremental pulls of all trackers: how far the cursor may follow, and the tickets fetched for reference."""

import hashlib
import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Self

from connectors.shared.settings import OkrSettings
from hub.model.initiative import Gap, Initiative, PullResult, PullState, StatusCategory, SyncMode
from hub.model.ticket_input import OkrKind, OkrOutcome, OkrTicket

MOST_LATE = timedelta(hours=1)
"""So late a tracker may list a change; what comes later is found by the next full reconciliation."""
MAX_LEVELS = 12
"""Trackers nest less deep; a cycle of parents ends here as well."""
Fetch = Callable[[Collection[str]], Iterable[Initiative]]


@dataclass(frozen=True, slots=True)
class Watermark:
    """A lower bound of the tracker's clock: it was at `tracker_time` or later when ours was at `local_time`.

    It lets a cursor advance while nothing changes, although no tracker says what time it is.
    """

    tracker_time: datetime
    local_time: datetime

    def advance(self, began: datetime, last_change: datetime | None) -> "Watermark":
        """The bound at a pull that began later: by the time that passed here, or by the last change seen there."""
        passed = self.tracker_time + max(began - self.local_time, timedelta())
        return Watermark(max(passed, last_change) if last_change else passed, began)

    def fields(self) -> dict[str, str]:
        """The form in which cursors hold it."""
        return {"tracker_time": self.tracker_time.isoformat(), "local_time": self.local_time.isoformat()}

    @property
    def safe_point(self) -> datetime:
        """The time before which no change can still be listed."""
        return self.tracker_time - MOST_LATE


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncCursor:
    """What one pull leaves for the next; each tracker adds how far it read.

    `fingerprint` stands for the settings that tickets were read with, `reconciled_at` is our time of the last full
    reconciliation. `tracker_time` and `local_time` are those of the watermark. `referenced` are the keys of tickets
    that were read because others refer to them, with their ids; an empty id where none was visible.
    """

    fingerprint: str
    reconciled_at: str
    tracker_time: str
    local_time: str
    referenced: Mapping[str, str]

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """The inverse of `text`; None for what another version wrote."""
        try:
            return cls(**cls._fields_of(json.loads(text)))
        except (ValueError, TypeError, KeyError, AttributeError):
            return None

    @classmethod
    def _fields_of(cls, stored: Any) -> dict[str, Any]:
        return dict(stored)

    @property
    def watermark(self) -> Watermark:
        """The lower bound of the tracker's clock."""
        return Watermark(datetime.fromisoformat(self.tracker_time), datetime.fromisoformat(self.local_time))

    def text(self) -> str:
        """The form in which it is stored."""
        return json.dumps(asdict(self))

    def is_due(self, now: datetime, hours: float) -> bool:
        """Whether the next full reconciliation is due."""
        return now - datetime.fromisoformat(self.reconciled_at) >= timedelta(hours=hours)


@dataclass(frozen=True, slots=True)
class Named:
    """What following the keys in texts gave.

    `changed` are tickets whose texts now name others by their keys of today, `added` tickets that were not known.
    """

    changed: Mapping[str, Initiative] = field(default_factory=dict)
    added: tuple[Initiative, ...] = ()
    gaps: tuple[Gap, ...] = ()


@dataclass(frozen=True, slots=True)
class Referenced:
    """Tickets that the configured query does not find and that others refer to: parents, blockers, blocked ones.

    `keys` are all that were asked for, with the ids of those that are visible.
    """

    tickets: tuple[Initiative, ...] = ()
    keys: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class References:
    """The references of all tickets after a pull; `obsolete` are the ids of those that nothing refers to any more."""

    named: Named = field(default_factory=Named)
    referenced: Referenced = field(default_factory=Referenced)
    obsolete: frozenset[str] = frozenset()

    def merged(
        self, read: Mapping[str, Initiative], gone: Collection[str], under: Callable[[Initiative], Initiative]
    ) -> tuple[dict[str, Initiative], tuple[Initiative, ...], frozenset[str]]:
        """The own tickets that were read, those that they refer to, and the ids of all that left.

        `under` puts a ticket under the names of its place by which people ask for it.
        """
        referenced = tuple(map(under, self.referenced.tickets))
        deleted = frozenset(self.obsolete.union(gone)) - {ticket.id for ticket in referenced}
        return {**read, **self.named.changed}, referenced, deleted


def fetch_referenced(tickets: Iterable[Initiative], fetch: Fetch, extra: Iterable[Initiative] = ()) -> Referenced:
    """Fetch what the tickets refer to, level by level; `extra` are tickets that were read because texts name them.

    `fetch` gives those of the keys that may be seen.
    """
    all_tickets = list(tickets)
    known_keys = {ticket.ref.key for ticket in all_tickets}
    pending = dict.fromkeys(key for ticket in all_tickets for key in _references_of(ticket) if key not in known_keys)
    referenced = {ticket.id: replace(ticket, reference_only=True) for ticket in extra}
    known_keys.update(ticket.ref.key for ticket in referenced.values())
    pending |= dict.fromkeys(key for ticket in referenced.values() for key in _parent_of(ticket))
    pending = {key: None for key in pending if key not in known_keys}
    keys: dict[str, str] = {}
    for _ in range(MAX_LEVELS):
        if not pending:
            break
        batch, pending = tuple(pending), {}
        keys |= dict.fromkeys(batch, "")
        known_keys.update(batch)
        for ticket in fetch(batch):
            referenced.setdefault(ticket.id, replace(ticket, reference_only=True))
            known_keys.add(ticket.ref.key)
            pending |= dict.fromkeys(key for key in _parent_of(ticket) if key not in known_keys)
    return Referenced(tuple(referenced.values()), keys | {ticket.ref.key: ticket.id for ticket in referenced.values()})


def with_named(
    tickets: Mapping[str, Initiative], named: Named, fetch: Fetch
) -> tuple[tuple[Initiative, ...], Referenced]:
    """All tickets, with the keys in their texts as they are today, and what they refer to."""
    current = tuple({**tickets, **named.changed}.values())
    return current, fetch_referenced(current, fetch, named.added)


def resolve_references(
    known: PullState,
    read: Mapping[str, Initiative],
    gone: Collection[str],
    *,
    follow: Callable[[Mapping[str, Initiative]], Named],
    fetch: Fetch,
    has_gaps: Callable[[], bool],
) -> References:
    """What all tickets refer to now, after those in `read` changed and those in `gone` left.

    `follow` looks up the keys in texts of all own tickets. Where reading left gaps, nothing is obsolete.
    """
    stored = known.tickets.items()
    own = {id_: ticket for id_, ticket in stored if not ticket.reference_only and id_ not in gone} | dict(read)
    named = follow(own)
    referenced = fetch_referenced({**own, **named.changed}.values(), fetch, named.added)
    tickets = tuple(ticket for ticket in referenced.tickets if ticket.id not in own)
    before = {id_ for id_, ticket in stored if ticket.reference_only}
    obsolete = set() if has_gaps() or named.gaps else before - {ticket.id for ticket in referenced.tickets} - own.keys()
    return References(named, Referenced(tickets, referenced.keys), frozenset(obsolete))


def are_unchanged(read: Mapping[str, Initiative], known: PullState) -> bool:
    """Whether tickets that were read again are as they were, and what their texts name was looked up before."""
    if any(ticket.depends_on_text and id_ in known.recheck for id_, ticket in read.items()):
        return False
    return all(known.tickets.get(id_) == ticket for id_, ticket in read.items())


def relate_as_before(read: Mapping[str, Initiative], known: PullState) -> bool:
    """Whether tickets that were read again stand where they stood and refer to what they referred to.

    Then whatever else changed in them, what all tickets refer to is what it was. One whose text names others counts
    only where nothing in it changed: whoever edits it may expect that the names are looked up once more.
    """
    for id_, ticket in read.items():
        before = known.tickets.get(id_)
        if before is None or (ticket.depends_on_text and (id_ in known.recheck or ticket != before)):
            return False
        if _relations(ticket) != _relations(before):
            return False
    return True


def _relations(ticket: Initiative) -> tuple[object, ...]:
    """What a ticket is called, where it stands, and what it refers to."""
    return (
        ticket.reference_only,
        ticket.ref,
        ticket.containers,
        ticket.parent,
        ticket.blocked_by,
        ticket.blocks,
        ticket.depends_on_text,
        ticket.mentions,
    )


def are_references_unchanged(cursor: SyncCursor, referenced: Iterable[Initiative], known: PullState) -> bool:
    """Whether the referenced tickets of the last pull, fetched again, are as they were; none missing, none new."""
    tickets = {ticket.id: replace(ticket, reference_only=True) for ticket in referenced}
    return tickets.keys() == {id_ for id_ in cursor.referenced.values() if id_} and are_unchanged(tickets, known)


def last_change(read: Iterable[Initiative], elapsed: timedelta) -> datetime | None:
    """The last change that was seen, less the time that the pull took: what changed meanwhile is later."""
    last = max((ticket.updated for ticket in read if ticket.updated and not ticket.reference_only), default=None)
    return last - elapsed if last else None


OUTCOMES = {StatusCategory.DONE: OkrOutcome.DONE, StatusCategory.CANCELLED: OkrOutcome.CANCELLED}


def okr_ticket(
    ticket: Initiative, okr_settings: OkrSettings, values: Iterable[tuple[str, str]], links: Iterable[str] = ()
) -> OkrTicket | None:
    """The ticket as an OKR, with the values that it holds and the keys of what it is linked to; None for work."""
    kind = okr_settings.kind_of(ticket.kind, ticket.labels)
    if kind is None:
        return None
    word = "teams" if kind is OkrKind.OBJECTIVE else "owners"
    by_label = tuple((word, team) for team in okr_settings.teams_in(ticket.labels))
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
        values=(*by_label, *values),
        links=tuple(links),
        closed=ticket.closed.date() if ticket.closed else None,
        labels=ticket.labels,
        outcome=OUTCOMES.get(ticket.status),
    )


def with_okr_rows(
    pulled: PullResult, known: PullState | None, rows: Mapping[str, OkrTicket], gaps: Iterable[Gap]
) -> PullResult:
    """The pull with the OKRs that the tracker keeps, by ticket id; a ticket that became one is no work any more."""
    became = {id_ for id_ in rows if known and pulled.mode is not SyncMode.FULL and id_ in known.tickets}
    return replace(pulled, okrs=tuple(rows.values()), gaps=(*pulled.gaps, *gaps), deleted=pulled.deleted | became)


def settings_fingerprint(*parts: object) -> str:
    """What decides how tickets are read, as a hash: where it differs, what is stored of them does not count."""
    return hashlib.sha256(" ".join(map(str, parts)).encode()).hexdigest()[:16]


def was_missed(ticket: Initiative, known: Initiative | None, before: datetime) -> bool:
    """Whether a ticket changed in a way that no cursor could show; `before` is where the cursor's overlap began."""
    if ticket.reference_only or ticket == known or ticket.updated is None:
        return False
    return ticket.updated < before or (known is not None and known.updated == ticket.updated)


def _references_of(ticket: Initiative) -> Iterator[str]:
    yield from _parent_of(ticket)
    for ref in (*ticket.blocked_by, *ticket.blocks):
        yield ref.key


def _parent_of(ticket: Initiative) -> Iterator[str]:
    if ticket.parent is not None:
        yield ticket.parent.key
