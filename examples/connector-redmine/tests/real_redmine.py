"""A real Redmine, from Debian's packages redmine, redmine-sqlite and puma, with a database of its own for the tests."""

import json
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path("/usr/share/redmine")
DATABASE = Path("/var/lib/dbconfig-common/sqlite3/redmine/instances/default/redmine_default")
SEED = Path(__file__).with_name("seed.rb")
STARTS_WITHIN = 120.0


def missing() -> str:
    """Why no Redmine can be started here; empty where one can."""
    if not (ROOT / "config.ru").is_file() or shutil.which("puma") is None:
        return "install Debian's packages redmine, redmine-sqlite and puma"
    return "" if os.access(DATABASE, os.R_OK) else f"{DATABASE} cannot be read: run as root or www-data"


@dataclass(frozen=True)
class Redmine:
    """A running Redmine: its address, and what the seed made (API keys and ids)."""

    url: str
    made: dict[str, str]

    def call(self, method: str, path: str, body: object = None, key: str = "ana") -> dict[str, object]:
        """What a person does, by the API with their key."""
        address = urlsplit(self.url)
        connection = HTTPConnection(address.hostname or "", address.port, timeout=60)
        headers = {"X-Redmine-API-Key": self.made[key], "Content-Type": "application/json"}
        connection.request(method, path, json.dumps(body) if body is not None else None, headers)
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        assert answer.status < 300, f"{method} {path}: {answer.status} {content[:300]!r}"
        return dict(json.loads(content)) if content.strip() else {}

    def add_project(self, identifier: str) -> None:
        """A project with the hub and Ana as members."""
        project = {"name": identifier.title(), "identifier": identifier, "is_public": False}
        modules = {"enabled_module_names": ["issue_tracking"]}
        self.call("POST", "/projects.json", {"project": project | modules}, "boss")
        for user, role in (("hub_id", "role"), ("ana_id", "people")):
            membership = {"user_id": self.made[user], "role_ids": [self.made[role]]}
            self.call("POST", f"/projects/{identifier}/memberships.json", {"membership": membership}, "boss")

    def add_issue(self, project: str, subject: str, **more: object) -> int:
        """An issue that Ana makes."""
        issue = {"project_id": project, "subject": subject, "tracker_id": self.made["feature"], **more}
        made = self.call("POST", "/issues.json", {"issue": issue})["issue"]
        assert isinstance(made, dict)
        return int(made["id"])


@contextmanager
def real_redmine(folder: Path) -> Iterator[Redmine]:
    """Start one on a free port of loopback, with a copy of the packaged database; stopped at the end."""
    database = folder / "redmine.db"
    shutil.copyfile(DATABASE, database)
    env = {**os.environ, "DATABASE_URL": f"sqlite3:{database}", "RAILS_ENV": "production"}
    seeded = subprocess.run(
        ["ruby", "bin/rails", "runner", str(SEED)], cwd=ROOT, env=env, capture_output=True, text=True, check=True
    )
    made = json.loads(seeded.stdout.strip().splitlines()[-1])
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    line = ["puma", "-e", "production", "-b", f"tcp://127.0.0.1:{port}", "-t", "1:4", "config.ru"]
    with (folder / "puma.log").open("wb") as log:
        server = subprocess.Popen(line, cwd=ROOT, env=env, stdout=log, stderr=log)
        try:
            _wait(port, server)
            yield Redmine(f"http://127.0.0.1:{port}", {name: str(value) for name, value in made.items()})
        finally:
            server.terminate()
            server.wait(timeout=30)


def _wait(port: int, server: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < until:
        assert server.poll() is None, "puma ended; see puma.log"
        with socket.socket() as tried:
            if tried.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.2)
    raise AssertionError("Redmine did not start in time")
