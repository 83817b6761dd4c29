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
from hub.store.deliveries import answer, load_knocks, save_delivery
from hub.store.digests import load_digest, save_digest
from hub.store.history import begin_reading, earlier_pictures
from hub.store.label_definitions import drop_definition, load_definitions, save_definitions
from hub.store.ledger import (
    entry,
    load_ledger,
    save_adopted,
    save_barred,
    save_comment,
    save_label,
    save_shut,
    save_unsent,
    set_entry,
    wish_labels,
)
from hub.store.memory import load_memory, save_memory
from hub.store.people import PeopleInSqlite
from hub.store.snapshot import load_sources, save_source
from hub.store.throttle import load_spending


class SqliteStore(PeopleInSqlite):
    """See `hub.store.base.Store`."""

    def published(self) -> dict[tuple[str, str], LedgerEntry]:
        """See `Store.published`."""
        with self._atomic() as db:
            return load_ledger(db)

    def _set(self, target: Target, **columns: Any) -> None:
        with self._claimed() as db:
            set_entry(db, target, **columns)

    def intend(self, target: Target, digest: str) -> None:
        """See `Store.intend`."""
        with self._claimed() as db:
            set_entry(db, target, pending=digest, attempts=entry(db, target).create_attempts + 1)

    def intend_labels(self, target: Target, add: frozenset[str], remove: frozenset[str]) -> None:
        """See `Store.intend_labels`."""
        with self._claimed() as db:
            wish_labels(db, target, add, remove)

    def commented(
        self,
        target: Target,
        comment: Comment,
        digest: str,
        findings: Sequence[PostedFinding],
        *,
        resolved: bool,
        muted_by: str = "",
        day: date | None = None,
    ) -> None:
        """See `Store.commented`."""
        with self._claimed() as db:
            save_comment(db, target, comment, digest, findings, resolved=resolved, day=day)
            set_entry(db, target, muted_by=muted_by)

    def replacing(self, target: Target, digest: str) -> None:
        """See `Store.replacing`."""
        with self._claimed() as db:
            known = entry(db, target)
            set_entry(db, target, pending=digest, attempts=known.create_attempts + 1, replaces=known.comment_id)

    def replaced(self, target: Target) -> None:
        """See `Store.replaced`."""
        self._set(target, replaces=None)

    def adopted(self, target: Target, comment: Comment, labels: frozenset[str]) -> None:
        """See `Store.adopted`."""
        with self._claimed() as db:
            save_adopted(db, target, comment, labels)

    def rivalled(self, target: Target, day: date) -> None:
        """See `Store.rivalled`."""
        self._set(target, rival=day.isoformat())

    def looked(self, target: Target, moment: str, form: str) -> None:
        """See `Store.looked`."""
        self._set(target, looked=moment, form=form)

    def contested(self, target: Target, moment: str) -> None:
        """See `Store.contested`."""
        with self._claimed() as db:
            known = entry(db, target)
            set_entry(db, target, looked=moment, drifted=1, contests=known.edit_conflicts + (not known.edited_by_human))

    def shut(self, target: Target, part: str, words: str, *, moment: str, day: date) -> None:
        """See `Store.shut`."""
        with self._claimed() as db:
            save_shut(db, target, part, words, moment=moment, day=day)

    def comment_unsent(self, target: Target) -> None:
        """See `Store.comment_unsent`."""
        with self._claimed() as db:
            save_unsent(db, target)

    def comment_refused(self, target: Target, standing_for: str) -> None:
        """See `Store.comment_refused`."""
        self._set(target, comment_id=None, digest="", pending=None, attempts=0, drifted=0, comment_refused=standing_for)

    def comment_gone(self, target: Target) -> None:
        """See `Store.comment_gone`."""
        self._set(target, comment_id=None, digest="", pending=None, attempts=0, drifted=0, findings="[]")

    def labelled(self, target: Target, label: str, *, present: bool) -> None:
        """See `Store.labelled`."""
        with self._claimed() as db:
            save_label(db, target, label, present=present)

    def label_barred(self, target: Target, label: str, standing_for: str) -> None:
        """See `Store.label_barred`."""
        with self._claimed() as db:
            save_barred(db, target, label, standing_for)

    def forget(self, target: Target) -> None:
        """See `Store.forget`."""
        with self._claimed() as db:
            db.execute("delete from ledger where connector = ? and ticket_id = ?", [target.ref.connector, target.id])

    def waiting(self) -> Mapping[tuple[str, str], int]:
        """See `Store.waiting`."""
        with self._atomic() as db:
            return {(row[0], row[1]): row[2] for row in db.execute("select connector, ticket_id, run from waiting")}

    def deferred(self, run: int, targets: Sequence[Target], looked_at: Collection[str] | None = None) -> None:
        """See `Store.deferred`."""
        keys = [(target.ref.connector, target.id) for target in targets]
        with self._claimed() as db:
            before = self.waiting()
            over = [key for key in before if looked_at is None or key[0] in looked_at]
            db.executemany("delete from waiting where connector = ? and ticket_id = ?", over)
            db.executemany("insert or ignore into waiting values (?, ?, ?)", [(*k, before.get(k, run)) for k in keys])

    def save_snapshot(self, pulled: Sequence[PullResult], now: datetime) -> Mapping[str, tuple[int, int]]:
        """See `Store.save_snapshot`."""
        with self._claimed() as db:
            begin_reading(db, pulled, now)
            return {one.connector: save_source(db, one, now) for one in pulled}

    def pictures(self, limit: int) -> Sequence[Snapshot]:
        """See `Store.pictures`."""
        with self._atomic() as db:
            return tuple(islice(earlier_pictures(db), limit))

    def snapshot(self) -> Sequence[StoredSource]:
        """See `Store.snapshot`."""
        with self._atomic() as db:
            return load_sources(db)

    def sources(self) -> Sequence[StoredSource]:
        """See `Store.sources`."""
        with self._atomic() as db:
            return load_sources(db, tickets=False)

    def spending(self, now: datetime) -> Sequence[RateLimitStatus]:
        """See `Store.spending`."""
        with self._atomic() as db:
            return load_spending(db, now)

    def memory(self) -> DependencyHistory:
        """See `Store.memory`."""
        with self._atomic() as db:
            return load_memory(db)

    def remember(self, first_seen: Mapping[DependencyKey, date], *, whole: bool) -> None:
        """See `Store.remember`."""
        with self._claimed() as db:
            save_memory(db, first_seen, whole=whole)

    def deliver(self, connector: str, delivery: str, digest: str, tickets: Sequence[str], now: datetime) -> bool:
        """See `Store.deliver`."""
        return self.deliver_all([WebhookDelivery(connector, delivery, digest, tuple(tickets), now)])[0]

    def deliver_all(self, noted: Sequence[WebhookDelivery]) -> Sequence[bool]:
        """See `Store.deliver_all`."""
        with self._claimed() as db:
            return [
                save_delivery(db, one.connector, one.delivery_id, one.digest, tickets=one.tickets, now=one.received)
                for one in noted
            ]

    def knocks(self) -> Sequence[PendingRefresh]:
        """See `Store.knocks`."""
        with self._atomic() as db:
            return load_knocks(db)

    def answered(self, upto: int, but: frozenset[str] = frozenset()) -> None:
        """See `Store.answered`."""
        with self._claimed() as db:
            answer(db, upto, but)

    def defined(self, connector: str, names: Sequence[str]) -> None:
        """See `Store.defined`."""
        with self._claimed() as db:
            save_definitions(db, connector, names)

    def definitions(self, connector: str) -> Sequence[str]:
        """See `Store.definitions`."""
        with self._atomic() as db:
            return load_definitions(db, connector)

    def undefined(self, connector: str, name: str) -> None:
        """See `Store.undefined`."""
        with self._claimed() as db:
            drop_definition(db, connector, name)

    def last_digest(self, team: str) -> tuple[datetime, DigestBaseline] | None:
        """See `Store.last_digest`."""
        with self._atomic() as db:
            return load_digest(db, team)

    def digested(self, team: str, told: DigestBaseline, now: datetime) -> None:
        """See `Store.digested`."""
        with self._atomic() as db:
            save_digest(db, team, told, now)

    def digest_arrived(self, team: str, now: datetime) -> None:
        """See `Store.digest_arrived`."""
        with self._atomic() as db:
            db.execute("update digest set sent = ? where team = ?", [now.isoformat(), team])
