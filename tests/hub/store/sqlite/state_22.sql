BEGIN TRANSACTION;
CREATE TABLE "_sqlite_migrations" (
   "id" INTEGER PRIMARY KEY,
   "migration_set" TEXT,
   "name" TEXT,
   "applied_at" TEXT
);
INSERT INTO "_sqlite_migrations" VALUES(1,'alignment-hub','m001_ledger_snapshot_runs','2026-11-29 16:57:54.642326+00:00');
INSERT INTO "_sqlite_migrations" VALUES(2,'alignment-hub','m002_cursors','2026-11-29 16:57:54.643769+00:00');
INSERT INTO "_sqlite_migrations" VALUES(3,'alignment-hub','m003_first_seen','2026-11-29 16:57:54.644182+00:00');
INSERT INTO "_sqlite_migrations" VALUES(4,'alignment-hub','m004_contests','2026-11-29 16:57:54.654794+00:00');
INSERT INTO "_sqlite_migrations" VALUES(5,'alignment-hub','m005_recent_writes','2026-11-29 16:57:54.655292+00:00');
INSERT INTO "_sqlite_migrations" VALUES(6,'alignment-hub','m006_readings','2026-11-29 16:57:54.656102+00:00');
INSERT INTO "_sqlite_migrations" VALUES(7,'alignment-hub','m007_commands','2026-11-29 16:57:54.656443+00:00');
INSERT INTO "_sqlite_migrations" VALUES(8,'alignment-hub','m008_okrs_kept_in_trackers','2026-11-29 16:57:54.657088+00:00');
INSERT INTO "_sqlite_migrations" VALUES(9,'alignment-hub','m009_deliveries','2026-11-29 16:57:54.657678+00:00');
INSERT INTO "_sqlite_migrations" VALUES(10,'alignment-hub','m010_what_hosts_say_is_left','2026-11-29 16:57:54.669449+00:00');
INSERT INTO "_sqlite_migrations" VALUES(11,'alignment-hub','m011_summaries_of_runs','2026-11-29 16:57:54.670815+00:00');
INSERT INTO "_sqlite_migrations" VALUES(12,'alignment-hub','m012_rest','2026-11-29 16:57:54.671227+00:00');
INSERT INTO "_sqlite_migrations" VALUES(13,'alignment-hub','m013_digests','2026-11-29 16:57:54.671600+00:00');
INSERT INTO "_sqlite_migrations" VALUES(14,'alignment-hub','m014_what_the_hub_made','2026-11-29 16:57:54.672417+00:00');
INSERT INTO "_sqlite_migrations" VALUES(15,'alignment-hub','m015_fingerprints_of_roots','2026-11-29 16:57:54.672772+00:00');
INSERT INTO "_sqlite_migrations" VALUES(16,'alignment-hub','m016_answers_to_work_queries','2026-11-29 16:57:54.673078+00:00');
INSERT INTO "_sqlite_migrations" VALUES(17,'alignment-hub','m017_comments_that_replace','2026-11-29 16:57:54.687883+00:00');
INSERT INTO "_sqlite_migrations" VALUES(18,'alignment-hub','m018_tickets_that_take_no_write','2026-11-29 16:57:54.688494+00:00');
INSERT INTO "_sqlite_migrations" VALUES(19,'alignment-hub','m019_absent_tickets_and_named_gaps','2026-11-29 16:57:54.688786+00:00');
INSERT INTO "_sqlite_migrations" VALUES(20,'alignment-hub','m020_other_states_of_the_hub','2026-11-29 16:57:54.689281+00:00');
INSERT INTO "_sqlite_migrations" VALUES(21,'alignment-hub','m021_key_of_private_fingerprints','2026-11-29 16:57:54.689561+00:00');
INSERT INTO "_sqlite_migrations" VALUES(22,'alignment-hub','m022_sessions_that_ended','2026-11-29 16:57:54.689782+00:00');
CREATE TABLE absent_ticket (
  connector text not null,
  ticket_id text not null,
  primary key (connector, ticket_id)
) without rowid
;
CREATE TABLE allowance (
  connector text not null,
  host text not null,
  kind text not null,
  quota integer not null,
  remaining integer not null,
  resets_at text not null,
  primary key (connector, kind)
) without rowid
;
CREATE TABLE command (
  connector text not null,
  comment_id text not null,
  number integer not null,
  ticket_id text not null,
  author text not null,
  verb text not null,
  argument text not null,
  at text not null, quiet integer not null default 0,
  primary key (connector, comment_id, number)
) without rowid
;
INSERT INTO "command" VALUES('jira','m1',0,'10001','account-2','exempt','upkeep','2026-11-16T09:00:00+00:00',0);
CREATE TABLE delivery (
  connector text not null,
  id text not null,
  digest text not null,
  received text not null,
  primary key (connector, id),
  unique (connector, digest)
) without rowid;
INSERT INTO "delivery" VALUES('jira','d1','h1','2026-11-16T09:00:00+00:00');
CREATE TABLE digest (
  team text primary key,
  tried text not null,
  sent text,
  told text not null
) without rowid
;
INSERT INTO "digest" VALUES('product','2026-11-16T09:00:00+00:00',NULL,'{"findings": ["abc"], "linked": 3, "active": 5, "measured": {"dau": 2.0}, "to_do": "t", "behind": "b", "introduced": true}');
CREATE TABLE ended_session (id text primary key, until real not null) without rowid;
CREATE TABLE finding_seen (
  fingerprint text primary key,
  rule text not null,
  first_seen text not null,
  last_seen text not null
) without rowid
;
INSERT INTO "finding_seen" VALUES('abc','stale-initiative','2026-11-16T09:00:00+00:00','2026-11-16T09:00:00+00:00');
CREATE TABLE first_seen (
  waiting text not null,
  providing text not null,
  day text not null,
  primary key (waiting, providing)
) without rowid
;
INSERT INTO "first_seen" VALUES('jira:1','github:I_2','2026-11-02');
CREATE TABLE initiative (
  connector text not null,
  ticket_id text not null,
  ticket_key text not null,
  body text not null, context integer not null default 0,
  primary key (connector, ticket_id)
) without rowid;
INSERT INTO "initiative" VALUES('jira','10001','ACME-1','["ACME-1","10001","b","u",["ACME"],"","to do","",null,"2026-12-01",null,1,"",["a","b"],"jira:ACME-9",[],[],[],[],[],[["label","dau"]],true,null,"",null,null,"2026-11-16T09:00:00+00:00",null,[],false,false,false,[["priority","w","y",""]]]',0);
INSERT INTO "initiative" VALUES('jira','10002','ACME-2','["ACME-2","10002","Faster checkout","u",["ACME"],"","to do","",null,"2026-12-01",null,1,"",["a","b"],"jira:ACME-9",[],[],[],[],[],[["label","dau"]],true,null,"",null,null,"2026-11-16T09:00:00+00:00",null,[],false,false,false,[["priority","w","y",""]]]',0);
CREATE TABLE knock (
  id integer primary key autoincrement,
  connector text not null,
  ticket text not null,
  received text not null,
  unique (connector, ticket)
);
INSERT INTO "knock" VALUES(1,'jira','10001','2026-11-16T09:00:00+00:00');
CREATE TABLE label_definition (
  connector text not null,
  name text not null,
  primary key (connector, name)
) without rowid;
INSERT INTO "label_definition" VALUES('jira','ACME:okr-stale');
CREATE TABLE lease (
  name text primary key,
  owner text not null,
  run integer not null,
  until text not null
);
CREATE TABLE ledger (
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
  misses integer not null default 0, attempts integer not null default 0, form text not null default '', looked text not null default '', drifted integer not null default 0, contests integer not null default 0, restored_for text, barred text not null default '{}', added text not null default '[]', removed text not null default '[]', muted_by text not null default '', resolved_on text, replaces text, shut text, rival text,
  primary key (connector, ticket_id)
);
INSERT INTO "ledger" VALUES('jira','10001','ACME-1','c1','account-1','d1','[["stale-initiative", "warning", "abc", ["jira:ACME-1", "github:acme/app#1"], "okr-stale", "owner"], ["unlinked-work", "error", "def", ["jira:ACME-1"], null, ""]]','["okr-stale"]','{"okr-unaligned": "abc"}',NULL,NULL,0,0,0,'f1','',0,0,NULL,'{"okr-late": "def"}','[]','[]','',NULL,NULL,NULL,NULL);
INSERT INTO "ledger" VALUES('github','I_1','acme/app#1',NULL,NULL,'','[]','[]','{}',NULL,'d2',0,0,1,'','',0,0,NULL,'{}','["okr-stale"]','[]','',NULL,NULL,'[{"comment": "locked"}, "monday", "2026-11-16"]','2026-11-16');
CREATE TABLE okr_row (
  connector text not null,
  ticket_id text not null,
  body text not null,
  primary key (connector, ticket_id)
) without rowid;
INSERT INTO "okr_row" VALUES('jira','20001','["key_result", "OKR-1", "20001", "DAU", "u", ["OKR"], "OKR-2", null, [["owner", "product"]], ["ACME-1"], null, ["kr"]]');
CREATE TABLE reading (
  id integer primary key autoincrement,
  taken text not null,
  gaps text not null
);
INSERT INTO "reading" VALUES(1,'2026-11-16T09:00:00+00:00','{"jira": [["unreadable", "ACME-7"]]}');
INSERT INTO "reading" VALUES(2,'2026-11-16T09:00:00+00:00','{"jira": [["unreadable", "ACME-7"]]}');
CREATE TABLE recent_write (
  lane text not null,
  at real not null
);
CREATE TABLE rest (
  run integer primary key,
  print text not null,
  leans text not null
);
CREATE TABLE run (
  id integer primary key autoincrement,
  started text not null,
  finished text,
  status text not null,
  report text not null default '{}'
, summary text not null default '{}');
INSERT INTO "run" VALUES(1,'2026-11-16T09:00:00+00:00','2026-11-16T09:00:00+00:00','done','{"counts":{"done":1}}','{"of":1}');
CREATE TABLE secret_key (id integer primary key check (id = 1), value blob not null);
INSERT INTO "secret_key" VALUES(1,X'8939B45D3C8BF80DAA7F96F2F3195591BB9B01650A2D5F49426384B8151B436C');
CREATE TABLE source (
  connector text primary key,
  read text not null,
  gaps text not null default '[]'
, cursor text, form text not null default '', missed integer, counted text, keeps_okrs integer not null default 0);
INSERT INTO "source" VALUES('jira','2026-11-16T09:00:00+00:00','[["unreadable", "ACME-7", "broken-row", false]]','monday','(''ref'', ''id'', ''title'', ''url'', ''containers'', ''kind'', ''status'', ''status_name'', ''start'', ''due'', ''iteration'', ''level'', ''exempt'', ''labels'', ''parent'', ''blocked_by'', ''blocks'', ''depends_on_text'', ''mentions'', ''words'', ''named'', ''inherits'', ''priority'', ''priority_name'', ''rank'', ''created'', ''updated'', ''closed'', ''unread'', ''context'', ''public'', ''restricted'', ''not_understood'')',0,'2026-11-16T09:00:00+00:00',1);
CREATE TABLE spending (
  connector text primary key,
  host text not null,
  told text not null,
  lane text not null,
  per_minute real not null,
  per_hour integer not null
) without rowid;
CREATE TABLE undo (
  reading integer not null,
  connector text not null,
  ticket_id text not null,
  body text,
  primary key (reading, connector, ticket_id)
) without rowid
;
INSERT INTO "undo" VALUES(2,'jira','10001','["ACME-1","10001","a","u",["ACME"],"","to do","",null,"2026-12-01",null,1,"",["a","b"],"jira:ACME-9",[],[],[],[],[],[["label","dau"]],true,null,"",null,null,"2026-11-16T09:00:00+00:00",null,[],false,false,false,[["priority","w","y",""]]]');
CREATE TABLE waiting (
  connector text not null,
  ticket_id text not null,
  run integer not null,
  primary key (connector, ticket_id)
);
INSERT INTO "waiting" VALUES('github','I_1',1);
CREATE TABLE work_answer (
  connector text not null,
  query text not null,
  tickets text,
  trouble text not null,
  primary key (connector, query)
) without rowid
;
INSERT INTO "work_answer" VALUES('jira','q','["10001"]','');
CREATE UNIQUE INDEX "idx__sqlite_migrations_migration_set_name"
    ON "_sqlite_migrations" ("migration_set", "name");
