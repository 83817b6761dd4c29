"""The part of the state that holds what people asked for by commands, and answered by taking things of ours away."""

from collections.abc import Sequence

from hub.model.action import PostedFinding, Target
from hub.model.initiative import PullResult
from hub.store.codec import findings_to_text
from hub.store.commands import acknowledge_commands
from hub.store.ledger import save_removed_label, update_entry
from hub.store.rests import SqliteUnchangedRuns


class SqliteHumanActions(SqliteUnchangedRuns):
    """The part of `hub.store.base.Store` about people."""

    def record_mute(self, target: Target, mute_comment_id: str, findings: Sequence[PostedFinding]) -> None:
        """See `Store.muted`."""
        with self._claimed() as db:
            update_entry(db, target, muted_by=mute_comment_id, findings=findings_to_text(tuple(findings)))

    def record_label_removed_by_human(self, target: Target, label: str, findings_key: str) -> None:
        """See `Store.label_refused`."""
        with self._claimed() as db:
            save_removed_label(db, target, label, findings_key)

    def mark_commands_acknowledged(self, pulled: Sequence[PullResult]) -> None:
        """See `Store.hush`."""
        with self._claimed() as db:
            for pull_result in pulled:
                acknowledge_commands(db, pull_result)
