"""The pages of runs: what was done, what could not be, what comes next; and the button for a run now."""

from datetime import timedelta

import pytest

from hub.model.initiative import Gap
from hub.model.pacing import RateLimitBudget, RateLimitStatus
from hub.service.state import CurrentRun, RunRequest, SchedulerState
from hub.web.making import StoredState
from tests.builders import an_initiative
from tests.hub.web.pictures import NOW, Looks, a_run, a_site, read_of, reading

LEFT = RateLimitStatus("jira", "acme.test", NOW, (RateLimitBudget("core", 5000, 4100, NOW + timedelta(hours=1)),))
UNWRITTEN = {
    "action": "create_comment",
    "connector": "jira",
    "ticket": "ACME-2",
    "status": "deferred",
    "detail": "the host asked everybody to wait",
    "why": "new",
    "wait": 600.0,
}
SOURCE = {
    "connector": "jira",
    "pulled": 40,
    "extent": "changes",
    "missed": 1,
    "changed": 3,
    "removed": 0,
    "requests": 12,
    "gaps": [{"reason": "the tracker answered 502", "key": None}],
    "gaps_in_all": 1,
}
RUN = a_run(
    7,
    "partial",
    counts={"initiatives": 40, "errors": 2, "warnings": 3, "done": 1, "deferred": 1, "gaps": 1},
    seconds={"pull": 1.25, "check": 0.5},
    sources=[SOURCE],
    plan=[UNWRITTEN],
    held=[{"ticket": "jira:ACME-3", "why": "it was read only in part"}],
    refused=None,
)
GAPS = (Gap("jira", "the tracker answered 502"),)


def looks() -> Looks:
    return Looks(remembered=StoredState(read_of(an_initiative("jira:ACME-1"), gaps=GAPS), runs=(RUN,)))


def test_history_tells_sources_limits_and_what_comes_next() -> None:
    state = SchedulerState(NOW, due={"jira": NOW + timedelta(minutes=12)}, pending_refreshes=2)
    site = a_site(looks(), scheduler_state=lambda: state, rate_limits=lambda: (LEFT,))
    with reading(site) as reader:
        page = reader.get("/runs").text
    for words in (
        "16 Nov 2026, 09:12 UTC",
        "the tracker answered 502",
        "4100",
        "2 changed tickets are waiting",
        "partial",
        "1.25",
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
    for words in ("retried after 16 Nov 2026, 09:10 UTC", "asked everybody to wait", "it was read only in part"):
        assert words in page, words


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
