"""Brings the tables of a state to the current version: those of a new file at once, those of earlier ones by steps."""

import json
import secrets
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from hub.model.action import EARLIER
from hub.store.sqlite import tables
from hub.store.sqlite import upgrade_statements as sql

if TYPE_CHECKING:
    from sqlite_utils import Database, Migrations

KEY_BYTES = 32
# The name under which sqlite-utils records the steps.
_SET = "alignment-hub"
_RECORD = """
insert into _sqlite_migrations (migration_set, name, applied_at)
values (?, ?, strftime('%Y-%m-%d %H:%M:%f+00:00', 'now'))
"""

_LEDGER = """
select connector, ticket_id, findings, refused_labels, barred, comment_refused, restored_for from ledger
"""
_UPDATE_LEDGER = """
update ledger set findings = ?, refused_labels = ?, barred = ?, comment_refused = ?, restored_for = ?
where connector = ? and ticket_id = ?
"""

RENAMED_TABLES = {
    "allowance": "rate_limit_budget",
    "finding_seen": "finding_history",
    "first_seen": "dependency_first_seen",
    "knock": "pending_refresh",
    "label_definition": "created_label",
    "okr_row": "okr_ticket",
    "reading": "snapshot",
    "recent_write": "write_reservation",
    "spending": "rate_limit_state",
    "undo": "snapshot_diff",
    "waiting": "deferred_comment",
}
"""Earlier names of tables, and those since version 24."""
RENAMED_COLUMNS = {
    "command": {"quiet": "predates_retraction"},
    "digest": {"told": "baseline"},
    "initiative": {"context": "reference_only"},
    "ledger": {
        "attempts": "create_attempts",
        "barred": "unsettable_labels",
        "comment_refused": "comment_removed_by_human",
        "contests": "edit_conflicts",
        "drifted": "edited_by_human",
        "form": "body_hash",
        "looked": "verified_at",
        "misses": "absences",
        "muted_by": "mute_comment_id",
        "pending": "create_pending",
        "refused_labels": "labels_removed_by_human",
        "restored_for": "restored_for_findings",
        "rival": "other_hub_seen_on",
        "shut": "write_refusal",
    },
    "rate_limit_state": {"lane": "bucket", "told": "reported_at"},
    "snapshot": {"taken": "pulled_at"},
    "snapshot_diff": {"reading": "snapshot_id"},
    "source": {
        "counted": "reconciled_at",
        "form": "row_format",
        "keeps_okrs": "has_okrs",
        "missed": "missed_by_cursor",
    },
    "work_answer": {"trouble": "error"},
    "write_reservation": {"lane": "bucket"},
}
"""The same for columns, by the table's name of today."""

RENAMED_INDEXES = """
drop index recent_write_at;
create index write_reservation_at on write_reservation (bucket, at);
drop index run_told;
create index run_with_summary on run (id) where summary != '{}'
"""

SNAPSHOT_DIFF_ON = """
create trigger snapshot_diff_{name} {event} on initiative
when exists (select 1 from snapshot) and exists (select 1 from source where connector = {row}.connector)
begin
  insert into snapshot_diff
    select id, {row}.connector, {row}.ticket_id, {body} from (select max(id) as id from snapshot) as latest
    where not exists (
      select 1 from snapshot_diff
      where snapshot_id = latest.id and connector = {row}.connector and ticket_id = {row}.ticket_id
    );
end
"""


def make_tables(db: "Database") -> None:
    """Today's tables in an empty file, on record as if every step had been applied."""
    for statement in tables.statements():
        db.execute(statement)
    _insert_key(db)
    for name, _ in _steps():
        db.execute(_RECORD, [_SET, name])


def migrations() -> "Migrations":
    """All steps from an empty file to today's tables."""
    from sqlite_utils import Migrations

    steps = Migrations(_SET)
    for name, step in _steps():
        steps(name=name)(step)
    return steps


def _steps() -> Iterator[tuple[str, "Callable[[Database], None]"]]:
    for name, statements in _first_steps():
        yield name, _step(statements)
    yield "m015_fingerprints_of_roots", _forget_fingerprints
    yield "m016_answers_to_work_queries", _step((sql.WORK_ANSWERS_TABLE,))
    yield "m017_comments_that_replace", _step(sql.REPLACING.split(";"))
    yield "m018_tickets_that_take_no_write", _step(("alter table ledger add column shut text",))
    # Gaps have names from here on: where there are any, they are read once more.
    unnamed = "update source set cursor = null where gaps != '[]'"
    yield "m019_absent_tickets_and_named_gaps", _step((sql.ABSENT_TABLE, unnamed))
    yield "m020_other_states_of_the_hub", _step(("alter table ledger add column rival text",))
    yield "m021_key_of_private_fingerprints", _make_key
    yield "m022_sessions_that_ended", _step((sql.ENDED_SESSIONS,))
    fingerprint = "alter table run add column fingerprint text not null default ''"
    yield "m023_input_fingerprints_of_runs", _step((fingerprint, "drop table rest"))
    yield "m024_names_of_tables_and_columns", _step(tuple(_renames()))
    yield "m025_measures_and_remote_links", _step((sql.MEASURE_TABLE, sql.REMOTE_LINK_TABLE))
    yield "m026_locked_leases_and_shared_limits", _step(sql.SHARED_LIMITS.split(";"))


