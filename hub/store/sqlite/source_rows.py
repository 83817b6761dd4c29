"""What a source has beside its tickets: OKRs that its tracker keeps, answers to queries for work, absent tickets."""

import json
import sqlite3

from hub.model.initiative import PullResult
from hub.model.okr_row import OkrTicket
from hub.model.work_answer import WorkAnswer
from hub.store.serialization import okr_format


def save_okrs(db: sqlite3.Connection, pulled: PullResult) -> None:
    """Keep what a complete pull read; forget them where the tracker keeps none any more."""
    if not pulled.complete:
        return
    name, rows = pulled.connector, pulled.okrs or ()
    db.execute("update source set has_okrs = ? where connector = ?", [int(pulled.okrs is not None), name])
    bodies = {row.id: okr_format().encode(row) for row in rows}
    stored = dict(db.execute("select ticket_id, body from okr_ticket where connector = ?", [name]).fetchall())
    removed = [(name, id_) for id_ in stored if id_ not in bodies]
    db.executemany("delete from okr_ticket where connector = ? and ticket_id = ?", removed)
    changed = [(name, id_, body) for id_, body in bodies.items() if stored.get(id_) != body]
    db.executemany("insert or replace into okr_ticket values (?, ?, ?)", changed)


def load_okrs(db: sqlite3.Connection, name: str) -> tuple[OkrTicket, ...]:
    """All that were last read of a source."""
    rows = db.execute("select body from okr_ticket where connector = ? order by ticket_id", [name])
    return tuple(okr_format().decode(body, connector=name) for (body,) in rows)


def save_answers(db: sqlite3.Connection, pulled: PullResult) -> None:
    """Keep what was answered, and nothing of queries that nobody declares any more; all stays where none was asked."""
    if pulled.answers is None:
        return
    name = pulled.connector
    rows = [
        (name, answer.query, None if answer.tickets is None else json.dumps(sorted(answer.tickets)), answer.error)
        for answer in pulled.answers
    ]
    db.execute("delete from work_answer where connector = ?", [name])
    db.executemany("insert into work_answer values (?, ?, ?, ?)", rows)


def load_answers(db: sqlite3.Connection, name: str) -> tuple[WorkAnswer, ...]:
    """The last answers of a source."""
    rows = db.execute("select query, tickets, error from work_answer where connector = ? order by query", [name])
    return tuple(
        WorkAnswer(query, None if tickets is None else frozenset(json.loads(tickets)), error)
        for query, tickets, error in rows
    )


def save_absent(db: sqlite3.Connection, pulled: PullResult) -> None:
    """Keep which tickets the last full read did not show, though they stand as before; half a pull says nothing."""
    if pulled.complete:
        db.execute("delete from absent_ticket where connector = ?", [pulled.connector])
        rows = [(pulled.connector, id_) for id_ in sorted(pulled.absent)]
        db.executemany("insert into absent_ticket values (?, ?)", rows)


def load_absent(db: sqlite3.Connection, name: str) -> frozenset[str]:
    """The absent tickets of one source."""
    return frozenset(id_ for (id_,) in db.execute("select ticket_id from absent_ticket where connector = ?", [name]))
