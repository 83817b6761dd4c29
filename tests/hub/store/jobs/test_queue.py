"""What is read counts only for the run that comes next: not where another run began or ended meanwhile."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from hub.model.initiative import Gap, PullResult
from hub.model.service_state import RunRequest
from hub.store.jobs.publications import Publications
from hub.store.jobs.queue import PUBLISH, JobQueue, PulledSource, PullOrder
from tests.builders import an_initiative
from tests.end_to_end.serving import until
from tests.hub.store.postgres_server import PostgresServer

NOW = datetime(2026, 11, 16, 9, tzinfo=UTC)
BOTH = RunRequest(frozenset({"jira", "github"}))


@pytest.fixture
def url(postgres_server: PostgresServer) -> str:
    return postgres_server.new_schema()


@pytest.fixture
def jobs(url: str) -> Iterator[JobQueue]:
    with JobQueue(url) as jobs:
        yield jobs


def waiting(jobs: JobQueue) -> list[str]:
    """The keys of the jobs that wait; they are done with that."""
    with jobs.tables() as db:
        names = [name for (name,) in db.execute("select queueing_lock from procrastinate_jobs order by 1")]
        db.execute("delete from procrastinate_jobs")
    return names


def a_source(name: str, *, at: datetime = NOW, up_to_event: int = 0, gaps: tuple[Gap, ...] = ()) -> PulledSource:
    return PulledSource(PullResult(name, (an_initiative(f"{name}:A-1"),), gaps), False, up_to_event, at)


def order_of(jobs: JobQueue, name: str) -> PullOrder:
    order = jobs.begin_pull(name)
    assert order is not None
    return order


def read(jobs: JobQueue, name: str, **about: object) -> bool:
    return jobs.finish_pull(order_of(jobs, name), a_source(name, **about))  # type: ignore[arg-type]


def test_the_last_source_that_is_read_has_all_evaluated(jobs: JobQueue) -> None:
    jobs.request(BOTH, 0, NOW)
    assert waiting(jobs) == ["pull:github", "pull:jira"]
    assert read(jobs, "jira")
    assert waiting(jobs) == []
    failed = (Gap("github", "no answer"),)
    assert read(jobs, "github", gaps=failed)
    assert waiting(jobs) == ["evaluate"]
    claimed = jobs.claim(0, NOW)
    assert claimed == {"jira": a_source("jira"), "github": a_source("github", gaps=failed)}
    assert jobs.begin_pull("jira") is None


def test_what_was_pulled_does_not_wait_long_for_another_source(jobs: JobQueue) -> None:
    jobs.request(BOTH, 0, NOW)
    read(jobs, "jira")
    jobs.queue_again(NOW + timedelta(seconds=14))
    assert waiting(jobs) == ["pull:github", "pull:jira"]
    jobs.queue_again(NOW + timedelta(seconds=15))
    assert "evaluate" in waiting(jobs)
    assert set(jobs.claim(0, NOW)) == {"jira"}


def test_what_waits_for_its_evaluation_is_read_again_only_for_more(jobs: JobQueue) -> None:
    jobs.request(BOTH, 0, NOW)
    read(jobs, "jira", up_to_event=3)
    read(jobs, "github", up_to_event=3)
    waiting(jobs)
    jobs.request(RunRequest(BOTH.connectors, up_to_event=3), 0, NOW)
    assert waiting(jobs) == []
    jobs.request(RunRequest(BOTH.connectors, up_to_event=4), 0, NOW)
    assert waiting(jobs) == ["pull:github", "pull:jira"]
    jobs.request(RunRequest(frozenset({"jira"}), full=True), 0, NOW)
    assert order_of(jobs, "jira").is_full


def test_what_was_read_while_a_run_wrote_there_is_void(jobs: JobQueue) -> None:
    jobs.request(BOTH, 0, NOW)
    read(jobs, "jira")
    jobs.request(RunRequest(frozenset({"jira"}), up_to_event=1), 0, NOW)
    late = order_of(jobs, "jira")
    assert set(jobs.claim(0, NOW)) == {"jira"}
    assert not jobs.finish_pull(late, a_source("jira"))
    waiting(jobs)
    jobs.release(["jira"], NOW)
    assert waiting(jobs) == ["pull:github", "pull:jira", "schedule"]
    assert not jobs.finish_pull(late, a_source("jira"))
    assert jobs.claim(0, NOW) == {}


def test_a_run_of_somebody_else_voids_everything(jobs: JobQueue) -> None:
    jobs.request(BOTH, 4, NOW)
    read(jobs, "jira")
    read(jobs, "github")
    waiting(jobs)
    assert jobs.claim(5, NOW) == {}
    assert waiting(jobs) == ["pull:github", "pull:jira"]
    read(jobs, "jira")
    assert set(jobs.claim(5, NOW)) == {"jira"}


def test_after_an_evaluation_that_was_killed_its_sources_are_read_again(jobs: JobQueue) -> None:
    jobs.request(BOTH, 0, NOW)
    read(jobs, "jira")
    read(jobs, "github")
    assert len(jobs.claim(0, NOW)) == 2
    waiting(jobs)
    assert jobs.claim(0, NOW) == {}
    assert waiting(jobs) == ["pull:github", "pull:jira"]


def test_a_source_is_not_read_where_a_part_of_a_plan_is_carried_out(jobs: JobQueue, url: str) -> None:
    jobs.request(BOTH, 0, NOW)
    read(jobs, "github")
    read(jobs, "jira")
    with JobQueue(url) as writer:
        Publications(writer).offer(7, {"jira": ("[]", "[]")})
        assert Publications(writer).take(7, "jira") == ("[]", "[]")
        assert jobs.begin_pull("jira") is None
        assert set(jobs.claim(0, NOW)) == {"github"}


def test_a_part_is_taken_once_and_fails_with_whoever_took_it(jobs: JobQueue, url: str) -> None:
    run = Publications(jobs)
    run.offer(7, {"jira": ("[]", "[]"), "github": ("[]", "[]")})
    with JobQueue(url) as writer:
        assert Publications(writer).take(7, "jira") is not None
        assert run.take(7, "jira") is None
        assert run.look(7, "jira")[0] == "taken"
    until(lambda: run.look(7, "jira")[0] == "failed")
    assert run.take(7, "jira") is None
    assert run.take(6, "github") is None
    assert run.look(7, "github")[0] == "offered"
    assert run.take(7, "github") is not None
    run.finish(7, "github", '["x"]')
    assert run.look(7, "github") == ("done", '["x"]')
    run.offer(8, {"jira": ("[]", "[]")})
    assert run.take(7, "github") is None
    assert run.look(7, "github")[0] == "failed"


def test_the_same_job_waits_once_and_runs_beside_others(jobs: JobQueue) -> None:
    assert [jobs.queue(PUBLISH, key=name, run=1, connector=name) for name in ("jira", "jira", "github")] == [
        True,
        False,
        True,
    ]
