"""The template passes the contract suite as it is, and fails it with each of the faults that authors make."""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.end_to_end.workspace import ROOT

TEMPLATE = ROOT / "examples" / "connector-template"
# What is written in place of what in which file, and the tests that have to notice.
FAULTS = {
    "a comment is sent again when its answer is lost": (
        "api.py",
        "kind=CallKind.WRITE, idempotent=False, ticket",
        "kind=CallKind.WRITE, ticket",
        ["test_a_lost_answer_leaves_one_comment"],
    ),
    "what could not be read is an empty list": (
        "pull.py",
        "gaps.append(Gap(self.name, error.detail))",
        "pass",
        ["test_what_cannot_be_read_is_a_gap", "test_a_list_that_ends_early_is_a_gap"],
    ),
    "the cursor goes on further than was read": (
        "pull.py",
        "changed=max(changed, cursor.changed if cursor else 0)",
        "changed=1 + max(changed, cursor.changed if cursor else 0)",
        ["test_the_cursor_finds_every_change"],
    ),
    "a page is left out": (
        "pull.py",
        "more = page.more and bool(page.tickets)",
        "more = False",
        ["test_every_ticket_is_read"],
    ),
    "what a comment says is compared with its mark": (
        "connector.py",
        "rendered_text=words_of(comment.text)",
        "rendered_text=comment.text",
        ["test_a_second_run_has_nothing_to_write"],
    ),
    "comments of people count as the hub's": (
        "connector.py",
        "if comment.author == self.whoami().id:",
        "if comment.author:",
        ["test_comments_of_people_stay_as_they_are"],
    ),
    "labels of people are replaced": (
        "connector.py",
        "api.change_labels(target.id, sorted(add), sorted(remove))",
        'api.change_labels(target.id, sorted(add), [*remove, "team-red"])',
        ["test_labels_change_by_delta"],
    ),
    "the hub hears its own comments": (
        "pull.py",
        "if author.id != self.account_id and trusted:",
        "if trusted:",
        ["test_a_command_of_a_person_is_read"],
    ),
    "a closed comment counts as live": (
        "connector.py",
        "closed=mark is not None and mark.closed",
        "closed=False",
        ["test_a_closed_comment_is_known_as_closed"],
    ),
    "the whole text of a ticket is kept": (
        "normalise.py",
        "words=plain_words(ticket.text)",
        "words=tuple(ticket.text.split())",
        ["test_of_a_description_only_what_the_hub_needs_is_stored"],
    ),
    "no ticket is above the base level": (
        "normalise.py",
        "TOP_LEVEL = 1",
        "TOP_LEVEL = 0",
        ["test_a_ticket_has_what_the_hub_needs"],
    ),
    "doctor raises": (
        "connector.py",
        'yield from catch_failures(report, "account and tickets", self._checks(report))',
        "yield from self._checks(report)",
        ["test_doctor_reports_refused_credentials_and_raises_nothing"],
    ),
}


def suite(folder: Path, tests: Sequence[str] = ()) -> subprocess.CompletedProcess[str]:
    chosen = ["-k", " or ".join(tests)] if tests else []
    line = [sys.executable, "-m", "pytest", "-q", "-rfE", "-p", "no:cacheprovider", *chosen]
    # The options and the plugins of the run around it are not those of this one: the package asks for pytest alone.
    env = {name: value for name, value in os.environ.items() if name != "PYTEST_ADDOPTS"}
    env |= {"PYTHONPATH": str(ROOT), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    return subprocess.run(line, cwd=folder, env=env, capture_output=True, text=True, check=False)


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    return Path(shutil.copytree(TEMPLATE, tmp_path / "copy", ignore=shutil.ignore_patterns("__pycache__")))


def test_the_template_passes_the_contract_suite() -> None:
    done = suite(TEMPLATE)
    assert done.returncode == 0, done.stdout
    assert "skipped" not in done.stdout


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_fails(fault: str, copied: Path) -> None:
    name, right, wrong, tests = FAULTS[fault]
    path = copied / "src" / "tiny_tracker_connector" / name
    text = path.read_text(encoding="utf-8")
    assert right in text
    path.write_text(text.replace(right, wrong), encoding="utf-8")
    done = suite(copied, tests)
    failed = {line.partition(" - ")[0].rpartition("::")[2] for line in done.stdout.splitlines() if "FAILED" in line}
    assert failed == set(tests), done.stdout
