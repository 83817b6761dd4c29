"""What each team was sent last in its weekly summary."""

from dataclasses import replace
from datetime import datetime

import msgspec

from hub.core.digest import DigestBaseline
from hub.store.base import DigestLog
from hub.store.sqlite.connection import SqliteRole


class SqliteDigests(SqliteRole, DigestLog):
    """One row a team. Summaries are sent outside of runs, so that no run's fence holds."""

    def last_digest(self, team: str) -> tuple[datetime, DigestBaseline] | None:
        with self._atomic() as db:
            row = db.execute("select tried, baseline from digest where team = ?", [team]).fetchone()
        return None if row is None else (datetime.fromisoformat(row[0]), _canonical(row[1]))

    def record_digest(self, team: str, baseline: DigestBaseline, now: datetime) -> None:
        with self._atomic() as db:
            db.execute(
                "insert into digest values (?, ?, null, ?) "
                "on conflict (team) do update set tried = excluded.tried, baseline = excluded.baseline",
                [team, now.isoformat(), msgspec.json.encode(baseline, order="deterministic").decode()],
            )

    def record_digest_delivery(self, team: str, now: datetime) -> None:
        with self._atomic() as db:
            db.execute("update digest set sent = ? where team = ?", [now.isoformat(), team])


def _canonical(text: str) -> DigestBaseline:
    baseline = msgspec.json.decode(text, type=DigestBaseline)
    # Before linked tickets were counted, `active` stood for other tickets.
    return baseline if '"linked"' in text else replace(baseline, active=None)
