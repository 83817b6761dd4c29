"""Whole runs over two trackers: what is written, what is left, what is remembered."""

from datetime import timedelta

import pytest

from hub.core.planning.safety import Limits
from hub.model.action import Status
from hub.model.errors import CredentialsRefused, QueryRefused, RetryLater, SourceError, StoreError, TicketNotFound
from hub.pipeline.run_context import Mode
from hub.pipeline.sync import sync
from tests.builders import a_ref, an_initiative
from tests.fakes.rule import a_rule, about, every_ticket
from tests.hub.pipeline.workspace import Desk, a_desk, outcomes, statuses

BAD = an_initiative("jira:ACME-1", title="bad one")
GOOD = an_initiative("jira:ACME-2", title="good")
ON_GITHUB = an_initiative("github:acme/app#1", title="bad two")
DOWN = SourceError("jira", "connection refused")


def across(portfolio: object) -> object:
    """A fault of the Jira ticket that is seen only with the GitHub ticket, and stands on both."""
    if {BAD.ref, ON_GITHUB.ref} <= portfolio.initiatives.keys():
        return [about(BAD, tickets=(BAD.ref, ON_GITHUB.ref), facts={})]
    return []


def settled(**changes: object) -> Desk:
    desk = a_desk(BAD, GOOD, ON_GITHUB, **changes)
    desk.run()
    return desk


def test_a_second_run_over_unchanged_data_writes_nothing() -> None:
    desk = settled()
    before = (desk.jira.log[:], desk.github.log[:])
    assert desk.run().receipts == ()
    assert (desk.jira.log, desk.github.log) == before


def test_both_trackers_are_written_and_only_where_something_is_wrong() -> None:
    desk = settled()
    assert desk.jira.said("jira:ACME-1") is not None
    assert desk.github.said("github:acme/app#1") is not None
    assert desk.jira.said("jira:ACME-2") is None


def test_a_fixed_ticket_is_resolved_and_loses_the_label() -> None:
    desk = settled()
    desk.jira.edit("jira:ACME-1", title="good now")
    assert outcomes(desk.run()) == [("remove_label", "done"), ("resolve_comment", "done")]
    assert desk.jira.said("jira:ACME-1").resolved
    assert desk.jira.labels("jira:ACME-1") == set()
    assert desk.run().receipts == ()


def test_a_fault_that_comes_back_uses_the_same_comment() -> None:
    desk = settled()
    desk.jira.edit("jira:ACME-1", title="good now")
    desk.run()
    desk.jira.edit("jira:ACME-1", title="bad again")
    desk.run()
    assert not desk.jira.said("jira:ACME-1").resolved
    assert desk.jira.writes["create_comment"] == 1


def test_a_label_taken_off_by_a_person_stays_off() -> None:
    desk = settled()
    desk.jira.person_unlabels("jira:ACME-1", "okr-unaligned")
    assert [desk.run().receipts, desk.run().receipts] == [(), ()]
    assert desk.jira.labels("jira:ACME-1") == set()


def test_a_label_taken_off_with_the_fault_is_put_on_for_the_next_fault() -> None:
    desk = settled()
    desk.jira.person_unlabels("jira:ACME-1", "okr-unaligned")
    desk.jira.edit("jira:ACME-1", title="good now")
    desk.run()
    desk.jira.edit("jira:ACME-1", title="bad again")
    desk.run()
    assert desk.jira.labels("jira:ACME-1") == {"okr-unaligned"}


def test_only_one_tracker_is_read_and_written_when_it_alone_is_named() -> None:
    desk = a_desk(BAD, ON_GITHUB)
    outcome = desk.run(only=["github"])
    assert (desk.jira.written, desk.github.written) == (0, 2)
    assert outcome.failures == ()
    assert [source.connector for source in desk.store.snapshot()] == ["github"]


def test_a_run_over_one_tracker_withdraws_nothing_that_rests_on_the_other() -> None:
    desk = settled(rules=(a_rule("across", across),))
    assert desk.run(only=["github"]).receipts == ()
    assert desk.run(only=["jira"]).receipts == ()
    assert desk.github.labels("github:acme/app#1") == {"okr-unaligned"}


@pytest.mark.parametrize("error", [DOWN, CredentialsRefused("jira", "401"), RetryLater("jira", "503", wait=9)])
def test_one_tracker_down_is_a_gap_and_the_other_is_synced(error: SourceError) -> None:
    desk = a_desk(BAD, ON_GITHUB)
    desk.jira.trouble.pull = error
    outcome = desk.run()
    assert [(gap.connector, gap.reason, gap.key) for gap in outcome.failures] == [("jira", error.detail, None)]
    assert outcomes(outcome) == [("add_label", "done"), ("create_comment", "done")]
    assert desk.jira.written == 0
    assert desk.store.runs(1)[0].status == "partial"


def test_one_tracker_down_withdraws_nothing_that_rests_on_it() -> None:
    desk = settled(rules=(a_rule("across", across),))
    desk.jira.trouble.pull = DOWN
    outcome = desk.run()
    assert outcome.receipts == ()
    assert [str(held.ref) for held in outcome.plan.skipped] == ["github:acme/app#1"]
    desk.jira.trouble.pull = None
    assert desk.run().receipts == ()


