"""What the probe says: ready, in doubt, or not ready, and why."""

from dataclasses import replace
from datetime import timedelta

from hub.model.service_state import FinishedRun, ReplicaState, RunRequest, SchedulerState
from hub.web.monitoring import readiness
from tests.hub.web.served_snapshot import NOW

READ = {"jira": NOW, "github": NOW}
STATE = SchedulerState(NOW, due={"jira": NOW + timedelta(minutes=5), "github": NOW + timedelta(minutes=5)})


def test_a_service_that_does_its_work_is_ready() -> None:
    told = readiness(STATE, READ, NOW + timedelta(minutes=1))
    assert (told["ready"], told["status"], told["sources"]["jira"]["age_seconds"]) == (True, "ready", 60.0)


def test_a_source_that_failed_or_is_old_is_in_doubt_and_keeps_nobody_out() -> None:
    last = FinishedRun(RunRequest(frozenset({"jira"})), NOW, NOW, "partial", 3, failed=frozenset({"jira"}))
    told = readiness(replace(STATE, last=last), {"jira": NOW}, NOW)
    assert (told["ready"], told["status"]) == (True, "degraded")
    assert told["warnings"] == ("github was never read", "jira could not be read by the last run")
    old = readiness(SchedulerState(NOW), {"jira": NOW - timedelta(days=30)}, NOW)
    assert old["warnings"] == ("jira was last read at 2026-10-17T09:00:00+00:00",)


def test_an_engine_that_cannot_work_or_is_late_is_not_ready() -> None:
    broken = readiness(replace(STATE, error="the state is locked", failing_since=NOW), READ, NOW)
    assert (broken["ready"], broken["status"], broken["problems"]) == (False, "not ready", ("the state is locked",))
    late = readiness(STATE, READ, NOW + timedelta(hours=1))
    assert (late["status"], len(late["problems"])) == ("not ready", 2)


STANDS_BY = replace(STATE, replica=ReplicaState(is_leader=False, leader="host:1"))


def test_a_stand_by_with_data_is_ready_and_tells_their_age() -> None:
    told = readiness(STANDS_BY, {"jira": NOW, "github": NOW - timedelta(minutes=2)}, NOW + timedelta(minutes=1))
    assert (told["ready"], told["status"], told["role"], told["leader"]) == (True, "ready", "stand-by", "host:1")
    assert told["data_age_seconds"] == 180.0
    assert readiness(STATE, READ, NOW)["role"] == "leader"


def test_a_stand_by_without_data_or_without_a_state_is_not_ready() -> None:
    empty = readiness(STANDS_BY, {}, NOW)
    assert (empty["ready"], empty["data_age_seconds"]) == (False, None)
    assert empty["problems"] == ("nothing was read yet: the first run of the leader has not ended",)
    lost = readiness(replace(STATE, replica=ReplicaState(is_leader=False, fault="no connection")), {}, NOW)
    assert (lost["ready"], lost["problems"]) == (False, ("no connection",))


def test_a_run_by_hand_beside_the_service_is_in_doubt_and_no_reason_not_to_be_ready() -> None:
    held = replace(STATE, error="another run holds the state: host:1", is_held=True, failing_since=NOW)
    told = readiness(held, READ, NOW)
    assert (told["ready"], told["warnings"]) == (True, ("another run holds the state: host:1",))
