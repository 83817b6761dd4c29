"""A tracker in memory: tickets, labels and comments, what people do to them, and switches for what goes wrong."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from threading import Lock
from typing import Any

from connectors.base import Actor, Capabilities
from hub.model.action import Comment, Target
from hub.model.errors import (
    Check,
    CredentialsRefused,
    Health,
    LabelsNotOnScreen,
    OutcomeUnknown,
    RetryLater,
    SourceError,
    TicketNotFound,
)
from hub.model.initiative import Gap, Initiative, PullResult, PullState, Ref
from hub.model.message import Message, Wording

BEGAN = datetime(2026, 10, 1, tzinfo=UTC)
HUB = Actor("account-1", "Alignment Hub")
PERSON = "person-7"


@dataclass
class Remark:
    """A comment as the tracker keeps it; `marked` says that it bears the hub's mark, `message` what the hub wrote."""

    id: str
    author: str
    marked: bool = False
    message: Message | None = None
    text: str = ""


@dataclass
class Kept:
    """A ticket as the tracker keeps it; `listed` is whether the configured query finds it."""

    initiative: Initiative
    labels: set[str]
    remarks: list[Remark] = field(default_factory=list)
    listed: bool = True


@dataclass
class Trouble:
    """What goes wrong, until a test mends it: counters run out, sets hold ticket keys."""

    pull: SourceError | None = None
    cut_short: str | None = None
    unreadable: set[str] = field(default_factory=set)
    left_out: set[str] = field(default_factory=set)
    look_up: SourceError | None = None
    whoami: SourceError | None = None
    arrives_unanswered: int = 0
    arrives_unseen: int = 0
    lost_before_arrival: int = 0
    fails_before_arrival: int = 0
    later: set[str] = field(default_factory=set)
    labels_refused: set[str] = field(default_factory=set)
    find_fails: set[str] = field(default_factory=set)
    forbidden: set[str] = field(default_factory=set)
    vanishing: set[str] = field(default_factory=set)
    off_screen: set[str] = field(default_factory=set)
    unseen: bool = False


