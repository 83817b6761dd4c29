"""Workers: the same run in jobs, however many processes do them, and whichever of them is killed."""

import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from random import Random
from signal import SIGKILL, SIGTERM
from typing import Any

import httpx
import psutil
import pytest

from hub.config.settings import load
from hub.store.jobs.queue import PULL, SCHEDULE, JobQueue
from tests.end_to_end.serving import PATIENCE, Serving, living_children, serving, until
from tests.end_to_end.test_serve_killed import (
    OFTEN,
    SELDOM,
    assert_each_ticket_is_told_once,
    requests,
    rhythm,
    slow,
)
from tests.end_to_end.workspace import AS_OF, Desk, desk_in, expected_tickets, marked_as_told
from tests.hub.store.postgres_server import PostgresServer
from tests.sandbox_support.webhooks import signature

KILLS, WRITES_PER_HOUR = 4, 10


@pytest.fixture
def desk(tmp_path: Path, postgres_server: PostgresServer) -> Iterator[Desk]:
    with desk_in(tmp_path) as desk:
        desk.keep_state_in(postgres_server.new_schema())
        yield desk


def test_workers_do_what_a_sync_does(desk: Desk) -> None:
    rhythm(desk, SELDOM)
    with serving(desk, "--workers", "2") as service:
        until(lambda: told(desk))
        until(lambda: service.ready["run"] is None)
        assert_each_ticket_is_told_once(desk)
        written = desk.writes
        assert service.end(SIGTERM) == 0
    assert desk.sync().code == 0
    assert desk.writes == written


def test_a_worker_killed_while_it_reads_loses_nothing(desk: Desk) -> None:
    rhythm(desk, SELDOM)
    slow(desk, 0.2)
    with serving(desk, "--workers", "2") as service:
        until(lambda: requests(desk) >= 3)
        kill(workers_of(service))
        slow(desk, 0.0)
        until(lambda: told(desk))
        assert_each_ticket_is_told_once(desk)


@pytest.mark.parametrize("which", [0, 1])
def test_a_worker_killed_while_it_writes_doubles_nothing(desk: Desk, which: int) -> None:
    """One of the two has the run and writes on one tracker, the other one writes on the other tracker."""
    rhythm(desk, OFTEN)
    others = desk.others()
    slow(desk, 0.05)
    with serving(desk, "--workers", "2") as service:
        until(lambda: desk.here.jira.traffic.writes >= 2 and desk.here.github.traffic.writes >= 2, every=0.001)
        kill([workers_of(service)[which]])
        slow(desk, 0.0)
        until(lambda: told(desk))
        stays_so(desk, service)
        assert_each_ticket_is_told_once(desk)
        assert desk.others() == others


def test_kills_at_random_moments_double_nothing(desk: Desk) -> None:
    rhythm(desk, OFTEN)
    others, random = desk.others(), Random(20261130)
    slow(desk, 0.02)
    with serving(desk, "--workers", "2") as service:
        for _ in range(KILLS):
            moment = requests(desk) + random.randint(1, 60)
            until(lambda moment=moment: requests(desk) >= moment, every=0.001)
            kill(random.sample(workers_of(service), 1))
            until(lambda: len(workers_of(service)) == 2)
        slow(desk, 0.0)
        until(lambda: told(desk))
        stays_so(desk, service)
        assert_each_ticket_is_told_once(desk)
        assert desk.others() == others


def test_limits_hold_for_all_workers_together(desk: Desk) -> None:
    """Two connectors of one account are written side by side, and the tracker counts the writes."""
    rhythm(desk, SELDOM)
    table = (
        desk.config.read_text(encoding="utf-8").partition("[connectors.jira]")[2].partition("[connectors.github]")[0]
    )
    table = table.replace("writes_per_hour = 0", f"writes_per_hour = {WRITES_PER_HOUR}")
    desk.configure("project in (ACME, BIZ, GTM, CS)", "project in (ACME, BIZ)")
    desk.configure(
        "writes_per_hour = 0\n\n[connectors.github]", f"writes_per_hour = {WRITES_PER_HOUR}\n\n[connectors.github]"
    )
    desk.configure(
        "[connectors.github]", "[connectors.jira2]" + table.replace("ACME, BIZ, ", "") + "[connectors.github]"
    )
    slow(desk, 0.02)
    with serving(desk, "--workers", "3") as service:
        until(lambda: service.ready["last"])
        until(lambda: service.ready["run"] is None)
        assert desk.here.jira.traffic.writes == WRITES_PER_HOUR


