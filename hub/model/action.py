"""The plan as values: what should change on which ticket, receipts, the ledger and its changes, and the labels."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from msgspec.structs import astuple, replace

from hub.model.initiative import Ref
from hub.model.message import Message
from hub.model.value import Value


class Target(Value, frozen=True, order=True):
    """The ticket that a write goes to: its name now, and the tracker's id, which stays."""

    ref: Ref
    id: str


class ActionKind(StrEnum):
    """The only writes that the hub knows.

    A comment is replaced by a new one where somebody must be told: an edit notifies nobody. `delete_comment` is for
    `hub retract`, and for the old comment after a replacement that was interrupted.
    """

    ADD_LABEL = "add_label"
    REMOVE_LABEL = "remove_label"
    CREATE_COMMENT = "create_comment"
    UPDATE_COMMENT = "update_comment"
    REPLACE_COMMENT = "replace_comment"
    RESOLVE_COMMENT = "resolve_comment"
    DELETE_COMMENT = "delete_comment"
    SET_REMOTE_LINK = "set_remote_link"
    REMOVE_REMOTE_LINK = "remove_remote_link"


EARLIER = "earlier-edition"
"""In place of a fingerprint: what was remembered before fingerprints stood for a fault's root, and is not known yet."""


class PostedFinding(Value, frozen=True, array_like=True):
    """What the ledger remembers of a finding that stands in a ticket's comment.

    `label` is its label there, if any; `request` is what it asked of somebody when they were last notified.
    """

    rule: str
    severity: str
    fingerprint: str
    tickets: tuple[Ref, ...] = ()
    label: str | None = None
    request: str = ""


@dataclass(frozen=True, slots=True)
class RemoteLink:
    """A link from a ticket to a key result, found again by its id; one that is to go has nothing else."""

    global_id: str
    title: str = ""
    url: str = ""
    summary: str = ""


class Action(Value, frozen=True, eq=False):
    """One write that the plan wants, with the reason people read in the plan.

    `findings` are those that the comment will stand for; `digest` is the hash of the message. `mute_comment_id` is the
    comment that asked for silence, and `day` the day of the plan. `ticket_updated_at` is when the ticket had last
    changed then: it does not make another write of it.
    """

    kind: ActionKind
    target: Target
    reason: str
    message: Message | None = None
    digest: str = ""
    label: str | None = None
    comment_id: str | None = None
    findings: tuple[PostedFinding, ...] = ()
    mute_comment_id: str = ""
    day: date | None = None
    ticket_updated_at: str = ""
    remote_link: RemoteLink | None = None

    def __eq__(self, other: object) -> bool:
        """Whether both are the same write."""
        return self._compared() == other._compared() if isinstance(other, Action) else NotImplemented

    def __hash__(self) -> int:
        """Of what is compared."""
        return hash(self._compared())

    def _compared(self) -> tuple[object, ...]:
        return astuple(replace(self, ticket_updated_at=""))


class Status(StrEnum):
    """What came of an action; `unwritable` is one that the ticket takes from nobody until it changes."""

    PLANNED = "planned"
    DONE = "done"
    UNCHANGED = "unchanged"
    DEFERRED = "deferred"
    REFUSED = "refused"
    FAILED = "failed"
    UNWRITABLE = "unwritable"


