"""The writes of a run, connector by connector: offered, taken once, and ended with receipts."""

from collections.abc import Mapping

from hub.store.jobs.queue import PUBLISH, JobQueue


class Publications:
    """The table behind the jobs of publication; see `JobQueue`."""

    def __init__(self, jobs: JobQueue) -> None:
        self._jobs = jobs

    def offer(self, run: int, parts: Mapping[str, tuple[str, str]]) -> None:
        """Have the writes of a run carried out, connector by connector: encoded actions and ledger entries."""
        with self._jobs.tables() as db:
            db.execute("delete from publication where run != %s", [run])
            for connector, (actions, entries) in parts.items():
                row = [run, connector, actions, entries]
                db.execute("insert into publication values (%s, %s, 'offered', %s, %s)", row)

    def take(self, run: int, connector: str) -> tuple[str, str] | None:
        """The actions and entries, once: None where another process took them, or the run offers none any more.

        Whoever took them holds the lock of writing there until `finish`, or until it is gone.
        """
        if not self._jobs.lock(f"{PUBLISH}:{connector}"):
            return None
        with self._jobs.tables() as db:
            row = db.execute(
                "update publication set status = 'taken' where run = %s and connector = %s and status = 'offered'"
                " returning actions, entries",
                [run, connector],
            ).fetchone()
        if row is None:
            self._jobs.unlock(f"{PUBLISH}:{connector}")
        return row

    def finish(self, run: int, connector: str, receipts: str | None) -> None:
        """The writes ended with these receipts; None where they were broken off."""
        status = "done" if receipts is not None else "failed"
        with self._jobs.tables() as db:
            db.execute(
                "update publication set status = %s, receipts = %s where run = %s and connector = %s",
                [status, receipts or "[]", run, connector],
            )
        self._jobs.unlock(f"{PUBLISH}:{connector}")

    def look(self, run: int, connector: str) -> tuple[str, str]:
        """Its status and its receipts; `failed` where the process that took it is gone."""
        query = "select status, receipts from publication where run = %s and connector = %s"
        # In this order: whoever takes them has the lock before, and whoever ends says so before letting go.
        is_gone = not self._jobs.is_writing(connector)
        with self._jobs.tables() as db:
            row = db.execute(query, [run, connector]).fetchone()
        if row is None or (row[0] == "taken" and is_gone):
            return "failed", "[]"
        return row[0], row[1]
