"""The hub's own commands over a real Redmine: doctor, sync, a silent second run, an answer, resolve and retract."""

import json
import os
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import pytest
from real_redmine import Redmine
from redmine_connector.api import IssueWithHistory

OKRS = """
[cycle]
id = "this-cycle"
start = {start}
end = {end}
phase = "running"

[[team]]
id = "product"
owns = ["redmine:{project}"]

[[objective]]
id = "growth"
title = "Grow"

[[objective.key_result]]
id = "revenue"
title = "10M USD a year"
owners = ["product"]
contributions = [{{ team = "product", share = 100 }}]

[[objective]]
id = "adoption"
title = "Daily use"
teams = ["product"]

[[objective.key_result]]
id = "dau"
title = "500,000 daily users"
aligns_to = [{{ key_result = "revenue" }}]
"""
CONFIG = """
okrs = ["okrs.toml"]
workspace = "books"

[connectors.redmine]
kind = "redmine"
url = "{url}"
projects = ["{project}"]

[publish]
enabled = true
max_share = 1.0

[rules.initiative-without-key-result]
grace_days = 0
"""
HALF = timedelta(days=45)


class Workspace:
    """A folder with a configuration, and the installed `hub` in it."""

    def __init__(self, folder: Path, redmine: Redmine, project: str, plugins: Path) -> None:
        self.folder, self.redmine, self.project, self.plugins = folder, redmine, project, plugins
        (folder / "okrs.toml").write_text(
            OKRS.format(project=project, start=date.today() - HALF, end=date.today() + HALF)
        )
        (folder / "config.toml").write_text(CONFIG.format(url=redmine.url, project=project))

    def hub(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        path = os.pathsep.join([str(self.plugins), os.environ.get("PYTHONPATH", "")])
        key = self.redmine.made["hub"]
        env = {**os.environ, "PYTHONPATH": path, "HUB_CONNECTORS__REDMINE__API_KEY": key}
        line = [sys.executable, "-m", "hub", *arguments]
        return subprocess.run(line, cwd=self.folder, env=env, capture_output=True, text=True, check=False)

    def sync(self) -> dict[str, object]:
        done = self.hub("sync", "--yes", "--format", "json")
        assert done.returncode == 0, done.stdout + done.stderr
        return dict(json.loads(done.stdout))

    def notes(self, number: int) -> list[str]:
        answer = self.redmine.call("GET", f"/issues/{number}.json?include=journals")
        return [entry.notes for entry in IssueWithHistory.model_validate(answer).issue.journals if entry.notes]

    def change(self, number: int, **issue: object) -> None:
        self.redmine.call("PUT", f"/issues/{number}.json", {"issue": issue})


@pytest.fixture(scope="module")
def plugins(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package as pip installs it, entry point included."""
    folder = tmp_path_factory.mktemp("plugins")
    options = ["--quiet", "--no-deps", "--no-build-isolation", "--no-index", "--target", str(folder)]
    package = Path(__file__).parents[1]
    subprocess.run([sys.executable, "-m", "pip", "install", *options, str(package)], check=True, capture_output=True)
    return folder


@pytest.fixture
def workspace(tmp_path: Path, redmine: Redmine, project: str, plugins: Path) -> Workspace:
    return Workspace(tmp_path, redmine, project, plugins)


def test_from_doctor_to_retract(workspace: Workspace) -> None:
    unlinked = workspace.redmine.add_issue(workspace.project, "Sells more books")
    exempt = workspace.redmine.add_issue(workspace.project, "Paints the office")
    for number in (unlinked, exempt):
        workspace.change(number, status_id=2)
    doctor = workspace.hub("doctor")
    assert "This tracker has no labels" in doctor.stdout, doctor.stdout
    assert "issues can be read and notes written" in doctor.stdout

    workspace.sync()
    (note,) = workspace.notes(unlinked)
    assert "OKR check: no key result linked" in note
    assert "label" not in note
    assert "/okr" in note
    before = {number: workspace.notes(number) for number in (unlinked, exempt)}
    workspace.sync()
    assert {number: workspace.notes(number) for number in (unlinked, exempt)} == before

    workspace.change(exempt, notes="/okr exempt it is the office")
    workspace.change(unlinked, custom_fields=[{"id": workspace.redmine.made["field"], "value": "dau"}])
    workspace.sync()
    assert "OKR check: resolved." in workspace.notes(unlinked)[0]
    assert "Not OKR work" in workspace.notes(exempt)[0]
    workspace.sync()

    done = workspace.hub("retract", "--yes")
    assert done.returncode == 0, done.stdout + done.stderr
    assert workspace.notes(unlinked) == []
    assert workspace.notes(exempt) == ["/okr exempt it is the office"]