def test_a_webhook_has_its_ticket_read_by_a_worker(desk: Desk) -> None:
    rhythm(desk, SELDOM)
    secret = desk.folder / "secrets" / "hook"
    secret.write_text("a-secret-of-webhooks", encoding="utf-8")
    desk.configure(
        'token_file = "secrets/jira-token"', 'token_file = "secrets/jira-token"\nwebhook_secret_file = "secrets/hook"'
    )
    with serving(desk, "--workers", "2") as service:
        until(lambda: told(desk))
        until(lambda: service.ready["run"] is None)
        before = service.ended
        key = "ACME-3"
        desk.jira.edit(key, summary="Another title")
        body = json.dumps(
            {"webhookEvent": "jira:issue_updated", "issue": {"id": str(desk.jira.issue(key).id)}}
        ).encode()
        headers = {"X-Hub-Signature": signature("a-secret-of-webhooks", body)}
        answer = httpx.post(f"{service.url}/webhooks/jira", content=body, headers=headers)
        assert answer.status_code == 202
        until(lambda: service.ended > before and service.ready["pending_refreshes"] == 0)
    assert "Another title" in desk.hub("why", f"jira:{key}").out


def test_workers_end_with_the_service_however_it_ends(desk: Desk) -> None:
    rhythm(desk, SELDOM)
    with serving(desk, "--workers", "2") as service:
        until(lambda: service.ran)
        first = workers_of(service)
        assert len(first) == 2
        kill(first[:1])
        until(lambda: len(workers_of(service)) == 2 and first[0] not in workers_of(service))
        left = workers_of(service)
        service.end(SIGKILL)
        _gone, alive = psutil.wait_procs(left, timeout=PATIENCE)
        assert alive == []


def test_a_worker_in_the_foreground_serves_a_service_without_any(desk: Desk) -> None:
    rhythm(desk, SELDOM)
    with serving(desk, "--workers", "0"), worker(desk) as process:
        until(lambda: told(desk))
        assert_each_ticket_is_told_once(desk)
        process.send_signal(SIGTERM)
        assert process.wait(PATIENCE) == 0


def test_a_job_that_waits_is_not_queued_twice_and_a_time_fires_once(desk: Desk) -> None:
    rhythm(desk, SELDOM)
    url = load(desk.config, {}).database_url or ""
    with JobQueue(url) as jobs:
        assert [jobs.queue(PULL, key="jira", connector="jira") for _ in range(3)] == [True, False, False]
        assert jobs.queue(PULL, key="github", connector="github")
        assert [jobs.queue(SCHEDULE), jobs.queue(SCHEDULE)] == [True, False]
        assert rows(jobs, "select count(*) from procrastinate_jobs") == [(3,)]
    with worker(desk), worker(desk), JobQueue(url) as jobs:
        until(lambda: rows(jobs, "select count(*) from procrastinate_workers") == [(2,)])
        deferred = "select count(*), count(distinct defer_timestamp) from procrastinate_periodic_defers"
        until(lambda: rows(jobs, deferred) != [(0, 0)])
        # More than one where a minute of the machine's clock ends meanwhile.
        ((count, times),) = rows(jobs, deferred)
        assert count == times


def test_workers_need_a_database(tmp_path: Path) -> None:
    with desk_in(tmp_path) as desk:
        for words in (["worker"], ["serve", "--workers", "2"]):
            refused = desk.process(*words)
            assert refused.code == 2
            assert "workers need the state in PostgreSQL" in refused.err
            assert "hub state move" in refused.err
            assert "Traceback" not in refused.said


def rows(jobs: JobQueue, query: str) -> list[Any]:
    return jobs._connection.execute(query.encode()).fetchall()


def workers_of(service: Serving) -> list[psutil.Process]:
    return living_children(service.process.pid)


def kill(processes: list[psutil.Process]) -> None:
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            process.send_signal(SIGKILL)


def told(desk: Desk) -> bool:
    """Whether everything stands on the tickets."""
    marks = desk.marks()
    return set(marks) == expected_tickets() and all(marked_as_told(mark, ticket) for ticket, mark in marks.items())


def stays_so(desk: Desk, service: Serving) -> None:
    """Two more rounds came to their end: whatever the first still had to look at, the second wrote nothing."""
    before = service.ended
    until(lambda: service.ended > before and service.ready["ready"])
    written, between = desk.writes, service.ended
    until(lambda: service.ended > between)
    assert desk.writes == written


@contextmanager
def worker(desk: Desk) -> Iterator[Any]:
    process = desk.start("worker", *AS_OF)
    try:
        yield process
    finally:
        process.kill()
        process.communicate()
