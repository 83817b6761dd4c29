"""The count of recent writes that all processes with the same state share."""

import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path

from hub.model.errors import StoreError
from hub.model.pacing import HOUR, next_place

BUSY_MILLISECONDS = 10_000


class SqliteThrottle:
    """See `connectors.base.Throttle`. The state must be there; it is opened for each place, as writes are seldom."""

    def __init__(self, path: Path | str) -> None:
        self._path = Path(path)

    def reserve(self, lane: str, now: datetime, *, per_minute: float, per_hour: int, longest: float) -> float:
        """See `Throttle.reserve`. The write lock is taken before anything is read: nobody gets the same place."""
        moment = now.timestamp()
        if not (per_minute or per_hour):
            return 0.0
        try:
            with closing(self._opened()) as db, db:
                db.execute("begin immediate")
                # Kept for longer than they count: another process may have read its clock a little earlier.
                db.execute("delete from recent_write where at <= ?", [moment - 2 * HOUR])
                found = db.execute("select at from recent_write where lane = ? order by at", [lane])
                place = next_place([at for (at,) in found], moment, per_minute=per_minute, per_hour=per_hour)
                if place - moment <= longest:
                    db.execute("insert into recent_write values (?, ?)", [lane, place])
                return place - moment
        except sqlite3.Error as error:
            raise StoreError(f"the state {self._path} cannot count writes: {error}") from error

    def _opened(self) -> sqlite3.Connection:
        """Never a new file: whoever made one without its tables would spoil it for the store."""
        address = f"{self._path.absolute().as_uri()}?mode=rw"
        db = sqlite3.connect(address, uri=True, isolation_level=None)
        db.execute(f"pragma busy_timeout = {BUSY_MILLISECONDS}")
        return db
