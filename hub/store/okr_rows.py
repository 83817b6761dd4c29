"""The part of the state that holds OKRs kept in trackers: all of a source's are written, or none."""

import json
import sqlite3
from datetime import date

from hub.model.initiative import PullResult
from hub.model.okr_row import OkrKind, OkrTicket


def save_okrs(db: sqlite3.Connection, pulled: PullResult) -> None:
    """Keep what a complete pull read; forget them where the tracker keeps none any more."""
    if not pulled.complete:
        return
    name, rows = pulled.connector, pulled.okrs or ()
    db.execute("update source set keeps_okrs = ? where connector = ?", [int(pulled.okrs is not None), name])
    bodies = {row.id: to_text(row) for row in rows}
    stored = dict(db.execute("select ticket_id, body from okr_row where connector = ?", [name]).fetchall())
    removed = [(name, id_) for id_ in stored if id_ not in bodies]
    db.executemany("delete from okr_row where connector = ? and ticket_id = ?", removed)
    changed = [(name, id_, body) for id_, body in bodies.items() if stored.get(id_) != body]
    db.executemany("insert or replace into okr_row values (?, ?, ?)", changed)


def load_okrs(db: sqlite3.Connection, name: str) -> tuple[OkrTicket, ...]:
    """All that were last read of a source."""
    rows = db.execute("select body from okr_row where connector = ? order by ticket_id", [name])
    return tuple(from_text(name, body) for (body,) in rows)


def to_text(row: OkrTicket) -> str:
    """Every field but the connector's name."""
    return json.dumps(
        [
            row.kind.value,
            row.key,
            row.id,
            row.title,
            row.url,
            row.containers,
            row.parent,
            row.id_label,
            row.values,
            row.links,
            row.closed and row.closed.isoformat(),
            sorted(row.labels),
        ]
    )


def from_text(connector: str, text: str) -> OkrTicket:
    """The inverse of `to_text`."""
    kind, key, id_, title, url, containers, parent, id_label, values, links, closed, *labels = json.loads(text)
    return OkrTicket(
        kind=OkrKind(kind),
        connector=connector,
        key=key,
        id=id_,
        title=title,
        url=url,
        containers=tuple(containers),
        parent=parent,
        id_label=id_label,
        values=tuple((field, value) for field, value in values),
        links=tuple(links),
        closed=date.fromisoformat(closed) if closed else None,
        labels=frozenset(*labels),
    )
