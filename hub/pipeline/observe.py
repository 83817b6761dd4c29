"""Read the hub's own comments and labels as they are now; writes nothing: what the ledger has to record is returned."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

from connectors.base import SupportsComments
from connectors.threads import with_context
from hub.core.insight.dashboard import Dashboard, is_full_recheck_requested, requested_rechecks
from hub.core.mapping.apply_delta import without_unseen_absences
from hub.core.planning.comment import OwnComments, classify_comments
from hub.core.planning.comment_drift import (
    Observation,
    ObservedEntry,
    comments_to_verify,
    control_sample,
    has_unknown_text,
    implies_lost_access,
    lost_access_reason,
    verified,
    with_adopted,
    with_label_changes,
    with_replacement,
    with_unknown_outcome,
)
from hub.core.planning.write_refusals import updated_at
from hub.model.action import HUB_LABELS, LedgerChange, LedgerEntries, LedgerEntry, Target
from hub.model.errors import SourceError, TicketNotFound
from hub.model.initiative import Initiative, Snapshot
from hub.pipeline.run_context import RunContext

MAX_CONCURRENT = 8
Key = tuple[str, str]


def find_dashboard(job: RunContext, ledger: LedgerEntries) -> Dashboard | None:
    """The dashboard and the boxes that people checked; read before the pull, which reads again what they ask for.

    None where no dashboard is named, or where its tracker is not written in this run.
    """
    ref = job.dashboard
    if ref is None or ref.connector in job.limits.dry_run_connectors:
        return None
    connector = job.writable.get(ref.connector)
    if connector is None:
        return None
    known = next((entry for entry in ledger.values() if entry.target.ref == ref), None)
    boxes = _checked_boxes(connector, known)
    return Dashboard(ref, known, requested_rechecks(boxes), is_full_recheck_requested(boxes))


def _checked_boxes(connector: SupportsComments, known: LedgerEntry | None) -> tuple[str, ...]:
    if known is None or known.comment_id is None:
        return ()
    try:
        comment = connector.read_comment(known.target, known.comment_id)
    except SourceError:
        return ()
    return comment.checked_boxes if comment else ()


@dataclass(frozen=True, slots=True)
class ObservedPart:
    """What is to be looked at, where nothing can have changed elsewhere: tickets, and entries without a ticket."""

    tickets: Sequence[tuple[str, Initiative]]
    keys: frozenset[Key]


def observe(
    snapshot: Snapshot,
    ledger: LedgerEntries,
    connectors: Mapping[str, SupportsComments],
    *,
    confirmed: bool,
    full: bool,
    part: ObservedPart | None = None,
) -> Observation:
    """The ledger as the tickets confirm it, and what is to be recorded of that.

    Which tickets are read follows from the snapshot and the ledger alone: comments whose outcome is unknown, labels
    of ours that the ledger does not know, and comments on tickets that changed since they were last compared.
    `confirmed` believes that even all comments were deleted; `full` tries again what a screen or a ticket did not
    take. A connector that fails leaves its entries as they were; one that was not read to its end is not read here.
    """
    complete = _complete(snapshot, connectors)
    own = list(own_tickets(snapshot, complete)) if part is None else [x for x in part.tickets if x[0] in complete]
    recovered = recover_ledger(own, ledger, complete, ledger.keys() if part is None else part.keys)
    known = dict(recovered.ledger)
    if full:
        known = {key: replace(entry, unsettable_labels={}, write_refusal=None) for key, entry in known.items()}
    tickets = {(name, ticket.id): ticket for name, ticket in own if (name, ticket.id) in known}
    changes, blocked = list(recovered.changes), dict[str, str]()
    for name, connector in complete.items():
        chosen = comments_to_verify(name, known, tickets)
        own_comments = _read_own_comments(connector, chosen)
        if own_comments and not confirmed and (reason := _lost_access(name, connector, known, chosen, own_comments)):
            blocked[name] = reason
            continue
        for entry in chosen:
            key = (name, entry.target.id)
            if key in own_comments:
                now = verified(entry, own_comments[key], updated_at(tickets[key]), snapshot.pulled_at.date())
                known[key] = now.entry
                changes += now.changes
    return Observation(without_unseen_absences(known, snapshot.delta), tuple(changes), blocked, frozenset(complete))


def _complete(snapshot: Snapshot, connectors: Mapping[str, SupportsComments]) -> Mapping[str, SupportsComments]:
    """Those whose sources were read to their end: only there is known what stands on the tickets."""
    unread = {gap.connector for pulled in snapshot.pulled for gap in pulled.gaps if gap.key is None}
    return {name: connector for name, connector in connectors.items() if name not in unread}


def _lost_access(
    name: str,
    connector: SupportsComments,
    ledger: LedgerEntries,
    chosen: Sequence[LedgerEntry],
    own_comments: Mapping[Key, OwnComments],
) -> str:
    """Why the connector must not be written: of our comments, a control sample included, not one is visible."""
    if any(comments.primary for comments in own_comments.values()):
        return ""
    checked = {**own_comments, **_read_own_comments(connector, control_sample(name, ledger, list(chosen)))}
    if not implies_lost_access(checked):
        return ""
    return lost_access_reason(
        len(checked), sum(key[0] == name and bool(entry.comment_id) for key, entry in ledger.items())
    )


def recover_ledger(
    tickets: Iterable[tuple[str, Initiative]],
    ledger: LedgerEntries,
    connectors: Mapping[str, SupportsComments],
    keys: Collection[Key],
) -> Observation:
    """The ledger, completed by what is found on the tickets; a label without our comment is a person's.

    This is how a lost ledger is restored: one read for each labelled ticket. Of the entries, those of `keys` are looked
    at whose comment may not have been sent.
    """
    known = dict(ledger)
    changes: list[LedgerChange] = []

    def take(key: Key, now: ObservedEntry | None) -> None:
        if now is not None:
            known[key] = now.entry
            changes.extend(now.changes)

    for key, entry in ((key, ledger[key]) for key in keys if key in ledger):
        if entry.create_pending and not entry.comment_id and key[0] in connectors:
            take(key, _with_outcome(entry, connectors[key[0]]))
    hub_labels = frozenset(HUB_LABELS)
    for name, ticket in tickets:
        key, labels = (name, ticket.id), ticket.labels & hub_labels
        if not labels and key not in known:
            continue
        target, connector = Target(ticket.ref, ticket.id), connectors[name]
        if key in known:
            take(key, with_label_changes(known[key], target, labels))
            take(key, _with_replacement(known[key], target, connector))
        before = known.get(key, LedgerEntry(target, labels=labels))
        adoptable = bool(labels) and (key not in known or has_unknown_text(before))
        if adoptable and (own_comments := _find_own_comments(connector, before)):
            take(key, with_adopted(before, own_comments, updated_at(ticket)))
    return Observation(known, tuple(changes))


def _with_outcome(known: LedgerEntry, connector: SupportsComments) -> ObservedEntry | None:
    """The entry once its comment was looked for, wherever the ticket is by now.

    What it stood for may be settled since, or the ticket may have left the query: nothing else would look there again.
    """
    own_comments = _find_own_comments(connector, known, gone=OwnComments())
    return None if own_comments is None else with_unknown_outcome(known, own_comments)


def _with_replacement(known: LedgerEntry, target: Target, connector: SupportsComments) -> ObservedEntry | None:
    if known.replaces is None or known.replaces != known.comment_id:
        return None
    own_comments = _find_own_comments(connector, replace(known, target=target))
    return None if own_comments is None else with_replacement(known, target, own_comments)


def _find_own_comments(
    connector: SupportsComments, known: LedgerEntry, *, gone: OwnComments | None = None
) -> OwnComments | None:
    """Our comments on the entry's ticket; `gone` where the ticket is, None where it could not be read."""
    try:
        return classify_comments(connector.find_comments(known.target), connector.whoami().id, known)
    except TicketNotFound:
        return gone
    except SourceError:
        return None