def test_a_pull_that_fails_at_one_ticket_is_a_gap_of_the_whole_source() -> None:
    desk = settled()
    desk.jira.trouble.pull = TicketNotFound("jira", "gone", key="ACME-1")
    for _ in range(3):
        outcome = desk.run()
        assert [(gap.reason, gap.key) for gap in outcome.failures] == [("ACME-1: gone", None)]
        assert outcome.receipts == ()
    assert len(desk.jira.comments_of_the_hub("jira:ACME-1")) == 1


def test_a_query_that_is_refused_stops_the_run_before_anything_is_written() -> None:
    desk = a_desk(BAD, ON_GITHUB)
    desk.jira.trouble.pull = QueryRefused("jira", "the field nope does not exist")
    with pytest.raises(QueryRefused, match="nope"):
        desk.run()
    assert desk.written == 0
    assert desk.store.runs(1)[0].status == "failed"


def test_an_unreadable_row_keeps_what_stands_on_its_ticket() -> None:
    desk = settled()
    desk.jira.trouble.unreadable = {"ACME-1"}
    for _ in range(3):
        outcome = desk.run()
        assert outcome.receipts == ()
        assert outcome.failures[0].key == "ACME-1"


def test_an_enumeration_that_was_cut_short_withdraws_nothing() -> None:
    desk = settled()
    desk.jira.trouble.cut_short = "page 2 did not come"
    for _ in range(3):
        assert desk.run().receipts == ()
    assert desk.jira.labels("jira:ACME-1") == {"okr-unaligned"}


def test_a_ticket_that_left_the_query_is_withdrawn_in_the_second_run_without_it() -> None:
    desk = settled()
    desk.jira.leaves_query("jira:ACME-1")
    assert desk.run().receipts == ()
    assert outcomes(desk.run()) == [("remove_label", "done"), ("resolve_comment", "done")]
    assert desk.run().receipts == ()


def test_a_ticket_that_comes_back_in_time_is_left_as_it_is() -> None:
    desk = settled()
    desk.jira.leaves_query("jira:ACME-1")
    desk.run()
    desk.jira.comes_back("jira:ACME-1")
    assert desk.run().receipts == ()
    desk.jira.leaves_query("jira:ACME-1")
    assert desk.run().receipts == ()


def test_a_dry_run_remembers_and_writes_nothing() -> None:
    desk = a_desk(BAD, ON_GITHUB)
    outcome = desk.run(mode=Mode.PREVIEW)
    assert (statuses(outcome), outcome.run, desk.written) == ({Status.PLANNED}, None, 0)
    assert (desk.store.runs(5), desk.store.ledger_entries(), desk.store.snapshot()) == ([], {}, [])


def test_planning_without_publishing_remembers_what_it_saw_and_writes_nothing() -> None:
    desk = a_desk(BAD)
    outcome = desk.run(mode=Mode.PLAN)
    assert (statuses(outcome), desk.written) == ({Status.PLANNED}, 0)
    assert [i.ref.key for source in desk.store.snapshot() for i in source.initiatives] == ["ACME-1"]
    assert desk.store.runs(1)[0].status == "done"


def test_a_tracker_that_publishes_nothing_is_read_alone() -> None:
    desk = a_desk(BAD, ON_GITHUB)
    desk.jira.publishes = False
    outcome = desk.run()
    assert {finding.tickets[0].connector for finding in outcome.judgement.findings} == {"jira", "github"}
    assert desk.jira.written == 0


def test_too_big_a_share_is_refused_as_a_whole() -> None:
    bad = [an_initiative(f"jira:ACME-{n}", title="bad") for n in range(5)]
    desk = a_desk(*bad, an_initiative("jira:ACME-9"), limits=Limits(max_share=0.3, first_run_confirm_above=1000))
    outcome = desk.run()
    assert statuses(outcome) == {Status.REFUSED}
    assert "5 of 6 tickets of jira" in (outcome.unsafe or "")
    assert (desk.written, desk.store.runs(1)[0].status) == (0, "refused")
    assert statuses(desk.run(confirmed=True)) == {Status.DONE}


def test_a_first_run_is_refused_beyond_a_handful_and_a_later_one_is_not() -> None:
    tickets = [an_initiative(f"jira:ACME-{n}", title="bad" if n < 3 else "good") for n in range(9)]
    desk = a_desk(*tickets, limits=Limits(max_share=1.0, first_run_confirm_above=2))
    assert "first run on jira" in (desk.run().unsafe or "")
    assert desk.run(confirmed=True).unsafe is None
    for n in range(3, 9):
        desk.jira.edit(f"jira:ACME-{n}", title="bad")
    assert desk.run().unsafe is None