@dataclass(frozen=True, slots=True)
class Receipt:
    """An action and what came of it; `comment_id` and `author` as the tracker returned them.

    `wait` is how many seconds a deferred write waits at least.
    """

    action: Action
    status: Status
    detail: str = ""
    comment_id: str | None = None
    author: str | None = None
    wait: float = 0.0


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment with our mark as the tracker shows it; `author` is the account's immutable id, `name` its name.

    `body_hash` is a hash of the text as the tracker returned it; empty where it returned none. `rendered_text` is what
    it says, whatever the tracker made of its markup: see `SupportsComments.rendered_text`. `checked_boxes` is what the
    boxes that people ticked say. A `closed` one only says that another goes on from it, or that it is withdrawn.
    """

    id: str
    author: str
    url: str | None = None
    body_hash: str = field(default="", compare=False)
    checked_boxes: tuple[str, ...] = field(default=(), compare=False)
    name: str = field(default="", compare=False)
    rendered_text: str = field(default="", compare=False)
    closed: bool = field(default=False, compare=False)


COMMENT, LABELS = "comment", "labels"
"""The parts of a ticket that a tracker may refuse to take."""


@dataclass(frozen=True, slots=True)
class WriteRefusal:
    """What a ticket does not take: the tracker's words by part, when the ticket had last changed, and the day."""

    reasons: Mapping[str, str]
    ticket_updated_at: str
    day: date


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """What the ledger knows to stand on one ticket.

    `create_pending` is set while a comment was to be created and no receipt came: look before sending;
    `create_attempts` counts the attempts since the last receipt. `body_hash` is of the comment as the tracker returned
    it, `verified_at` the ticket's last change when the comment was last compared; `edited_by_human` says that somebody
    edited it since, `edit_conflicts` how often that happened while something was wrong, `restored_for_findings` for
    which findings it was restored. `comment_removed_by_human` are the fingerprints in a comment that a person deleted,
    `mute_comment_id` the comment that muted the hub, with a `-` before it once something new ended that.

    `labels` are those that the hub added, `labels_removed_by_human` those that a person took away, and
    `unsettable_labels` those that the tracker's screen does not take, with the fingerprints each stood for. `added` and
    `removed` are labels whose change was to be made and has no receipt. `absences` counts the complete enumerations in
    a row that did not show the ticket. `resolved_on` is the day from which on nothing was open, `replaces` the old
    comment while a new one takes its place, `write_refusal` what the ticket did not take, `other_hub_seen_on` the day
    on which a comment that another state of the hub posted was last seen here. What this run saw, and no state holds:
    `duplicates` are comments of ours beside this one, `rendered_text` what it reads like where the ledger doesn't know.
    """

    target: Target
    comment_id: str | None = None
    author: str | None = None
    digest: str = ""
    findings: tuple[PostedFinding, ...] = ()
    labels: frozenset[str] = frozenset()
    labels_removed_by_human: Mapping[str, str] = field(default_factory=dict)
    comment_removed_by_human: str | None = None
    create_pending: bool = False
    resolved: bool = False
    absences: int = 0
    create_attempts: int = 0
    body_hash: str = ""
    verified_at: str = ""
    edited_by_human: bool = False
    edit_conflicts: int = 0
    restored_for_findings: str | None = None
    unsettable_labels: Mapping[str, str] = field(default_factory=dict)
    added: frozenset[str] = frozenset()
    removed: frozenset[str] = frozenset()
    mute_comment_id: str = ""
    resolved_on: date | None = None
    replaces: str | None = None
    write_refusal: WriteRefusal | None = None
    other_hub_seen_on: date | None = None
    duplicates: tuple[str, ...] = ()
    rendered_text: str = ""

    @property
    def open_findings(self) -> tuple[PostedFinding, ...]:
        """What the comment stands for; a resolved one only remembers in `findings` what it last asked of somebody."""
        return () if self.resolved else self.findings


LedgerEntries = Mapping[tuple[str, str], LedgerEntry]
"""What the ledger knows, by connector and ticket id."""


UNALIGNED = "okr-unaligned"
DEPENDENCY = "okr-dependency"
STALE = "okr-stale"
HUB_LABELS = (UNALIGNED, DEPENDENCY, STALE)

EXEMPT = "okr-exempt"
ACCEPT = "okr-accept"
DECLINE = "okr-decline"
LATER = "okr-later"

MEANINGS: Mapping[str, str] = {
    UNALIGNED: "Its link to the OKRs needs a look.",
    DEPENDENCY: "Another team is involved and something is open.",
    STALE: "This key result's check-ins need a look.",
    EXEMPT: "Set by people: this is not OKR work.",
    ACCEPT: "Set by people: your team delivers what others need from this ticket.",
    DECLINE: "Set by people: your team doesn't.",
    LATER: "Set by people: not this cycle.",
}
"""What each label says, as trackers and the help page show it."""


@dataclass(frozen=True, slots=True)
class CommentAdopted:
    """A comment of ours that the ledger does not know, or not as the one that stays; `labels` are those of ours."""

    target: Target
    comment: Comment
    labels: frozenset[str]


@dataclass(frozen=True, slots=True)
class CommentNotSent:
    """A comment without a receipt is not on its ticket: it never arrived."""

    target: Target


@dataclass(frozen=True, slots=True)
class CommentDeleted:
    """A person deleted our comment; `findings_key` are the fingerprints of the findings in it."""

    target: Target
    findings_key: str


@dataclass(frozen=True, slots=True)
class CommentVerified:
    """Our comment is as we left it, with this hash of its text, as of the ticket's last change."""

    target: Target
    ticket_updated_at: str
    body_hash: str


@dataclass(frozen=True, slots=True)
class CommentEdited:
    """Somebody edited our comment; `ticket_updated_at` is the ticket's last change."""

    target: Target
    ticket_updated_at: str


@dataclass(frozen=True, slots=True)
class LabelChanged:
    """A label whose write has no receipt was set after all, or removed."""

    target: Target
    label: str
    present: bool


@dataclass(frozen=True, slots=True)
class OtherHubDetected:
    """A comment of our account stands there that this ledger does not know."""

    target: Target
    day: date


LedgerChange = (
    CommentAdopted | CommentNotSent | CommentDeleted | CommentVerified | CommentEdited | LabelChanged | OtherHubDetected
)
