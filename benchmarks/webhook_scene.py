"""The world of `benchmarks.webhooks`: a tracker that sends webhooks, and `hub serve` as users start it."""

import json
import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.incremental import created_at
from hub.sandbox.github.site import TOKEN
from hub.sandbox.server import serve
from tests.sandbox_support.apps import github_app, jira_app
from tests.sandbox_support.github_webhooks import NotifyingGitHub, github_hooks
from tests.sandbox_support.jira_webhooks import NotifyingJira, jira_hooks
from tests.sandbox_support.webhooks import Hooks, signature

SECRET = "benchmark"
TODAY = "2026-11-16"
DUE = "2026-12-01"
LABEL = "kr-revenue"
START_SECONDS = 1800
CONFIG = """
cycle = "2026-Q4"
okrs = ["okrs.toml"]
state = "sqlite:///hub.db"

[connectors.{kind}]
kind = "{kind}"
url = "{url}"
writes_per_minute = 1000000
writes_per_hour = 0
{more}

[publish]
enabled = true
max_share = 1.0
max_resolved_share = 1.0
max_new_comments = 100000
max_new_comments_per_project = 100000
first_run_confirm_above = 1000000

[service]
schedule = "every 30d"
"""
OKRS = """
[cycle]
id = "2026-Q4"
start = 2026-10-01
end = 2026-12-31
phase = "running"

[[team]]
id = "product"
name = "Product"
owns = ["github:acme/app", "jira:ACME"]

[[objective]]
id = "growth"
title = "Become the first choice of small studios"

[[objective.key_result]]
id = "revenue"
title = "Yearly revenue of 10M USD"
start = 6_200_000
target = 10_000_000
current = 7_100_000
owners = ["product"]
"""
OBJECTIVE = """
[[team]]
id = "team-{0}"
name = "Team {0}"

[[objective]]
id = "goal-{0}"
title = "Studios of region {0} grow with us"
teams = ["team-{0}"]
aligns_to = ["growth"]
"""
KEY_RESULT = """
[[objective.key_result]]
id = "kr-{0}"
title = "Studios that come back within a week, part {0}"
start = 0
target = 100
current = 40
owners = ["team-{1}"]
aligns_to = [{{ key_result = "revenue" }}]
"""
OF_OBJECTIVE = 10


def okr_file(key_results: int) -> str:
    """One organization key result, and so many of teams that lead to it."""
    lines = [OKRS]
    for number in range(key_results):
        team = number // OF_OBJECTIVE
        lines += [OBJECTIVE.format(team)] if number % OF_OBJECTIVE == 0 else []
        lines += [KEY_RESULT.format(number, team)]
    return "".join(lines)


def created(number: int, tickets: int) -> str:
    """As trackers write it."""
    return created_at(number, tickets).strftime("%Y-%m-%dT%H:%M:%SZ")


def labels_of(number: int, commented: int, key_results: int) -> list[str]:
    """None for the first tickets, which need a comment; the others share the key results out."""
    if number < commented:
        return []
    return [f"kr-kr-{number % key_results}" if key_results else LABEL]


class WatchedGitHub(NotifyingGitHub):
    """Remembers when each comment was last written."""

    write_times: dict[str, float]

    def add_comment(self, issue: Any, body: str, author: str | None = None) -> Any:
        comment = super().add_comment(issue, body, author)
        self.write_times[comment.issue.key] = time.perf_counter()
        return comment

    def edit_comment(self, comment: Any, body: str) -> None:
        super().edit_comment(comment, body)
        self.write_times[comment.issue.key] = time.perf_counter()


class WatchedJira(NotifyingJira):
    """Remembers when each comment was last written."""

    write_times: dict[str, float]

    def add_comment(self, issue: Any, author: str, body: Any, properties: Any) -> Any:
        comment = super().add_comment(issue, author, body, properties)
        self.write_times[issue.key] = time.perf_counter()
        return comment

    def put_comment(self, comment: Any) -> Any:
        saved = super().put_comment(comment)
        self.write_times[self.issues[comment.issue].key] = time.perf_counter()
        return saved


@dataclass
class Scene:
    """One tracker, the service that looks at it, and what the benchmark may do to both."""

    kind: str
    site: Any
    hooks: Hooks
    keys: Sequence[str]
    config: str
    okrs: str
    token: str
    label: Callable[[str], None]
    delivery: Callable[[int, str], tuple[dict[str, str], bytes]]
    url: str = ""
    home: Path = field(default_factory=Path)

    def runs(self) -> int:
        with closing(sqlite3.connect(f"file:{self.home / 'hub.db'}?mode=ro", uri=True)) as db:
            return int(db.execute("select count(*) from run where finished is not null").fetchone()[0])

    def waiting(self) -> int:
        with closing(sqlite3.connect(f"file:{self.home / 'hub.db'}?mode=ro", uri=True)) as db:
            return int(db.execute("select count(*) from pending_refresh").fetchone()[0])


