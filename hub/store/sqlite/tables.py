"""Today's tables of the state in SQLite, as a new file gets them at once; `upgrades` brings earlier files to the same.

Whoever changes a table here adds a step there, and the other way round: a test holds both to one schema.
"""

from collections.abc import Iterator

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
  labels_removed_by_human text not null default '{}',
  comment_removed_by_human text,
  create_pending text,
  resolved integer not null default 0,
  absences integer not null default 0,
  create_attempts integer not null default 0,
  body_hash text not null default '',
  verified_at text not null default '',
  edited_by_human integer not null default 0,
  edit_conflicts integer not null default 0,
  restored_for_findings text,
  unsettable_labels text not null default '{}',
  added text not null default '[]',
  removed text not null default '[]',
  mute_comment_id text not null default '',
  resolved_on text,
  replaces text,
  write_refusal text,
  other_hub_seen_on text,
  primary key (connector, ticket_id)
);
create table deferred_comment (
  connector text not null,
  ticket_id text not null,
  run integer not null,
  primary key (connector, ticket_id)
);
create table source (
  connector text primary key,
  read text not null,
  gaps text not null default '[]',
  cursor text,
  row_format text not null default '',
  missed_by_cursor integer,
  reconciled_at text,
  has_okrs integer not null default 0
);
create table initiative (
  connector text not null,
  ticket_id text not null,
  ticket_key text not null,
  body text not null,
  reference_only integer not null default 0,
  primary key (connector, ticket_id)
) without rowid;
create table run (
  id integer primary key autoincrement,
  started text not null,
  finished text,
  status text not null,
  report text not null default '{}',
  summary text not null default '{}',
  fingerprint text not null default ''
);
create table lease (
  name text primary key,
  owner text not null,
  run integer not null,
  until text not null,
  locked integer not null default 0
);
create table dependency_first_seen (
  waiting text not null,
  providing text not null,
  day text not null,
  primary key (waiting, providing)
) without rowid;
create table write_reservation (
  bucket text not null,
  at real not null
);
create table snapshot (
  id integer primary key autoincrement,
  pulled_at text not null,
  gaps text not null
);
create table snapshot_diff (
  snapshot_id integer not null,
  connector text not null,
  ticket_id text not null,
  body text,
  primary key (snapshot_id, connector, ticket_id)
) without rowid;
create table command (
  connector text not null,
  comment_id text not null,
  number integer not null,
  ticket_id text not null,
  author text not null,
  verb text not null,
  argument text not null,
  at text not null,
  predates_retraction integer not null default 0,
  primary key (connector, comment_id, number)
) without rowid;
create table okr_ticket (
  connector text not null,
  ticket_id text not null,
  body text not null,
  primary key (connector, ticket_id)
) without rowid;
create table delivery (
  connector text not null,
  id text not null,
  digest text not null,
  received text not null,
  primary key (connector, id),
  unique (connector, digest)
) without rowid;
create table pending_refresh (
  id integer primary key autoincrement,
  connector text not null,
  ticket text not null,
  received text not null,
  unique (connector, ticket)
);
create table rate_limit_state (
  connector text primary key,
  host text not null,
  reported_at text not null,
  bucket text not null,
  per_minute real not null,
  per_hour integer not null
) without rowid;
create table rate_limit_budget (
  connector text not null,
  host text not null,
  kind text not null,
  quota integer not null,
  remaining integer not null,
  resets_at text not null,
  primary key (connector, kind)
) without rowid;
create table finding_history (
  fingerprint text primary key,
  rule text not null,
  first_seen text not null,
  last_seen text not null
) without rowid;
create table digest (
  team text primary key,
  tried text not null,
  sent text,
  baseline text not null
) without rowid;
create table created_label (
  connector text not null,
  name text not null,
  primary key (connector, name)
) without rowid;
create table work_answer (
  connector text not null,
  query text not null,
  tickets text,
  error text not null,
  primary key (connector, query)
) without rowid;
create table measure_answer (
  connector text not null,
  query text not null,
  sum_field text not null,
  single_field text not null,
  value real,
  read_at text,
  error text not null
);
create table remote_link (
  connector text not null,
  ticket_id text not null,
  ticket_key text not null,
  global_id text not null,
  digest text not null,
  primary key (connector, ticket_id, global_id)
) without rowid;
create table absent_ticket (
  connector text not null,
  ticket_id text not null,
  primary key (connector, ticket_id)
) without rowid;
create table host_pause (
  host text not null,
  bucket text not null,
  until text not null,
  primary key (host, bucket)
) without rowid;
create table host_limit (
  host text not null,
  account text not null,
  kind text not null,
  scope text not null,
  quota integer not null,
  remaining integer not null,
  resets_at text not null,
  primary key (host, account, kind)
) without rowid;
create table secret_key (id integer primary key check (id = 1), value blob not null);
create table ended_session (id text primary key, until real not null) without rowid;
create index initiative_key on initiative (connector, ticket_key);
create index delivery_received on delivery (received);
create index write_reservation_at on write_reservation (bucket, at);
create index run_with_summary on run (id) where summary != '{}'
"""

# The record of the steps that are applied, as sqlite-utils makes it and reads it.
_APPLIED_STEPS = """
create table _sqlite_migrations (id integer primary key, migration_set text, name text, applied_at text);
create unique index idx__sqlite_migrations_migration_set_name on _sqlite_migrations (migration_set, name)
"""

# What each pull changed, as it was before: the way back to earlier snapshots. The first pull of a source, which no row
# of `source` precedes, leaves nothing to go back to. No `insert or ignore`: inside a trigger, the statement that fired
# it decides what a conflict does.
_SNAPSHOT_DIFF_ON = """
create trigger snapshot_diff_{event} after {event} on initiative
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


def statements() -> Iterator[str]:
    """All that makes the tables, indexes and triggers, one statement each."""
    yield from _TABLES.split(";")
    yield from _APPLIED_STEPS.split(";")
    yield _SNAPSHOT_DIFF_ON.format(event="insert", row="new", body="null")
    yield _SNAPSHOT_DIFF_ON.format(event="update", row="old", body="old.body")
    yield _SNAPSHOT_DIFF_ON.format(event="delete", row="old", body="old.body")