def test_only_canary_containers_are_written() -> None:
    other = an_initiative("jira:PLAT-1", title="bad")
    desk = a_desk(BAD, other, limits=Limits(max_share=1.0, include=frozenset({"jira:PLAT"})))
    desk.run()
    assert desk.jira.said("jira:PLAT-1") is not None
    assert desk.jira.said("jira:ACME-1") is None


def test_comments_beyond_the_cap_come_in_the_next_runs_and_none_is_forgotten() -> None:
    tickets = [an_initiative(f"jira:ACME-{n}", title="bad") for n in range(5)]
    desk = a_desk(*tickets, limits=Limits(max_share=1.0, max_new_comments=2, first_run_confirm_above=1000))
    deferred = [sum(r.status is Status.DEFERRED for r in desk.run().receipts) for _ in range(4)]
    assert deferred == [6, 2, 0, 0]
    assert desk.jira.writes["create_comment"] == 5
    assert desk.store.deferred_comments() == {}


def test_a_crashing_rule_withdraws_nothing_that_it_said_before() -> None:
    desk = settled()

    def crash(*_: object) -> object:
        raise ZeroDivisionError

    desk.rules = (a_rule("bad-title", check=crash),)
    outcome = desk.run()
    assert outcome.receipts == ()
    assert outcome.judgement.failed == {"bad-title"}


def test_a_rule_that_is_taken_away_withdraws_what_it_said() -> None:
    desk = settled()
    desk.rules = ()
    assert set(outcomes(desk.run())) == {("remove_label", "done"), ("resolve_comment", "done")}


def test_what_people_wrote_is_left_as_it_was() -> None:
    desk = a_desk(BAD, ON_GITHUB)
    desk.jira.person_labels("jira:ACME-1", "team-red")
    desk.jira.person_comments("jira:ACME-1", "a thought")
    before = desk.jira.of_people()
    desk.run()
    desk.jira.edit("jira:ACME-1", title="good")
    desk.run()
    assert desk.jira.of_people() == before


def test_a_ticket_that_moved_keeps_its_one_comment() -> None:
    desk = settled()
    desk.jira.edit("jira:ACME-1", ref=a_ref("jira:PLAT-1"))
    desk.run()
    assert desk.jira.writes["create_comment"] == 1
    assert desk.run().receipts == ()


def test_a_run_that_fails_is_remembered_as_failed_and_frees_the_state() -> None:
    desk = a_desk(BAD)

    def broken(_: object) -> dict[str, object]:
        raise ValueError("cannot be told")

    with pytest.raises(ValueError, match="cannot be told"):
        sync(desk.job(), broken)
    assert desk.store.runs(1)[0].status == "failed"
    assert desk.run().receipts == ()


def test_a_second_run_at_the_same_time_is_refused() -> None:
    desk = a_desk(BAD)
    desk.store.begin_run("host:9", desk.clock.now() + timedelta(days=1), lease_seconds=60)
    with pytest.raises(StoreError, match="host:9"):
        desk.run()
    assert desk.written == 0


def test_a_run_that_lost_its_lease_writes_nothing() -> None:
    desk = a_desk(BAD)

    def overtaken(_: object) -> list[object]:
        desk.store.begin_run("host:9", desk.clock.now() + timedelta(hours=1), lease_seconds=60)
        return [about(BAD)]

    desk.rules = (a_rule("slow", overtaken),)
    with pytest.raises(StoreError, match="taken over"):
        desk.run()
    assert desk.written == 0


def test_every_stage_is_timed_and_the_report_is_kept() -> None:
    desk = a_desk(BAD)
    assert set(desk.run().seconds) == {"pull", "observe", "map", "check", "plan", "publish"}
    assert desk.store.runs(1)[0].report == {"actions": 2}


def test_what_changed_is_counted_per_source() -> None:
    desk = settled()
    desk.run()
    desk.jira.edit("jira:ACME-2", title="better")
    desk.jira.leaves_query("jira:ACME-1")
    assert desk.run().changes == {"jira": (1, 1), "github": (0, 0)}


def test_every_ticket_with_a_fault_is_found_by_the_rule_of_these_tests() -> None:
    desk = a_desk(BAD, GOOD, rules=(a_rule("bad-title", every_ticket),))
    assert len(desk.run().judgement.findings) == 1


def test_a_finding_is_known_since_the_run_that_first_found_it() -> None:
    desk = a_desk(BAD)
    first = desk.run()
    desk.clock.wait(seconds=3600)
    second = desk.run()
    (finding,) = second.judgement.findings
    assert first.first_seen == second.first_seen == {finding.fingerprint: first.snapshot.pulled_at}


def test_a_finding_is_forgotten_when_a_whole_run_does_not_show_it() -> None:
    desk = settled()
    desk.jira.trouble.pull = DOWN
    desk.jira.edit("jira:ACME-1", title="good now")
    assert len(desk.run().first_seen) == 2
    desk.jira.trouble.pull = None
    assert len(desk.run().first_seen) == 1


def test_a_run_leaves_its_summary_behind() -> None:
    desk = settled()
    (run,) = desk.store.history(5)
    assert (run.summary["counts"]["done"], run.summary["complete"], run.report) == (4, True, {})