@contextmanager
def a_github(tickets: int, commented: int, key_results: int) -> Iterator[Scene]:
    hooks = github_hooks(SECRET)
    site = WatchedGitHub(hooks)
    site.write_times = {}
    site.add_token()
    site.limits.allowed = dict.fromkeys(site.limits.allowed, 1_000_000_000)
    site.add_repository("acme/app")
    for number in range(tickets):
        labels = labels_of(number, commented, key_results)
        milestone = {"title": "Launch", "due": DUE}
        site.add_issue(
            "acme/app", f"Work {number}", created=created(number, tickets), milestone=milestone, labels=labels
        )
    keys = [f"acme/app#{number}" for number in range(1, commented + 1)]

    def delivery(number: int, key: str) -> tuple[dict[str, str], bytes]:
        payload = {"action": "edited", "issue": {"node_id": site.issue(key).node_id}, "number": number}
        body = json.dumps(payload).encode()
        headers = {"X-GitHub-Event": "issues", "X-GitHub-Delivery": f"burst-{number}"}
        return headers | {"X-Hub-Signature-256": signature(SECRET, body)}, body

    with serve(github_app(site).app) as running:
        config = CONFIG.format(kind="github", url=running.url, more='repositories = ["acme/app"]')
        label = lambda key: site.add_label_by_person(key, LABEL)  # noqa: E731
        yield Scene("github", site, hooks, keys, config, okr_file(key_results), TOKEN, label, delivery)


@contextmanager
def a_jira(tickets: int, commented: int, key_results: int) -> Iterator[Scene]:
    hooks = jira_hooks(SECRET)
    site = WatchedJira(hooks)
    site.write_times = {}
    fields = {"status": "In Progress", "due": DUE}
    for number in range(1, tickets + 1):
        labels = labels_of(number - 1, commented, key_results)
        site.add_issue(f"ACME-{number}", **fields, created=created(number, tickets), labels=labels)
    keys = [f"ACME-{number}" for number in range(1, commented + 1)]

    def delivery(number: int, key: str) -> tuple[dict[str, str], bytes]:
        payload = {"webhookEvent": "jira:issue_updated", "issue": {"id": str(site.issue(key).id)}, "timestamp": number}
        body = json.dumps(payload).encode()
        headers = {"X-Atlassian-Webhook-Identifier": f"burst-{number}"}
        return headers | {"X-Hub-Signature": signature(SECRET, body)}, body

    with serve(jira_app(site).app) as running:
        extra = f'email = "{site.bot.email}"\nquery = "project = ACME"'
        config = CONFIG.format(kind="jira", url=running.url, more=extra)
        label = lambda key: site.add_label(key, LABEL)  # noqa: E731
        yield Scene("jira", site, hooks, keys, config, okr_file(key_results), site.bot.token, label, delivery)


@contextmanager
def run_service(scene: Scene) -> Iterator[Scene]:
    """`hub serve` in a process of its own, once every ticket has its comment."""
    with tempfile.TemporaryDirectory() as folder:
        scene.home = Path(folder)
        (scene.home / "config.toml").write_text(scene.config)
        (scene.home / "okrs.toml").write_text(scene.okrs)
        order = [sys.executable, "-m", "hub", "serve", "--port", "0", "--today", TODAY, "--format", "json"]
        order += ["--config", str(scene.home / "config.toml")]
        variable = f"HUB_CONNECTORS__{scene.kind.upper()}__"
        env = {name: value for name, value in os.environ.items() if not name.startswith("HUB_")}
        env |= {f"{variable}TOKEN": scene.token, f"{variable}WEBHOOK_SECRET": SECRET}
        with (
            (scene.home / "log").open("w") as log,
            subprocess.Popen(order, stdout=subprocess.PIPE, stderr=log, text=True, env=env) as process,
        ):
            try:
                assert process.stdout is not None
                scene.url = json.loads(_document(process.stdout))["url"]
                until(lambda: len(scene.site.write_times) == len(scene.keys) and scene.runs() > 0, START_SECONDS)
                scene.hooks.url = f"{scene.url}/webhooks/{scene.kind}"
                yield scene
            except Exception:
                print((scene.home / "log").read_text(), file=sys.stderr)
                raise
            finally:
                process.terminate()
                process.wait(timeout=60)


def _document(lines: Any) -> str:
    """The first whole JSON object that is printed."""
    text = ""
    for line in lines:
        text += line
        try:
            json.loads(text)
        except ValueError:
            continue
        return text
    raise RuntimeError("the service ended before it answered; see its log")


def until(done: Callable[[], bool], seconds: float = 60.0) -> None:
    end = time.monotonic() + seconds
    while not done():
        if time.monotonic() > end:
            raise TimeoutError("what the benchmark waits for did not come")
        time.sleep(0.002)
