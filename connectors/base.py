"""What every tracker must offer: a short protocol, and the world it is given to live in."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Generic, Protocol, TypeVar

from pydantic import BaseModel

from connectors.capabilities import (
    SupportsLabelDefinitions,
    SupportsLabels,
    SupportsLookup,
    SupportsMeasures,
    SupportsMinimize,
    SupportsReactions,
    SupportsRemoteLinks,
    SupportsSurvey,
    SupportsThreads,
    SupportsWebhooks,
    SupportsWorkQueries,
)
from hub.model.action import Comment, Target
from hub.model.errors import Check
from hub.model.host_limits import HostLimits
from hub.model.initiative import PullResult, PullState
from hub.model.message import Message, Wording
from hub.model.service_state import RateLimitStatus
from hub.model.survey import AppCredentials


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    """What a connector offers: for each capability the object that provides it, usually the connector itself.

    None means that the tracker cannot do it, or that the configuration does not want it. Without `comments` nothing is
    written there; `label_definitions` are only asked where there are `labels`.
    """

    comments: "SupportsComments | None" = None
    labels: SupportsLabels | None = None
    label_definitions: SupportsLabelDefinitions | None = None
    threads: SupportsThreads | None = None
    minimize: SupportsMinimize | None = None
    reactions: SupportsReactions | None = None
    webhooks: SupportsWebhooks | None = None
    lookup: SupportsLookup | None = None
    work_queries: SupportsWorkQueries | None = None
    survey: SupportsSurvey | None = None
    measures: SupportsMeasures | None = None
    remote_links: SupportsRemoteLinks | None = None


class Connector(Protocol):
    """One configured tracker. Methods raise the errors of `hub.model.errors`, all carrying the connector's name.

    Reading never raises for a part that failed: it comes back as a `Gap` in `PullResult`. Only credentials
    refused at the start (`CredentialsRefused`) and a query that the tracker refuses (`QueryRefused`) are raised.
    `has_okrs` says whether objectives and key results are read from there (`PullResult.okrs`). `accepted_gaps` are the
    names of gaps that the configuration accepts. `wording` says how people name key results there.
    """

    name: str
    has_okrs: bool
    accepted_gaps: tuple[str, ...]
    wording: Wording

    @property
    def capabilities(self) -> Capabilities:
        """What this connector offers beyond this protocol; the same whenever it is asked."""
        ...

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

    def diagnose(self) -> Iterable[Check]:
        """What works, what does not, and how to fix it; writes nothing, and a failure is a check, never raised."""
        ...

    def close(self) -> None:
        """Close connections."""
        ...


class SupportsComments(Connector, Protocol):
    """A connector that keeps the hub's one comment on each of its tickets; without it a tracker is only read."""

    def find_comments(self, target: Target) -> Sequence[Comment]:
        """The ticket's comments with our mark, whoever wrote them, the oldest first, however many others there are."""

    def rendered_text(self, target: Target, message: Message) -> str:
        """What `Comment.rendered_text` is of a comment that holds this message; asks the tracker nothing new."""
        ...

    def read_comment(self, target: Target, comment_id: str) -> Comment | None:
        """The comment as it stands now; None when it is not there, or not to be seen."""
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


@dataclass(frozen=True, slots=True)
class Setup:
    """What a kind of tracker offers `hub init` before it is configured.

    `settings` are a kind of the plugin's that need not name what is read. `guide` says, for an address and an owner,
    where to make credentials and with which rights. `register` registers an App in the browser, where the tracker has
    them: it takes address, owner, a function that is told what to do now, and the context.
    """

    settings: type[BaseModel]
    guide: Callable[[str, str], tuple[str, ...]]
    register: Callable[[str, str, Callable[[str], None], ConnectorContext], AppCredentials] | None = None


class Plugin(Protocol):
    """What the registry and the entry points `alignment_hub.connectors` offer for one kind of tracker."""

    @property
    def kind(self) -> str:
        """The word after `kind =` in the configuration."""
        ...

    @property
    def settings(self) -> type[BaseModel]:
        """The table `[connectors.NAME]`."""
        ...

    @property
    def setup(self) -> Callable[[], Setup] | None:
        """What `hub init` asks; None where it offers nothing for this kind."""
        ...

    def build(self, name: str, settings: BaseModel, context: ConnectorContext) -> Connector:
        """Make the connector; opens no connection yet."""
        ...


S = TypeVar("S", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class ConnectorPlugin(Generic[S]):
    """A kind's name, its settings, and the class that makes a connector of them: what an entry point names."""

    kind: str
    settings: type[S]
    connector: Callable[[str, S, ConnectorContext], Connector]
    setup: Callable[[], Setup] | None = None

    def build(self, name: str, settings: BaseModel, context: ConnectorContext) -> Connector:
        """Make the connector; opens no connection yet. TypeError for settings of another kind."""
        if not isinstance(settings, self.settings):
            raise TypeError(f"settings of {self.kind} are {self.settings.__name__}, not {type(settings).__name__}")
        return self.connector(name, settings, context)
