"""The tables of the state, as numbered steps that are applied once and in order."""

from collections.abc import Callable, Iterator, Sequence

from sqlite_utils import Database, Migrations

from hub.model.errors import StoreError
from hub.store.absent import ABSENT_TABLE
from hub.store.commands import COMMANDS_TABLE
from hub.store.digests import DIGEST_TABLE
from hub.store.editions import forget_fingerprints
from hub.store.label_definitions import WRITTEN_TABLES
from hub.store.run_rows import FINGERPRINT_COLUMN, SUMMARY_COLUMNS
from hub.store.secret_key import make_key
from hub.store.seen import SEEN_TABLE
from hub.store.throttle import SPENDING_TABLES
from hub.store.work_answers import WORK_ANSWERS_TABLE

# Counted up with each step: a state of a newer version is refused, not guessed at.
VERSION = 23

_TABLES = """
create table ledger (
  connector text not null,
  ticket_id text not null,
  ticket_key text not null,
  comment_id text,
  author text,
  digest text not null default '',
  findings text not null default '[]',
  labels text not null default '[]',
  refused_labels text not null default '{}',
  comment_refused text,
  pending text,
  resolved integer not null default 0,
  misses integer not null default 0,
  primary key (connector, ticket_id)
);
create table waiting (
  connector text not null,
  ticket_id text not null,
  run integer not null,
  primary key (connector, ticket_id)
);
create table source (
  connector text primary key,
  read text not null,
  gaps text not null default '[]'
);
create table initiative (
  connector text not null,
  ticket_id text not null,
  ticket_key text not null,
  body text not null,
  primary key (connector, ticket_id)
) without rowid;
create index initiative_key on initiative (connector, ticket_key);
create table run (
  id integer primary key autoincrement,
  started text not null,
  finished text,
  status text not null,
  report text not null default '{}'
);
create table lease (
  name text primary key,
  owner text not null,
  run integer not null,
  until text not null
);
"""

_CURSORS = """
delete from initiative;
delete from source;
alter table initiative add column context integer not null default 0;
alter table source add column cursor text;
alter table source add column form text not null default '';
alter table source add column missed integer;
alter table source add column counted text;
"""

_FIRST_SEEN = """
create table first_seen (
  waiting text not null,
  providing text not null,
  day text not null,
  primary key (waiting, providing)
) without rowid
"""

_CONTESTS = """
alter table ledger add column attempts integer not null default 0;
alter table ledger add column form text not null default '';
alter table ledger add column looked text not null default '';
alter table ledger add column drifted integer not null default 0;
alter table ledger add column contests integer not null default 0;
alter table ledger add column restored_for text;
alter table ledger add column barred text not null default '{}';
alter table ledger add column added text not null default '[]';
alter table ledger add column removed text not null default '[]'
"""

_REPLACING = """
alter table ledger add column muted_by text not null default '';
alter table ledger add column resolved_on text;
alter table ledger add column replaces text
"""

_RECENT_WRITES = """
create table recent_write (
  lane text not null,
  at real not null
);
create index recent_write_at on recent_write (lane, at)
"""


# What each reading changed, as it was before: the way back to earlier pictures. The first reading of a source,
# which no row of `source` precedes, leaves nothing to go back to. No `insert or ignore`: inside a trigger, the
# statement that fired it decides what a conflict does.
_READINGS = """
create table reading (
  id integer primary key autoincrement,
  taken text not null,
  gaps text not null
);
create table undo (
  reading integer not null,
  connector text not null,
  ticket_id text not null,
  body text,
  primary key (reading, connector, ticket_id)
) without rowid
"""

_UNDO_ON = """
create trigger undo_{name} {event} on initiative
when exists (select 1 from reading) and exists (select 1 from source where connector = {row}.connector)
begin
  insert into undo
    select id, {row}.connector, {row}.ticket_id, {body} from (select max(id) as id from reading) as latest
    where not exists (
      select 1 from undo where reading = latest.id and connector = {row}.connector and ticket_id = {row}.ticket_id
    );
end
"""
_UNDONE = (("insert", "new", "null"), ("update", "old", "old.body"), ("delete", "old", "old.body"))

