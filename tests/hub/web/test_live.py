"""Open pages learn that there is something new for the price of a 304, and of nobody's but what they may see."""

from dataclasses import replace
from datetime import timedelta
from hashlib import sha256

import pytest

from hub.model.service_state import CurrentRun, FinishedRun, RunProgress, RunRequest, SchedulerState
from hub.usecases.assess import StoredState
from hub.web.page import static
from hub.web.snapshot_cache import WebDependencies
from tests.builders import an_initiative
from tests.hub.web.auth.sites import visited
from tests.hub.web.served_snapshot import NOW, FakeSnapshotSource, a_run, a_site, anew, read_of, reading

IDIOMORPH = "4cbd535caf7663a51eda9bce6595371c384fc430d54b8d414e29a61167f19f96"
JIRA = RunRequest(frozenset({"jira"}))
PULLING = RunProgress(received=1240)
WRITING = RunProgress(
    {"pull": 1.2, "observe": 0.0, "map": 0.1, "check": 0.2, "plan": 0.1},
    tickets={"jira": 2000, "github": 3000},
    writes=12,
    planned_writes=1040,
)
COUNTS = {"errors": 1200, "warnings": 7, "done": 12, "failed": 2, "deferred": 3}


def a_source(number: int = 1) -> FakeSnapshotSource:
    runs = (a_run(7, "done", counts={"initiatives": 1}),)
    return FakeSnapshotSource(remembered=StoredState(read_of(an_initiative("jira:ACME-1")), runs=runs), number=number)


def running(progress: RunProgress, run: int | None = 8, **parts: object) -> SchedulerState:
    return replace(SchedulerState(NOW, current=CurrentRun(JIRA, NOW, run, progress)), **parts)  # type: ignore[arg-type]


def ended(result: str, run: int | None = 8, **parts: object) -> SchedulerState:
    finished = FinishedRun(JIRA, NOW, NOW + timedelta(seconds=9), result, run, **parts)  # type: ignore[arg-type]
    return SchedulerState(NOW, last=finished)


def site_in(state: SchedulerState) -> WebDependencies:
    return a_site(a_source(), scheduler_state=lambda: state)


def test_an_open_page_is_told_the_version_that_its_own_head_names() -> None:
    with reading(a_site(a_source())) as reader:
        page, live = reader.get("/findings").text, reader.get("/live").json()
    assert f'<meta name="hub-version" content="{live["version"]}">' in page


def test_asking_again_costs_a_304_until_there_is_something_new() -> None:
    source = a_source()
    site = a_site(source)
    with reading(site) as reader:
        reader.get("/")
        first = reader.get("/live")
        again = reader.get("/live", headers={"If-None-Match": first.headers["etag"]})
        source.number = 2
        anew(site)
        later = reader.get("/live", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content, later.status_code) == (304, b"", 200)
    assert first.json()["version"] != later.json()["version"]


def test_the_activity_changes_with_what_the_scheduler_does() -> None:
    states = [
        SchedulerState(NOW),
        SchedulerState(NOW, requested=True),
        running(PULLING),
        running(WRITING),
        ended("done"),
    ]
    seen = []
    for state in states:
        with reading(site_in(state)) as reader:
            answer = reader.get("/live").json()
            assert f'data-activity="{answer["activity"]}"' in reader.get("/live/run").text
            assert f'data-activity="{answer["activity"]}"' in reader.get("/runs").text
            seen.append((answer["activity"], answer["running"]))
    assert len({activity for activity, _ in seen}) == len(states)
    assert [is_running for _, is_running in seen] == [False, True, True, True, False]


def test_the_state_of_a_run_tells_its_stages_with_true_numbers() -> None:
    with reading(site_in(running(PULLING))) as reader:
        assert "1,240 received so far" in reader.get("/live/run").text
    with reading(site_in(running(WRITING, requested=True))) as reader:
        part = reader.get("/live/run").text
    for words in ("5,000 tickets", "12 of 1,040 writes", 'max="1040" value="12"', "Another sync was requested"):
        assert words in part, words


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (ended("done", counts=COUNTS), ("1,200", "failed", 'href="/runs/8"', "16 Nov 2026, 09:00 UTC")),
        (ended("partial", failed=frozenset({"jira"})), ("Not read: jira", "partial")),
        (ended("unchanged", None), ('nothing had changed since <a href="/runs/7">run 7</a>',)),
        (ended("refused", refusal="41 comments at once"), ("Nothing was written: 41 comments at once",)),
        (ended("cancelled"), ("was interrupted",)),
        (ended("error", None), ("The last sync failed",)),
        (SchedulerState(NOW, requested=True), ("Sync requested",)),
        (
            replace(ended("error", None), error="held", is_held=True),
            ("Another process is running a sync", "didn't start"),
        ),
        (SchedulerState(NOW, stopping=True), ("The service is stopping",)),
    ],
)
def test_every_end_of_a_sync_has_its_words(state: SchedulerState, words: tuple[str, ...]) -> None:
    with reading(site_in(state)) as reader:
        part = reader.get("/live/run").text
    assert [text for text in words if text not in part] == []


def test_a_run_under_way_has_a_page_and_so_has_one_that_just_ended() -> None:
    for state in (running(PULLING), ended("done", counts=COUNTS)):
        with reading(site_in(state)) as reader:
            page = reader.get("/runs/8")
            assert (page.status_code, "run-state" in page.text) == (200, True)
            assert reader.get("/runs/9").status_code == 404


def test_the_reason_of_a_refusal_is_redacted_like_every_other_text() -> None:
    from tests.hub.web.auth.sites import okrs

    source = FakeSnapshotSource(okrs=okrs())
    state = ended("refused", refusal="comments about merger on ACME-1")
    with reading(a_site(source, scheduler_state=lambda: state)) as reader:
        assert "merger" not in reader.get("/live/run").text


@pytest.mark.parametrize("path", ["/live", "/live/run"])
def test_nobody_without_access_is_answered(path: str) -> None:
    with visited(mode="token", viewer_token="viewer-token-of-acme") as client:
        assert client.get(path).status_code == 303
    with reading(site_in(running(PULLING)), role="stranger") as stranger:
        assert stranger.get(path).status_code == 403


def test_a_fault_of_the_state_is_no_fault_of_asking() -> None:
    from hub.model.errors import StoreError

    source = a_source()
    source.fault = StoreError("the state is locked")
    with reading(a_site(source)) as reader:
        assert (reader.get("/live").json()["version"], reader.get("/live/run").status_code) == ("none", 503)


def test_the_library_that_replaces_parts_of_pages_is_the_released_one_with_its_licence() -> None:
    library = (static() / "idiomorph-0.8.0.min.js").read_bytes()
    assert sha256(library).hexdigest() == IDIOMORPH
    assert "Zero-Clause BSD" in (static() / "idiomorph-0.8.0.LICENSE.txt").read_text(encoding="utf-8")


def test_many_readers_of_one_state_are_one_rendering() -> None:
    made: list[object] = []

    def limits() -> tuple[()]:
        made.append(None)
        return ()

    site = a_site(a_source(), scheduler_state=lambda: running(WRITING), rate_limits=limits)
    with reading(site) as reader:
        pages = {reader.get("/runs").text for _ in range(5)}
    assert (len(pages), len(made)) == (1, 1)
