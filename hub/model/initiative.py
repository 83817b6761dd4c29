"""An initiative: one ticket as the hub sees it, whatever the tracker, and what on it was not read."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import IntEnum, StrEnum
from operator import attrgetter
from typing import NoReturn, Self, TypeVar

from hub.model.measure import MeasureAnswer
from hub.model.ticket_input import Command, NotUnderstood, OkrTicket
from hub.model.value import Value

CANNOT = "the connector cannot answer queries"


@dataclass(frozen=True, slots=True)
class WorkAnswer:
    """One query's answer: the tracker's ids of the tickets that it found when it was last answered, None if never.

    `error` is why it was not answered when it was last asked; CANNOT where it never will be.
    """

    query: str
    tickets: frozenset[str] | None
    error: str = ""


QUERY_OF = "query of "
MEASURE_OF = "measure of "
LINE_OF = "line of "
NOT_SELECTED = "not read in this run: --only names other connectors"


R = TypeVar("R", bound="Ref")


class Ref(str):
    """A ticket's name: the connector's name and the tracker's key, `jira:ACME-1`, `github:acme/app#12`.

    It is its own text, which keeps its hash: names are looked up and compared millions of times in a run.
    """

    __slots__ = ("connector", "key")
    connector: str
    key: str

    def __new__(cls, connector: str, key: str) -> Self:
        """Of its two parts."""
        return _with_parts(super().__new__(cls, f"{connector}:{key}"), connector, key)

    def __setattr__(self, name: str, value: object) -> NoReturn:
        """Nothing of a name changes."""
        raise AttributeError(f"a Ref is frozen: {name} cannot be set")

    def __reduce__(self) -> tuple[type[Self], tuple[str, str]]:
        """How copies are made."""
        return (type(self), (self.connector, self.key))

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `connector:key`.

        Raises:
            ValueError: The text names no connector, or no ticket.
        """
        connector, colon, key = text.partition(":")
        if not (connector and colon and key):
            raise ValueError(f"expected connector:key, got {text!r}")
        return _with_parts(super().__new__(cls, text), connector, key)


def _with_parts(ref: R, connector: str, key: str) -> R:
    object.__setattr__(ref, "connector", connector)
    object.__setattr__(ref, "key", key)
    return ref


class StatusCategory(StrEnum):
    """The states that every tracker's workflow falls into; cancelled work was ended without a result."""

    TO_DO = "to do"
    IN_PROGRESS = "in progress"
    DONE = "done"
    CANCELLED = "cancelled"

    @property
    def ended(self) -> bool:
        """Whether nobody works on it any more: done or cancelled."""
        return self in (StatusCategory.DONE, StatusCategory.CANCELLED)


class PriorityBand(IntEnum):
    """Four priorities, 1 the most urgent: the one scale of all trackers, only where people set one."""

    HIGHEST = 1
    HIGH = 2
    MEDIUM = 3
    LOW = 4


class MentionSource(StrEnum):
    """How a ticket came to name a key result."""

    LABEL = "label"
    FIELD = "field"
    TEXT = "text"
    COMMAND = "command"
    PARENT = "parent"
    QUERY = "query"


class KeyResultMention(Value, frozen=True, omit_defaults=True):
    """A value on a ticket that should name a key result, as it is written there.

    `parent_option` is the option of the first list where a field has two; it counts where the second names no key
    result. `written` is the whole line or command where more stands in it than the value: other values, or the rest of
    a title. `heading` is the heading below which a line stands, as it is compared.
    """

    source: MentionSource
    raw: str
    parent_option: str = ""
    written: str = ""
    heading: str = ""


class Initiative(Value, frozen=True, array_like=True):
    """Work that a team does to move a key result: a Jira epic, a GitHub issue or Projects item.

    `id` is the tracker's own and survives moves and renames; `ref.key` may change. `containers` are the places that
    teams own: `ACME` in Jira, `acme/app` and `acme/5` on GitHub. `level` is its place in the tracker's hierarchy: 1 and
    above may be the top of the work (epics, items of a Project, issues without a parent), 0 is the base level (stories,
    tasks), below 0 a part of another ticket (sub-tasks). `exempt` is why the connector's defaults or settings keep it
    out of OKRs (a bug, upkeep); empty where they don't. `iteration` is the span of its sprints or iterations that are
    not closed, apart from its own dates. `priority` is only what somebody set, None for the site's default, and
    `priority_name` the tracker's word for it. `rank` orders tickets of one container as people dragged them, smallest
    first, where the configuration says that this order is a priority. `mentions` are other tickets named anywhere in
    the text, as written; `words` are words of the text, each once. `missing_fields` names the fields that the tracker
    did not give whole, so that their absence means nothing. `public` is one that anybody can read, `restricted` one
    that fewer people can read than others of its container. `not_understood` are values that stand where the hub looks
    and that it can't make sense of. `reference_only` marks a ticket that the configured query does not find: read
    because others lean on it, never judged.
    """

    ref: Ref
    id: str
    title: str
    url: str
    containers: tuple[str, ...]
    kind: str = ""
    status: StatusCategory = StatusCategory.TO_DO
    status_name: str = ""
    start: date | None = None
    due: date | None = None
    iteration: tuple[date | None, date | None] | None = None
    level: int = 1
    exempt: str = ""
    labels: frozenset[str] = frozenset()
    parent: Ref | None = None
    blocked_by: tuple[Ref, ...] = ()
    blocks: tuple[Ref, ...] = ()
    depends_on_text: tuple[str, ...] = ()
    mentions: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    key_result_mentions: tuple[KeyResultMention, ...] = ()
    inherits: bool = True
    priority: PriorityBand | None = None
    priority_name: str = ""
    rank: str | None = None
    created: datetime | None = None
    updated: datetime | None = None
    closed: datetime | None = None
    missing_fields: frozenset[str] = frozenset()
    reference_only: bool = False
    public: bool = False
    restricted: bool = False
    not_understood: tuple[NotUnderstood, ...] = ()


