"""The schema of the jobs beside that of the state: procrastinate's tables and our own, made and brought up to date."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from importlib import resources

import psycopg
from procrastinate.schema import SchemaManager
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from hub.model.errors import StoreError
from hub.model.urls import display_url

CONNECT_SECONDS = 10
# The first number tells the locks of jobs from those of the state and of other programs.
LOCK_CLASS = 1095320651
# One that changes the schema at a time; the name of the schema is the second number.
_SCHEMA_LOCK = "select pg_advisory_xact_lock(1095320652, hashtext(%s))"
OWN_TABLES = """
create table if not exists migration (name text primary key);
create table if not exists source (
    connector text primary key,
    version bigint not null default 0,
    evaluating_since timestamptz,
    requested_since timestamptz,
    requested_full boolean not null default false,
    tried timestamptz,
    failures integer not null default 0,
    retry_at timestamptz
);
create table if not exists pulled (
    connector text primary key references source,
    version bigint not null,
    is_full boolean not null,
    up_to_event bigint not null,
    at timestamptz not null,
    body bytea not null
);
create table if not exists pulled_tickets (
    connector text not null references pulled on delete cascade,
    number integer not null,
    body bytea not null,
    primary key (connector, number)
);
create table if not exists publication (
    run bigint not null,
    connector text not null,
    status text not null,
    actions text not null,
    entries text not null,
    receipts text not null default '[]',
    primary key (run, connector)
);
create table if not exists engine (
    id integer primary key check (id = 1),
    last_run bigint not null default 0,
    full_tried timestamptz,
    refreshes_answered timestamptz,
    error text not null default '',
    is_held boolean not null default false,
    failing_since timestamptz,
    failures integer not null default 0,
    retry_at timestamptz,
    last_round jsonb
);
insert into engine (id) values (1) on conflict do nothing;
"""


def connect(url: str) -> psycopg.Connection:
    """A connection to the schema of the jobs, which is made or brought up to date where it has to be.

    Raises:
        StoreError: The database can't be reached, the user may not make the schema, or a newer hub made it.
    """
    with named_errors(url), ExitStack() as failed:
        connection = psycopg.connect(
            url, autocommit=True, connect_timeout=CONNECT_SECONDS, application_name="alignment-hub-jobs"
        )
        failed.callback(connection.close)
        name = schema_name(connection)
        connection.execute("select set_config('search_path', %s, false)", [name])
        if _missing(connection):
            _upgrade(connection, name)
        failed.pop_all()
    return connection


def jobs_url(url: str, name: str) -> str:
    """The address for procrastinate's own connections: everything it names is in this schema."""
    options = conninfo_to_dict(url).get("options") or ""
    return make_conninfo(url, options=f"{options} -csearch_path={name}".strip(), application_name="alignment-hub-jobs")


def schema_name(connection: psycopg.Connection) -> str:
    """The state's schema with `_jobs` after it: hubs that share a database don't share jobs."""
    row = connection.execute("select current_schema()").fetchone()
    if row is None or row[0] is None:
        raise StoreError("the state's database has no schema to work in: see its search_path")
    return str(row[0]).removesuffix("_jobs") + "_jobs"


@contextmanager
def named_errors(url: str) -> Iterator[None]:
    """StoreError, which names the database without its password, in place of the driver's."""
    try:
        yield
    except psycopg.errors.InsufficientPrivilege as error:
        reason = f"{_reason(error)}. Let its user create schemas: grant create on database … to …"
        raise StoreError(f"the jobs in {display_url(url)} cannot be kept: {reason}") from error
    except psycopg.Error as error:
        raise StoreError(f"the jobs in {display_url(url)} cannot be read or written: {_reason(error)}") from error


def migrations() -> tuple[str, ...]:
    """The names of procrastinate's migrations, in their order."""
    folder = resources.files("procrastinate.sql") / "migrations"
    return tuple(sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".sql")))


def _missing(connection: psycopg.Connection) -> tuple[str, ...] | None:
    """The migrations that are not applied yet; nothing where there is nothing to do, all of them in an empty schema."""
    if connection.execute("select to_regclass('engine')").fetchone() == (None,):
        return migrations()
    applied = {name for (name,) in connection.execute("select name from migration")}
    if unknown := applied - set(migrations()):
        raise StoreError(f"a newer procrastinate made the jobs' schema ({max(unknown)}): update procrastinate here")
    return tuple(name for name in migrations() if name not in applied)


def _upgrade(connection: psycopg.Connection, name: str) -> None:
    """In one transaction under a lock, so that two that start at once don't both do it."""
    with connection.transaction():
        connection.execute(_SCHEMA_LOCK, [name])
        connection.execute(sql.SQL("create schema if not exists {}").format(sql.Identifier(name)))
        is_new = connection.execute("select to_regclass('procrastinate_jobs')").fetchone() == (None,)
        connection.execute(OWN_TABLES.encode())
        if is_new:
            connection.execute(SchemaManager.get_schema().encode())
        for missing in _missing(connection) or ():
            if not is_new:
                folder = resources.files("procrastinate.sql") / "migrations"
                connection.execute((folder / missing).read_bytes())
            connection.execute("insert into migration values (%s)", [missing])


def _reason(error: psycopg.Error) -> str:
    """What the server or the client said, on one line."""
    return " ".join(str(error).split())