_OKR_ROWS = """
create table okr_row (
  connector text not null,
  ticket_id text not null,
  body text not null,
  primary key (connector, ticket_id)
) without rowid;
alter table source add column keeps_okrs integer not null default 0
"""

# A number is never used twice, so that answering one knock cannot answer a later one.
_DELIVERIES = """
create table delivery (
  connector text not null,
  id text not null,
  digest text not null,
  received text not null,
  primary key (connector, id),
  unique (connector, digest)
) without rowid;
create index delivery_received on delivery (received);
create table knock (
  id integer primary key autoincrement,
  connector text not null,
  ticket text not null,
  received text not null,
  unique (connector, ticket)
)
"""


# Of a session only its random name, until the cookie would be worth nothing anyway.
_ENDED_SESSIONS = "create table ended_session (id text primary key, until real not null) without rowid"


def migrations() -> Migrations:
    """All steps from an empty file to today's tables."""
    steps = Migrations("alignment-hub")
    for name, statements in _steps():
        steps(name=name)(_step(statements))
    steps(name="m015_fingerprints_of_roots")(forget_fingerprints)
    steps(name="m016_answers_to_work_queries")(_step((WORK_ANSWERS_TABLE,)))
    steps(name="m017_comments_that_replace")(_step(_REPLACING.split(";")))
    steps(name="m018_tickets_that_take_no_write")(_step(("alter table ledger add column shut text",)))
    # Gaps have names from here on: where there are any, they are read once more.
    unnamed = "update source set cursor = null where gaps != '[]'"
    steps(name="m019_absent_tickets_and_named_gaps")(_step((ABSENT_TABLE, unnamed)))
    steps(name="m020_other_states_of_the_hub")(_step(("alter table ledger add column rival text",)))
    steps(name="m021_key_of_private_fingerprints")(make_key)
    steps(name="m022_sessions_that_ended")(_step((_ENDED_SESSIONS,)))
    steps(name="m023_input_fingerprints_of_runs")(_step((FINGERPRINT_COLUMN, "drop table rest")))
    return steps


def _step(statements: Sequence[str]) -> Callable[[Database], None]:
    def apply(db: Database) -> None:
        for statement in statements:
            if statement.strip():
                db.execute(statement)

    return apply


def _steps() -> Iterator[tuple[str, Sequence[str]]]:
    undo = [_UNDO_ON.format(name=on, event=f"after {on}", row=row, body=body) for on, row, body in _UNDONE]
    yield "m001_ledger_snapshot_runs", _TABLES.split(";")
    # What was read before is read once more: its rows have another form from here on.
    yield "m002_cursors", _CURSORS.split(";")
    yield "m003_first_seen", _FIRST_SEEN.split(";")
    yield "m004_contests", _CONTESTS.split(";")
    yield "m005_recent_writes", _RECENT_WRITES.split(";")
    yield "m006_readings", (*_READINGS.split(";"), *undo)
    yield "m007_commands", (COMMANDS_TABLE,)
    yield "m008_okrs_kept_in_trackers", _OKR_ROWS.split(";")
    yield "m009_deliveries", _DELIVERIES.split(";")
    yield "m010_what_hosts_say_is_left", SPENDING_TABLES.split(";")
    yield "m011_summaries_of_runs", (*SUMMARY_COLUMNS.split(";"), SEEN_TABLE)
    yield "m012_rest", ("create table rest (run integer primary key, print text not null, leans text not null)",)
    yield "m013_digests", (DIGEST_TABLE,)
    yield "m014_what_the_hub_made", WRITTEN_TABLES.split(";")


def upgrade(db: Database, path: str) -> None:
    """All steps under one write lock, so that two that open a new file at once do not build it twice."""
    connection = db.conn
    found = connection.execute("pragma user_version").fetchone()[0]
    if found > VERSION:
        raise StoreError(f"the state {path} is of version {found}, newer than this hub's {VERSION}: update it")
    if found < VERSION:
        connection.execute("begin immediate")
        with connection:
            migrations().apply(db)
            connection.execute(f"pragma user_version = {VERSION}")