def _first_steps() -> Iterator[tuple[str, Sequence[str]]]:
    triggers = [
        sql.EARLIER_SNAPSHOT_DIFF_ON.format(name=on, event=f"after {on}", row=row, body=body)
        for on, row, body in sql.SNAPSHOT_DIFF_EVENTS
    ]
    yield "m001_ledger_snapshot_runs", sql.TABLES.split(";")
    # What was read before is read once more: its rows have another form from here on.
    yield "m002_cursors", sql.CURSORS.split(";")
    yield "m003_first_seen", sql.FIRST_SEEN.split(";")
    yield "m004_contests", sql.EDIT_CONFLICTS.split(";")
    yield "m005_recent_writes", sql.RECENT_WRITES.split(";")
    yield "m006_readings", (*sql.READINGS.split(";"), *triggers)
    yield "m007_commands", (sql.COMMANDS_TABLE,)
    yield "m008_okrs_kept_in_trackers", sql.OKR_ROWS.split(";")
    yield "m009_deliveries", sql.DELIVERIES.split(";")
    yield "m010_what_hosts_say_is_left", sql.RATE_LIMIT_TABLES.split(";")
    yield "m011_summaries_of_runs", (*sql.SUMMARY_COLUMNS.split(";"), sql.FINDING_HISTORY_TABLE)
    yield "m012_rest", (sql.RUN_FINGERPRINT_TABLE,)
    yield "m013_digests", (sql.DIGEST_TABLE,)
    yield "m014_what_the_hub_made", sql.CREATED_LABEL_TABLES.split(";")


def _step(statements: Sequence[str]) -> "Callable[[Database], None]":
    def apply(db: "Database") -> None:
        for statement in statements:
            if statement.strip():
                db.execute(statement)

    return apply


def _make_key(db: "Database") -> None:
    """Give the state its secret: made once, never shown, and gone with the state."""
    db.execute("create table secret_key (id integer primary key check (id = 1), value blob not null)")
    _insert_key(db)


def _insert_key(db: "Database") -> None:
    db.execute("insert into secret_key values (1, ?)", [secrets.token_bytes(KEY_BYTES)])


def _forget_fingerprints(db: "Database") -> None:
    """Put EARLIER in the place of every fingerprint: until the next run, nobody knows which fault of today it means.

    A comment that stands keeps its rules and is rewritten in place; a removed label, a deleted comment and a label that
    the screen lacks keep counting for whatever stands there; dates of findings are kept by rule.
    """
    for connector, ticket, findings, removed, unsettable, comment, restored in db.execute(_LEDGER).fetchall():
        values = (
            _reset_findings(findings),
            _reset_labels(removed),
            _reset_labels(unsettable),
            _reset_key(comment),
            _reset_key(restored),
        )
        db.execute(_UPDATE_LEDGER, [*values, connector, ticket])
    db.execute("update finding_seen set fingerprint = ? || ' ' || fingerprint", [EARLIER])
    for team, baseline in db.execute("select team, told from digest").fetchall():
        previous = json.loads(baseline)
        previous["findings"] = [EARLIER] if previous["findings"] else []
        db.execute("update digest set told = ? where team = ?", [json.dumps(previous), team])
    db.execute("delete from rest")


def _reset_findings(text: str) -> str:
    return json.dumps([(rule, severity, EARLIER, tickets, None) for rule, severity, _, tickets in json.loads(text)])


def _reset_labels(text: str) -> str:
    return json.dumps({label: _reset_key(findings_key) for label, findings_key in json.loads(text).items()})


def _reset_key(findings_key: str | None) -> str | None:
    """An answer to nothing in particular stays one."""
    return EARLIER if findings_key else findings_key


def _renames() -> Iterator[str]:
    """The statements of version 24: each table and column is called as the code calls what it holds."""
    for name, _, _ in sql.SNAPSHOT_DIFF_EVENTS:
        yield f"drop trigger undo_{name}"
    for old, new in RENAMED_TABLES.items():
        yield f"alter table {old} rename to {new}"
    for table, columns in RENAMED_COLUMNS.items():
        for old, new in columns.items():
            yield f"alter table {table} rename column {old} to {new}"
    yield from RENAMED_INDEXES.split(";")
    for name, row, body in sql.SNAPSHOT_DIFF_EVENTS:
        yield SNAPSHOT_DIFF_ON.format(name=name, event=f"after {name}", row=row, body=body)
