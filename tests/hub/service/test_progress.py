"""The progress of a run is what its stages, reads and writes came to, whoever counts at the same time."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from hub.model.service_state import STAGES
from hub.pipeline.sync import sync
from hub.service.progress import ProgressTracker
from tests.builders import an_initiative
from tests.hub.pipeline.workspace import a_desk

THREE = [an_initiative(f"jira:ACME-{number}", title=f"bad {number}") for number in (1, 2, 3)]


def test_a_run_tells_each_stage_what_it_read_and_every_write() -> None:
    desk, tracker = a_desk(*THREE), ProgressTracker()
    job = replace(
        desk.job(), progress=tracker.count, announce=tracker.announce, observer=tracker, on_start=tracker.on_start
    )
    sync(job, lambda _outcome: {})
    run, progress = tracker.state()
    assert (run, tuple(progress.seconds), progress.stage) == (1, STAGES, "")
    assert sum(progress.tickets.values()) == len(THREE)
    assert (progress.writes, progress.planned_writes) == (desk.jira.writes.total(), desk.jira.writes.total())


def test_what_several_threads_count_adds_up() -> None:
    tracker = ProgressTracker()
    with ThreadPoolExecutor(8) as pool:
        for what in ("tickets", "rows", "writes"):
            pool.map(lambda number, what=what: tracker.count(what, number), range(100))
    _run, progress = tracker.state()
    assert (progress.received, progress.writes) == (2 * sum(range(100)), sum(range(100)))


def test_the_next_run_begins_with_nothing() -> None:
    tracker = ProgressTracker()
    tracker.on_start(7)
    tracker.count("tickets", 40)
    tracker.on_stage_end("pull", 1.5)
    tracker.reset()
    assert tracker.state() == ProgressTracker().state()
