"""What the hub remembers, as small protocols by role and never as tables: users depend on the roles they need.

Every method is a transaction of its own, and all raise StoreError.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

from hub.model.action import Comment, LedgerEntry, PostedFinding, Target
from hub.model.initiative import Gap, Initiative, PullResult, Snapshot, WorkAnswer
from hub.model.measure import MeasureAnswer
from hub.model.portfolio import DependencyHistory, DependencyKey
from hub.model.remote_link import PostedRemoteLink
from hub.model.service_state import DigestBaseline, PendingRefresh, Run, WebhookDelivery
from hub.model.ticket_input import OkrTicket
from hub.store.shared import RateLimits

MAX_REPORTS = 30
"""The last so many runs keep their whole report."""
MAX_SUMMARIES = 1000
"""Of runs before the last so many, the last one of each day keeps its summary."""
SNAPSHOT_LIMIT = 60
"""The last so many snapshots can be read again."""


@dataclass(frozen=True, slots=True)
class StoredSource:
    """What was last read of one connector, and when; `cursor` is what the next pull begins from.

    `reconciled_at` is when everything was last read, `missed_by_cursor` how much the cursor had missed. `okrs` are
    those that are kept there, None where none are. `answers` are the last ones to queries for work, `measures` those of
    values. `absent` are tickets that the last full read did not show, `accepted` gaps that the last run accepted.
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
    measures: tuple[MeasureAnswer, ...] = ()


class RunLog(Protocol):
    """Which runs there were, and the lease by which one at a time may write."""

    def begin_run(self, owner: str, now: datetime, *, lease_seconds: float) -> int:
        """Take the lease and open a run; StoreError, which names the holder, where another run has a live lease.

        Returns:
            The run's number, which fences its writes: they fail once another run has taken the lease.
        """

    def finish_run(
        self, run: int, now: datetime, status: str, report: Mapping[str, Any], summary: Mapping[str, Any] | None = None
    ) -> None:
        """Close the run and give the lease back; whole reports are kept of the last runs only."""

    def join_run(self, run: int) -> None:
        """Write on behalf of a run of another process, as long as it has the lease."""

    def extend_lease(self, run: int, now: datetime, *, lease_seconds: float) -> None:
        """Keep the lease alive; StoreError when another run has taken it."""

    def runs(self, limit: int) -> Sequence[Run]:
        """The latest runs, newest first, with the reports that are kept."""

    def history(self, limit: int) -> Sequence[Run]:
        """The same runs without the reports: their summaries alone."""

    def sampled_history(self, limit: int) -> Sequence[Run]:
        """At most so many of all runs with a summary, oldest first, the earlier the wider apart; without reports."""

    def last_finished_run(self) -> int:
        """The number of the last run that ended, 0 before the first: another one whenever something new is known."""


class Ledger(Protocol):
    """What the hub wrote on each ticket and is about to write, what people answered, and what it still owes.

    Within a run, whose lease another has taken, everything that writes raises StoreError.
    """

    def ledger_entries(self, tickets: Collection[tuple[str, str]] | None = None) -> dict[tuple[str, str], LedgerEntry]:
        """The whole ledger by (connector, ticket id), or what is known of these tickets."""

    def record_intent(self, target: Target, digest: str) -> None:
        """Remember the wish for a comment before it is sent."""

    def record_label_intent(self, target: Target, add: frozenset[str], remove: frozenset[str]) -> None:
        """Remember the wish for labels before it is sent."""

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
        """Remember what stands there now; `day` is when it was resolved, if it was not before."""

    def record_mute(self, target: Target, comment_id: str, findings: Sequence[PostedFinding]) -> None:
        """Remember the comment by which somebody muted a ticket without a comment of ours, and what was open then."""

    def record_replacement_intent(self, target: Target, digest: str) -> None:
        """Remember the wish for a new comment in place of the one that stands there."""

    def record_replaced(self, target: Target) -> None:
        """The old comment is gone, or says that a newer one replaces it."""

    def record_adopted(self, target: Target, comment: Comment, labels: frozenset[str]) -> None:
        """Remember a comment of ours that was found on the ticket and not in the ledger."""

    def record_other_hub(self, target: Target, day: date) -> None:
        """A comment was seen on that day that another state of the hub posted on the ticket."""

    def record_verified(self, target: Target, ticket_updated_at: str, body_hash: str) -> None:
        """Our comment was compared, and was as we left it when the ticket had last changed at that moment."""

    def record_human_edit(self, target: Target, ticket_updated_at: str) -> None:
        """Somebody changed our comment."""

    def record_unsettable_label(self, target: Target, label: str, findings_key: str) -> None:
        """The tracker's screen does not take the label: not tried again while it would stand for the same findings."""

    def record_write_refusal(
        self, target: Target, part: str, reason: str, *, ticket_updated_at: str, day: date
    ) -> None:
        """The ticket does not take its comment, or labels: not tried again until it changes, or for some days."""

    def record_unsent_comment(self, target: Target) -> None:
        """The tracker refused the comment that was wished for: it did not arrive."""

    def record_comment_removed_by_human(self, target: Target, findings_key: str) -> None:
        """A person deleted our comment: not put back while it would stand for the same findings."""

    def record_comment_absent(self, target: Target) -> None:
        """Our comment is not there any more and is not missed."""

    def record_label(self, target: Target, label: str, *, present: bool) -> None:
        """We added the label, or it is gone."""

    def label_refused(self, target: Target, label: str, findings_key: str) -> None:
        """A person took our label away: not put back while it would stand for the same findings."""

    def delete_entry(self, target: Target) -> None:
        """Nothing of ours is left on the ticket."""

    def deferred_comments(self) -> Mapping[tuple[str, str], int]:
        """Tickets whose comment was deferred, with the run that first deferred it."""

    def record_deferred(
        self, run: int, targets: Sequence[Target], checked_connectors: Collection[str] | None = None
    ) -> None:
        """These wait, in the place that they had; all others, of the connectors that are named, wait no more."""

    def label_created(self, connector: str, names: Sequence[str]) -> None:
        """The hub made these labels, each `place:label`, where there were none."""

    def created_labels(self, connector: str) -> Sequence[str]:
        """The labels that the hub made and that may still be there."""

    def label_definition_gone(self, connector: str, name: str) -> None:
        """The label is gone again, or is not the hub's any more."""


