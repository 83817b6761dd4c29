"""`hub serve` answers a webhook by judging one ticket; whoever judges everything afterwards has nothing to write."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest

from hub.config.settings import Config, load
from hub.sandbox.server import serve
from hub.state import open_store
from tests.end_to_end.serving import until
from tests.end_to_end.workspace import apart
from tests.sandbox_support.apps import jira_app
from tests.sandbox_support.jira_webhooks import NotifyingJira, jira_hooks

SECRET = "s3cret"
TODAY = "2026-11-16"
CONFIG = """
cycle = "2026-Q4"
okrs = ["okrs.toml"]
state = "{state}"

[connectors.jira]
kind = "jira"
url = "{url}"
email = "{email}"
query = "project = ACME"
writes_per_minute = 0
writes_per_hour = 0

[publish]
enabled = true
max_share = 1.0
max_resolved_share = 1.0
first_run_confirm_above = 1000

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
owns = ["jira:ACME"]

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


@dataclass
class Scene:
    folder: Path
    site: Any
    hooks: Any

    @cached_property
    def config(self) -> Config:
        return load(self.folder / "config.toml", {})

    def words(self, *words: str) -> list[str]:
        return [sys.executable, "-m", "hub", *words, "--today", TODAY, "--config", str(self.folder / "config.toml")]

    @property
    def how(self) -> dict[str, Any]:
        """How its commands are started."""
        how = apart(self.folder)
        secrets = {"TOKEN": self.site.bot.token, "WEBHOOK_SECRET": SECRET}
        how["env"] |= {f"HUB_CONNECTORS__JIRA__{name}": value for name, value in secrets.items()}
        return how

    def reports(self) -> list[tuple[int, bool]]:
        """Each run that ended, the latest first, and whether its report lists all findings."""
        with closing(open_store(self.config, create=False)) as store:
            return [(run.id, "findings" in run.report) for run in store.runs(20) if run.finished is not None]

    def comments(self, key: str) -> list[str]:
        return [str(comment.body) for comment in self.site.comments_of(key)]


@pytest.fixture
def scene(tmp_path: Path, new_state: Callable[[], str]) -> Iterator[Scene]:
    hooks = jira_hooks(SECRET)
    site = NotifyingJira(hooks)
    for number in range(1, 13):
        site.add_issue(f"ACME-{number}", created="2026-10-05T08:00:00Z", status="In Progress", due="2026-12-01")
    with serve(jira_app(site).app) as running:
        values = {"url": running.url, "email": site.bot.email, "state": new_state()}
        (tmp_path / "config.toml").write_text(CONFIG.format(**values), encoding="utf-8")
        (tmp_path / "okrs.toml").write_text(OKRS, encoding="utf-8")
        yield Scene(tmp_path, site, hooks)
        hooks.close()


@contextmanager
def service(scene: Scene) -> Iterator[None]:
    """Running, until the block ends."""
    words = scene.words("serve", "--port", "0")
    with subprocess.Popen(words, **scene.how, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        try:
            assert process.stdout is not None
            first = process.stdout.readline()
            assert first, process.communicate()[1]
            scene.hooks.url = f"{first.split()[-1]}/webhooks/jira"
            yield
        finally:
            process.terminate()
            process.communicate(timeout=30)


def test_one_webhook_is_answered_by_judging_one_ticket(scene: Scene) -> None:
    keys = [f"ACME-{number}" for number in range(1, 13)]
    with service(scene):
        until(lambda: all(scene.comments(key) for key in keys))
        until(lambda: bool(scene.reports()))
        before = {key: scene.comments(key) for key in keys}
        scene.site.add_label("ACME-4", "kr-revenue")
        until(lambda: scene.comments("ACME-4") != before["ACME-4"])
        until(lambda: not scene.reports()[0][1])
    after = {key: scene.comments(key) for key in keys}
    assert {key for key in keys if after[key] != before[key]} == {"ACME-4"}
    assert [len(found) for found in after.values()] == [1] * len(keys)
    for _ in range(2):
        words = scene.words("sync", "--full", "--yes")
        whole = subprocess.run(words, **scene.how, capture_output=True, check=False)
        assert whole.returncode == 0, whole.stderr
    assert {key: scene.comments(key) for key in keys} == after
