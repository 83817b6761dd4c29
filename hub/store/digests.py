"""The part of the state that holds what each team was told last."""

import json
import sqlite3
from datetime import datetime

from hub.core.digest import Told

DIGEST_TABLE = """
create table digest (
  team text primary key,
  tried text not null,
  sent text,
  told text not null
) without rowid
"""


def load_digest(db: sqlite3.Connection, team: str) -> tuple[datetime, Told] | None:
    """When the team's turn last was, and what it was told; None before the first."""
    row = db.execute("select tried, told from digest where team = ?", [team]).fetchone()
    if row is None:
        return None
    told = json.loads(row[1])
    findings = frozenset(told["findings"])
    return datetime.fromisoformat(row[0]), Told(findings, told["aligned"], told["active"], told["measured"])


def save_digest(db: sqlite3.Connection, team: str, told: Told, now: datetime) -> None:
    """The team has its turn."""
    text = json.dumps(
        {
            "findings": sorted(told.findings),
            "aligned": told.aligned,
            "active": told.active,
            "measured": dict(told.measured),
        }
    )
    db.execute(
        "insert into digest values (?, ?, null, ?) "
        "on conflict (team) do update set tried = excluded.tried, told = excluded.told",
        [team, now.isoformat(), text],
    )
