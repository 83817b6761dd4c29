"""Which runs there were and which one may write; and since when findings and dependencies are known."""

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

import orjson

from hub.model.action import EARLIER
from hub.model.errors import LeaseHeld, StoreError
from hub.model.initiative import PullResult
from hub.model.portfolio import DependencyHistory, DependencyKey
from hub.model.service_state import Run
from hub.model.ticket_input import Command, Verb
from hub.store.base import MAX_REPORTS, MAX_SUMMARIES, History, RunLog
from hub.store.sql.database import LEASE_LOST, Database, RunTransactions, SqlRole, upsert
from hub.store.sql.lease import RUN, ProcessLock, lease_owner_of, lease_text, save_lease

PRUNE_SPAN = 100
"""How far back it is looked for what is let go: a little further than one run, for some end without an end."""


class SqlRunLog(SqlRole, RunLog):
    """Each run keeps a small summary for ever, the last ones their whole report, too."""

    def __init__(self, connection: RunTransactions, lock: ProcessLock) -> None:
        super().__init__(connection)
        self._connection = connection
        self._lock = lock
        self._locked_for: int | None = None

    def begin_run(self, owner: str, now: datetime, *, lease_seconds: float) -> int:
        self._connection.run = None
        # In one transaction, so that nobody finds the new lease without its lock.
        with self._claimed() as db:
            run = _take_lease(db, owner, now, lease_seconds, self._lock)
            self._locked_for = run if self._lock.is_held else None
        self._connection.run = run
        return run

    def join_run(self, run: int) -> None:
        self._connection.run = run

    def extend_lease(self, run: int, now: datetime, *, lease_seconds: float) -> None:
        until = (now + timedelta(seconds=lease_seconds)).isoformat()
        with self._claimed() as db:
            extended = db.execute("update lease set until = ? where name = 'run' and run = ?", [until, run]).rowcount
            if extended != 1:
                raise StoreError(LEASE_LOST)
            # A run that took over from one that slept gets the lock once that one let go of it.
            if self._locked_for is None and self._lock.acquire():
                self._locked_for = run
                db.execute("update lease set locked = 1 where name = 'run' and run = ?", [run])

    def finish_run(
        self, run: int, now: datetime, status: str, report: Mapping[str, Any], summary: Mapping[str, Any] | None = None
    ) -> None:
        self._connection.run = None
        short = json.dumps(summary or {}, default=str, separators=(",", ":"))
        with self._claimed() as db:
            db.execute(
                "update run set finished = ?, status = ?, report = ?, summary = ? where id = ?",
                [now.isoformat(), status, _serialize(report), short, run],
            )
            # A lease that another run has taken stays.
            db.execute("delete from lease where name = 'run' and run = ?", [run])
            _prune(db, run)
        if self._locked_for == run:
            self._locked_for = None
            self._lock.release()

    def runs(self, limit: int) -> Sequence[Run]:
        with self._atomic() as db:
            return _latest(db, limit, "report")

    def history(self, limit: int) -> Sequence[Run]:
        # Without the reports in a fraction of the time.
        with self._atomic() as db:
            return _latest(db, limit, "'{}'")

    def sampled_history(self, limit: int) -> Sequence[Run]:
        with self._atomic() as db:
            ids = [row[0] for row in db.execute("select id from run where summary != '{}' order by id")]
            latest = limit - limit // 2
            early = ids[:-latest]
            step = max(1, -(-len(early) // max(1, limit - latest)))
            rows = (
                db.execute(
                    "select id, started, finished, status, '{}', summary, fingerprint from run where id = ?", [id_]
                ).fetchone()
                for id_ in early[::step] + ids[-latest:]
            )
            return [_run(row) for row in rows]

    def last_finished_run(self) -> int:
        with self._atomic() as db:
            return int(db.execute("select coalesce(max(id), 0) from run where finished is not null").fetchone()[0])


def _take_lease(db: Database, owner: str, now: datetime, lease_seconds: float, lock: ProcessLock) -> int:
    """Open a run under a new number, unless another's lease lives."""
    if (owner_now := lease_owner_of(db, RUN, now, lock)) is not None:
        raise LeaseHeld(f"another run holds the state: {lease_text(*owner_now)}. Wait for it, or stop it")
    db.execute("update run set status = 'lost' where status = 'running'")
    statement = "insert into run (started, status) values (?, 'running') returning id"
    run = int(db.execute(statement, [now.isoformat()]).fetchone()[0])
    save_lease(db, RUN, owner, now + timedelta(seconds=lease_seconds), lock=lock, run=run)
    return run


def _latest(db: Database, limit: int, report: str) -> Sequence[Run]:
    rows = db.execute(
        f"select id, started, finished, status, {report}, summary, fingerprint from run order by id desc limit ?",  # noqa: S608
        [limit],
    )
    return [_run(row) for row in rows.fetchall()]


def _serialize(report: Mapping[str, Any]) -> str:
    """With many tickets this is long, and all threads wait for it: the quick way, unless a text was cut in a letter."""
    try:
        return orjson.dumps(report, default=str).decode()
    except TypeError:
        return json.dumps(report, default=str)


def _prune(db: Database, run: int) -> None:
    last = run - MAX_REPORTS
    db.execute("update run set report = '{}' where id between ? and ?", [last - PRUNE_SPAN, last])
    span = [run - MAX_SUMMARIES - PRUNE_SPAN, run - MAX_SUMMARIES]
    db.execute(
        "update run set summary = '{}' where id between ? and ? and summary != '{}' and id not in"
        " (select max(id) from run where id between ? and ? and summary != '{}' group by substr(started, 1, 10))",
        [*span, *span],
    )


def _run(row: tuple[int, str, str | None, str, str, str, str]) -> Run:
    id_, started, finished, status, report, summary, fingerprint = row
    ended = datetime.fromisoformat(finished) if finished else None
    return Run(
        id_, datetime.fromisoformat(started), ended, status, json.loads(report), json.loads(summary), fingerprint
    )


FINDING_RETENTION = timedelta(days=90)
# So long findings of an earlier edition lend their dates to those that take their place.
FIRST_SEEN_INHERITANCE = timedelta(days=7)
_OF_THIS_EDITION = f"fingerprint not like '{EARLIER} %'"


class SqlHistory(SqlRole, History):
    """Findings by fingerprint, dependencies by their two ends, commands by comment; and the secret of the state."""

    def record_findings(
        self, findings: Mapping[str, str], now: datetime, *, unevaluated_rules: Collection[str] | None
    ) -> None:
        with self._claimed() as db:
            _save_findings(db, findings, now, unevaluated_rules=unevaluated_rules)

    def update_findings(
        self, added: Mapping[str, str], resolved: Collection[str], now: datetime, *, unevaluated_rules: Collection[str]
    ) -> frozenset[str]:
        marks = ", ".join("?" * len(unevaluated_rules)) or "''"
        delete = f"delete from finding_history where fingerprint = ? and rule not in ({marks}) returning fingerprint"  # noqa: S608 - only marks
        with self._claimed() as db:
            _save_findings(db, added, now, unevaluated_rules=None)
            rows = [db.execute(delete, [fingerprint, *unevaluated_rules]).fetchone() for fingerprint in resolved]
            return frozenset(row[0] for row in rows if row is not None)

    def first_seen(self) -> Mapping[str, datetime]:
        with self._atomic() as db:
            rows = db.execute(f"select fingerprint, first_seen from finding_history where {_OF_THIS_EDITION}")  # noqa: S608
            return {fingerprint: datetime.fromisoformat(first) for fingerprint, first in rows}

    def dependency_history(self) -> DependencyHistory:
        with self._atomic() as db:
            key = bytes(db.execute("select value from secret_key").fetchone()[0])
            return DependencyHistory(_first_seen(db), _commands(db), key)

    def save_dependency_history(self, first_seen: Mapping[DependencyKey, date], *, is_complete: bool) -> None:
        with self._claimed() as db:
            known = _first_seen(db)
            delete_resolved = [key for key in known if key not in first_seen] if is_complete else []
            db.executemany("delete from dependency_first_seen where waiting = ? and providing = ?", delete_resolved)
            rows = [(*key, day.isoformat()) for key, day in first_seen.items() if known.get(key) != day]
            db.executemany(upsert("dependency_first_seen", ("waiting", "providing"), ("day",)), rows)

    def mark_commands_acknowledged(self, pulled: Sequence[PullResult]) -> None:
        with self._claimed() as db:
            for source in pulled:
                save_commands(db, source)
                db.execute("update command set predates_retraction = 1 where connector = ?", [source.connector])


def save_commands(db: Database, pulled: PullResult) -> None:
    """Keep what was read for the first time: a comment that is edited later says nothing new."""
    if not pulled.commands:
        return
    known = {row[0] for row in db.execute("select comment_id from command where connector = ?", [pulled.connector])}
    rows = [
        (
            pulled.connector,
            command.comment,
            at,
            command.ticket,
            command.author,
            command.verb.value,
            command.argument,
            command.at.isoformat(),
        )
        for at, command in enumerate(pulled.commands)
        if command.comment not in known
    ]
    columns = "connector, comment_id, number, ticket_id, author, verb, argument, at"
    db.executemany(f"insert into command ({columns}) values (?, ?, ?, ?, ?, ?, ?, ?)", rows)  # noqa: S608


def _commands(db: Database) -> Mapping[str, tuple[Command, ...]]:
    """Every command by connector, as the comments first said it."""
    by_connector: dict[str, list[Command]] = {}
    rows = db.execute(
        "select connector, ticket_id, comment_id, author, verb, argument, at, predates_retraction from command"
        " order by connector, at, comment_id, number"
    )
    for connector, ticket, comment, author, verb, argument, at, predates_retraction in rows:
        seen_at = datetime.fromisoformat(at)
        command = Command(
            ticket, comment, author, Verb(verb), argument, seen_at, predates_retraction=bool(predates_retraction)
        )
        by_connector.setdefault(connector, []).append(command)
    return {connector: tuple(commands) for connector, commands in by_connector.items()}


def _first_seen(db: Database) -> dict[DependencyKey, date]:
    rows = db.execute("select waiting, providing, day from dependency_first_seen")
    return {(waiting, providing): date.fromisoformat(day) for waiting, providing, day in rows}


def _save_findings(
    db: Database, findings: Mapping[str, str], now: datetime, *, unevaluated_rules: Collection[str] | None
) -> None:
    """The first ones after the fingerprints changed are no news: they are known since their rule's last earlier one."""
    seen_at = now.isoformat()
    query = f"select rule, max(first_seen) from finding_history where not {_OF_THIS_EDITION} group by rule"  # noqa: S608
    since = dict(db.execute(query).fetchall())
    db.executemany(
        "insert into finding_history values (?, ?, ?, ?)"
        " on conflict (fingerprint) do update set last_seen = excluded.last_seen",
        [(fingerprint, rule, since.get(rule, seen_at), seen_at) for fingerprint, rule in findings.items()],
    )
    if unevaluated_rules is not None:
        marks = ", ".join("?" * len(unevaluated_rules)) or "''"
        delete_resolved = f"delete from finding_history where last_seen != ? and rule not in ({marks})"  # noqa: S608 - only marks
        db.execute(delete_resolved, [seen_at, *unevaluated_rules])
    db.execute("delete from finding_history where last_seen < ?", [(now - FINDING_RETENTION).isoformat()])
    if since:
        delete_earlier = f"delete from finding_history where last_seen < ? and not {_OF_THIS_EDITION}"  # noqa: S608
        db.execute(delete_earlier, [(now - FIRST_SEEN_INHERITANCE).isoformat()])
