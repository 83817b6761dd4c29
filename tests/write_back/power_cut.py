"""A power cut at any boundary of a write: before or after what the ledger remembers and what the tracker does."""

import os
import signal
from collections.abc import Callable
from typing import Any

from connectors.base import Capabilities, SupportsComments
from connectors.capabilities import SupportsLabels
from hub.store.base import History, Ledger, RunLog, SnapshotStore
from tests.fakes.capabilities import offered_through
from tests.fakes.store import PowerCut


def names_of(*methods: Callable[..., object]) -> frozenset[str]:
    """The names of these methods, which must exist: a name that a store or a tracker lacks would cut nothing."""
    return frozenset(method.__name__ for method in methods)


OF_THE_STORE = names_of(
    RunLog.begin_run,
    RunLog.finish_run,
    Ledger.record_intent,
    Ledger.record_label_intent,
    Ledger.record_comment,
    Ledger.record_mute,
    Ledger.record_replacement_intent,
    Ledger.record_replaced,
    Ledger.record_adopted,
    Ledger.record_other_hub,
    Ledger.record_verified,
    Ledger.record_human_edit,
    Ledger.record_unsettable_label,
    Ledger.record_write_refusal,
    Ledger.record_unsent_comment,
    Ledger.record_comment_removed_by_human,
    Ledger.record_comment_absent,
    Ledger.record_label,
    Ledger.label_refused,
    Ledger.delete_entry,
    Ledger.record_deferred,
    History.save_dependency_history,
    History.record_findings,
    SnapshotStore.save_snapshot,
)
OF_THE_TRACKER = names_of(
    SupportsComments.create_comment,
    SupportsComments.update_comment,
    SupportsComments.delete_comment,
    SupportsLabels.update_labels,
)


def by_exception() -> None:
    raise PowerCut


def by_signal() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


class Fuse:
    """Counts boundaries by name; the process ends at the one numbered `at`, and nothing happens in it afterwards."""

    def __init__(self, at: int | None = None, end: Callable[[], None] = by_exception) -> None:
        self.names: list[str] = []
        self.dead = False
        self._at = at
        self._end = end

    @property
    def passed(self) -> int:
        return len(self.names)

    def burn(self, name: str) -> None:
        self.alive()
        self.names.append(name)
        if self.passed == self._at:
            self.dead = True
            self._end()

    def alive(self) -> None:
        if self.dead:
            raise PowerCut


class FuseAfter(Fuse):
    """Ends the process right after the first write of that name was done, before anything else is."""

    def __init__(self, write: str) -> None:
        super().__init__()
        if write not in OF_THE_STORE | OF_THE_TRACKER:
            raise ValueError(f"nothing is cut at {write}")
        self._write = write

    def burn(self, name: str) -> None:
        super().burn(name)
        if self.names.count(self._write) == 2:
            self.dead = True
            by_exception()


class Watch(Fuse):
    """Ends nothing; notes at each boundary what there is to see."""

    def __init__(self, look: Callable[[], int]) -> None:
        super().__init__()
        self.seen: list[int] = []
        self._look = look

    def burn(self, name: str) -> None:
        super().burn(name)
        self.seen.append(self._look())


class Cut:
    """Stands before a store or a connector, with the fuse at both ends of each of its writes."""

    def __init__(self, inner: Any, writes: frozenset[str], fuse: Fuse) -> None:
        missing = sorted(name for name in writes if not callable(getattr(inner, name, None)))
        if missing:
            raise AttributeError(f"{type(inner).__name__} lacks {', '.join(missing)}")
        self._inner = inner
        self._writes = writes
        self._fuse = fuse

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._inner, name)
        if not callable(found):
            return offered_through(found, self) if isinstance(found, Capabilities) else found

        def call(*args: Any, **more: Any) -> Any:
            if name not in self._writes:
                self._fuse.alive()
                return found(*args, **more)
            self._fuse.burn(name)
            answer = found(*args, **more)
            self._fuse.burn(name)
            return answer

        return found if name == "close" else call