class RemoteLinks(Protocol):
    """The hub's links on tickets. Within a run whose lease another has taken, what writes raises StoreError."""

    def remote_links(self) -> Sequence[PostedRemoteLink]:
        """All of them, by ticket."""

    def record_remote_link(self, target: Target, global_id: str, digest: str) -> None:
        """Remember the link: before it is sent with an empty digest, then with that of what it says."""

    def remote_link_gone(self, target: Target, global_id: str) -> None:
        """The link is not there any more."""


class SnapshotStore(Protocol):
    """What was last read of each source, and what was known earlier."""

    def save_snapshot(self, pulled: Sequence[PullResult], now: datetime) -> Mapping[str, tuple[int, int]]:
        """Keep what was read; returns the numbers of changed and of removed tickets, by connector.

        Rows of an incomplete source are not removed, and its cursor stays where it was.
        """

    def snapshot(self) -> Sequence[StoredSource]:
        """What was last read, for questions that need no tracker."""

    def sources(self) -> Sequence[StoredSource]:
        """The same without the tickets."""

    def historical_snapshots(self, limit: int) -> Sequence[Snapshot]:
        """What was known after each of the last `limit` readings, the latest first."""

    def lazy_tickets(self, connector: str) -> Mapping[str, Initiative]:
        """The tickets of one source by id, each read when it is asked for: for whoever needs a few of very many."""

    def record_fingerprint(self, run: int, fingerprint: str) -> None:
        """The run left nothing to do; with these inputs and no difference in any source, neither would the next."""

    def touch_sources(self, run: int, cursors: Mapping[str, str], now: datetime) -> bool:
        """These sources were read up to their new cursors, and nothing differs; False where another run began since."""


class History(Protocol):
    """What one run leaves for the next: since when findings and dependencies are known, and commands in comments."""

    def record_findings(
        self, findings: Mapping[str, str], now: datetime, *, unevaluated_rules: Collection[str] | None
    ) -> None:
        """These findings were there (fingerprint → rule).

        What is not among them is forgotten, but for the findings of `unevaluated_rules`; None means all rules.
        """

    def update_findings(
        self, added: Mapping[str, str], resolved: Collection[str], now: datetime, *, unevaluated_rules: Collection[str]
    ) -> frozenset[str]:
        """Some findings are new, some resolved; returns what is forgotten: not those of `unevaluated_rules`."""

    def first_seen(self) -> Mapping[str, datetime]:
        """Since when each finding is known, by fingerprint."""

    def dependency_history(self) -> DependencyHistory:
        """Since when earlier runs have known each dependency."""

    def save_dependency_history(self, first_seen: Mapping[DependencyKey, date], *, is_complete: bool) -> None:
        """Keep since when dependencies are known; `is_complete` forgets those that are not there any more."""

    def mark_commands_acknowledged(self, pulled: Sequence[PullResult]) -> None:
        """What people commanded so far at these goes on to count, and is not acknowledged by itself any more."""


class WebhookInbox(Protocol):
    """Which deliveries of webhooks came, and which tickets are to be read again because of them."""

    def record_deliveries(self, deliveries: Sequence[WebhookDelivery]) -> Sequence[bool]:
        """Keep webhooks' deliveries by id and by hash of the body, and a wish to read each ticket again.

        All or none of them. For each, False where its id or its body is known, and nothing is added. An empty ticket
        stands for the whole connector.
        """

    def requested_refreshes(self) -> Sequence[PendingRefresh]:
        """What is to be looked at again, in the order it came."""

    def complete_refreshes(self, up_to_event: int, except_connectors: frozenset[str] = frozenset()) -> None:
        """The requests up to this number were read; later ones, and those of `except_connectors`, stay."""


class DigestLog(Protocol):
    """What each team was sent last in its weekly summary."""

    def last_digest(self, team: str) -> tuple[datetime, DigestBaseline] | None:
        """When the team's turn last was, and what it was told; None before the first."""

    def record_digest(self, team: str, baseline: DigestBaseline, now: datetime) -> None:
        """It is the team's turn, and this is what it is told; whether it arrives is another matter."""

    def record_digest_delivery(self, team: str, now: datetime) -> None:
        """The team's channel took the summary."""


class EndedSessions(Protocol):
    """Which sessions of the pages somebody ended by signing out; each is forgotten once its time is over."""

    def end(self, session: str, until: datetime, now: datetime) -> None:
        """Nobody is let in with this session any more."""

    def has_ended(self, session: str) -> bool:
        """Whether somebody ended it."""


class Store(RunLog, Ledger, RemoteLinks, SnapshotStore, History, WebhookInbox, RateLimits, DigestLog, Protocol):
    """All roles that a run needs, over one connection."""

    def close(self) -> None:
        """Let go of the database."""

    def is_unused(self) -> bool:
        """Whether nothing was ever recorded here."""

    def replace_with(self, source: "Store", now: datetime, *, exclusive: bool = False) -> int:
        """Hold what the source holds alone. StoreError where a run holds this state, or an `exclusive` source."""
