"""The tables of the state, as numbered steps that are applied once and in order."""

from sqlite_utils import Database, Migrations

# Counted up with each step: a state of a newer version is refused, not guessed at.
VERSION = 8

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

# Each comment is heard once: its id is kept, whatever becomes of its text.
_COMMANDS = """
create table command (
  connector text not null,
  comment_id text not null,
  number integer not null,
  ticket_id text not null,
  author text not null,
  verb text not null,
  argument text not null,
  at text not null,
  primary key (connector, comment_id, number)
) without rowid
"""


_OKR_ROWS = """
create table okr_row (
  connector text not null,
  ticket_id text not null,
  body text not null,
  primary key (connector, ticket_id)
) without rowid;
alter table source add column keeps_okrs integer not null default 0
"""


def migrations() -> Migrations:
    """All steps from an empty file to today's tables."""
    steps = Migrations("alignment-hub")

    @steps()
    def m001_ledger_snapshot_runs(db: Database) -> None:
        _apply(db, _TABLES)

    @steps()
    def m002_cursors(db: Database) -> None:
        # What was read before is read once more: its rows have another form from here on.
        _apply(db, _CURSORS)

    @steps()
    def m003_first_seen(db: Database) -> None:
        db.execute(_FIRST_SEEN)

    @steps()
    def m004_contests(db: Database) -> None:
        _apply(db, _CONTESTS)

    @steps()
    def m005_recent_writes(db: Database) -> None:
        _apply(db, _RECENT_WRITES)

    @steps()
    def m006_readings(db: Database) -> None:
        _apply(db, _READINGS)
        for event, row, body in _UNDONE:
            db.execute(_UNDO_ON.format(name=event, event=f"after {event}", row=row, body=body))

    @steps()
    def m007_commands(db: Database) -> None:
        db.execute(_COMMANDS)

    @steps()
    def m008_okrs_kept_in_trackers(db: Database) -> None:
        _apply(db, _OKR_ROWS)

    return steps


def _apply(db: Database, statements: str) -> None:
    for statement in statements.split(";"):
        if statement.strip():
            db.execute(statement)
