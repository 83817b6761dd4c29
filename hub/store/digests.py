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
    data = json.loads(row[1])
    return datetime.fromisoformat(row[0]), DigestBaseline(
        findings=frozenset(data["findings"]),
        linked=data.get("linked"),
        active=data["active"] if "linked" in data else None,
        measured=data["measured"],
        to_do=data.get("to_do", ""),
        behind=data.get("behind", ""),
        introduced=data.get("introduced", False),
    )


def save_digest(db: sqlite3.Connection, team: str, baseline: DigestBaseline, now: datetime) -> None:
    """The team has its turn."""
    text = json.dumps(
        {
            "findings": sorted(baseline.findings),
            "linked": baseline.linked,
            "active": baseline.active,
            "measured": dict(baseline.measured),
            "to_do": baseline.to_do,
            "behind": baseline.behind,
            "introduced": baseline.introduced,
        }
    )
    db.execute(
        "insert into digest values (?, ?, null, ?) "
        "on conflict (team) do update set tried = excluded.tried, told = excluded.told",
        [team, now.isoformat(), text],
    )
