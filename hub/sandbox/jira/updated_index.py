"""Issues in the order of their last change, kept without sorting at every edit."""

from collections.abc import Callable, Iterator

Key = tuple[int, int]


class Recency:
    """Ids by (updated, id). An edit moves an id to the end; only rows added out of order make it sort again."""

    def __init__(self, key_of: Callable[[int], Key]) -> None:
        self._key_of = key_of
        self._ids: dict[int, None] = {}
        self._last: Key = (0, 0)
        self._sorted = True

    def touch(self, id_: int) -> None:
        """Put the id where its key now says."""
        self._ids.pop(id_, None)
        self._ids[id_] = None
        key = self._key_of(id_)
        if key < self._last:
            self._sorted = False
        self._last = max(self._last, key)

    def drop(self, id_: int) -> None:
        """Forget the id."""
        self._ids.pop(id_, None)

    def since(self, updated: int) -> Iterator[int]:
        """The ids changed at that time or later, latest first."""
        self._sort()
        for id_ in reversed(self._ids):
            if self._key_of(id_)[0] < updated:
                return
            yield id_

    def _sort(self) -> None:
        if not self._sorted:
            self._ids = dict.fromkeys(sorted(self._ids, key=self._key_of))
            self._sorted = True
