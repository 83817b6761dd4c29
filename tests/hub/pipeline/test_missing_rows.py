"""A row that one answer lacks: nothing is placed, moved or withdrawn for it, whoever it stands for."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub.core.insight.run_summary import RunResult
from hub.model.errors import SourceError
from hub.model.initiative import Initiative, PullResult, PullState, StatusCategory
from hub.model.okr import Okrs
from rules.registry import ALL_RULES
from tests.builders import TODAY, acme_okrs, an_initiative
from tests.fakes.connector import FakeConnector
from tests.hub.pipeline.portfolios import okrs, tickets
from tests.hub.pipeline.workspace import Desk, a_desk, outcomes

tried = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
BAD = an_initiative("jira:ACME-1")


class Silent(FakeConnector):
    """A tracker that cannot be asked for single tickets."""

    def look_up(self, missing: PullState) -> PullResult:
        return PullResult(self.name)


def a_silent_desk(*some: Initiative, goals: Okrs) -> Desk:
    return a_desk(*some, jira=Silent(), github=Silent("github"), rules=ALL_RULES, okrs=goals)


def leave_out(desk: Desk, *lost: Initiative) -> None:
    for tracker in (desk.jira, desk.github):
        tracker.trouble.left_out = {ticket.ref.key for ticket in lost if ticket.ref.connector == tracker.name}


def found(outcome: RunResult) -> set[str]:
    return {finding.fingerprint for finding in outcome.judgement.findings}


@tried
@given(tickets(), okrs(), st.lists(st.integers(0, 11), min_size=1, max_size=3), st.sampled_from(["asked", "silent"]))
def test_rows_that_are_missing_once_change_no_finding_and_no_ticket(
    work: Sequence[Initiative], goals: Okrs, lacking: list[int], how: str
) -> None:
    desk = a_desk(*work, rules=ALL_RULES, okrs=goals) if how == "asked" else a_silent_desk(*work, goals=goals)
    whole = desk.run()
    written, last = desk.written, -1
    for position in lacking:
        leave_out(desk, *(work[position : position + 1] if position != last else ()))
        last = position
        outcome = desk.run()
        assert outcome.receipts == ()
        assert found(outcome) == found(whole)
        assert outcome.judgement.not_judged == whole.judgement.not_judged
    assert desk.written == written


@tried
@given(tickets(), okrs(), st.integers(0, 9))
def test_a_row_that_cannot_be_asked_for_changes_no_ticket(
    work: Sequence[Initiative], goals: Okrs, position: int
) -> None:
    desk = a_desk(*work, rules=ALL_RULES, okrs=goals)
    desk.run()
    leave_out(desk, *work[position : position + 1])
    for tracker in (desk.jira, desk.github):
        tracker.trouble.look_up = SourceError(tracker.name, "503")
    outcome = desk.run()
    assert outcome.receipts == ()
    assert len(outcome.failures) == len(work[position : position + 1])


@pytest.mark.parametrize("lost", [0, 1], ids=["the lead", "another"])
def test_a_comment_stays_where_it_is_while_a_row_is_missing(lost: int) -> None:
    work = [an_initiative(f"jira:ACME-{number}", serves="dau") for number in (1, 2)]
    goals = acme_okrs()
    dau = replace(goals.key_results["dau"], aligns_to=())
    desk = a_silent_desk(*work, goals=replace(goals, key_results={**goals.key_results, "dau": dau}))
    desk.run()
    assert desk.jira.said("jira:ACME-1") is not None
    written = desk.written
    leave_out(desk, work[lost])
    assert desk.run().receipts == ()
    assert desk.written == written


def test_a_finding_that_would_move_to_a_missing_row_stays_until_it_is_read() -> None:
    work = [an_initiative(f"jira:ACME-{number}", serves="dau") for number in (1, 2)]
    goals = acme_okrs()
    dau = replace(goals.key_results["dau"], aligns_to=())
    desk = a_silent_desk(*work, goals=replace(goals, key_results={**goals.key_results, "dau": dau}))
    desk.run()
    desk.jira.edit("jira:ACME-1", status=StatusCategory.TO_DO, start=TODAY)
    leave_out(desk, work[1])
    assert desk.run().receipts == ()
    leave_out(desk)
    assert desk.run().receipts != ()


def test_a_ticket_that_two_full_reads_lack_is_withdrawn_by_the_second() -> None:
    desk = a_silent_desk(BAD, goals=acme_okrs())
    desk.run()
    assert desk.jira.labels("jira:ACME-1") == {"okr-unaligned"}
    desk.jira.leaves_query("jira:ACME-1")
    assert desk.run().receipts == ()
    assert outcomes(desk.run()) == [("remove_label", "done"), ("resolve_comment", "done")]
    assert desk.run().receipts == ()


def test_a_ticket_that_is_kept_is_told_and_fails_no_run() -> None:
    desk = a_silent_desk(BAD, goals=acme_okrs())
    desk.run()
    leave_out(desk, BAD)
    outcome = desk.run()
    assert outcome.failures == ()
    assert [note for pull_result in outcome.snapshot.pulled for note in pull_result.notes] == [
        "missing from this full sync, kept until a second full sync confirms it: ACME-1"
    ]


def test_a_ticket_that_lacks_every_other_time_stays() -> None:
    desk = a_silent_desk(BAD, goals=acme_okrs())
    desk.run()
    for lost in ((BAD,), (), (BAD,), ()):
        leave_out(desk, *lost)
        assert desk.run().receipts == ()