CREATE INDEX initiative_key on initiative (connector, ticket_key);
CREATE INDEX recent_write_at on recent_write (lane, at)
;
CREATE TRIGGER undo_insert after insert on initiative
when exists (select 1 from reading) and exists (select 1 from source where connector = new.connector)
begin
  insert into undo
    select id, new.connector, new.ticket_id, null from (select max(id) as id from reading) as latest
    where not exists (
      select 1 from undo where reading = latest.id and connector = new.connector and ticket_id = new.ticket_id
    );
end;
CREATE TRIGGER undo_update after update on initiative
when exists (select 1 from reading) and exists (select 1 from source where connector = old.connector)
begin
  insert into undo
    select id, old.connector, old.ticket_id, old.body from (select max(id) as id from reading) as latest
    where not exists (
      select 1 from undo where reading = latest.id and connector = old.connector and ticket_id = old.ticket_id
    );
end;
CREATE TRIGGER undo_delete after delete on initiative
when exists (select 1 from reading) and exists (select 1 from source where connector = old.connector)
begin
  insert into undo
    select id, old.connector, old.ticket_id, old.body from (select max(id) as id from reading) as latest
    where not exists (
      select 1 from undo where reading = latest.id and connector = old.connector and ticket_id = old.ticket_id
    );
end;
CREATE INDEX delivery_received on delivery (received);
CREATE INDEX run_told on run (id) where summary != '{}'
;
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('run',1);
INSERT INTO "sqlite_sequence" VALUES('reading',2);
INSERT INTO "sqlite_sequence" VALUES('knock',1);
COMMIT;
pragma user_version = 22;
