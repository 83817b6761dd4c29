"""What is said where nothing changed: the same screen as that of the run before, and its document."""

from typing import Any

from hub.report.run_json import unchanged_document
from hub.report.sync_screen import SyncView, detail_lines, sync_lines

FOUND = {
    "rule": "unowned-key-result",
    "severity": "warning",
    "subject": {"kind": "key result", "id": "dau", "url": None},
    "message": "Nobody owns it.",
    "remedy": "Name somebody.",
    "tickets": [],
    "act_on": [],
}
NOTED = {**FOUND, "rule": "split-goal", "severity": "info", "tickets": ["jira:ACME-1"]}
GROUPS = [
    {
        "rule": "unowned-key-result",
        "severity": "warning",
        "summary": "A key result that nobody owns.",
        "count": 1,
        "examples": [{"id": "dau", "title": "500,000 daily users", "team": "", "url": None}],
    }
]
REPORT: dict[str, Any] = {
    "run": 41,
    "cycle": "2026-Q4",
    "sources": [],
    "findings": [NOTED, FOUND],
    "plan": [],
    "skipped_tickets": [],
    "not_judged": [],
    "refused": None,
    "read_only": False,
    "counts": {"active": 3, "exempt": 0},
    "overview": {"questions": [], "findings": GROUPS, "without_team": []},
    "seconds": {"pull": 2.0},
}
WRITE = {"connector": "jira", "ticket": "A-1", "action": "add_label", "status": "planned", "detail": "okr-stale"}


def said(report: dict[str, Any], **how: Any) -> list[str]:
    return [line.text for line in sync_lines(SyncView(report, unchanged=True, **how))]


def test_the_screen_names_the_run_since_which_nothing_changed() -> None:
    lines = said(REPORT)
    assert lines[0] == "Sources: no ticket, OKR or setting changed since run 41"
    assert "Findings: 1 warning" in lines
    assert "  warning      1  unowned-key-result: A key result that nobody owns." in lines
    assert "                  dau 500,000 daily users" in lines
    assert "Nothing to write: every ticket is up to date." in lines


def test_every_finding_with_its_remedy_is_shown_to_whoever_asks_for_more() -> None:
    lines = said(REPORT, details=tuple(detail_lines(REPORT, None)))
    assert "    jira:ACME-1: Nobody owns it." in lines
    assert "      → Name somebody." in lines


def test_what_a_run_only_planned_stays_planned() -> None:
    lines = said({**REPORT, "plan": [WRITE, {**WRITE, "ticket": "A-2"}]}, publishing=False)
    assert "Planned: 2 changes on 2 tickets" in lines
    assert "  jira: 2 labels" in lines
    assert "Nothing was written: publish.enabled is false in the configuration." in lines


def test_the_document_is_that_of_the_last_run() -> None:
    told = unchanged_document(REPORT, 0.25)
    seconds = {"pull": 0.25, "observe": 0.0, "map": 0.0, "check": 0.0, "plan": 0.0, "publish": 0.0}
    assert told == {**REPORT, "unchanged": True, "seconds": seconds}


def test_why_something_was_not_evaluated_is_said_as_it_is() -> None:
    no_key_results = "the organization has no key results in any current cycle"
    skipped = [{"rule": "unlinked-objective", "reason": no_key_results}] * 2
    skipped += [{"rule": "unlinked-objective", "reason": f"reason {at}"} for at in range(5)]
    lines = said({**REPORT, "not_judged": skipped})
    assert f"  not evaluated: {no_key_results} · 2 subjects of unlinked-objective" in lines
    assert "  not evaluated: 3 more subjects, for other reasons" in lines
    assert not any("data is incomplete" in line for line in lines)
