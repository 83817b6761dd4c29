"""The part of the state that holds what each team was told last."""

import json
import sqlite3
from datetime import datetime

from hub.core.digest import DigestBaseline

DIGEST_TABLE = """
create table digest (
  team text primary key,
  tried text not null,
  sent text,
  told text not null
) without rowid
"""


def load_digest(db: sqlite3.Connection, team: str) -> tuple[datetime, DigestBaseline] | None:
    """When the team's turn last was, and what it was told; None before the first."""
    row = db.execute("select tried, told from digest where team = ?", [team]).fetchone()
    if row is None:
        return None
    told = json.loads(row[1])
    return datetime.fromisoformat(row[0]), DigestBaseline(
        findings=frozenset(told["findings"]),
        linked=told.get("linked"),
        active=told["active"] if "linked" in told else None,
        measured=told["measured"],
        to_do=told.get("to_do", ""),
        behind=told.get("behind", ""),
        introduced=told.get("introduced", False),
    )


def save_digest(db: sqlite3.Connection, team: str, told: DigestBaseline, now: datetime) -> None:
    """The team has its turn."""
    text = json.dumps(
        {
            "findings": sorted(told.findings),
            "linked": told.linked,
            "active": told.active,
            "measured": dict(told.measured),
            "to_do": told.to_do,
            "behind": told.behind,
            "introduced": told.introduced,
        }
    )
    db.execute(
        "insert into digest values (?, ?, null, ?) "
        "on conflict (team) do update set tried = excluded.tried, told = excluded.told",
        [team, now.isoformat(), text],
    )
