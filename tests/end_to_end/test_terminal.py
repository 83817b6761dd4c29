"""What commands show on a terminal: bars with true numbers, colour only where people want it, logs in words."""

import os
import pty
import re
import subprocess
import sys
from contextlib import suppress

import pytest

from tests.end_to_end.workspace import AS_OF, Desk, apart, hub_in
from tests.sandbox_support.faults import Fault

COLOUR = re.compile(r"\x1b\[[0-9;]*m")
CONTROL = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


def on_terminal(desk: Desk, *words: str, **variables: str) -> str:
    """Everything that a command writes where both streams are a terminal of 160 columns."""
    leader, follower = pty.openpty()
    how = apart(desk.folder)
    how["env"] = {**how["env"], "TERM": "xterm-256color", "COLUMNS": "160", **variables}
    line = [sys.executable, "-m", "hub", *words, "--config", str(desk.config)]
    process = subprocess.Popen(line, **how, stdout=follower, stderr=follower)
    os.close(follower)
    written = b""
    with suppress(OSError):  # Linux says so when the other end is closed
        while chunk := os.read(leader, 65536):
            written += chunk
    os.close(leader)
    process.wait()
    return written.decode()


def test_bars_show_how_many_writes_are_done_of_how_many(desk: Desk) -> None:
    desk.here.jira.faults.latency = desk.here.github.faults.latency = 0.03
    shown = CONTROL.sub("", on_terminal(desk, "sync", *AS_OF))
    counted = {(int(done), int(total)) for done, total in re.findall(r"writes\D*?(\d+) of (\d+)", shown)}
    assert {total for _, total in counted} == {35}
    assert len(counted) > 2
    assert "Written: 35 changes" in shown


@pytest.mark.parametrize(
    "words", [("sync", "--dry-run", *AS_OF), ("sync", "--help"), ("sync", "--nothing"), ("doctor",)]
)
def test_no_colour_where_people_want_none_and_an_empty_wish_is_none(desk: Desk, words: tuple[str, ...]) -> None:
    assert COLOUR.findall(on_terminal(desk, *words, NO_COLOR="1")) == []
    if words[0] == "doctor":
        assert COLOUR.findall(on_terminal(desk, *words, NO_COLOR=""))


def test_logs_on_a_terminal_are_words(desk: Desk) -> None:
    desk.here.github.faults.add(Fault("status", times=None, status=401))
    shown = CONTROL.sub("", on_terminal(desk, "sync", *AS_OF, "--dry-run"))
    assert '{"' not in shown
    assert re.search(r"warning: not read: connector github, reason ", shown)
    assert "Next: hub doctor says why a source was not read completely" in shown


def test_a_failure_of_a_tracker_names_the_doctor_and_a_mistake_in_a_file_does_not(desk: Desk) -> None:
    desk.configure("project in (ACME", "projct in (ACME")
    refused = desk.sync()
    assert refused.code == 2
    assert "`hub doctor`" in refused.err
    (desk.folder / "okrs" / "2026-Q4.toml").write_text("nonsense")
    assert "doctor" not in desk.sync().err
    assert "doctor" not in hub_in(desk.folder, "check", "nothing.toml").err
