"""What the contract suite is told of a tracker: how to connect, and what people do and see there."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import NoReturn
from unittest import SkipTest

from connectors.base import Connector, ConnectorContext
from hub.model.action import Target
from hub.model.initiative import Initiative, PullResult, PullState, SyncMode
from hub.model.message import HEADLINE, Message, Point, Text


@dataclass(frozen=True, slots=True)
class TicketDraft:
    """A ticket that a person makes; `key_result` is an id to name in a place that the connector reads, if any."""

    title: str
    text: str = ""
    key_result: str = ""


@dataclass(frozen=True, slots=True)
class PersonEdit:
    """What a person does to a ticket: whatever is not empty. `delete_comment` is the id of a comment."""

    title: str = ""
    comment: str = ""
    label: str = ""
    delete_comment: str = ""


@dataclass(frozen=True, slots=True)
class SeenComment:
    """A comment as the tracker keeps it: `text` is its source, marks and markup included."""

    id: str
    text: str


class Fault(StrEnum):
    """What goes wrong while a fault is injected.

    READ_FAILS: every read of tickets fails. READ_ENDS_EARLY: the first part of the tickets is read, the rest fails.
    ANSWER_LOST: the next new comment is stored, and the connection breaks before its answer comes.
    CREDENTIALS_REFUSED: whoever asks is not let in.
    """

    READ_FAILS = "read fails"
    READ_ENDS_EARLY = "read ends early"
    ANSWER_LOST = "answer lost"
    CREDENTIALS_REFUSED = "credentials refused"


@dataclass(frozen=True, slots=True)
class TrackerUnderTest:
    """A tracker and a connector to it. Its tickets may be shared by tests: each makes its own.

    `connect` makes a new connector, as each run does, which reads the tickets that `make_ticket` makes, fewer than
    `tickets` of them with one request (settings of the connector). `inject_fault` lasts for a `with` block, and calls
    `not_here` where a fault cannot happen. None of the `secrets` may be told.
    """

    connect: Callable[[], Connector]
    make_ticket: Callable[[TicketDraft], Target]
    read_comments: Callable[[Target], Sequence[SeenComment]]
    edit_as_person: Callable[[Target, PersonEdit], None]
    inject_fault: Callable[[Fault], AbstractContextManager[None]]
    tickets: int = 5
    secrets: tuple[str, ...] = ()

    def make_tickets(self, **draft: str) -> tuple[Target, ...]:
        """As many as take more than one request to read."""
        return tuple(self.make_ticket(TicketDraft(f"Contract ticket {n}", **draft)) for n in range(self.tickets))


def not_here(reason: str) -> NoReturn:
    """Skip a test that does not apply to this tracker, and say why."""
    raise SkipTest(reason)


def require(condition: object, message: str) -> None:
    """Fail the test with these words unless the condition holds."""
    if not condition:
        raise AssertionError(message)


def contract_context(workspace: str = "contract") -> ConnectorContext:
    """A connector's surroundings in tests: waiting takes no time, and moves its clock on."""
    waited = [0.0]

    def sleep(seconds: float) -> None:
        waited[0] += seconds

    def now() -> datetime:
        return datetime.now(UTC) + timedelta(seconds=waited[0])

    return ConnectorContext(now, sleep, workspace, date(2000, 1, 1))


def a_message(words: str = "This ticket isn't linked to a key result.", *, closed: bool = False) -> Message:
    """A message with one point, as the hub posts it."""
    point = Point("no key result linked", (Text(words),), (Text("Comment:"),), (("", "/okr kr <id>"),))
    return Message(f"{HEADLINE} no key result linked", (point,), footer=(Text("Contract suite"),), closed=closed)


def remembered(pulled: PullResult) -> PullState:
    """What a hub remembers of a full pull; skips the test where the connector leaves no cursor."""
    if pulled.cursor is None:
        not_here("the connector leaves no cursor: every pull is a full one")
    return PullState(pulled.cursor, {ticket.id: ticket for ticket in pulled.initiatives})


def with_changes(known: PullState, pulled: PullResult) -> dict[str, Initiative]:
    """All tickets by id after a pull, as a hub puts them together."""
    before = {} if pulled.mode is SyncMode.FULL else dict(known.tickets)
    merged = {**before, **{ticket.id: ticket for ticket in pulled.initiatives}}
    return {id_: ticket for id_, ticket in merged.items() if id_ not in pulled.deleted}
