"""The default memory: one SQLite file through sqlite-utils, in write-ahead mode."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from itertools import islice
from typing import Any

from hub.core.digest import DigestBaseline
from hub.model.action import Comment, LedgerEntry, PostedFinding, Target
from hub.model.initiative import PullResult, Snapshot
from hub.model.knock import PendingRefresh, WebhookDelivery
from hub.model.memory import DependencyHistory, DependencyKey
from hub.model.pacing import RateLimitStatus
from hub.store.base import StoredSource
from hub.store.deliveries import delete_refreshes, load_refreshes, save_delivery
from hub.store.digests import load_digest, save_digest
from hub.store.history import begin_snapshot, load_historical_snapshots
from hub.store.label_definitions import delete_created_label, load_created_labels, save_created_labels
from hub.store.ledger import (
    load_entry,
    load_ledger,
    save_adopted,
    save_comment,
    save_label,
    save_label_intent,
    save_unsent_comment,
    save_unsettable_label,
    save_write_refusal,
    update_entry,
)
from hub.store.memory import load_dependency_history, save_dependency_history
from hub.store.people import SqliteHumanActions
from hub.store.snapshot import load_sources, save_source
from hub.store.throttle import load_rate_limits


class SqliteStore(SqliteHumanActions):
    """See `hub.store.base.Store`."""

    def ledger_entries(self) -> dict[tuple[str, str], LedgerEntry]:
        """See `Store.published`."""
        with self._atomic() as db:
            return load_ledger(db)

    def _set(self, target: Target, **columns: Any) -> None:
        with self._claimed() as db:
            update_entry(db, target, **columns)

    def record_intent(self, target: Target, digest: str) -> None:
        """See `Store.intend`."""
        with self._claimed() as db:
            update_entry(db, target, pending=digest, attempts=load_entry(db, target).create_attempts + 1)

    def record_label_intent(self, target: Target, add: frozenset[str], remove: frozenset[str]) -> None:
        """See `Store.intend_labels`."""
        with self._claimed() as db:
            save_label_intent(db, target, add, remove)

    def record_comment(
        self,
        target: Target,
        comment: Comment,
        digest: str,
        findings: Sequence[PostedFinding],
        *,
        resolved: bool,
        mute_comment_id: str = "",
        day: date | None = None,
    ) -> None:
        """See `Store.commented`."""
        with self._claimed() as db:
            save_comment(db, target, comment, digest, findings, resolved=resolved, day=day)
            update_entry(db, target, muted_by=mute_comment_id)

    def record_replacement_intent(self, target: Target, digest: str) -> None:
        """See `Store.replacing`."""
        with self._claimed() as db:
            known = load_entry(db, target)
            update_entry(db, target, pending=digest, attempts=known.create_attempts + 1, replaces=known.comment_id)

    def record_replaced(self, target: Target) -> None:
        """See `Store.replaced`."""
        self._set(target, replaces=None)

    def record_adopted(self, target: Target, comment: Comment, labels: frozenset[str]) -> None:
        """See `Store.adopted`."""
        with self._claimed() as db:
            save_adopted(db, target, comment, labels)

    def record_other_hub(self, target: Target, day: date) -> None:
        """See `Store.rivalled`."""
        self._set(target, rival=day.isoformat())

    def record_verified(self, target: Target, verified_at: str, body_hash: str) -> None:
        """See `Store.looked`."""
        self._set(target, looked=verified_at, form=body_hash)

    def record_human_edit(self, target: Target, verified_at: str) -> None:
        """See `Store.contested`."""
        with self._claimed() as db:
            known = load_entry(db, target)
            update_entry(
                db, target, looked=verified_at, drifted=1, contests=known.edit_conflicts + (not known.edited_by_human)
            )

    def record_write_refusal(
        self, target: Target, part: str, reason: str, *, ticket_updated_at: str, day: date
    ) -> None:
        """See `Store.shut`."""
        with self._claimed() as db:
            save_write_refusal(db, target, part, reason, ticket_updated_at=ticket_updated_at, day=day)

    def record_unsent_comment(self, target: Target) -> None:
        """See `Store.comment_unsent`."""
        with self._claimed() as db:
            save_unsent_comment(db, target)

    def record_comment_removed_by_human(self, target: Target, findings_key: str) -> None:
        """See `Store.comment_refused`."""
        self._set(target, comment_id=None, digest="", pending=None, attempts=0, drifted=0, comment_refused=findings_key)

    def record_comment_absent(self, target: Target) -> None:
        """See `Store.comment_gone`."""
        self._set(target, comment_id=None, digest="", pending=None, attempts=0, drifted=0, findings="[]")

    def record_label(self, target: Target, label: str, *, present: bool) -> None:
        """See `Store.labelled`."""
        with self._claimed() as db:
            save_label(db, target, label, present=present)

    def record_unsettable_label(self, target: Target, label: str, findings_key: str) -> None:
        """See `Store.label_barred`."""
        with self._claimed() as db:
            save_unsettable_label(db, target, label, findings_key)

    def delete_entry(self, target: Target) -> None:
        """See `Store.forget`."""
        with self._claimed() as db:
            db.execute("delete from ledger where connector = ? and ticket_id = ?", [target.ref.connector, target.id])

    def deferred_comments(self) -> Mapping[tuple[str, str], int]:
        """See `Store.waiting`."""
        with self._atomic() as db:
            return {(row[0], row[1]): row[2] for row in db.execute("select connector, ticket_id, run from waiting")}

    def record_deferred(
        self, run: int, targets: Sequence[Target], checked_connectors: Collection[str] | None = None
    ) -> None:
        """See `Store.deferred`."""
        keys = [(target.ref.connector, target.id) for target in targets]
        with self._claimed() as db:
            before = self.deferred_comments()
            finished = [key for key in before if checked_connectors is None or key[0] in checked_connectors]
            db.executemany("delete from waiting where connector = ? and ticket_id = ?", finished)
            db.executemany("insert or ignore into waiting values (?, ?, ?)", [(*k, before.get(k, run)) for k in keys])

    def save_snapshot(self, pulled: Sequence[PullResult], now: datetime) -> Mapping[str, tuple[int, int]]:
        """See `Store.save_snapshot`."""
        with self._claimed() as db:
            begin_snapshot(db, pulled, now)
            return {pull_result.connector: save_source(db, pull_result, now) for pull_result in pulled}

    def historical_snapshots(self, limit: int) -> Sequence[Snapshot]:
        """See `Store.pictures`."""
        with self._atomic() as db:
            return tuple(islice(load_historical_snapshots(db), limit))

    def snapshot(self) -> Sequence[StoredSource]:
        """See `Store.snapshot`."""
        with self._atomic() as db:
            return load_sources(db)

    def sources(self) -> Sequence[StoredSource]:
        """See `Store.sources`."""
        with self._atomic() as db:
            return load_sources(db, tickets=False)

    def rate_limits(self, now: datetime) -> Sequence[RateLimitStatus]:
        """See `Store.spending`."""
        with self._atomic() as db:
            return load_rate_limits(db, now)

    def dependency_history(self) -> DependencyHistory:
        """See `Store.memory`."""
        with self._atomic() as db:
            return load_dependency_history(db)

    def save_dependency_history(self, first_seen: Mapping[DependencyKey, date], *, is_complete: bool) -> None:
        """See `Store.remember`."""
        with self._claimed() as db:
            save_dependency_history(db, first_seen, is_complete=is_complete)

    def record_delivery(
        self, connector: str, delivery_id: str, digest: str, tickets: Sequence[str], now: datetime
    ) -> bool:
        """See `Store.deliver`."""
        return self.record_deliveries([WebhookDelivery(connector, delivery_id, digest, tuple(tickets), now)])[0]

    def record_deliveries(self, deliveries: Sequence[WebhookDelivery]) -> Sequence[bool]:
        """See `Store.deliver_all`."""
        with self._claimed() as db:
            return [
                save_delivery(
                    db,
                    webhook_delivery.connector,
                    webhook_delivery.delivery_id,
                    webhook_delivery.digest,
                    tickets=webhook_delivery.tickets,
                    now=webhook_delivery.received,
                )
                for webhook_delivery in deliveries
            ]

    def requested_refreshes(self) -> Sequence[PendingRefresh]:
        """See `Store.knocks`."""
        with self._atomic() as db:
            return load_refreshes(db)

    def complete_refreshes(self, up_to_event: int, except_connectors: frozenset[str] = frozenset()) -> None:
        """See `Store.answered`."""
        with self._claimed() as db:
            delete_refreshes(db, up_to_event, except_connectors)

    def label_created(self, connector: str, names: Sequence[str]) -> None:
        """See `Store.defined`."""
        with self._claimed() as db:
            save_created_labels(db, connector, names)

    def created_labels(self, connector: str) -> Sequence[str]:
        """See `Store.definitions`."""
        with self._atomic() as db:
            return load_created_labels(db, connector)

    def label_definition_gone(self, connector: str, name: str) -> None:
        """See `Store.undefined`."""
        with self._claimed() as db:
            delete_created_label(db, connector, name)

    def last_digest(self, team: str) -> tuple[datetime, DigestBaseline] | None:
        """See `Store.last_digest`."""
        with self._atomic() as db:
            return load_digest(db, team)

    def record_digest(self, team: str, baseline: DigestBaseline, now: datetime) -> None:
        """See `Store.digested`."""
        with self._atomic() as db:
            save_digest(db, team, baseline, now)

    def record_digest_delivery(self, team: str, now: datetime) -> None:
        """See `Store.digest_arrived`."""
        with self._atomic() as db:
            db.execute("update digest set sent = ? where team = ?", [now.isoformat(), team])
