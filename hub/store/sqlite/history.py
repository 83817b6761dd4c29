"""What one run leaves for the next: since when findings and dependencies are known, and commands in comments."""

import sqlite3
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta

from hub.model.action import EARLIER
from hub.model.command import Command, Verb
from hub.model.initiative import PullResult
from hub.model.memory import DependencyHistory, DependencyKey
from hub.store.base import History
from hub.store.sqlite.connection import SqliteRole

FINDING_RETENTION = timedelta(days=90)
# So long findings of an earlier edition lend their dates to those that take their place.
FIRST_SEEN_INHERITANCE = timedelta(days=7)
_OF_THIS_EDITION = f"fingerprint not like '{EARLIER} %'"


class SqliteHistory(SqliteRole, History):
    """Findings by fingerprint, dependencies by their two ends, commands by comment; and the secret of the state."""

    def record_findings(
        self, findings: Mapping[str, str], now: datetime, *, unevaluated_rules: Collection[str] | None
    ) -> None:
        with self._claimed() as db:
            _save_findings(db, findings, now, unevaluated_rules=unevaluated_rules)

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
            db.executemany("insert or replace into dependency_first_seen values (?, ?, ?)", rows)

    def mark_commands_acknowledged(self, pulled: Sequence[PullResult]) -> None:
        with self._claimed() as db:
            for source in pulled:
                save_commands(db, source)
                db.execute("update command set predates_retraction = 1 where connector = ?", [source.connector])


def save_commands(db: sqlite3.Connection, pulled: PullResult) -> None:
    """Keep what was read for the first time: a comment that is edited later says nothing new."""
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


def _commands(db: sqlite3.Connection) -> Mapping[str, tuple[Command, ...]]:
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


def _first_seen(db: sqlite3.Connection) -> dict[DependencyKey, date]:
    rows = db.execute("select waiting, providing, day from dependency_first_seen")
    return {(waiting, providing): date.fromisoformat(day) for waiting, providing, day in rows}


def _save_findings(
    db: sqlite3.Connection, findings: Mapping[str, str], now: datetime, *, unevaluated_rules: Collection[str] | None
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
        marks = ", ".join("?" * len(unevaluated_rules))
        delete_resolved = f"delete from finding_history where last_seen != ? and rule not in ({marks})"  # noqa: S608 - only marks
        db.execute(delete_resolved, [seen_at, *unevaluated_rules])
    db.execute("delete from finding_history where last_seen < ?", [(now - FINDING_RETENTION).isoformat()])
    if since:
        delete_earlier = f"delete from finding_history where last_seen < ? and not {_OF_THIS_EDITION}"  # noqa: S608
        db.execute(delete_earlier, [(now - FIRST_SEEN_INHERITANCE).isoformat()])
