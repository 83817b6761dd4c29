"""The service that is killed, stopped, started twice or late: each ticket has its one comment, and nothing twice."""

import json
from contextlib import closing
from random import Random
from signal import SIGINT, SIGKILL, SIGTERM

import httpx

from tests.end_to_end.serving import PATIENCE, Serving, serving, until
from tests.end_to_end.workspace import Desk, expected_tickets, marked_as_told
from tests.sandbox_support.faults import Fault
from tests.sandbox_support.webhooks import signature

KILLS = 10
# A first run reads about 50 times before it writes; a kill comes anywhere in there or among the writes.
READS, FURTHER = 45, 45
OFTEN, SELDOM = 'schedule = "every 1s"', 'schedule = "every 30d"'


def rhythm(desk: Desk, text: str) -> None:
    desk.configure('schedule = "every 10s"', text)


def requests(desk: Desk) -> int:
    return desk.here.jira.traffic.requests + desk.here.github.traffic.requests


def slow(desk: Desk, seconds: float) -> None:
    desk.here.jira.faults.latency = desk.here.github.faults.latency = seconds


def hold(desk: Desk) -> None:
    """The next look at Jira takes until `release`: whoever runs meanwhile holds the state."""
    desk.sandbox["jira"].faults.add(Fault("hang", seconds=PATIENCE))


def release(desk: Desk) -> None:
    desk.sandbox["jira"].faults.release()


def holds(service: Serving) -> bool:
    """Whether a run of the service has the lease."""
    current = service.ready["run"]
    return current is not None and current["run"] is not None


def settled(desk: Desk, service: Serving) -> None:
    """Two more rounds of the service came to their end; the second wrote nothing."""
    before = service.ended
    until(lambda: service.ended > before and service.ready["ready"])
    written, between = desk.writes, service.ended
    until(lambda: service.ended > between)
    assert desk.writes == written


def assert_each_ticket_is_told_once(desk: Desk) -> None:
    marks = desk.marks()
    assert set(marks) == expected_tickets()
    assert {ticket for ticket, mark in marks.items() if not marked_as_told(mark, ticket)} == set()


def test_ten_kills_at_random_moments_double_nothing(desk: Desk) -> None:
    rhythm(desk, OFTEN)
    slow(desk, 0.004)
    others, random, written = desk.others(), Random(20261116), []
    for life in range(KILLS):
        begin, least = requests(desk), desk.writes
        moment = begin + (random.randint(1, READS) if life % 3 == 2 else READS + random.randint(1, FURTHER))
        with serving(desk) as service:
            until(lambda moment=moment: requests(desk) >= moment, every=0.001)
            assert service.end(SIGKILL) == -SIGKILL
        written.append(desk.writes - least)
    assert sum(count > 0 for count in written) >= 3, "the kills came before the writes"
    slow(desk, 0.0)
    with serving(desk) as service:
        settled(desk, service)
    assert_each_ticket_is_told_once(desk)
    assert desk.others() == others


def test_a_service_that_is_told_to_stop_ends_in_order_and_its_successor_goes_on(desk: Desk) -> None:
    rhythm(desk, SELDOM)
    slow(desk, 0.02)
    with serving(desk) as service:
        until(lambda: desk.writes >= 5)
        assert service.end(SIGTERM) == 0
    assert set(desk.marks()) < expected_tickets()
    with closing(desk.open_store()) as store:
        assert [run.status for run in store.runs(9)] == ["cancelled"]
        written = store.ledger_entries()
    assert not any(known.create_pending or known.added or known.removed for known in written.values())
    slow(desk, 0.0)
    with serving(desk) as service:
        until(lambda: service.came_to(2))
        assert service.end(SIGINT) == 130
    assert_each_ticket_is_told_once(desk)


def test_a_second_signal_ends_the_service_at_once(desk: Desk) -> None:
    hold(desk)
    with serving(desk) as service:
        until(lambda: desk.sandbox["jira"].faults.hits)
        service.process.send_signal(SIGTERM)
        until(lambda: not listens(service))
        assert service.end(SIGTERM) == 128 + SIGTERM


def test_of_two_services_on_one_state_one_stands_by_until_the_other_is_killed(desk: Desk) -> None:
    rhythm(desk, OFTEN)
    with serving(desk) as first:
        settled(desk, first)
        with serving(desk) as second:
            until(lambda: second.ready["ready"])
            assert f":{first.process.pid}/" in second.ready["leader"]
            assert (second.ready["role"], second.ended) == ("stand-by", "")
            assert_each_ticket_is_told_once(desk)
            first.end(SIGKILL)
            settled(desk, second)
            assert second.ready["role"] == "leader"
    assert_each_ticket_is_told_once(desk)


