"""The part of the state that says since when each finding is known."""

import sqlite3
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from hub.model.action import EARLIER

FINDING_RETENTION = timedelta(days=90)
# So long findings of an earlier edition lend their dates to those that take their place.
FIRST_SEEN_INHERITANCE = timedelta(days=7)

FINDING_HISTORY_TABLE = """
create table finding_seen (
  fingerprint text primary key,
  rule text not null,
  first_seen text not null,
  last_seen text not null
) without rowid
"""
_OF_THIS_EDITION = f"fingerprint not like '{EARLIER} %'"


def load_first_seen(db: sqlite3.Connection) -> dict[str, datetime]:
    """Every finding that is known, by fingerprint."""
    rows = db.execute(f"select fingerprint, first_seen from finding_seen where {_OF_THIS_EDITION}")  # noqa: S608
    return {fingerprint: datetime.fromisoformat(first) for fingerprint, first in rows}


def save_findings(
    db: sqlite3.Connection, findings: Mapping[str, str], now: datetime, *, unevaluated_rules: Collection[str] | None
) -> None:
    """These were found (fingerprint → rule); see `Store.saw` for what is forgotten.

    The first ones after the fingerprints changed are no news: they are known since their rule's last earlier finding.
    """
    seen_at = now.isoformat()
    earlier = db.execute(f"select rule, max(first_seen) from finding_seen where not {_OF_THIS_EDITION} group by rule")  # noqa: S608
    since = dict(earlier.fetchall())
    db.executemany(
        "insert into finding_seen values (?, ?, ?, ?)"
        " on conflict (fingerprint) do update set last_seen = excluded.last_seen",
        [(fingerprint, rule, since.get(rule, seen_at), seen_at) for fingerprint, rule in findings.items()],
    )
    if unevaluated_rules is not None:
        marks = ", ".join("?" * len(unevaluated_rules))
        delete_resolved = f"delete from finding_seen where last_seen != ? and rule not in ({marks})"  # noqa: S608 - only marks
        db.execute(delete_resolved, [seen_at, *unevaluated_rules])
    db.execute("delete from finding_seen where last_seen < ?", [(now - FINDING_RETENTION).isoformat()])
    if since:
        delete_earlier = f"delete from finding_seen where last_seen < ? and not {_OF_THIS_EDITION}"  # noqa: S608
        db.execute(delete_earlier, [(now - FIRST_SEEN_INHERITANCE).isoformat()])
