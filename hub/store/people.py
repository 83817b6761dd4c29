"""The part of the state that holds what people asked for by commands, and answered by taking things of ours away."""

from collections.abc import Sequence

from hub.model.action import PostedFinding, Target
from hub.model.initiative import Pulled
from hub.store.codec import findings_to_text
from hub.store.commands import hush_commands
from hub.store.ledger import save_refused_label, set_entry
from hub.store.runs import RunsInSqlite


class PeopleInSqlite(RunsInSqlite):
    """The part of `hub.store.base.Store` about people."""

    def muted(self, target: Target, by: str, findings: Sequence[PostedFinding]) -> None:
        """See `Store.muted`."""
        with self._claimed() as db:
            set_entry(db, target, muted_by=by, findings=findings_to_text(tuple(findings)))

    def label_refused(self, target: Target, label: str, standing_for: str) -> None:
        """See `Store.label_refused`."""
        with self._claimed() as db:
            save_refused_label(db, target, label, standing_for)

    def hush(self, pulled: Sequence[Pulled]) -> None:
        """See `Store.hush`."""
        with self._claimed() as db:
            for one in pulled:
                hush_commands(db, one)