def test_a_stand_by_is_not_ready_before_anything_was_read(desk: Desk) -> None:
    hold(desk)
    with serving(desk) as first:
        until(lambda: holds(first))
        with serving(desk) as second:
            assert (second.ready["role"], second.get("/readyz").status_code) == ("stand-by", 503)
            assert "the first run of the leader has not ended" in second.ready["problems"][0]
            assert second.get("/healthz").status_code == 200


def test_a_webhook_at_the_stand_by_is_acted_on_by_the_leader_and_its_pages_show_it(desk: Desk) -> None:
    rhythm(desk, SELDOM)
    (desk.folder / "secrets" / "webhook").write_text("s3cret", encoding="utf-8")
    desk.configure('email = "hub@acme.test"', 'email = "hub@acme.test"\nwebhook_secret_file = "secrets/webhook"')
    with serving(desk) as leader, serving(desk) as stand_by:
        until(lambda: leader.came_to(1) and stand_by.ready["ready"])
        assert stand_by.ready["role"] == "stand-by"
        made = desk.jira.add_issue(
            "ACME-900",
            "Work that nobody linked",
            type="Epic",
            status="In Progress",
            created="2026-10-05",
            updated=desk.jira.clock(),
        )
        body = json.dumps({"webhookEvent": "jira:issue_created", "issue": {"id": str(made.id), "key": "ACME-900"}})
        signed = {"X-Hub-Signature": signature("s3cret", body.encode()), "Content-Type": "application/json"}
        assert httpx.post(f"{stand_by.url}/webhooks/jira", content=body, headers=signed).status_code == 202
        until(lambda: "jira:ACME-900" in desk.marks())
        until(lambda: "ACME-900" in stand_by.get("/tickets?q=ACME-900").text)
        assert (stand_by.ready["role"], stand_by.ended) == ("stand-by", "")


def test_a_sync_that_is_asked_for_at_the_stand_by_is_done_by_the_holder(desk: Desk) -> None:
    rhythm(desk, SELDOM)
    with serving(desk) as leader, serving(desk) as stand_by:
        until(lambda: leader.came_to(1) and stand_by.ready["ready"])
        before = leader.ended
        assert "Another replica runs the syncs" in stand_by.get("/runs").text
        assert httpx.post(f"{stand_by.url}/runs").status_code == 303
        until(lambda: leader.ended > before)
        assert stand_by.ended == ""


def test_a_service_that_is_told_to_stop_leaves_the_runs_to_the_other_at_once(desk: Desk) -> None:
    rhythm(desk, SELDOM)
    with serving(desk) as first:
        until(lambda: first.ran)
        with serving(desk) as second:
            until(lambda: second.ready["ready"])
            assert second.ready["role"] == "stand-by"
            assert first.end(SIGTERM) == 0
            until(lambda: second.ready["role"] == "leader")


def test_a_time_that_was_missed_is_made_good_once(desk: Desk) -> None:
    rhythm(desk, 'schedule = "7 4 * * *"\ntimezone = "Asia/Kathmandu"')
    assert desk.sync().code == 0
    with closing(desk.open_store()) as store, store._atomic() as db:  # type: ignore[attr-defined]
        db.execute("update source set read = '2026-01-01T00:00:00+00:00'")
    written = desk.writes
    with serving(desk) as service:
        until(lambda: service.came_to(2))
        until(lambda: all((item["due"] or "") > "2026-01-02" for item in service.ready["sources"].values()))
        assert service.ready["run"] is None
    assert desk.writes == written


def test_a_sync_beside_the_service_is_told_who_holds_the_state(desk: Desk) -> None:
    rhythm(desk, SELDOM)
    hold(desk)
    with serving(desk) as service:
        until(lambda: holds(service))
        beside = desk.sync()
        assert (beside.code, f":{service.process.pid}" in beside.err) == (3, True)
        release(desk)
        until(lambda: service.ran)
        assert desk.sync().code == 0
        assert service.ready["ready"]
    assert_each_ticket_is_told_once(desk)


def test_a_broken_okr_file_leaves_the_service_up_and_is_shown_until_it_is_mended(desk: Desk) -> None:
    desk.okrs("[cycle]", "[cycel]")
    with serving(desk) as service:
        until(lambda: not service.ready["ready"])
        assert "2026-Q4.toml:" in service.ready["problems"][0]
        assert (service.get("/healthz").status_code, service.get("/readyz").status_code) == (200, 503)
        desk.okrs("[cycel]", "[cycle]")
        until(lambda: service.ran)
        assert service.get("/readyz").status_code == 200
    assert_each_ticket_is_told_once(desk)


def listens(service: Serving) -> bool:
    try:
        return service.get("/healthz").status_code == 200
    except httpx.TransportError:
        return False
