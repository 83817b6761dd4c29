"""What every tracker must offer: a short protocol, and the world it is given to live in."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar, runtime_checkable

from hub.model.action import Comment, Target
from hub.model.errors import Check
from hub.model.host_limits import HostLimits
from hub.model.initiative import PullResult, PullState
from hub.model.message import Message, Wording
from hub.model.service_state import RateLimitStatus

if TYPE_CHECKING:
    from connectors.setup import Setup


@dataclass(frozen=True, slots=True)
class Actor:
    """The account that the connector works as: its immutable id, and its name for people."""

    id: str
    name: str


class RateLimitStore(Protocol):
    """Counts writes wherever they come from: all processes that share a state keep one limit together."""

    def reserve(self, lane: str, now: datetime, *, per_minute: float, per_hour: int, longest: float) -> float:
        """Take the next free place in a lane and tell the seconds until then; 0 for a limit means none.

        A wait beyond `longest` is told, and no place is taken.
        """

    def save_status(self, status: RateLimitStatus) -> None:
        """Keep what a host said is left, for whoever asks how things stand."""

    def share_limits(self, host: str, learned: HostLimits, now: datetime) -> HostLimits:
        """Tell the other processes what this one learned of a host, and be told what they did."""


@dataclass(frozen=True, slots=True)
class RequestRecord:
    """One request as the gate saw it: no address, no ticket, nobody's name.

    `status` is the answer's, or a word where none came; `waited` are the seconds before its turn came, and those before
    it is sent again.
    """

    connector: str
    host: str
    kind: str
    status: str
    seconds: float
    waited: float


@dataclass(frozen=True, slots=True)
class ConnectorContext:
    """What the wiring lends a connector: time, the workspace for the mark, and the cycle's first day.

    Work closed before `cycle_start` is of no interest; `progress` takes what was done and how much of it. Without a
    `rate_limit_store` writes are counted in this process alone. `on_request` is told of every request.
    """

    now: Callable[[], datetime]
    sleep: Callable[[float], None]
    workspace: str
    cycle_start: date
    progress: Callable[[str, int], None] = lambda _what, _count: None
    rate_limit_store: RateLimitStore | None = None
    on_request: Callable[[RequestRecord], None] = lambda _record: None


class Connector(Protocol):
    """One configured tracker. Methods raise the errors of `hub.model.errors`, all carrying the connector's name.

    Reading never raises for a part that failed: it comes back as a `Gap` in `PullResult`. Only credentials
    refused at the start (`CredentialsRefused`) and a query that the tracker refuses (`QueryRefused`) are raised.
    `publishes` says whether anything can be written there, `has_okrs` whether objectives and key results are read
    from there. `accepted_gaps` are the names of gaps that the configuration accepts.
    """

    name: str
    publishes: bool
    has_okrs: bool
    accepted_gaps: tuple[str, ...]
    wording: Wording

    def whoami(self) -> Actor:
        """The account; asked once and remembered."""

    def pull(self, known: PullState | None = None) -> PullResult:
        """Read everything that is configured; or, where something is `known`, what changed since.

        Args:
            known: What the last pull left: its cursor, its tickets, and which of them to read again in any case.

        Returns:
            Tickets and gaps. Its `mode` says whether it holds all tickets or changes alone; its `cursor` is what the
            next pull begins from, None where that has to be a full one.

        Raises:
            CredentialsRefused: Nothing can be read with these credentials.
            QueryRefused: The tracker does not take the configured query.
        """

    def find_comments(self, target: Target) -> Sequence[Comment]:
        """The ticket's comments with our mark, whoever wrote them, the oldest first, however many others there are."""

    def rendered_text(self, target: Target, message: Message) -> str:
        """What `Comment.says` is of a comment that holds this message; asks the tracker nothing new."""
        ...

    def read_comment(self, target: Target, comment_id: str) -> Comment | None:
        """The comment as it stands now; None when it is not there, or not to be seen."""
        ...

    def has_reply(self, target: Target, comment_id: str) -> bool:
        """Whether a person answered the comment: a later one quotes it, calls our account, or hangs below it."""
        ...

    def find_own_comments(self, targets: Sequence[Target]) -> Iterable[tuple[Target, Comment]]:
        """Every comment of ours on these tickets, found without knowing where to look; raises where it cannot look."""
        ...

    def create_comment(self, target: Target, message: Message) -> Comment:
        """Send a comment once, with our mark.

        Raises:
            OutcomeUnknown: It may have arrived: look with `find_comments` before it is sent again.
            Unwritable: The ticket takes no comment for now, whoever sends it.
            RetryLater: A limit is reached; `wait` are the seconds until it may be worth another try.
        """
        ...

    def update_comment(self, target: Target, comment_id: str, message: Message) -> Comment:
        """Edit in place, silently where the tracker can.

        Raises:
            TicketNotFound: The comment, or its ticket, is not there any more.
        """
        ...

    def delete_comment(self, target: Target, comment_id: str) -> None:
        """Remove our comment; one that is gone already is fine."""
        ...

    def update_labels(self, target: Target, add: frozenset[str], remove: frozenset[str]) -> None:
        """Add and remove by delta; labels that are there, or gone, already are fine."""
        ...

    def diagnose(self) -> Iterable[Check]:
        """What works, what does not, and how to mend it; writes nothing, and a failure is a check, never raised."""
        ...

    def close(self) -> None:
        """Let go of connections."""
        ...


