"""Stores for tests: the real one in memory, and one whose power goes out."""

from collections.abc import Sequence

from hub.model.action import Comment, PostedFinding, Target
from hub.store.sqlite import SqliteStore


class PowerCut(BaseException):
    """The process ends here: nothing that comes after in it happens."""


class DyingStore(SqliteStore):
    """Dies when it should remember what a write did: after the effect, before the receipt."""

    def __init__(self, path: str, *, at: str) -> None:
        super().__init__(path)
        self._at = at

    def commented(
        self, target: Target, comment: Comment, digest: str, findings: Sequence[PostedFinding], *, resolved: bool
    ) -> None:
        self._die("commented")
        super().commented(target, comment, digest, findings, resolved=resolved)

    def labelled(self, target: Target, label: str, *, present: bool) -> None:
        self._die("labelled")
        super().labelled(target, label, present=present)

    def _die(self, where: str) -> None:
        if where == self._at:
            raise PowerCut(where)


def a_store() -> SqliteStore:
    """Empty, and forgotten at the end of the test."""
    return SqliteStore(":memory:")
