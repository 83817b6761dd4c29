"""Recorders before a store or a tracker: which call was made in which stage of a run."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from connectors.base import Capabilities, Connector, SupportsComments
from connectors.capabilities import SupportsLookup, SupportsThreads
from hub.model.action import Target
from hub.model.initiative import PullResult, PullState
from hub.model.message import Wording
from hub.model.ticket_input import Command
from hub.store.base import History, Ledger, RemoteLinks, RunLog, SnapshotStore, WebhookInbox
from tests.fakes.capabilities import offered_through

STAGES = ("start", "pull", "observe", "map", "check", "plan", "publish", "record")
READS_OF_THE_STORE = frozenset(
    read.__name__
    for read in (
        RunLog.runs,
        RunLog.history,
        RunLog.last_finished_run,
        Ledger.ledger_entries,
        Ledger.deferred_comments,
        SnapshotStore.snapshot,
        SnapshotStore.sources,
        SnapshotStore.lazy_tickets,
        History.first_seen,
        History.dependency_history,
        WebhookInbox.requested_refreshes,
        RemoteLinks.remote_links,
    )
)
READS_OF_A_TRACKER = frozenset(
    read.__name__
    for read in (
        Connector.whoami,
        Connector.pull,
        SupportsComments.find_comments,
        SupportsComments.read_comment,
        SupportsThreads.has_reply,
        SupportsLookup.look_up,
    )
)
RENDERING = SupportsComments.rendered_text.__name__
"""What a message reads like there: the tracker is asked nothing for it."""


class Call(NamedTuple):
    """One call of a store ("store") or a tracker (its name); everything that is no known read counts as a write."""

    stage: str
    part: str
    method: str
    subject: str

    @property
    def writes(self) -> bool:
        reads = READS_OF_THE_STORE if self.part == "store" else READS_OF_A_TRACKER | {RENDERING}
        return self.method not in reads


@dataclass
class CallLog:
    """The calls in their order; its `stopwatch` is a run's, which is asked where a stage begins or ends."""

    calls: list[Call] = field(default_factory=list)
    ended: int = 0

    def stopwatch(self) -> float:
        self.ended += 1
        return float(self.ended)

    @property
    def stage(self) -> str:
        return STAGES[self.ended]

    def note(self, part: str, method: str, args: Sequence[Any]) -> None:
        subject = next((arg.ref.key for arg in args if isinstance(arg, Target)), "")
        self.calls.append(Call(self.stage, part, method, subject))

    @property
    def writes(self) -> list[Call]:
        return [call for call in self.calls if call.writes]

    @property
    def reads(self) -> list[Call]:
        return [call for call in self.calls if not call.writes and call.method != RENDERING]


class RecordingProxy:
    """Stands before a store or a tracker and passes everything on."""

    def __init__(self, inner: Any, part: str, log: CallLog) -> None:
        self._inner, self._part, self._log = inner, part, log

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._inner, name)
        if not callable(found):
            return found

        def call(*args: Any, **more: Any) -> Any:
            self._log.note(self._part, name, args)
            return found(*args, **more)

        return call


class RecordingTracker(RecordingProxy):
    """A tracker that knows reactions, and on which people wrote these commands."""

    def __init__(self, inner: Any, log: CallLog, commands: Iterable[Command] = ()) -> None:
        super().__init__(inner, inner.name, log)
        self.wording = Wording(reacts=True)
        self._commands = tuple(commands)

    @property
    def capabilities(self) -> Capabilities:
        """What the tracker offers goes through the recorder as well, and reactions come on top."""
        return replace(offered_through(self._inner.capabilities, self), reactions=self)

    def pull(self, known: PullState | None = None) -> PullResult:
        self._log.note(self._part, "pull", ())
        pulled: PullResult = self._inner.pull(known)
        return replace(pulled, commands=self._commands)

    def react(self, target: Target, comment_id: str, *, applied: bool) -> None:
        self._log.note(self._part, "react", (target,))
