"""The part of the state that holds what queries for work found: the last answer to each, by its text."""

import json
import sqlite3

from hub.model.initiative import PullResult
from hub.model.work_answer import WorkAnswer

WORK_ANSWERS_TABLE = """
create table work_answer (
  connector text not null,
  query text not null,
  tickets text,
  trouble text not null,
  primary key (connector, query)
) without rowid
"""


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
    rows = db.execute("select query, tickets, trouble from work_answer where connector = ? order by query", [name])
    return tuple(
        WorkAnswer(query, None if tickets is None else frozenset(json.loads(tickets)), error)
        for query, tickets, error in rows
    )
