"""`hub status` of runs whose whole report is not kept any more: their summary says the same."""

from datetime import UTC, datetime

from hub.model.service_state import Run
from hub.report.status import HubStatus, status_document
from hub.report.status_screen import status_lines

NOW = datetime(2026, 11, 16, 9, tzinfo=UTC)
TOLD = {
    "counts": {"initiatives": 9, "errors": 2, "warnings": 1, "done": 3},
    "sources": [{"connector": "jira", "gaps": [{"reason": "it did not answer", "key": None}], "notes": ["twice"]}],
    "plan": [
        {
            "connector": "jira",
            "ticket": "ACME-1",
            "action": "add_label",
            "status": "failed",
            "detail": "no",
            "wait_seconds": 0,
        }
    ],
    "skipped_tickets": [{"ticket": "jira:ACME-2", "reason": "it moved"}],
}
FINDINGS = [{"rule": "stale-key-result"}]


def lines(*runs: Run) -> list[str]:
    return lines_of(HubStatus(NOW, runs, {}, 0))


def lines_of(state: HubStatus) -> list[str]:
    return [line.text.strip() for line in status_lines(state)]


def test_a_run_reads_the_same_from_its_report_and_from_its_summary() -> None:
    whole = Run(1, NOW, NOW, "partial", {**TOLD, "findings": FINDINGS}, TOLD)
    light = Run(1, NOW, NOW, "partial", {}, TOLD)
    assert lines(light) == lines(whole)
    assert "jira: not read: it did not answer" in lines(light)
    state = HubStatus(NOW, [light], {"jira": NOW}, 0, incomplete_sources={"jira"})
    assert lines_of(state)[1] == "jira: read 0 min ago, but not completely"
    assert status_document(state)["sources"][0]["complete"] is False
    assert "twice" in lines_of(state)
    assert status_document(state)["sources"][0]["notes"] == ["twice"]
    assert status_document(HubStatus(NOW, [light], {}, 0)) == status_document(HubStatus(NOW, [whole], {}, 0))
