"""Text outputs fit one screen however many tickets there are, over HTTP, with titles that people should not write."""

import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest

from hub.report.screen import MAX_LINES, MAX_WIDTH
from hub.report.sync_screen import SEE_ALL
from tests.end_to_end.workspace import AS_OF, Desk, Ran, apart, desk_in

TICKETS = 2000
TITLES = (
    "Work",
    "x" * 5000,
    "Übung " * 60,
    "作業を進める" * 50,
    "a\nb\r\x1b[31mred\u202egnp.exe",
    "::error::boom",
    "👩‍👩‍👧‍👦" * 90,
)

MORE = f"More: {SEE_ALL}\n"
WITHOUT_TEAM = "2,001 of 2,041 active tickets belong to no team"


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory, new_state: Callable[[], str]) -> Iterator[Desk]:
    """The example with 2,000 more tickets in projects that no team owns, before its first run."""
    with desk_in(tmp_path_factory.mktemp("large")) as desk:
        desk.keep_state_in(new_state())
        for number in range(TICKETS):
            project, title = f"WALL{number % 7}", TITLES[number % len(TITLES)]
            desk.jira.add_issue(f"{project}-{number + 1}", f"{title} {number}", status="In Progress")
        projects = ", ".join(f"WALL{number}" for number in range(7))
        desk.configure("project in (ACME, BIZ, GTM, CS)", f"project in (ACME, BIZ, GTM, CS, {projects})")
        desk.configure("enabled = true", "enabled = false")
        yield desk


def assert_fits(ran: Ran) -> str:
    lines = ran.out.splitlines()
    assert len(lines) <= MAX_LINES
    assert max(map(len, lines)) <= MAX_WIDTH
    assert ran.err == ""
    return ran.out


def test_every_command_fits_one_screen_and_says_the_same(large: Desk) -> None:
    dry = assert_fits(large.sync("--dry-run"))
    assert WITHOUT_TEAM in dry
    assert re.search(r'owns = \["jira:WALL\d"\]  # 286 tickets', dry)
    assert "no ticket was read yet" in assert_fits(large.hub("doctor"))
    first = assert_fits(large.sync())
    again = assert_fits(large.sync())
    assert "no ticket, OKR or setting changed since run 1" in again
    assert first.split("Act on this first")[1] == again.split("Act on this first")[1]
    assert large.writes == 0
    doctor = assert_fits(large.hub("doctor"))
    assert WITHOUT_TEAM in doctor
    assert 'owns = ["jira:WALL0"]  # 286 tickets' in doctor
    assert "is read, and no team owns it" not in doctor
    assert_fits(large.hub("status"))


def test_both_gates_are_told_together_and_once(large: Desk) -> None:
    large.configure("enabled = false", "enabled = false\nfirst_run_confirm_above = 5")
    said = assert_fits(large.sync("--dry-run"))
    assert "it takes both publish.enabled = true in the configuration and --yes." in said
    assert said.count("The first run on github and jira would write on 7 tickets and 14 tickets, more than ") == 1
    assert said.endswith("hub sync --yes, or begin with a few projects in publish.include\n" + MORE)
    doctor = assert_fits(large.hub("doctor"))
    assert "the first run on jira and github needs `hub sync --yes` for more than 5 tickets" in doctor
    large.configure("enabled = false\nfirst_run_confirm_above = 5", "enabled = false")


def test_what_to_act_on_first_is_what_the_audit_asks(large: Desk) -> None:
    large.sync()
    audit = json.loads(large.hub("audit", "--format", "json", "--today", "2026-11-16").out)
    document = json.loads(large.sync("--format", "json").out)
    asked = [question["text"] for question in document["overview"]["questions"]]
    assert asked == [question["text"] for question in audit["questions"]]
    assert len(asked) == 3


def test_lines_fit_where_a_terminal_has_no_sign_for_a_letter(desk: Desk) -> None:
    desk.jira.edit("ACME-5", summary="Größe ändern " * 40)
    how = apart(desk.folder)
    how["env"] |= {"PYTHONIOENCODING": "ascii"}
    line = [sys.executable, "-m", "hub", "sync", "--dry-run", *AS_OF, "--config", str(desk.config)]
    done = subprocess.run(line, **how, capture_output=True, timeout=120, check=False)
    assert "ACME-5 Gr\\xf6\\xdfe" in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= MAX_WIDTH