def own_tickets(snapshot: Snapshot, connectors: Mapping[str, SupportsComments]) -> Iterator[tuple[str, Initiative]]:
    """The tickets of the queries, with their connector's name; those that others only refer to are left out."""
    for pulled in snapshot.pulled:
        if pulled.connector in connectors:
            yield from ((pulled.connector, ticket) for ticket in pulled.initiatives if not ticket.reference_only)


def _read_own_comments(connector: SupportsComments, entries: Sequence[LedgerEntry]) -> dict[Key, OwnComments]:
    """Our comment on each ticket, and others of ours beside it; tickets that could not be read are left out."""

    def read(entry: LedgerEntry) -> tuple[Key, OwnComments] | None:
        comment_id = entry.comment_id or ""
        try:
            listed = connector.find_comments(entry.target)
            if all(comment.id != comment_id for comment in listed):
                # It is ours by its id, although somebody may have edited the mark away.
                unmarked = connector.read_comment(entry.target, comment_id)
                listed = [*listed, *([unmarked] if unmarked is not None else [])]
            own_comments = classify_comments(listed, entry.author or connector.whoami().id, entry)
        except SourceError:
            return None
        return (entry.target.ref.connector, entry.target.id), own_comments

    if not entries:
        return {}
    with ThreadPoolExecutor(MAX_CONCURRENT, thread_name_prefix="observe") as pool:
        return dict(pair for pair in pool.map(with_context(read), entries) if pair is not None)
