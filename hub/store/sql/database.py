"""What the roles need of a database: statements with `?` for each value, and two kinds of transactions."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

from hub.model.errors import StoreError

LEASE_LOST = "another run has taken over the state: this one stops"


class Cursor(Protocol):
    """The answer to one statement, as DB-API 2.0 (PEP 249) defines it."""

    @property
    def rowcount(self) -> int:
        """How many rows it changed."""
        ...

    @property
    def description(self) -> Any:
        """For each column its name first."""
        ...

    def fetchone(self) -> Any:
        """The next row; None after the last."""
        ...

    def fetchall(self) -> list[Any]:
        """All rows that are left."""
        ...

    def __iter__(self) -> Iterator[Any]: ...


class Database(Protocol):
    """One open transaction."""

    def execute(self, statement: str, values: Sequence[Any] = (), /) -> Cursor:
        """Run one statement with a value for each `?`."""
        ...

    def executemany(self, statement: str, rows: Iterable[Sequence[Any]], /) -> object:
        """Run one statement once for each row of values."""
        ...


class Transactions(Protocol):
    """What a role needs of a database. Both end in a commit, or in a rollback and StoreError."""

    def atomic(self) -> AbstractContextManager[Database]:
        """A transaction that reads, or a part of the one that is open: all it reads is of one moment."""
        ...

    def claimed(self) -> AbstractContextManager[Database]:
        """One that writes: nobody else writes until it ends, so that what it read stays true."""
        ...


class RunTransactions(Transactions, Protocol):
    """Those of a connection that may belong to a run: once the run's lease is another's, nothing more is written."""

    run: int | None

    def close(self) -> None:
        """Close the connection once the transaction of another thread has ended."""
        ...


class SqlRole:
    """The part that all roles share: where their transactions come from."""

    def __init__(self, transactions: Transactions) -> None:
        self._atomic = transactions.atomic
        self._claimed = transactions.claimed


def check_lease(db: Database, run: int | None) -> None:
    """StoreError where the run's lease is another's by now. Nothing that such a run writes is true any more."""
    if run is None:
        return
    if db.execute("select 1 from lease where name = 'run' and run = ?", [run]).fetchone() is None:
        raise StoreError(LEASE_LOST)


def upsert(table: str, keys: Sequence[str], columns: Sequence[str]) -> str:
    """The statement that inserts a row of `keys` and `columns`, or changes the one with the same keys."""
    names = [*keys, *columns]
    changes = ", ".join(f"{name} = excluded.{name}" for name in columns)
    marks = ", ".join("?" * len(names))
    return (
        f"insert into {table} ({', '.join(names)}) values ({marks})"  # noqa: S608 - only names of ours
        f" on conflict ({', '.join(keys)}) do update set {changes}"
    )
