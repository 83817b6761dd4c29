"""A ticket that can never be written, as the commands tell of it."""

import json

from tests.end_to_end.workspace import Desk
from tests.sandbox_support.faults import Fault

LOCKED = "Unable to create comment because issue is locked."


def test_a_locked_ticket_fails_no_run_and_status_gives_the_trackers_words(desk: Desk) -> None:
    said = {"message": LOCKED}
    fault = Fault("status", "POST", r"/acme/platform/issues/12/comments", None, status=403, body=said)
    desk.sandbox["github"].faults.add(fault)
    first = desk.sync()
    assert first.code == 0
    assert "github: 2 not possible: " in first.out
    assert f"HTTP 403: {LOCKED}; tried again" in " ".join(first.out.split())
    hits = desk.sandbox["github"].faults.hits
    second = json.loads(desk.sync("--format", "json").out)
    assert second["counts"]["unwritable"] == 0
    assert desk.sandbox["github"].faults.hits == hits
    assert "github:acme/platform#12" not in desk.marks()
    status = " ".join(desk.hub("status").out.split())
    assert f"HTTP 403: {LOCKED}: tried again when the ticket changes, in a week, or with --full" in status
    assert "without an answer" not in status
