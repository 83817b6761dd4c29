"""What one run leaves for the next: since when findings and dependencies are known, and commands in comments."""

import sqlite3
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta

from hub.model.action import EARLIER
from hub.model.command import Command, Verb
from hub.model.initiative import Pulled
from hub.model.memory import Memory, Waits
from hub.store.base import History
from hub.store.sqlite.connection import SqliteRole

LONGEST_UNSEEN = timedelta(days=90)
# So long findings of an earlier edition lend their dates to those that take their place.
LENT = timedelta(days=7)
_OF_THIS_EDITION = f"fingerprint not like '{EARLIER} %'"


class SqliteHistory(SqliteRole, History):
    """Findings by fingerprint, dependencies by their two ends, commands by comment; and the secret of the state."""

    def saw(self, findings: Mapping[str, str], now: datetime, *, unsure: Collection[str] | None) -> None:
        with self._claimed() as db:
            _save_findings(db, findings, now, unsure=unsure)

    def seen_since(self) -> Mapping[str, datetime]:
        with self._atomic() as db:
            rows = db.execute(f"select fingerprint, first_seen from finding_seen where {_OF_THIS_EDITION}")  # noqa: S608
            return {fingerprint: datetime.fromisoformat(first) for fingerprint, first in rows}

    def memory(self) -> Memory:
        with self._atomic() as db:
            key = bytes(db.execute("select value from secret_key").fetchone()[0])
            return Memory(_first_seen(db), _commands(db), key)

    def remember(self, first_seen: Mapping[Waits, date], *, whole: bool) -> None:
        with self._claimed() as db:
            known = _first_seen(db)
            gone = [key for key in known if key not in first_seen] if whole else []
            db.executemany("delete from first_seen where waiting = ? and providing = ?", gone)
            rows = [(*key, day.isoformat()) for key, day in first_seen.items() if known.get(key) != day]
            db.executemany("insert or replace into first_seen values (?, ?, ?)", rows)

    def hush(self, pulled: Sequence[Pulled]) -> None:
        with self._claimed() as db:
            for source in pulled:
                save_commands(db, source)
                db.execute("update command set quiet = 1 where connector = ?", [source.connector])


def save_commands(db: sqlite3.Connection, pulled: Pulled) -> None:
    """Keep what was read for the first time: a comment that is edited later says nothing new."""
    known = {row[0] for row in db.execute("select comment_id from command where connector = ?", [pulled.connector])}
    rows = [
        (pulled.connector, one.comment, at, one.ticket, one.author, one.verb.value, one.argument, one.at.isoformat())
        for at, one in enumerate(pulled.commands)
        if one.comment not in known
    ]
    columns = "connector, comment_id, number, ticket_id, author, verb, argument, at"
    db.executemany(f"insert into command ({columns}) values (?, ?, ?, ?, ?, ?, ?, ?)", rows)  # noqa: S608


def _commands(db: sqlite3.Connection) -> Mapping[str, tuple[Command, ...]]:
    """Every command by connector, as the comments first said it."""
    found: dict[str, list[Command]] = {}
    rows = db.execute(
        "select connector, ticket_id, comment_id, author, verb, argument, at, quiet from command"
        " order by connector, at, comment_id, number"
    )
    for connector, ticket, comment, author, verb, argument, at, quiet in rows:
        moment = datetime.fromisoformat(at)
        command = Command(ticket, comment, author, Verb(verb), argument, moment, quiet=bool(quiet))
        found.setdefault(connector, []).append(command)
    return {connector: tuple(commands) for connector, commands in found.items()}


def _first_seen(db: sqlite3.Connection) -> dict[Waits, date]:
    rows = db.execute("select waiting, providing, day from first_seen")
    return {(waiting, providing): date.fromisoformat(day) for waiting, providing, day in rows}


def _save_findings(
    db: sqlite3.Connection, findings: Mapping[str, str], now: datetime, *, unsure: Collection[str] | None
) -> None:
    """The first ones after the fingerprints changed are no news: they are known since their rule's last earlier one."""
    moment = now.isoformat()
    earlier = db.execute(f"select rule, max(first_seen) from finding_seen where not {_OF_THIS_EDITION} group by rule")  # noqa: S608
    since = dict(earlier.fetchall())
    db.executemany(
        "insert into finding_seen values (?, ?, ?, ?)"
        " on conflict (fingerprint) do update set last_seen = excluded.last_seen",
        [(fingerprint, rule, since.get(rule, moment), moment) for fingerprint, rule in findings.items()],
    )
    if unsure is not None:
        marks = ", ".join("?" * len(unsure))
        gone = f"delete from finding_seen where last_seen != ? and rule not in ({marks})"  # noqa: S608 - only marks
        db.execute(gone, [moment, *unsure])
    db.execute("delete from finding_seen where last_seen < ?", [(now - LONGEST_UNSEEN).isoformat()])
    if since:
        late = f"delete from finding_seen where last_seen < ? and not {_OF_THIS_EDITION}"  # noqa: S608
        db.execute(late, [(now - LENT).isoformat()])
