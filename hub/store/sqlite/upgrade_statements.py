"""The SQL of the steps that bring tables of earlier versions to today's; what a step once did is never changed."""

TABLES = """
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

CURSORS = """
delete from initiative;
delete from source;
alter table initiative add column context integer not null default 0;
alter table source add column cursor text;
alter table source add column form text not null default '';
alter table source add column missed integer;
alter table source add column counted text;
"""

FIRST_SEEN = """
create table first_seen (
  waiting text not null,
  providing text not null,
  day text not null,
  primary key (waiting, providing)
) without rowid
"""

EDIT_CONFLICTS = """
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

REPLACING = """
alter table ledger add column muted_by text not null default '';
alter table ledger add column resolved_on text;
alter table ledger add column replaces text
"""

RECENT_WRITES = """
create table recent_write (
  lane text not null,
  at real not null
);
create index recent_write_at on recent_write (lane, at)
"""


# What each reading changed, as it was before: the way back to earlier pictures. The first reading of a source,
# which no row of `source` precedes, leaves nothing to go back to. No `insert or ignore`: inside a trigger, the
# statement that fired it decides what a conflict does.
READINGS = """
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

EARLIER_SNAPSHOT_DIFF_ON = """
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
SNAPSHOT_DIFF_EVENTS = (("insert", "new", "null"), ("update", "old", "old.body"), ("delete", "old", "old.body"))

OKR_ROWS = """
create table okr_row (
  connector text not null,
  ticket_id text not null,
  body text not null,
  primary key (connector, ticket_id)
) without rowid;
alter table source add column keeps_okrs integer not null default 0
"""

# A number is never used twice, so that answering one knock cannot answer a later one.
DELIVERIES = """
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
ENDED_SESSIONS = "create table ended_session (id text primary key, until real not null) without rowid"

ABSENT_TABLE = """
create table absent_ticket (
  connector text not null,
  ticket_id text not null,
  primary key (connector, ticket_id)
) without rowid
"""

COMMANDS_TABLE = """
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

RUN_FINGERPRINT_TABLE = "create table rest (run integer primary key, print text not null, leans text not null)"

DIGEST_TABLE = """
create table digest (
  team text primary key,
  tried text not null,
  sent text,
  told text not null
) without rowid
"""

CREATED_LABEL_TABLES = """
create table label_definition (
  connector text not null,
  name text not null,
  primary key (connector, name)
) without rowid;
alter table command add column quiet integer not null default 0
"""

SUMMARY_COLUMNS = """
alter table run add column summary text not null default '{}';
update run set summary = json_object(
  'counts', json_extract(report, '$.counts'), 'seconds', json_extract(report, '$.seconds')
) where json_extract(report, '$.counts') is not null;
update run set report = '{}' where id <= (select max(id) from run) - 30;
create index run_told on run (id) where summary != '{}'
"""

FINDING_HISTORY_TABLE = """
create table finding_seen (
  fingerprint text primary key,
  rule text not null,
  first_seen text not null,
  last_seen text not null
) without rowid
"""

RATE_LIMIT_TABLES = """
create table spending (
  connector text primary key,
  host text not null,
  told text not null,
  lane text not null,
  per_minute real not null,
  per_hour integer not null
) without rowid;
create table allowance (
  connector text not null,
  host text not null,
  kind text not null,
  quota integer not null,
  remaining integer not null,
  resets_at text not null,
  primary key (connector, kind)
) without rowid
"""

WORK_ANSWERS_TABLE = """
create table work_answer (
  connector text not null,
  query text not null,
  tickets text,
  trouble text not null,
  primary key (connector, query)
) without rowid
"""

MEASURE_TABLE = """
create table measure_answer (
  connector text not null,
  query text not null,
  sum_field text not null,
  single_field text not null,
  value real,
  read_at text,
  error text not null
)
"""
REMOTE_LINK_TABLE = """
create table remote_link (
  connector text not null,
  ticket_id text not null,
  ticket_key text not null,
  global_id text not null,
  digest text not null,
  primary key (connector, ticket_id, global_id)
) without rowid
"""
SHARED_LIMITS = """
alter table lease add column locked integer not null default 0;
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
) without rowid
"""
