"""A PostgreSQL of our own for the tests: started on a free port of loopback, gone with its folder."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
import tenacity

REQUIRED = os.environ.get("HUB_POSTGRES_TESTS") == "required"


@cache
def programs() -> Path | None:
    """The folder of `initdb` and `postgres`, on the path or where Debian puts them; None where there are none."""
    found = shutil.which("initdb")
    folders = [Path(found).resolve().parent] if found else []
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((folder for folder in folders if (folder / "initdb").exists() and (folder / "postgres").exists()), None)


@dataclass(frozen=True)
class PostgresServer:
    """A server that accepts the one user `hub` without a password."""

    port: int
    process: subprocess.Popen[bytes]
    _numbers: Iterator[int] = field(default_factory=count)

    @property
    def url(self) -> str:
        return f"postgresql://hub@127.0.0.1:{self.port}/postgres"

    def new_schema(self) -> str:
        """The address of an empty schema."""
        name = f"state_{next(self._numbers)}"
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(f"create schema {name}".encode())
        return f"{self.url}?options=-csearch_path%3D{name}"

    def kill(self) -> None:
        """End the server as a machine that fails would."""
        self.process.send_signal(signal.SIGQUIT)
        self.process.wait(60)


@contextmanager
def started(folder: Path) -> Iterator[PostgresServer]:
    """A server on new data in that folder, which it alone owns; not for data that has to outlive a power failure."""
    bin_ = programs()
    assert bin_ is not None
    owner = _owner(folder)
    data = folder / "data"
    initdb = [bin_ / "initdb", "-D", data, "-U", "hub", "-A", "trust", "-E", "UTF8", "--locale", "C", "-N"]
    subprocess.run(initdb, check=True, capture_output=True, cwd=folder, **owner)
    options = {"listen_addresses": "127.0.0.1", "unix_socket_directories": "", "fsync": "off", "max_connections": "200"}
    settings = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
    with _reserved_port() as port, (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [bin_ / "postgres", "-D", data, "-p", str(port), *settings],
            stdout=log,
            stderr=log,
            cwd=folder,
            **owner,
        )
        server = PostgresServer(port, process)
        try:
            _wait(server)
            yield server
        finally:
            with suppress(ProcessLookupError):
                process.send_signal(signal.SIGQUIT)
            process.wait(60)


@contextmanager
def temporary() -> Iterator[PostgresServer]:
    """The same in a folder that goes with it. Not below pytest's own, which other users may not enter."""
    with tempfile.TemporaryDirectory(prefix="hub-postgres-") as name, started(Path(name)) as server:
        yield server


def _owner(folder: Path) -> dict[str, Any]:
    """PostgreSQL refuses to run as root: then it runs as somebody who owns nothing but this folder."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    os.chown(folder, nobody.pw_uid, nobody.pw_gid)
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


@contextmanager
def _reserved_port() -> Iterator[int]:
    """A port that only a server which is told of it can take: PostgreSQL chooses none, and shares an address that is
    bound and not listened at, whereas no socket that takes any free port is given it.
    """
    with socket.socket() as reserved:
        reserved.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        reserved.bind(("127.0.0.1", 0))
        yield reserved.getsockname()[1]


@tenacity.retry(
    retry=tenacity.retry_if_exception_type(psycopg.OperationalError),
    wait=tenacity.wait_fixed(0.05),
    stop=tenacity.stop_after_delay(60),
    reraise=True,
)
def _wait(server: PostgresServer) -> None:
    psycopg.connect(server.url).close()
