"""Opens the file of the state, brings its tables to the current version, and shares connections."""

import json
import secrets
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from hub.model.action import EARLIER
from hub.model.errors import StoreError
from hub.store.sql.database import check_lease
from hub.store.sqlite import tables
from hub.store.sqlite.lock import create_for_owner_only

if TYPE_CHECKING:
    from sqlite_utils import Database, Migrations

# Counted up with each step: a state of a newer version is refused, not guessed at.
VERSION = 25
KEY_BYTES = 32

_LEDGER = """
select connector, ticket_id, findings, refused_labels, barred, comment_refused, restored_for from ledger
"""
_UPDATE_LEDGER = """
update ledger set findings = ?, refused_labels = ?, barred = ?, comment_refused = ?, restored_for = ?
where connector = ? and ticket_id = ?
"""


def migrations() -> "Migrations":
    """All steps from an empty file to today's tables."""
    from sqlite_utils import Migrations

    steps = Migrations("alignment-hub")
    for name, statements in _steps():
        steps(name=name)(_step(statements))
    steps(name="m015_fingerprints_of_roots")(_forget_fingerprints)
    steps(name="m016_answers_to_work_queries")(_step((tables.WORK_ANSWERS_TABLE,)))
    steps(name="m017_comments_that_replace")(_step(tables.REPLACING.split(";")))
    steps(name="m018_tickets_that_take_no_write")(_step(("alter table ledger add column shut text",)))
    # Gaps have names from here on: where there are any, they are read once more.
    unnamed = "update source set cursor = null where gaps != '[]'"
    steps(name="m019_absent_tickets_and_named_gaps")(_step((tables.ABSENT_TABLE, unnamed)))
    steps(name="m020_other_states_of_the_hub")(_step(("alter table ledger add column rival text",)))
    steps(name="m021_key_of_private_fingerprints")(_make_key)
    steps(name="m022_sessions_that_ended")(_step((tables.ENDED_SESSIONS,)))
    fingerprint = "alter table run add column fingerprint text not null default ''"
    steps(name="m023_input_fingerprints_of_runs")(_step((fingerprint, "drop table rest")))
    steps(name="m024_names_of_tables_and_columns")(_step(tuple(tables.renames())))
    steps(name="m025_locked_leases_and_shared_limits")(_step(tables.SHARED_LIMITS.split(";")))
    return steps


def _step(statements: Sequence[str]) -> "Callable[[Database], None]":
    def apply(db: "Database") -> None:
        for statement in statements:
            if statement.strip():
                db.execute(statement)

    return apply


def _steps() -> Iterator[tuple[str, Sequence[str]]]:
    triggers = [
        tables.EARLIER_SNAPSHOT_DIFF_ON.format(name=on, event=f"after {on}", row=row, body=body)
        for on, row, body in tables.SNAPSHOT_DIFF_EVENTS
    ]
    yield "m001_ledger_snapshot_runs", tables.TABLES.split(";")
    # What was read before is read once more: its rows have another form from here on.
    yield "m002_cursors", tables.CURSORS.split(";")
    yield "m003_first_seen", tables.FIRST_SEEN.split(";")
    yield "m004_contests", tables.EDIT_CONFLICTS.split(";")
    yield "m005_recent_writes", tables.RECENT_WRITES.split(";")
    yield "m006_readings", (*tables.READINGS.split(";"), *triggers)
    yield "m007_commands", (tables.COMMANDS_TABLE,)
    yield "m008_okrs_kept_in_trackers", tables.OKR_ROWS.split(";")
    yield "m009_deliveries", tables.DELIVERIES.split(";")
    yield "m010_what_hosts_say_is_left", tables.RATE_LIMIT_TABLES.split(";")
    yield "m011_summaries_of_runs", (*tables.SUMMARY_COLUMNS.split(";"), tables.FINDING_HISTORY_TABLE)
    yield "m012_rest", (tables.RUN_FINGERPRINT_TABLE,)
    yield "m013_digests", (tables.DIGEST_TABLE,)
    yield "m014_what_the_hub_made", tables.CREATED_LABEL_TABLES.split(";")


def upgrade(db: "Database", path: str) -> None:
    """All steps under one write lock, so that two that open a new file at once do not build it twice."""
    connection = db.conn
    version = connection.execute("pragma user_version").fetchone()[0]
    if version > VERSION:
        raise StoreError(f"the state {path} is of version {version}, newer than this hub's {VERSION}: update it")
    if version < VERSION:
        connection.execute("begin immediate")
        with connection:
            migrations().apply(db)
            connection.execute(f"pragma user_version = {VERSION}")


def _make_key(db: "Database") -> None:
    """Give the state its secret: made once, never shown, and gone with the state."""
    db.execute("create table secret_key (id integer primary key check (id = 1), value blob not null)")
    db.execute("insert into secret_key values (1, ?)", [secrets.token_bytes(KEY_BYTES)])


