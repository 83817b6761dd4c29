"""Opens the state that the configuration names, in a file or in PostgreSQL: a part of the composition root."""

from pathlib import Path
from types import ModuleType

from hub.config.settings import Config
from hub.model.errors import ConfigError, Problem
from hub.store.base import EndedSessions, Store
from hub.store.shared import RateLimits, ServiceLease

TRANSIENT_STATE = ":memory:"


def open_store(config: Config, *, create: bool = True) -> Store:
    """The state; a run whose process is gone does not hold it. Who only looks makes no new state."""
    if not create and not has_state(config):
        return open_state_file(TRANSIENT_STATE)
    if config.database_url is None:
        return open_state_file(config.state_path)
    store: Store = _postgres(config).PostgresStore(config.database_url)
    return store


def open_state_file(path: Path | str) -> Store:
    """A state in a file of its own, such as a backup."""
    from hub.store.sqlite.store import SqliteStore

    return SqliteStore(path)


def has_state(config: Config) -> bool:
    """Whether anything was stored yet."""
    if config.database_url is None:
        return config.state_path.exists()
    return bool(_postgres(config).has_tables(config.database_url))


def foreign_tables(config: Config) -> tuple[str, ...]:
    """Tables of another program where the state is, or is to be."""
    from hub.store.sqlite.connection import foreign_tables as tables_of_file

    if config.database_url is None:
        return tables_of_file(config.state_path)
    tables: tuple[str, ...] = _postgres(config).foreign_tables(config.database_url)
    return tables


def damage_of(file: Path) -> str:
    """What is wrong with a file that is to be a whole state; empty where nothing is."""
    from hub.store.sqlite.connection import damage_of as damage

    return damage(file)


def open_ended_sessions(config: Config) -> EndedSessions:
    """The sign-ins that ended before their time, over restarts."""
    from hub.store.sqlite.store import SqliteEndedSessions

    if config.database_url is None:
        return SqliteEndedSessions(config.state_path)
    sessions: EndedSessions = _postgres(config).PostgresEndedSessions(config.database_url)
    return sessions


def open_service_lease(config: Config) -> ServiceLease:
    """By which one of the services does the runs. The state must be there."""
    from hub.store.sqlite.store import SqliteServiceLease

    if config.database_url is None:
        return SqliteServiceLease(config.state_path)
    lease: ServiceLease = _postgres(config).PostgresServiceLease(config.database_url)
    return lease


def open_rate_limits(config: Config) -> RateLimits:
    """Outside of runs, from any thread."""
    from hub.store.sql.rate_limits import SqlRateLimits
    from hub.store.sqlite.connection import BriefConnections

    if config.database_url is None:
        return SqlRateLimits(BriefConnections(config.state_path))
    return SqlRateLimits(_postgres(config).PostgresReconnecting(config.database_url))


def _postgres(config: Config) -> ModuleType:
    """The other database; ConfigError where its driver is not installed."""
    try:
        from hub.store.postgres import store
    except ImportError as error:
        remedy = f"pip install 'alignment-hub[postgres]' ({error})"
        raise ConfigError([Problem(config.location("state"), "state", "PostgreSQL needs a driver", remedy)]) from None
    return store
