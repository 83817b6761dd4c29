"""What is said where nothing changed: that, the findings that stand, and what is left to write."""

from typing import Any

from hub.report.run_json import unchanged_document
from hub.report.text import unchanged_lines

FOUND = {
    "rule": "unowned-key-result",
    "severity": "warning",
    "subject": {"kind": "key result", "id": "dau", "url": None},
    "message": "Nobody owns it.",
    "remedy": "Name somebody.",
    "tickets": [],
}
NOTED = {**FOUND, "rule": "split-goal", "severity": "info", "tickets": ["jira:ACME-1"]}
REPORT: dict[str, Any] = {"run": 41, "findings": [NOTED, FOUND], "plan": [], "seconds": {"pull": 2.0}}


def test_findings_stand_below_the_run_that_found_them() -> None:
    said = [line.text for line in unchanged_lines(REPORT)]
    assert said[0] == "No ticket, OKR or setting changed since run 41"
    assert said[1] == "Found as before: 1 warning, 1 info"
    assert said[2:4] == ["  warning: unowned-key-result", "    dau: Nobody owns it."]
    assert said[-1] == "Nothing to write: every ticket is up to date."


def test_notes_and_remedies_are_shown_to_whoever_asks_for_more() -> None:
    said = [line.text for line in unchanged_lines(REPORT, verbose=True)]
    assert "    jira:ACME-1: Nobody owns it." in said
    assert "      → Name somebody." in said


def test_what_a_run_only_planned_stays_planned() -> None:
    assert [line.text for line in unchanged_lines({**REPORT, "plan": [{}, {}]})][-1] == "Planned as before: 2 writes"


def test_the_document_is_that_of_the_last_run() -> None:
    told = unchanged_document(REPORT, 0.25)
    seconds = {"pull": 0.25, "observe": 0.0, "map": 0.0, "check": 0.0, "plan": 0.0, "publish": 0.0}
    assert told == {**REPORT, "unchanged": True, "seconds": seconds}