class FakeConnector:
    """Satisfies `connectors.base.Connector`; methods named after people are what people do in the tracker."""

    def __init__(
        self, name: str = "jira", tickets: Iterable[Initiative] = (), *, account: Actor = HUB, publishes: bool = True
    ) -> None:
        self.name = name
        self.publishes = publishes
        self.has_okrs = False
        self.has_labels = True
        self.wording = Wording()
        self.accepted_gaps: tuple[str, ...] = ()
        self.account = account
        self.trouble = Trouble()
        self.writes: Counter[str] = Counter()
        self.log: list[tuple[str, str]] = []
        self.looks = 0
        self.closed = False
        self._kept: dict[str, Kept] = {}
        self._ids = count(1)
        self._lock = Lock()
        self._unseen = ""
        for ticket in tickets:
            self.put(ticket)

    # --- what people do

    def put(self, ticket: Initiative) -> None:
        """Make the ticket, or change everything about it but its comments."""
        before = self._kept.get(ticket.id)
        remarks = before.remarks if before else []
        self._kept[ticket.id] = Kept(ticket, set(ticket.labels), remarks)

    def edit(self, ref: str, /, **changes: Any) -> None:
        kept = self.ticket(ref)
        kept.initiative = replace(kept.initiative, **changes)

    def person_labels(self, ref: str, label: str) -> None:
        self.ticket(ref).labels.add(label)
        self._touch(self.ticket(ref))

    def person_unlabels(self, ref: str, label: str) -> None:
        self.ticket(ref).labels.remove(label)
        self._touch(self.ticket(ref))

    def person_comments(self, ref: str, text: str, *, marked: bool = False) -> None:
        self.ticket(ref).remarks.append(Remark(self._next_id(), PERSON, marked, None, text))

    def person_deletes_comment_of_the_hub(self, ref: str) -> None:
        kept = self.ticket(ref)
        kept.remarks = [remark for remark in kept.remarks if not self._own(remark)]
        self._touch(self.ticket(ref))

    def person_edits_comment_of_the_hub(self, ref: str, text: str = "no") -> None:
        for remark in self.comments_of_the_hub(ref):
            remark.text = text
        self._touch(self.ticket(ref))

    def leaves_query(self, ref: str) -> None:
        self.ticket(ref).listed = False

    def comes_back(self, ref: str) -> None:
        self.ticket(ref).listed = True

    def is_deleted(self, ref: str) -> None:
        del self._kept[self.ticket(ref).initiative.id]

    # --- what tests look at

    def ticket(self, ref: str) -> Kept:
        wanted = Ref.parse(ref)
        return next(kept for kept in self._kept.values() if kept.initiative.ref == wanted)

    def labels(self, ref: str) -> set[str]:
        return set(self.ticket(ref).labels)

    def comments_of_the_hub(self, ref: str) -> list[Remark]:
        return [remark for remark in self.ticket(ref).remarks if self._own(remark)]

    def said(self, ref: str) -> Message | None:
        """What the hub's one comment says; None without one, AssertionError with two."""
        ours = self.comments_of_the_hub(ref)
        assert len(ours) <= 1, f"{len(ours)} comments of the hub on {ref}"
        return ours[0].message if ours else None

    def of_people(self) -> dict[str, tuple[frozenset[str], tuple[str, ...]]]:
        """Everything that is not the hub's: labels but its three, comments of others."""
        return {
            id_: (
                frozenset(label for label in kept.labels if label not in HUB_LABELS),
                tuple(remark.text for remark in kept.remarks if not self._own(remark)),
            )
            for id_, kept in self._kept.items()
        }

    @property
    def written(self) -> int:
        return sum(self.writes.values())

    # --- the protocol

    @property
    def capabilities(self) -> Capabilities:
        labels = self if self.has_labels else None
        return Capabilities(comments=self if self.publishes else None, labels=labels, threads=self, lookup=self)

    def whoami(self) -> Actor:
        if self.trouble.whoami is not None:
            raise self.trouble.whoami
        return self.account

    def pull(self, known: PullState | None = None) -> PullResult:
        if self.trouble.pull is not None:
            raise self.trouble.pull
        listed = [
            kept for kept in self._kept.values() if kept.listed and kept.initiative.ref.key not in self.trouble.left_out
        ]
        read = tuple(
            replace(kept.initiative, labels=frozenset(kept.labels))
            for kept in listed
            if kept.initiative.ref.key not in self.trouble.unreadable
        )
        gaps = [
            Gap(self.name, "a row could not be read", key := kept.initiative.ref.key, f"unclear:{key}")
            for kept in listed
            if kept.initiative.ref.key in self.trouble.unreadable
        ]
        if self.trouble.cut_short is not None:
            read = read[: len(read) // 2]
            gaps.append(Gap(self.name, self.trouble.cut_short))
        return PullResult(self.name, read, tuple(gaps), requests=1)

    def look_up(self, missing: PullState) -> PullResult:
        if self.trouble.look_up is not None:
            raise self.trouble.look_up
        there = [kept for id_, kept in self._kept.items() if id_ in missing.tickets and kept.listed]
        read = tuple(replace(kept.initiative, labels=frozenset(kept.labels)) for kept in there)
        return PullResult(
            self.name, read, requests=1, deleted=frozenset(missing.tickets) - {ticket.id for ticket in read}
        )

    def find_comments(self, target: Target) -> Sequence[Comment]:
        self.looks += 1
        if target.ref.key in self.trouble.vanishing:
            raise TicketNotFound(self.name, "404", key=target.ref.key)
        if target.ref.key in self.trouble.find_fails:
            raise SourceError(self.name, "comments cannot be read", key=target.ref.key)
        if self._unseen == target.ref.key:
            self._unseen = ""
            return []
        return [self._shown(remark) for remark in self._at(target).remarks if remark.marked and not self.trouble.unseen]

    def rendered_text(self, target: Target, message: Message) -> str:
        return repr(replace(message, notify=False))

    def read_comment(self, target: Target, comment_id: str) -> Comment | None:
        if target.ref.key in self.trouble.find_fails:
            raise SourceError(self.name, "comments cannot be read", key=target.ref.key)
        there = [remark for remark in self._at(target).remarks if remark.id == comment_id]
        return self._shown(there[0]) if there and not self.trouble.unseen else None

    def has_reply(self, target: Target, comment_id: str) -> bool:
        remarks = self._at(target).remarks
        place = next((n for n, remark in enumerate(remarks) if remark.id == comment_id), len(remarks))
        return any("@hub" in remark.text for remark in remarks[place + 1 :])

    def find_own_comments(self, targets: Sequence[Target]) -> Iterable[tuple[Target, Comment]]:
        for target in targets:
            yield from ((target, self._shown(remark)) for remark in self._at(target).remarks if self._own(remark))

    def create_comment(self, target: Target, message: Message) -> Comment:
        self._wait(target)
        if self._runs_out("fails_before_arrival"):
            raise SourceError(self.name, "500 before it arrived", key=target.ref.key)
        if self._runs_out("lost_before_arrival"):
            raise OutcomeUnknown(self.name, "no answer", key=target.ref.key)
        remark = Remark(self._next_id(), self.account.id, True, message)
        self._at(target).remarks.append(remark)
        self._wrote("create_comment", target)
        if self._runs_out("arrives_unanswered"):
            raise OutcomeUnknown(self.name, "no answer", key=target.ref.key)
        if self._runs_out("arrives_unseen"):
            # The tracker shows it only after the hub has looked once.
            self._unseen = target.ref.key
            raise OutcomeUnknown(self.name, "no answer", key=target.ref.key)
        return self._shown(remark)

    def update_comment(self, target: Target, comment_id: str, message: Message) -> Comment:
        self._wait(target)
        for remark in self._at(target).remarks:
            if remark.id == comment_id and self._own(remark):
                remark.message, remark.text = message, ""
                self._wrote("update_comment", target)
                return self._shown(remark)
        raise TicketNotFound(self.name, "the comment is not there", key=target.ref.key)

    def delete_comment(self, target: Target, comment_id: str) -> None:
        self._wait(target)
        kept = self._at(target)
        kept.remarks = [remark for remark in kept.remarks if remark.id != comment_id or not self._own(remark)]
        self._wrote("delete_comment", target)

    def update_labels(self, target: Target, add: frozenset[str], remove: frozenset[str]) -> None:
        self._wait(target)
        if target.ref.key in self.trouble.labels_refused:
            raise SourceError(self.name, "labels may not be changed here", key=target.ref.key)
        kept = self._at(target)
        if add and target.ref.key in self.trouble.off_screen:
            raise LabelsNotOnScreen(self.name, "the labels are not on the screen", key=target.ref.key)
        kept.labels = (kept.labels | add) - remove
        self._wrote("update_labels", target)

    def diagnose(self) -> Iterable[Check]:
        yield Check(self.name, Health.OK, f"works as {self.account.name}")

    def close(self) -> None:
        self.closed = True

    def _own(self, remark: Remark) -> bool:
        return remark.marked and remark.author == self.account.id

    def _at(self, target: Target) -> Kept:
        if target.id not in self._kept:
            raise TicketNotFound(self.name, "the ticket is not there", key=target.ref.key)
        return self._kept[target.id]

    def _wait(self, target: Target) -> None:
        if target.ref.key in self.trouble.later:
            raise RetryLater(self.name, "too many writes", wait=60, key=target.ref.key)
        if target.ref.key in self.trouble.forbidden:
            raise CredentialsRefused(self.name, "403", key=target.ref.key)
        if target.ref.key in self.trouble.vanishing:
            raise TicketNotFound(self.name, "404", key=target.ref.key)

    def _runs_out(self, switch: str) -> bool:
        left = getattr(self.trouble, switch)
        setattr(self.trouble, switch, max(0, left - 1))
        return bool(left)

    def _wrote(self, what: str, target: Target) -> None:
        with self._lock:
            self._touch(self._at(target))
            self.writes[what] += 1
            self.log.append((what, target.ref.key))

    def _shown(self, remark: Remark) -> Comment:
        message = remark.message and replace(remark.message, notify=False)
        form, closed = remark.text or repr(remark.message), message is not None and message.closed
        return Comment(remark.id, remark.author, None, form, rendered_text=remark.text or repr(message), closed=closed)

    def _touch(self, kept: Kept) -> None:
        """The tracker counts whatever happens to a comment or a label as a change of its ticket."""
        updated = (kept.initiative.updated or BEGAN) + timedelta(seconds=1)
        kept.initiative = replace(kept.initiative, updated=updated)

    def _next_id(self) -> str:
        return f"c{next(self._ids)}"


HUB_LABELS = frozenset({"okr-unaligned", "okr-dependency", "okr-stale"})
