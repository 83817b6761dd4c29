"""What the hub remembers, as domain methods and never as tables: one protocol for every database."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

from hub.core.digest import DigestBaseline
from hub.model.action import Target
from hub.model.initiative import Gap, Initiative, PullResult, Snapshot
from hub.model.knock import PendingRefresh, WebhookDelivery
from hub.model.memory import DependencyHistory, DependencyKey
from hub.model.okr_row import OkrTicket
from hub.model.pacing import RateLimitStatus
from hub.model.rest import RunFingerprint
from hub.model.run import Run
from hub.model.work_answer import WorkAnswer
from hub.store.written import Ledger


@dataclass(frozen=True, slots=True)
class StoredSource:
    """What was last read of one connector, and when; `cursor` is what the next pull begins from.

    `counted` is when everything was last counted, `missed` how much that found which the cursor had missed.
    `okrs` are the objectives and key results that are kept there, None where none are. `answers` are the last ones to
    queries for work. `absent` are tickets that the last full read did not show, `accepted` are
    gaps that the configuration of the last run accepted.
    """

    connector: str
    read: datetime
    initiatives: tuple[Initiative, ...]
    gaps: tuple[Gap, ...]
    cursor: str | None = None
    missed_by_cursor: int | None = None
    reconciled_at: datetime | None = None
    okrs: tuple[OkrTicket, ...] | None = None
    answers: tuple[WorkAnswer, ...] = ()
    absent: frozenset[str] = frozenset()
    accepted: tuple[Gap, ...] = ()


class Store(Ledger, Protocol):
    """The ledger, the snapshot and the runs. Every method is its own transaction; all raise StoreError."""

    def begin_run(self, owner: str, now: datetime, *, lease_seconds: float) -> int:
        """Take the lease and open a run; its number is the fence. StoreError names the holder of a live lease."""
        ...

    def finish_run(
        self, run: int, now: datetime, status: str, report: Mapping[str, Any], summary: Mapping[str, Any] | None = None
    ) -> None:
        """Close the run and give the lease back; whole reports are kept of the last runs only."""
        ...

    def extend_lease(self, run: int, now: datetime, *, lease_seconds: float) -> None:
        """Keep the lease alive; StoreError when another run has taken it."""
        ...

    def runs(self, limit: int) -> Sequence[Run]:
        """The latest runs, newest first, with the reports that are kept."""
        ...

    def history(self, limit: int) -> Sequence[Run]:
        """The same without the reports: their summaries alone."""
        ...

    def sampled_history(self, limit: int) -> Sequence[Run]:
        """At most so many of all runs with a summary, oldest first, the earlier the wider apart; without reports."""
        ...

    def record_findings(
        self, findings: Mapping[str, str], now: datetime, *, unevaluated_rules: Collection[str] | None
    ) -> None:
        """These findings were there (fingerprint → rule).

        What is not among them is forgotten, but for the findings of rules that are `unsure`; None means all rules.
        """
        ...

    def first_seen(self) -> Mapping[str, datetime]:
        """Since when each finding is known, by fingerprint."""
        ...

    def last_finished_run(self) -> int:
        """The number of the last run that ended, 0 before the first: another one whenever something new is known."""
        ...

    def deferred_comments(self) -> Mapping[tuple[str, str], int]:
        """Tickets whose comment was deferred, with the run that first deferred it."""
        ...

    def record_deferred(
        self, run: int, targets: Sequence[Target], checked_connectors: Collection[str] | None = None
    ) -> None:
        """These wait; whoever waited before keeps its place; all others wait no more.

        What a run did not look at goes on waiting: where connectors are named, this is about theirs alone.
        """
        ...

    def save_snapshot(self, pulled: Sequence[PullResult], now: datetime) -> Mapping[str, tuple[int, int]]:
        """Keep what was read; per connector (changed, removed) rows. Rows of an incomplete source are not removed.

        Only what looked at everything counts misses; the cursor moves on where nothing broke off.
        """
        ...

    def snapshot(self) -> Sequence[StoredSource]:
        """What was last read, for questions that need no tracker."""
        ...

    def historical_snapshots(self, limit: int) -> Sequence[Snapshot]:
        """What was known after each of the last `limit` readings, the latest first."""
        ...

    def lazy_tickets(self, connector: str) -> Mapping[str, Initiative]:
        """The tickets of one source by id, each read when it is asked for: for whoever needs a few of very many."""
        ...

    def touch_sources(self, connectors: Collection[str], now: datetime) -> None:
        """These sources are as they were read: somebody looked, and read nothing new."""
        ...

    def save_run_fingerprint(self, fingerprint: RunFingerprint) -> None:
        """The run left the workspace at rest; forgotten as soon as another run begins or a delivery comes in."""
        ...

    def run_fingerprint(self) -> RunFingerprint | None:
        """What was last kept, if nothing has begun since."""
        ...

    def sources(self) -> Sequence[StoredSource]:
        """The same without the tickets."""
        ...

    def rate_limits(self, now: datetime) -> Sequence[RateLimitStatus]:
        """What each connector may still spend at its host."""
        ...

    def dependency_history(self) -> DependencyHistory:
        """Since when earlier runs have known each dependency."""
        ...

    def save_dependency_history(self, first_seen: Mapping[DependencyKey, date], *, is_complete: bool) -> None:
        """Keep since when dependencies are known; `whole` forgets those that are not there any more."""
        ...

    def record_delivery(
        self, connector: str, delivery_id: str, digest: str, tickets: Sequence[str], now: datetime
    ) -> bool:
        """Remember a webhook's delivery by its id and its body's hash, and one knock for each ticket.

        An empty ticket stands for the whole connector. False, and nothing is added, where the id or the body is known.
        """
        ...

    def record_deliveries(self, deliveries: Sequence[WebhookDelivery]) -> Sequence[bool]:
        """The same for all that came at once, in one transaction; an answer for each."""
        ...

    def requested_refreshes(self) -> Sequence[PendingRefresh]:
        """What is to be looked at again, in the order it came."""
        ...

    def complete_refreshes(self, up_to_event: int, except_connectors: frozenset[str] = frozenset()) -> None:
        """The knocks up to this number were looked at; later ones, and those at the connectors in `but`, stay."""
        ...

    def last_digest(self, team: str) -> tuple[datetime, DigestBaseline] | None:
        """When the team's turn last was, and what it was told; None before the first."""
        ...

    def record_digest(self, team: str, baseline: DigestBaseline, now: datetime) -> None:
        """It is the team's turn, and this is what it is told; whether it arrives is another matter."""
        ...

    def record_digest_delivery(self, team: str, now: datetime) -> None:
        """The team's room took the summary."""
        ...

    def mark_commands_acknowledged(self, pulled: Sequence[PullResult]) -> None:
        """What people commanded so far at these goes on to count, and is not acknowledged by itself any more."""
        ...

    def label_created(self, connector: str, names: Sequence[str]) -> None:
        """The hub made these labels, each `place:label`, where there were none."""
        ...

    def created_labels(self, connector: str) -> Sequence[str]:
        """The labels that the hub made and that may still be there."""
        ...

    def label_definition_gone(self, connector: str, name: str) -> None:
        """The label is gone again, or is not the hub's any more."""
        ...

    def close(self) -> None:
        """Let go of the database."""
        ...