def _forget_fingerprints(db: "Database") -> None:
    """Put EARLIER in the place of every fingerprint: until the next run, nobody knows which fault of today it means.

    A comment that stands keeps its rules and is rewritten in place; a removed label, a deleted comment and a label that
    the screen lacks keep counting for whatever stands there; dates of findings are kept by rule.
    """
    for connector, ticket, findings, removed, unsettable, comment, restored in db.execute(_LEDGER).fetchall():
        values = (
            _reset_findings(findings),
            _reset_labels(removed),
            _reset_labels(unsettable),
            _reset_key(comment),
            _reset_key(restored),
        )
        db.execute(_UPDATE_LEDGER, [*values, connector, ticket])
    db.execute("update finding_seen set fingerprint = ? || ' ' || fingerprint", [EARLIER])
    for team, baseline in db.execute("select team, told from digest").fetchall():
        previous = json.loads(baseline)
        previous["findings"] = [EARLIER] if previous["findings"] else []
        db.execute("update digest set told = ? where team = ?", [json.dumps(previous), team])
    db.execute("delete from rest")


def _reset_findings(text: str) -> str:
    return json.dumps([(rule, severity, EARLIER, tickets, None) for rule, severity, _, tickets in json.loads(text)])


def _reset_labels(text: str) -> str:
    return json.dumps({label: _reset_key(findings_key) for label, findings_key in json.loads(text).items()})


def _reset_key(findings_key: str | None) -> str | None:
    """An answer to nothing in particular stays one."""
    return EARLIER if findings_key else findings_key


BUSY_MILLISECONDS = 10_000
TRANSIENT_PATH = ":memory:"


class SharedConnection:
    """One connection in write-ahead mode, shared by the publishing threads under a lock; upgrades the file's tables.

    `run` is the run that the connection belongs to: once its lease is another's, it writes nothing any more.
    """

    def __init__(self, path: Path | str) -> None:
        self.run: int | None = None
        from sqlite_utils import Database

        self._path = str(path)
        self._lock = threading.RLock()
        try:
            if self._path != TRANSIENT_PATH:
                create_for_owner_only(self._path)
            connection = sqlite3.connect(self._path, check_same_thread=False, isolation_level=None)
            self._db = Database(connection)
            connection.execute(f"pragma busy_timeout = {BUSY_MILLISECONDS}")
            _enable_write_ahead(connection)
            connection.execute("pragma synchronous = normal")
            upgrade(self._db, self._path)
        except (sqlite3.Error, OSError) as error:
            raise StoreError(f"the state {self._path} cannot be opened: {error}") from error

    @contextmanager
    def atomic(self) -> Iterator[sqlite3.Connection]:
        """See `Transactions.atomic`."""
        with self._lock:
            try:
                with self._db.atomic():
                    yield self._db.conn
            except sqlite3.Error as error:
                raise StoreError(f"the state {self._path} cannot be written: {error}") from error

    @contextmanager
    def claimed(self) -> Iterator[sqlite3.Connection]:
        """See `Transactions.claimed`; within a run, its lease is checked first."""
        with self.atomic() as db:
            db.execute("update lease set owner = owner")
            check_lease(db, self.run)
            yield db

    def close(self) -> None:
        """Close the connection once the transaction of another thread has ended."""
        with self._lock:
            self._db.close()


class BriefConnections:
    """A new connection for each transaction, from any thread and outside every run. The file must be there.

    Tables of an earlier version are upgraded before they are used.
    """

    def __init__(self, path: Path | str) -> None:
        self._path = Path(path)

    def atomic(self) -> AbstractContextManager[sqlite3.Connection]:
        """See `Transactions.atomic`."""
        return self._begun("begin")

    def claimed(self) -> AbstractContextManager[sqlite3.Connection]:
        """See `Transactions.claimed`."""
        return self._begun("begin immediate")

    @contextmanager
    def _begun(self, begin: str) -> Iterator[sqlite3.Connection]:
        """Never makes a file: one without its tables would spoil it for the store."""
        address = f"{self._path.absolute().as_uri()}?mode=rw"
        try:
            with closing(sqlite3.connect(address, uri=True, isolation_level=None)) as db, db:
                db.execute(f"pragma busy_timeout = {BUSY_MILLISECONDS}")
                if db.execute("pragma user_version").fetchone()[0] not in (0, VERSION):
                    from sqlite_utils import Database

                    upgrade(Database(db), str(self._path))
                db.execute(begin)
                yield db
        except sqlite3.Error as error:
            raise StoreError(f"the state {self._path} cannot be written: {error}") from error


def _is_busy(error: BaseException) -> bool:
    return isinstance(error, sqlite3.OperationalError) and error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY


def _enable_write_ahead(connection: sqlite3.Connection) -> None:
    """Several that turn a new file to write-ahead mode at once would wait for each other: SQLite refuses all but one
    at once, whatever `busy_timeout` says.
    """
    if connection.execute("pragma journal_mode").fetchone()[0] == "wal":
        return
    import tenacity

    for attempt in tenacity.Retrying(
        retry=tenacity.retry_if_exception(_is_busy),
        wait=tenacity.wait_random(0.01, 0.1),
        stop=tenacity.stop_after_delay(BUSY_MILLISECONDS / 1000),
        reraise=True,
    ):
        with attempt:
            connection.execute("pragma journal_mode = wal")
