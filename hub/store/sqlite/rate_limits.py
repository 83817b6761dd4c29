"""The count of recent writes, and what hosts said is left: shared by all processes with the same state."""

import sqlite3
from collections.abc import Sequence
from datetime import datetime

from hub.model.pacing import HOUR, MINUTE, RateLimitBudget, RateLimitStatus, next_slot
from hub.store.base import RateLimits
from hub.store.sqlite.connection import SqliteRole


class SqliteRateLimits(SqliteRole, RateLimits):
    """The places of the last hours by lane, and the last answer of each host."""

    def reserve(self, lane: str, now: datetime, *, per_minute: float, per_hour: int, longest: float) -> float:
        moment = now.timestamp()
        if not (per_minute or per_hour):
            return 0.0
        with self._claimed() as db:
            # Kept for longer than they count: another process may have read its clock a little earlier.
            db.execute("delete from recent_write where at <= ?", [moment - 2 * HOUR])
            found = db.execute("select at from recent_write where lane = ? order by at", [lane])
            place = next_slot([at for (at,) in found], moment, per_minute=per_minute, per_hour=per_hour)
            if place - moment <= longest:
                db.execute("insert into recent_write values (?, ?)", [lane, place])
            return place - moment

    def save_status(self, spending: RateLimitStatus) -> None:
        name, host, lane = spending.connector, spending.host, spending.bucket
        with self._claimed() as db:
            db.execute("delete from allowance where connector = ? and host != ?", [name, host])
            db.execute("delete from spending where connector = ? and host != ?", [name, host])
            db.execute(
                "insert into spending values (?, ?, ?, ?, ?, ?) on conflict (connector) do update set told ="
                " excluded.told, lane = case excluded.lane when '' then lane else excluded.lane end,"
                " per_minute = excluded.per_minute, per_hour = excluded.per_hour",
                [name, host, spending.reported_at.isoformat(), lane, spending.per_minute, spending.per_hour],
            )
            db.executemany(
                "insert or replace into allowance values (?, ?, ?, ?, ?, ?)",
                [
                    (
                        name,
                        host,
                        rate_limit_budget.kind,
                        rate_limit_budget.limit,
                        rate_limit_budget.remaining,
                        rate_limit_budget.resets_at.isoformat(),
                    )
                    for rate_limit_budget in spending.budgets
                ],
            )

    def rate_limits(self, now: datetime) -> Sequence[RateLimitStatus]:
        with self._atomic() as db:
            rows = db.execute(
                "select connector, host, told, lane, per_minute, per_hour from spending order by connector"
            )
            return [_spending(db, row, now.timestamp()) for row in rows.fetchall()]


def _spending(db: sqlite3.Connection, row: tuple[str, str, str, str, float, float], moment: float) -> RateLimitStatus:
    """What the host said, and the writes of the account in the last minute and hour."""
    name, host, told, lane, per_minute, per_hour = row
    allowances = tuple(
        RateLimitBudget(kind, limit, remaining, datetime.fromisoformat(resets))
        for kind, limit, remaining, resets in db.execute(
            "select kind, quota, remaining, resets_at from allowance where connector = ? order by kind", [name]
        )
    )
    minute, hour = (_writes_since(db, lane, moment - seconds) for seconds in (MINUTE, HOUR))
    when = datetime.fromisoformat(told)
    return RateLimitStatus(name, host, when, allowances, lane, per_minute, int(per_hour), minute, hour)


def _writes_since(db: sqlite3.Connection, lane: str, since: float) -> int:
    row = db.execute("select count(*) from recent_write where lane = ? and at > ?", [lane, since]).fetchone()
    return int(row[0])
