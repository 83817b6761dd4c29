"""The worked example of exports: findings without any credentials."""

import json
import os
import subprocess
import sys
from pathlib import Path
from shutil import copytree

import pytest

from tests.end_to_end.workspace import ROOT, Ran, hub_in

DAY = ("--today", "2026-11-16")


@pytest.fixture
def here(tmp_path: Path) -> Path:
    copytree(ROOT / "examples", tmp_path / "examples")
    return tmp_path / "examples" / "csv"


def in_example(here: Path, *words: str) -> Ran:
    return hub_in(here, *words, "--config", "config.toml")


def test_a_sync_of_exports_finds_what_the_trackers_would_show(here: Path) -> None:
    ran = in_example(here, "sync", *DAY, "--format", "json")
    assert ran.code == 0, ran.err
    told = json.loads(ran.out)
    assert [(source["connector"], source["gaps"]) for source in told["sources"]] == [("jira", []), ("github", [])]
    found = {(item["rule"], item["subject"]["id"]) for item in told["findings"]}
    assert {
        ("initiative-without-key-result", "jira:ACME-5"),
        ("initiative-without-key-result", "github:acme/platform#12"),
        ("unresolvable-link", "jira:ACME-7"),
    } <= found
    assert told["plan"] == []
    link = next(item["subject"]["url"] for item in told["findings"] if item["subject"]["id"] == "jira:ACME-5")
    assert link == "https://acme.atlassian.net/browse/ACME-5"


def test_the_same_export_again_changes_nothing(here: Path) -> None:
    in_example(here, "sync", *DAY)
    told = json.loads(in_example(here, "sync", *DAY, "--format", "json").out)
    assert [(source["changed"], source["removed"]) for source in told["sources"]] == [(0, 0), (0, 0)]


def test_nobody_is_told_that_tickets_show_what_they_should(here: Path) -> None:
    ran = in_example(here, "sync", *DAY)
    assert "Nothing is written: the tickets come from exports" in ran.out
    assert "every ticket is up to date" not in ran.said
    assert "publish.enabled" not in ran.said


def test_whoever_hears_only_the_first_line_is_not_told_of_a_broken_pipe(here: Path) -> None:
    for words in (("sync", *DAY), ("sync", *DAY, "--format", "json"), ("audit", *DAY, "--fail-on", "never")):
        line = [sys.executable, "-m", "hub", *words, "--config", "config.toml"]
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
        with subprocess.Popen(line, cwd=here, env={**os.environ, "PYTHONPATH": str(ROOT)}, **pipes) as process:
            assert process.stdout is not None
            assert process.stderr is not None
            process.stdout.close()
            said = process.stderr.read()
        assert (
            process.returncode,
            [line for line in said.splitlines() if "Nothing was" not in line],
        ) == (0, [])


def test_the_doctor_finds_nothing_broken_in_the_example(here: Path) -> None:
    ran = in_example(here, "doctor")
    assert ran.code == 0, ran.said
    assert "acme-jira.csv is a jira export" in ran.out


def test_an_export_without_its_columns_ends_with_2_and_says_which(here: Path) -> None:
    file = here / "acme-jira.csv"
    file.write_text(file.read_text().replace("Issue key", "Schluessel", 1))
    ran = in_example(here, "sync", *DAY)
    assert ran.code == 2
    assert "acme-jira.csv:1: it lacks the column Issue key" in ran.err
    assert "Traceback" not in ran.said


def test_an_export_of_other_languages_is_read_whatever_its_dates_look_like(tmp_path: Path) -> None:
    text = (ROOT / "tests" / "end_to_end" / "sheets" / "export-of-other-languages.csv").read_text()
    (tmp_path / "x.csv").write_text(text.replace("2027年1月31日", "soon"))
    (tmp_path / "config.toml").write_text(
        'okrs = ["okrs/*.toml"]\n[connectors.export]\nkind = "csv"\npaths = ["x.csv"]\n'
    )
    copytree(ROOT / "examples" / "acme" / "okrs", tmp_path / "okrs")
    told = json.loads(in_example(tmp_path, "sync", "--dry-run", *DAY, "--format", "json").out)
    (source,) = told["sources"]
    assert (source["pulled"], source["gaps"], len(source["notes"])) == (3, [], 1)
    assert "the column 'Due date' has a date that cannot be read, the first is 'soon'" in source["notes"][0]
    (tmp_path / "x.csv").write_text(text)
    again = json.loads(in_example(tmp_path, "sync", "--dry-run", *DAY, "--format", "json").out)
    assert [(item["pulled"], item["gaps"], item["notes"]) for item in again["sources"]] == [(3, [], [])]
