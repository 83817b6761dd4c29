"""The pages of runs: what was done, what could not be, what comes next; and the button for a run now."""

from datetime import timedelta

import pytest

from hub.model.initiative import Gap
from hub.model.service_state import CurrentRun, RateLimitBudget, RateLimitStatus, RunRequest, SchedulerState
from hub.usecases.assess import StoredState
from tests.builders import an_initiative
from tests.hub.web.served_snapshot import NOW, FakeSnapshotSource, a_run, a_site, read_of, reading

LEFT = RateLimitStatus("jira", "acme.test", NOW, (RateLimitBudget("core", 5000, 4100, NOW + timedelta(hours=1)),))
UNWRITTEN = {
    "action": "create_comment",
    "connector": "jira",
    "ticket": "ACME-2",
    "status": "deferred",
    "detail": "the host asked everybody to wait",
    "reason": "new",
    "wait_seconds": 600.0,
}
SOURCE = {
    "connector": "jira",
    "pulled": 40,
    "mode": "incremental",
    "missed_by_cursor": 1,
    "changed": 3,
    "removed": 0,
    "requests": 12,
    "gaps": [{"reason": "the tracker answered 502", "key": None}],
    "gap_count": 1,
}
RUN = a_run(
    7,
    "partial",
    counts={"initiatives": 40, "errors": 2, "warnings": 3, "done": 1, "deferred": 1, "gaps": 1},
    seconds={"pull": 1.25, "check": 0.5},
    sources=[SOURCE],
    plan=[UNWRITTEN],
    skipped_tickets=[{"ticket": "jira:ACME-3", "reason": "it was read only in part"}],
    refused=None,
)
GAPS = (Gap("jira", "the tracker answered 502"),)


def looks() -> FakeSnapshotSource:
    return FakeSnapshotSource(remembered=StoredState(read_of(an_initiative("jira:ACME-1"), gaps=GAPS), runs=(RUN,)))


def test_history_tells_sources_limits_and_what_comes_next() -> None:
    state = SchedulerState(NOW, due={"jira": NOW + timedelta(minutes=12)}, pending_refreshes=2)
    site = a_site(looks(), scheduler_state=lambda: state, rate_limits=lambda: (LEFT,))
    with reading(site) as reader:
        page = reader.get("/runs").text
    for words in (
        "16 Nov 2026, 09:12 UTC",
        "the tracker answered 502",
        "4,100",
        "2 changed tickets are waiting",
        "partial",
    ):
        assert words in page, words


def test_a_run_under_way_is_told_while_the_window_is_the_one_before() -> None:
    state = SchedulerState(NOW, current=CurrentRun(RunRequest(frozenset({"jira"})), NOW, 8))
    with reading(a_site(looks(), scheduler_state=lambda: state)) as reader:
        assert "started on 16 Nov 2026, 09:00 UTC and is running" in reader.get("/runs").text


def test_one_run_tells_what_was_not_written_and_when_it_is_tried_again() -> None:
    with reading(a_site(looks())) as reader:
        page = reader.get("/runs/7").text
        assert reader.get("/runs/8").status_code == 404
    for words in (
        "retried after 16 Nov 2026, 09:10 UTC",
        "asked everybody to wait",
        "it was read only in part",
        "1.25",
    ):
        assert words in page, words


def test_a_run_whose_summary_lacks_some_keys_has_a_page_all_the_same() -> None:
    added = {"mode", "missed_by_cursor", "gap_count"}
    source = {name: value for name, value in SOURCE.items() if name not in added}
    write = {name: value for name, value in UNWRITTEN.items() if name not in {"reason", "wait_seconds"}}
    run = a_run(7, counts={"initiatives": 40}, seconds={"pull": 1.25}, sources=[source], plan=[write])
    stored = StoredState(read_of(an_initiative("jira:ACME-1")), runs=(run,))
    with reading(a_site(FakeSnapshotSource(remembered=stored))) as reader:
        pages = [reader.get(path) for path in ("/runs", "/runs/7", "/tickets/jira/ACME-1", "/api/runs/7")]
    assert [page.status_code for page in pages] == [200] * 4


def test_only_admins_read_why_no_run_is_possible_and_see_the_button() -> None:
    site = a_site(looks(), scheduler_state=lambda: SchedulerState(NOW, error="the state is locked", failing_since=NOW))
    with reading(site) as viewer, reading(site, role="admin") as admin:
        seen, whole = viewer.get("/runs").text, admin.get("/runs").text
    assert ("Runs are failing right now" in seen, "locked" in seen, "Sync now" in seen) == (True, False, False)
    assert ("locked" in whole, "Sync now" in whole) == (True, True)


def test_an_admin_may_ask_for_a_run_from_our_own_page() -> None:
    asked: list[str] = []
    site = a_site(looks(), trigger_run=lambda: asked.append("now"))
    with reading(site, role="admin") as admin:
        answer = admin.post("/runs", headers={"Sec-Fetch-Site": "same-origin"})
    assert (answer.status_code, answer.headers["location"], asked) == (303, "/runs", ["now"])


@pytest.mark.parametrize(
    ("role", "headers", "status"),
    [
        ("viewer", {"Sec-Fetch-Site": "same-origin"}, 403),
        ("admin", {"Sec-Fetch-Site": "cross-site"}, 403),
        ("admin", {"Origin": "https://elsewhere.test"}, 403),
        ("admin", {"Origin": "null"}, 403),
        (None, {"Sec-Fetch-Site": "same-origin"}, 401),
    ],
)
def test_nobody_else_sets_a_run_going(role: str | None, headers: dict[str, str], status: int) -> None:
    asked: list[str] = []
    site = a_site(looks(), trigger_run=lambda: asked.append("now"))
    with reading(site, role=role) as reader:
        assert (reader.post("/runs", headers=headers).status_code, asked) == (status, [])
