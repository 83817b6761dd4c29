"""What the hub remembers, as domain methods and never as tables: one protocol for every database."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

from hub.core.digest import Told
from hub.model.action import Target
from hub.model.initiative import Gap, Initiative, Pulled, Snapshot
from hub.model.knock import Knock, Noted
from hub.model.memory import Memory, Waits
from hub.model.okr_row import OkrRow
from hub.model.pacing import Spending
from hub.model.run import Run
from hub.model.work_answer import WorkAnswer
from hub.store.written import Written


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
    missed: int | None = None
    counted: datetime | None = None
    okrs: tuple[OkrRow, ...] | None = None
    answers: tuple[WorkAnswer, ...] = ()
    absent: frozenset[str] = frozenset()
    accepted: tuple[Gap, ...] = ()


class Store(Written, Protocol):
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

    def spread(self, most: int) -> Sequence[Run]:
        """At most so many of all runs with a summary, oldest first, the earlier the wider apart; without reports."""
        ...

    def saw(self, findings: Mapping[str, str], now: datetime, *, unsure: Collection[str] | None) -> None:
        """These findings were there (fingerprint → rule).

        What is not among them is forgotten, but for the findings of rules that are `unsure`; None means all rules.
        """
        ...

    def seen_since(self) -> Mapping[str, datetime]:
        """Since when each finding is known, by fingerprint."""
        ...

    def last_ended(self) -> int:
        """The number of the last run that ended, 0 before the first: another one whenever something new is known."""
        ...

    def waiting(self) -> Mapping[tuple[str, str], int]:
        """Tickets whose comment was deferred, with the run that first deferred it."""
        ...

    def deferred(self, run: int, targets: Sequence[Target], looked_at: Collection[str] | None = None) -> None:
        """These wait; whoever waited before keeps its place; all others wait no more.

        What a run did not look at goes on waiting: where connectors are named, this is about theirs alone.
        """
        ...

    def save_snapshot(self, pulled: Sequence[Pulled], now: datetime) -> Mapping[str, tuple[int, int]]:
        """Keep what was read; per connector (changed, removed) rows. Rows of an incomplete source are not removed.

        Only what looked at everything counts misses; the cursor moves on where nothing broke off.
        """
        ...

    def snapshot(self) -> Sequence[StoredSource]:
        """What was last read, for questions that need no tracker."""
        ...

    def pictures(self, limit: int) -> Sequence[Snapshot]:
        """What was known after each of the last `limit` readings, the latest first."""
        ...

    def kept_tickets(self, connector: str) -> Mapping[str, Initiative]:
        """The tickets of one source by id: each read when it is looked up, all of them when they are walked."""
        ...

    def record_fingerprint(self, run: int, fingerprint: str) -> None:
        """The run left nothing to do; with these inputs and no difference in any source, neither would the next."""
        ...

    def touch_sources(self, run: int, cursors: Mapping[str, str], now: datetime) -> bool:
        """These sources were read up to their new cursors without a difference to what that run left.

        False, and nothing is written, where another run began since or a delivery waits.
        """
        ...

    def sources(self) -> Sequence[StoredSource]:
        """The same without the tickets."""
        ...

    def spending(self, now: datetime) -> Sequence[Spending]:
        """What each connector may still spend at its host."""
        ...

    def memory(self) -> Memory:
        """Since when earlier runs have known each dependency."""
        ...

    def remember(self, first_seen: Mapping[Waits, date], *, whole: bool) -> None:
        """Keep since when dependencies are known; `whole` forgets those that are not there any more."""
        ...

    def deliver(self, connector: str, delivery: str, digest: str, tickets: Sequence[str], now: datetime) -> bool:
        """Remember a webhook's delivery by its id and its body's hash, and one knock for each ticket.

        An empty ticket stands for the whole connector. False, and nothing is added, where the id or the body is known.
        """
        ...

    def deliver_all(self, noted: Sequence[Noted]) -> Sequence[bool]:
        """The same for all that came at once, in one transaction; an answer for each."""
        ...

    def knocks(self) -> Sequence[Knock]:
        """What is to be looked at again, in the order it came."""
        ...

    def answered(self, upto: int, but: frozenset[str] = frozenset()) -> None:
        """The knocks up to this number were looked at; later ones, and those at the connectors in `but`, stay."""
        ...

    def last_digest(self, team: str) -> tuple[datetime, Told] | None:
        """When the team's turn last was, and what it was told; None before the first."""
        ...

    def digested(self, team: str, told: Told, now: datetime) -> None:
        """It is the team's turn, and this is what it is told; whether it arrives is another matter."""
        ...

    def digest_arrived(self, team: str, now: datetime) -> None:
        """The team's room took the summary."""
        ...

    def hush(self, pulled: Sequence[Pulled]) -> None:
        """What people commanded so far at these goes on to count, and is not acknowledged by itself any more."""
        ...

    def defined(self, connector: str, names: Sequence[str]) -> None:
        """The hub made these labels, each `place:label`, where there were none."""
        ...

    def definitions(self, connector: str) -> Sequence[str]:
        """The labels that the hub made and that may still be there."""
        ...

    def undefined(self, connector: str, name: str) -> None:
        """The label is gone again, or is not the hub's any more."""
        ...

    def close(self) -> None:
        """Let go of the database."""
        ...
