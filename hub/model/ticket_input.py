"""What people write on tickets for the hub: commands, the fields of OKRs, and what was not understood."""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from hub.model.value import Value


class Verb(StrEnum):
    """What can be asked for; UNCLEAR stands for a line that begins like a command and is none."""

    KR = "kr"
    EXEMPT = "exempt"
    ACCEPT = "accept"
    DECLINE = "decline"
    LATER = "later"
    MUTE = "mute"
    UNMUTE = "unmute"
    RECHECK = "recheck"
    UNCLEAR = "unclear"


COMMAND_GROUPS = {
    Verb.KR: "serves",
    Verb.EXEMPT: "serves",
    Verb.ACCEPT: "answers",
    Verb.DECLINE: "answers",
    Verb.LATER: "answers",
    Verb.MUTE: "mutes",
    Verb.UNMUTE: "mutes",
    Verb.RECHECK: "asks",
    Verb.UNCLEAR: "asks",
}
"""Commands of one family answer one question, so that the latest of them counts."""


@dataclass(frozen=True, slots=True)
class Command:
    """One line of a comment on a ticket (the tracker's id), from somebody who may edit the ticket.

    `author` is a name for people; `at` is when the comment was last changed as it was first seen. A
    `predates_retraction` one was said before everything was taken back: it counts, and no comment is written only to
    acknowledge it.
    """

    ticket: str
    comment: str
    author: str
    verb: Verb
    argument: str
    at: datetime
    predates_retraction: bool = field(default=False, compare=False)

    @property
    def order(self) -> tuple[datetime, int, str]:
        """Sorts commands as they were written: trackers tell whole seconds, and their comments are numbered."""
        return self.at, int(self.comment) if self.comment.isdecimal() else 0, self.comment

    @property
    def group(self) -> str:
        """The question that it answers."""
        return COMMAND_GROUPS[self.verb]


class OkrKind(StrEnum):
    """What a ticket is, if it is no work."""

    OBJECTIVE = "objective"
    KEY_RESULT = "key_result"


class OkrOutcome(StrEnum):
    """How an OKR's ticket was closed: `cancelled` ones were given up."""

    DONE = "done"
    CANCELLED = "cancelled"


class OkrTicket(Value, frozen=True):
    """One ticket that is an objective or a key result.

    `values` are pairs of a word of the OKR files, such as `aligns_to`, and what the ticket says of it; a word may
    stand several times. `parent` and `links` are keys of the same tracker. `id_label` is the id that a label gives.
    `closed` and `outcome` say when and how the ticket was closed.
    """

    kind: OkrKind
    connector: str
    key: str
    id: str
    title: str
    url: str
    containers: tuple[str, ...] = ()
    parent: str | None = None
    id_label: str | None = None
    values: tuple[tuple[str, str], ...] = ()
    links: tuple[str, ...] = ()
    closed: date | None = None
    labels: frozenset[str] = frozenset()
    outcome: OkrOutcome | None = None

    @property
    def ticket_ref(self) -> str:
        """As people name the ticket: `connector:key`."""
        return f"{self.connector}:{self.key}"

    def values_of(self, field: str) -> tuple[str, ...]:
        """All that the ticket says of a word, in the order in which it says it."""
        return tuple(text for name, text in self.values if name == field and text.strip())


IDENTITY_FIELDS = ("id", "cycle", "objective")
OBJECTIVE_FIELDS = ("teams", "standalone", "sync")
KEY_RESULT_FIELDS = (
    *("direction", "tolerance", "start", "target", "current", "unit", "metric", "aggregation"),
    *("owners", "contributions", "confidence", "priority", "visibility"),
    *("aligns_to", "depends_on", "supports", "measure", "check_ins", "cadence_days", "lag_days"),
    *("blocker", "audience", "replaced_by"),
)
ALL_FIELDS = frozenset((*IDENTITY_FIELDS, *OBJECTIVE_FIELDS, *KEY_RESULT_FIELDS))


class NotUnderstood(Value, frozen=True):
    """A value on a ticket that was seen and not understood.

    `field` is the kind of value in plain words (`priority`, `due date`, `link type`), `reason` why it was not
    understood, and `setting` the connector's setting that cures it, empty where only the ticket can be changed. `raw`
    is whole or empty, never cut: it is empty for people's names and for long texts.
    """

    field: str
    raw: str
    reason: str
    setting: str = ""
