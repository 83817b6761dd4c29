"""The part of the state that holds the commands that were heard in comments: each comment counts once."""

import sqlite3
from collections.abc import Mapping
from datetime import datetime

from hub.model.command import Command, Verb
from hub.model.initiative import PullResult

# Each comment is heard once: its id is kept, whatever becomes of its text.
COMMANDS_TABLE = """
create table command (
  connector text not null,
  comment_id text not null,
  number integer not null,
  ticket_id text not null,
  author text not null,
  verb text not null,
  argument text not null,
  at text not null,
  primary key (connector, comment_id, number)
) without rowid
"""


def load_commands(db: sqlite3.Connection) -> Mapping[str, tuple[Command, ...]]:
    """Every command by connector, as the comments first said it."""
    commands_by_connector: dict[str, list[Command]] = {}
    rows = db.execute(
        "select connector, ticket_id, comment_id, author, verb, argument, at, quiet from command"
        " order by connector, at, comment_id, number"
    )
    for connector, ticket, comment, author, verb, argument, at, predates_retraction in rows:
        issued_at = datetime.fromisoformat(at)
        command = Command(
            ticket, comment, author, Verb(verb), argument, issued_at, predates_retraction=bool(predates_retraction)
        )
        commands_by_connector.setdefault(connector, []).append(command)
    return {connector: tuple(commands) for connector, commands in commands_by_connector.items()}


def save_commands(db: sqlite3.Connection, pulled: PullResult) -> None:
    """Keep what was heard for the first time: a comment that is edited later says nothing new."""
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


def acknowledge_commands(db: sqlite3.Connection, pulled: PullResult) -> None:
    """Everything that was said so far goes on to count, but is not answered by a comment of its own any more."""
    save_commands(db, pulled)
    db.execute("update command set quiet = 1 where connector = ?", [pulled.connector])
