"""The rows of runs: each keeps a small summary for ever, the last ones their whole report, too."""

import json
import sqlite3
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from hub.model.run import Run

REPORTS_KEPT = 30
SUMMARIES_KEPT = 1000
"""Of runs before these, the last one of each day keeps its summary."""
BEFORE = 100
"""How far back it is looked for what is let go: a little further than one run, for some end without an end."""

SUMMARY_COLUMNS = """
alter table run add column summary text not null default '{}';
update run set summary = json_object(
  'counts', json_extract(report, '$.counts'), 'seconds', json_extract(report, '$.seconds')
) where json_extract(report, '$.counts') is not null;
update run set report = '{}' where id <= (select max(id) from run) - 30;
create index run_told on run (id) where summary != '{}'
"""
FINGERPRINT_COLUMN = "alter table run add column fingerprint text not null default ''"


def load_runs(db: sqlite3.Connection, limit: int, *, reports: bool = True) -> Sequence[Run]:
    """The latest, newest first; without the reports in a fraction of the time."""
    report = "report" if reports else "'{}'"
    rows = db.execute(
        f"select id, started, finished, status, {report}, summary, fingerprint from run order by id desc limit ?",  # noqa: S608
        [limit],
    )
    return [_run(row) for row in rows.fetchall()]


def load_spread(db: sqlite3.Connection, most: int) -> Sequence[Run]:
    """At most so many runs that have a summary, oldest first: the latest half, and earlier ones at even distances."""
    ids = [row[0] for row in db.execute("select id from run where summary != '{}' order by id")]
    latest = most - most // 2
    early = ids[:-latest]
    step = max(1, -(-len(early) // max(1, most - latest)))
    chosen = early[::step] + ids[-latest:]
    rows = (
        db.execute(
            "select id, started, finished, status, '{}', summary, fingerprint from run where id = ?", [id_]
        ).fetchone()
        for id_ in chosen
    )
    return [_run(row) for row in rows]


def save_summary(db: sqlite3.Connection, run: int, summary: Mapping[str, Any]) -> None:
    """Keep what the run comes to, and let go of what is too old to be kept whole."""
    text = json.dumps(summary, default=str, separators=(",", ":"))
    db.execute("update run set summary = ? where id = ?", [text, run])
    _let_go(db, run)


def _let_go(db: sqlite3.Connection, run: int) -> None:
    last = run - REPORTS_KEPT
    db.execute("update run set report = '{}' where id between ? and ?", [last - BEFORE, last])
    span = [run - SUMMARIES_KEPT - BEFORE, run - SUMMARIES_KEPT]
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
