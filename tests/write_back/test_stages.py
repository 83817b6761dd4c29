"""A run reads, then decides, then writes: each call of the store and of the trackers is made in its stage."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from hub.core.insight.run_summary import RunResult
from hub.core.planning.safety import Limits
from hub.model.action import Status
from hub.model.errors import RunCancelled
from hub.model.initiative import Ref
from hub.model.ticket_input import Command, Verb
from hub.pipeline.pull import Source
from hub.pipeline.run_context import Mode, RunContext
from hub.pipeline.sync import sync
from tests.builders import an_initiative
from tests.fakes.recording import RENDERING, CallLog, RecordingProxy, RecordingTracker
from tests.hub.pipeline.workspace import Desk, a_desk

GATHER = ("start", "pull", "observe")
DECIDE = ("map", "check", "plan")
BEFORE_THE_PLAN: Mapping[str, str] = {
    "begin_run": "its number is the fence of all writes of the run, so it comes before everything",
    "extend_lease": "the heartbeat holds the lease while a long pull goes on",
}
"""Writes into the store that are no result of the run, each with the reason why it may come first."""

EDITED, DELETED, LOST, UNANSWERED, RENAMED, NEW, COMMANDED = (f"jira:ACME-{number}" for number in range(1, 8))
BOARD = Ref.parse("jira:OPS-1")


def a_busy_desk() -> Desk:
    """Whatever observing can find is there: each ticket is named after what became of its comment."""
    commented = (EDITED, DELETED, LOST, UNANSWERED, RENAMED, COMMANDED)
    # Nothing is kept between runs: a row of the ledger is lost without one.
    desk = a_desk(*(an_initiative(ref, title="bad") for ref in commented), an_initiative(str(BOARD)), cache=None)
    desk.jira.trouble.find_fails = {Ref.parse(UNANSWERED).key}
    run(desk, CallLog())
    desk.jira.trouble.find_fails = set()
    desk.jira.trouble.lost_before_arrival = 1
    run(desk, CallLog())
    desk.jira.person_edits_comment_of_the_hub(EDITED)
    desk.jira.person_deletes_comment_of_the_hub(DELETED)
    desk.store.delete_entry(desk.store.ledger_entries()["jira", f"id-{Ref.parse(LOST).key}"].target)
    desk.jira.edit(RENAMED, title="bad and long")
    desk.jira.put(an_initiative(NEW, title="bad"))
    return desk


def a_job(desk: Desk, log: CallLog, **changes: Any) -> RunContext:
    """With a command that no run recorded yet, from the second run on."""
    at = datetime(2026, 11, 16, tzinfo=UTC)
    command = Command(f"id-{Ref.parse(COMMANDED).key}", "77", "Ann", Verb.EXEMPT, "papers for the auditors", at)
    commands = [command] if len(desk.store.runs(9)) > 1 else []
    sources = [Source(RecordingTracker(fake_connector, log, commands)) for fake_connector in (desk.jira, desk.github)]
    store: Any = RecordingProxy(desk.store, "store", log)
    job = replace(desk.job(), sources=sources, store=store, stopwatch=log.stopwatch, dashboard=BOARD)
    return replace(job, **changes)


def run(desk: Desk, log: CallLog, **changes: Any) -> RunResult:
    desk.clock.wait(seconds=60)
    return sync(a_job(desk, log, **changes), lambda _outcome: {})


def test_nothing_is_written_before_the_plan_is_complete() -> None:
    log = CallLog()
    outcome = run(a_busy_desk(), log)
    early = {call.method for call in log.writes if call.stage in (*GATHER, *DECIDE)}
    assert early == {"begin_run"}
    assert early <= set(BEFORE_THE_PLAN)
    assert {receipt.status for receipt in outcome.receipts} == {Status.DONE}
    written = {call.method for call in log.writes if call.stage == "publish"}
    assert written >= {
        "record_adopted",
        "record_human_edit",
        "record_comment_removed_by_human",
        "record_unsent_comment",
        "record_verified",
        "create_comment",
        "react",
    }


def test_nothing_is_read_while_it_is_decided_what_to_write() -> None:
    log = CallLog()
    run(a_busy_desk(), log)
    assert [call for call in log.reads if call.stage in DECIDE] == []
    assert {call.method for call in log.calls if call.stage in DECIDE} <= {RENDERING}


def test_trackers_are_observed_in_one_stage_and_the_state_is_read_before_them() -> None:
    log = CallLog()
    run(a_busy_desk(), log)
    assert {call.stage for call in log.reads if call.part == "store"} == {"pull", "record"}
    observed = {call.subject for call in log.reads if call.stage == "observe" and call.method == "find_comments"}
    assert observed >= {Ref.parse(ref).key for ref in (EDITED, DELETED, LOST, UNANSWERED)}
    assert Ref.parse(NEW).key not in observed


def test_a_dry_run_writes_nothing_at_all_and_plans_what_the_sync_after_it_plans() -> None:
    desk = a_busy_desk()
    before, dry_calls, calls = desk.store.ledger_entries(), CallLog(), CallLog()
    dry = run(desk, dry_calls, mode=Mode.PREVIEW)
    assert dry_calls.writes == []
    assert (desk.store.ledger_entries(), dry.run) == (before, None)
    desk.clock.wait(seconds=-60)
    wet = run(desk, calls)
    assert dry.plan == wet.plan
    assert {receipt.action for receipt in dry.receipts} == {receipt.action for receipt in wet.receipts}
    assert read_in(dry_calls, GATHER) == read_in(calls, GATHER)


def read_in(log: CallLog, stages: tuple[str, ...]) -> list[tuple[str, str]]:
    """What was read of the trackers; those of one stage go side by side."""
    return sorted((call.method, call.subject) for call in log.reads if call.part != "store" and call.stage in stages)


def test_planning_alone_records_what_it_saw_and_writes_on_no_tracker() -> None:
    log = CallLog()
    run(a_busy_desk(), log, mode=Mode.PLAN)
    assert {call.part for call in log.writes} == {"store"}
    assert {call.method for call in log.writes if call.stage in (*GATHER, *DECIDE)} == {"begin_run"}


def test_what_was_observed_is_recorded_even_where_the_plan_is_refused() -> None:
    desk, log = a_busy_desk(), CallLog()
    for number in range(20, 25):
        desk.jira.put(an_initiative(f"jira:ACME-{number}", title="bad"))
    outcome = run(desk, log, limits=Limits(max_share=0.01))
    assert outcome.unsafe is not None
    assert {call.part for call in log.writes} == {"store"}
    assert "record_adopted" in {call.method for call in log.writes if call.stage == "publish"}


def test_what_was_observed_is_recorded_before_anything_is_written_on_a_tracker() -> None:
    log = CallLog()
    run(a_busy_desk(), log)
    writes = [call for call in log.writes if call.stage == "publish"]
    first = next(at for at, call in enumerate(writes) if call.part != "store")
    observed = {"record_human_edit", "record_unsent_comment", "record_verified"}
    assert {call.method for call in writes[first:]} & observed == set()
    assert {call.method for call in writes[:first]} >= observed


def test_each_comment_is_wished_for_before_it_is_sent_and_recorded_after() -> None:
    log = CallLog()
    run(a_busy_desk(), log)
    key = Ref.parse(NEW).key
    steps = [call.method for call in log.calls if call.subject == key and call.stage == "publish"]
    wanted = ["find_comments", "record_intent", "create_comment", "record_comment"]
    assert [step for step in steps if step in wanted[1:]] == wanted[1:]
    assert steps[0] == wanted[0]


def test_a_run_that_is_stopped_before_it_writes_loses_nothing_of_what_it_observed() -> None:
    desk, twin = a_busy_desk(), a_busy_desk()
    before, log = desk.store.ledger_entries(), CallLog()
    with pytest.raises(RunCancelled):
        run(desk, log, stopping=lambda: log.stage == "publish")
    assert desk.store.ledger_entries() == before
    run(desk, CallLog())
    twin.clock.wait(seconds=60)
    run(twin, CallLog())
    assert desk.store.ledger_entries() == twin.store.ledger_entries()
