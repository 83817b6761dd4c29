"""A door for webhooks that is really served: a GitHub and a Data Center behind it, and a state of its own."""

import hashlib
import hmac
import json
import socket
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from fastapi import FastAPI
from pydantic import SecretStr

from connectors.github.connector import GitHubConnector
from connectors.github.settings import GitHubSettings
from connectors.jira.connector import JiraConnector
from connectors.jira.settings import JiraSettings
from hub.sandbox.server import serve
from hub.store.sqlite.store import SqliteStore
from hub.web.server import BodyLimiter
from hub.web.webhooks import webhook_connectors, webhook_routes
from tests.fakes.connector_context import FakeTime, a_world

SECRET = "s3cret"


def signed(body: bytes, secret: str = SECRET) -> str:
    return f"sha256={hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}"


def of_issue(node: str, **more: Any) -> bytes:
    return json.dumps({"action": "edited", "issue": {"node_id": node}, **more}).encode()


@dataclass
class Door:
    url: str
    port: int
    store: SqliteStore
    time: FakeTime
    outcomes: Counter[tuple[str, str]]
    pokes: list[int]
    client: httpx.Client = field(default_factory=lambda: httpx.Client(timeout=30, trust_env=False))

    def knock(
        self, body: bytes, *, at: str = "github", delivery: str = "d-1", signature: str | None = None
    ) -> httpx.Response:
        headers = {
            "X-GitHub-Event": "issues",
            "X-GitHub-Delivery": delivery,
            "X-Hub-Signature-256": signed(body) if signature is None else signature,
            "Content-Type": "application/json",
        }
        return self.client.post(f"{self.url}/webhooks/{at}", content=body, headers=headers)

    def waiting(self) -> list[tuple[str, str]]:
        return [
            (pending_refresh.connector, pending_refresh.ticket) for pending_refresh in self.store.requested_refreshes()
        ]

    def raw(self, sent: bytes, *, end: bool = True) -> bytes:
        """Bytes as they are, and all that comes back."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=20) as line:
            line.sendall(sent)
            if end:
                line.shutdown(socket.SHUT_WR)
            found = b""
            try:
                while part := line.recv(65536):
                    found += part
            except ConnectionResetError:
                pass
            return found


@contextmanager
def a_door(path: Path, room: BodyLimiter | None = None) -> Iterator[Door]:
    time, outcomes, pokes = FakeTime(), Counter[tuple[str, str]](), list[int]()
    secret = SecretStr(SECRET)
    github = GitHubConnector(
        "github", GitHubSettings(repositories=("acme/app",), token=SecretStr("t"), webhook_secret=secret), a_world(time)
    )
    center = JiraSettings(url="https://jira.acme.example", query="q", token=SecretStr("t"), webhook_secret=secret)
    jira = JiraConnector("jira", center, a_world(time))
    store = SqliteStore(path / "hub.db")
    app = FastAPI()
    app.include_router(
        webhook_routes(
            webhook_connectors([github, jira]),
            store.record_deliveries,
            lambda: pokes.append(1),
            now=time.now,
            observe=lambda name, word: outcomes.update([(name, word)]),
            limiter=room,
        )
    )
    with serve(app) as running:
        yield Door(running.url, running.port, store, time, outcomes, pokes)
    for item in (github, jira, store):
        item.close()
