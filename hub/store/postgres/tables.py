"""The tables of the state in PostgreSQL, as steps of which none is ever changed once it is released.

Texts are compared byte by byte, as SQLite does it, whatever the database's own order is.
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
  run bigint not null,
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
);
create table run (
  id bigint generated always as identity primary key,
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
  run bigint not null,
  until text not null
);
create table dependency_first_seen (
  waiting text not null,
  providing text not null,
  day text not null,
  primary key (waiting, providing)
);
create table write_reservation (
  bucket text not null,
  at double precision not null
);
create table snapshot (
  id bigint generated always as identity primary key,
  pulled_at text not null,
  gaps text not null
);
create table snapshot_diff (
  snapshot_id bigint not null,
  connector text not null,
  ticket_id text not null,
  body text,
  primary key (snapshot_id, connector, ticket_id)
);
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
);
create table okr_ticket (
  connector text not null,
  ticket_id text not null,
  body text not null,
  primary key (connector, ticket_id)
);
create table delivery (
  connector text not null,
  id text not null,
  digest text not null,
  received text not null,
  primary key (connector, id),
  unique (connector, digest)
);
create table pending_refresh (
  id bigint generated always as identity primary key,
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
  per_minute double precision not null,
  per_hour integer not null
);
create table rate_limit_budget (
  connector text not null,
  host text not null,
  kind text not null,
  quota integer not null,
  remaining integer not null,
  resets_at text not null,
  primary key (connector, kind)
);
create table finding_history (
  fingerprint text primary key,
  rule text not null,
  first_seen text not null,
  last_seen text not null
);
create table digest (
  team text primary key,
  tried text not null,
  sent text,
  baseline text not null
);
create table created_label (
  connector text not null,
  name text not null,
  primary key (connector, name)
);
create table work_answer (
  connector text not null,
  query text not null,
  tickets text,
  error text not null
);
create table absent_ticket (
  connector text not null,
  ticket_id text not null,
  primary key (connector, ticket_id)
);
create table secret_key (
  id integer primary key check (id = 1),
  value bytea not null
);
create table ended_session (id text primary key, until double precision not null);
create index initiative_key on initiative (connector, ticket_key);
create index delivery_received on delivery (received);
create index write_reservation_at on write_reservation (bucket, at);
create index run_with_summary on run (id) where summary != '{}';
create unique index work_answer_query on work_answer (connector, md5(query))
"""

# What each pull changed, as it was before: the way back to earlier snapshots. The first pull of a source, which no row
# of `source` precedes, leaves nothing to go back to.
_SNAPSHOT_DIFF = """
create function record_snapshot_diff() returns trigger language plpgsql as $$
declare
  before text := case tg_op when 'INSERT' then null else old.body end;
  changed initiative := case tg_op when 'INSERT' then new else old end;
begin
  insert into snapshot_diff
    select max(snapshot.id), changed.connector, changed.ticket_id, before from snapshot
    where exists (select 1 from source where source.connector = changed.connector)
    having max(snapshot.id) is not null
  on conflict do nothing;
  return null;
end
$$
"""
_SNAPSHOT_DIFF_TRIGGER = """
create trigger snapshot_diff after insert or update or delete on initiative
for each row execute function record_snapshot_diff()
"""


def steps() -> tuple[tuple[str, ...], ...]:
    """The statements of each version, beginning with the first."""
    return (tuple(_first()),)


def _first() -> Iterator[str]:
    yield from _TABLES.replace(" text", ' text collate "C"').split(";")
    yield _SNAPSHOT_DIFF
    yield _SNAPSHOT_DIFF_TRIGGER