@dataclass(frozen=True, slots=True)
class Gap:
    """Something that could not be read, and why.

    Without a key the whole source is unreliable (an enumeration that did not end, a tracker that is
    down); with one, only that ticket is, or what the query of a key result finds. A `name` is what people may accept
    it by: only where the same thing stays unread run after run, whatever the hub does.
    """

    connector: str
    reason: str
    key: str | None = None
    name: str = ""

    @property
    def is_not_selected(self) -> bool:
        """Whether nothing went wrong: the run was asked to read other sources only."""
        return self.reason == NOT_SELECTED

    @property
    def acceptable(self) -> bool:
        """Whether people may accept it: never what failed as a whole."""
        return bool(self.name) and self.key is not None and not self.of_query

    @property
    def of_query(self) -> bool:
        """Whether all tickets were read, and only a key result's query for work, or for its value, was not answered."""
        return self.key is not None and self.key.startswith((QUERY_OF, MEASURE_OF))

    @property
    def of_measure(self) -> bool:
        """Whether only a key result's value was not read, so that all is known of tickets and their links."""
        return self.key is not None and self.key.startswith(MEASURE_OF)

    @property
    def of_line(self) -> bool:
        """Whether a ticket was read, and only something that it says of an OKR was not understood."""
        return self.key is not None and self.key.startswith(LINE_OF)


class SyncMode(StrEnum):
    """How much of a source one pull looked at."""

    FULL = "full"
    INCREMENTAL = "incremental"
    RECONCILE = "reconcile"


ticket_order = attrgetter("id")
"""Tickets stand in the order of their ids: in the same one whether they were read now or are remembered."""
_is_reference = attrgetter("reference_only")


def count_references(tickets: Iterable[Initiative]) -> int:
    """How many were read only because others refer to them."""
    return sum(map(_is_reference, tickets))


@dataclass(frozen=True, slots=True)
class PullResult:
    """What one connector read: its initiatives and gaps, and what it cost.

    Unless the mode is FULL, `initiatives` holds only what was read again. `deleted` are the ids that are to be dropped.
    `absent` are tickets that the last full read did not show, `unreadable` those that it could not read: both stay as
    they were. RECONCILE looks at every id as well; `missed_by_cursor` counts what it found and the cursor had not.
    `cursor` is what the next pull begins from, in the connector's own words; without one the next is a full one.
    `commands` are those that people wrote in comments, so far as these were read. `okrs` are the objectives and key
    results kept there, always all of them; None where the tracker keeps none.
    `answers` are those to queries for work, `measures` those of values; None where none was asked: the last ones stand.
    `notes` are told to people, and nothing is missing because of them. `accepted` are gaps that the configuration
    accepts, which count for nothing; `reported_gaps` are the names of gaps that an earlier run reported.
    """

    connector: str
    initiatives: tuple[Initiative, ...] = ()
    gaps: tuple[Gap, ...] = ()
    requests: int = 0
    mode: SyncMode = SyncMode.FULL
    deleted: frozenset[str] = frozenset()
    absent: frozenset[str] = frozenset()
    unreadable: frozenset[str] = frozenset()
    missed_by_cursor: int = 0
    cursor: str | None = None
    commands: tuple[Command, ...] = ()
    okrs: tuple[OkrTicket, ...] | None = None
    answers: tuple[WorkAnswer, ...] | None = None
    measures: tuple[MeasureAnswer, ...] | None = None
    notes: tuple[str, ...] = ()
    accepted: tuple[Gap, ...] = ()
    reported_gaps: frozenset[str] = frozenset()

    @property
    def complete(self) -> bool:
        """Whether the enumeration ended: only then does absence mean anything."""
        return all(gap.key is not None for gap in self.gaps)


@dataclass(frozen=True, slots=True)
class PullState:
    """What is remembered of a source: its tickets by id, the cursor, and the ids to read again in any case.

    `requested` are ids that webhooks named: what is remembered of them is read again, and nothing else is believed.
    """

    cursor: str
    tickets: Mapping[str, Initiative]
    recheck: frozenset[str] = frozenset()
    requested: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All that is known in one run, and when it began; `delta` is what it read itself. `notes` are about no source."""

    pulled: tuple[PullResult, ...]
    pulled_at: datetime
    delta: tuple[PullResult, ...] = ()
    notes: tuple[str, ...] = ()