@runtime_checkable
class SupportsMinimize(Protocol):
    """What a tracker may offer besides: a comment that is settled is folded away, and unfolded when it is not."""

    def minimize_comment(self, target: Target, comment_id: str, *, minimized: bool) -> None:
        """Fold or unfold our comment, which tells nobody; where that is not allowed, nothing happens.

        RetryLater where it may go another time.
        """
        ...


@runtime_checkable
class SupportsReactions(Protocol):
    """What a tracker may offer besides: a reaction under a person's comment, which tells them what became of it."""

    def react(self, target: Target, comment_id: str, *, applied: bool) -> None:
        """Put our account's reaction there; one that is there already, or a comment that is gone, is fine."""
        ...


@dataclass(frozen=True, slots=True)
class Delivery:
    """What a webhook's delivery asks for, once its signature was found to be right: to look at tickets again.

    `tickets` are the tracker's immutable ids, empty for all of the connector; no tickets at all where none is
    concerned. `by` is the id of the account that caused it. An `echo` tells of what our own account just wrote.
    """

    id: str
    event: str
    tickets: tuple[str, ...] = ()
    by: str | None = None
    echo: bool = False


@runtime_checkable
class SupportsWebhooks(Protocol):
    """What a tracker may offer besides: webhooks, which only ever say where to look again."""

    def read_delivery(self, headers: Mapping[str, str], body: bytes, path_secret: str = "") -> Delivery:
        """Read a delivery, by headers in lower case, without asking the tracker anything.

        Args:
            headers: The request's headers, their names in lower case.
            body: The body as it was sent, which the signature is over.
            path_secret: What followed the connector's name in the address.

        Returns:
            What to read again. Nothing is an echo before `whoami` has told who we are.

        Raises:
            WebhookSignatureInvalid: The signature is missing or wrong.
            WebhookPayloadInvalid: The body is no delivery of this tracker.
        """
        ...


@runtime_checkable
class SupportsWorkQueries(Protocol):
    """What a tracker may offer besides: the tickets that a query finds, for key results that declare one."""

    def tickets_by_query(self, queries: Mapping[str, str]) -> Mapping[str, frozenset[str]]:
        """Resolve each key result's query.

        Args:
            queries: The query in the tracker's own language (JQL), by the key result's id.

        Returns:
            The tracker's immutable ids of the tickets that each query finds, by the key result's id.

        Raises:
            QueryRefused: The tracker refuses a query; the message names the key result.
            SourceError: A search did not come to its end, so that nothing follows from what it left out.
        """
        ...


@runtime_checkable
class SupportsLookup(Protocol):
    """What a tracker may offer besides: to be asked for single tickets that a full read should have shown."""

    def look_up(self, missing: PullState) -> PullResult:
        """Ask for single tickets.

        Args:
            missing: The tickets as they were last read, and the cursor of the pull that lacked them.

        Returns:
            Those that are there and configured, with what they refer to. Of the others, `deleted` names those that are
            gone; the rest stay as last read until a second full read lacks them.
        """
        ...


@runtime_checkable
class SupportsLabelCleanup(Protocol):
    """What a tracker may offer besides: labels are defined before their first use, and taken off its list again."""

    def define_labels(self, target: Target, labels: frozenset[str]) -> Iterable[str]:
        """Define those of the hub's labels that the ticket's place lacks.

        Yields `place:label` of each as soon as it is defined: an error at the next one leaves it there.
        """
        ...

    def delete_label_definition(self, definition: str) -> bool:
        """Whether `place:label` is done with: gone, or people's by now. False while a ticket carries it."""
        ...


class Plugin(Protocol):
    """What the registry and the entry points `alignment_hub.connectors` offer for one kind of tracker."""

    kind: str
    settings: type[Any]

    def build(self, name: str, settings: Any, context: ConnectorContext) -> Connector:
        """Make the connector; opens no connection yet."""
        ...


S = TypeVar("S")


@dataclass(frozen=True, slots=True)
class ConnectorPlugin(Generic[S]):
    """A kind's name, its settings, and the class that makes a connector of them."""

    kind: str
    settings: type[S]
    connector: Callable[[str, S, ConnectorContext], Connector]
    setup: "Callable[[], Setup] | None" = None

    def build(self, name: str, settings: S, context: ConnectorContext) -> Connector:
        """Make the connector; opens no connection yet."""
        return self.connector(name, settings, context)
