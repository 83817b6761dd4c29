"""What all processes know of hosts' limits: places of writes, pauses, and what hosts said is left."""

from collections.abc import Sequence
from datetime import UTC, datetime

from hub.model.host_limits import HostLimit, HostLimits, HostPause
from hub.model.service_state import HOUR, MINUTE, RateLimitBudget, RateLimitStatus, next_slot
from hub.store.shared import RateLimits
from hub.store.sql.database import Database, SqlRole, upsert


class SqlRateLimits(SqlRole, RateLimits):
    """The places of the last hours by bucket, and the last answer of each host."""

    def reserve(self, bucket: str, now: datetime, *, per_minute: float, per_hour: int, longest: float) -> float:
        timestamp = now.timestamp()
        if not (per_minute or per_hour):
            return 0.0
        with self._claimed() as db:
            # Kept for longer than they count: another process may have read its clock a little earlier.
            db.execute("delete from write_reservation where at <= ?", [timestamp - 2 * HOUR])
            rows = db.execute("select at from write_reservation where bucket = ? order by at", [bucket])
            place = next_slot([at for (at,) in rows], timestamp, per_minute=per_minute, per_hour=per_hour)
            if place - timestamp <= longest:
                db.execute("insert into write_reservation values (?, ?)", [bucket, place])
            return place - timestamp

    def save_status(self, status: RateLimitStatus) -> None:
        name, host, bucket = status.connector, status.host, status.bucket
        with self._claimed() as db:
            db.execute("delete from rate_limit_budget where connector = ? and host != ?", [name, host])
            db.execute("delete from rate_limit_state where connector = ? and host != ?", [name, host])
            db.execute(
                "insert into rate_limit_state values (?, ?, ?, ?, ?, ?) on conflict (connector) do update set"
                " reported_at = excluded.reported_at,"
                " bucket = case excluded.bucket when '' then rate_limit_state.bucket else excluded.bucket end,"
                " per_minute = excluded.per_minute, per_hour = excluded.per_hour",
                [name, host, status.reported_at.isoformat(), bucket, status.per_minute, status.per_hour],
            )
            db.executemany(
                upsert("rate_limit_budget", ("connector", "kind"), ("host", "quota", "remaining", "resets_at")),
                [
                    (
                        name,
                        rate_limit_budget.kind,
                        host,
                        rate_limit_budget.limit,
                        rate_limit_budget.remaining,
                        rate_limit_budget.resets_at.isoformat(),
                    )
                    for rate_limit_budget in status.budgets
                ],
            )

    def rate_limits(self, now: datetime) -> Sequence[RateLimitStatus]:
        with self._atomic() as db:
            rows = db.execute(
                "select connector, host, reported_at, bucket, per_minute, per_hour"
                " from rate_limit_state order by connector"
            )
            return [_status(db, row, now.timestamp()) for row in rows.fetchall()]

    def share_limits(self, host: str, learned: HostLimits, now: datetime) -> HostLimits:
        with self._atomic() as db:
            known = _host_limits(db, host, now)
        newer = learned.newer_than(known)
        if newer == HostLimits():
            return known
        with self._claimed() as db:
            db.execute("delete from host_pause where until <= ?", [_utc(now)])
            db.execute("delete from host_limit where resets_at <= ?", [_utc(now)])
            _save_host_limits(db, host, learned.newer_than(_host_limits(db, host, now)))
            return _host_limits(db, host, now)


def _status(db: Database, row: tuple[str, str, str, str, float, float], timestamp: float) -> RateLimitStatus:
    """What the host said, and the writes of the account in the last minute and hour."""
    name, host, reported_at, bucket, per_minute, per_hour = row
    budgets = tuple(
        RateLimitBudget(kind, limit, remaining, datetime.fromisoformat(resets))
        for kind, limit, remaining, resets in db.execute(
            "select kind, quota, remaining, resets_at from rate_limit_budget where connector = ? order by kind", [name]
        )
    )
    minute, hour = (_writes_since(db, bucket, timestamp - seconds) for seconds in (MINUTE, HOUR))
    when = datetime.fromisoformat(reported_at)
    return RateLimitStatus(name, host, when, budgets, bucket, per_minute, int(per_hour), minute, hour)


def _writes_since(db: Database, bucket: str, since: float) -> int:
    row = db.execute("select count(*) from write_reservation where bucket = ? and at > ?", [bucket, since]).fetchone()
    return int(row[0])


def _host_limits(db: Database, host: str, now: datetime) -> HostLimits:
    pauses = db.execute("select bucket, until from host_pause where host = ? and until > ?", [host, _utc(now)])
    paused = tuple(HostPause(bucket, datetime.fromisoformat(until)) for bucket, until in pauses.fetchall())
    limits = db.execute(
        "select account, kind, scope, quota, remaining, resets_at from host_limit where host = ? and resets_at > ?",
        [host, _utc(now)],
    )
    left = tuple(
        HostLimit(account, kind, scope, quota, remaining, datetime.fromisoformat(resets_at))
        for account, kind, scope, quota, remaining, resets_at in limits.fetchall()
    )
    return HostLimits(paused, left)


def _save_host_limits(db: Database, host: str, newer: HostLimits) -> None:
    db.executemany(
        upsert("host_pause", ("host", "bucket"), ("until",)),
        [(host, pause.bucket, _utc(pause.until)) for pause in newer.pauses],
    )
    db.executemany(
        upsert("host_limit", ("host", "account", "kind"), ("scope", "quota", "remaining", "resets_at")),
        [
            (host, limit.account, limit.kind, limit.scope, limit.limit, limit.remaining, _utc(limit.resets_at))
            for limit in newer.limits
        ],
    )


def _utc(at: datetime) -> str:
    """A text that is ordered as the moments are."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")
