from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

from hub.model.finding import Severity, SubjectKind
from hub.model.initiative import Gap, Ref, StatusCategory
from hub.model.measure import Measure, MeasureAnswer
from hub.model.okr import CheckIn, Direction, Okrs, Phase, Visibility
from hub.model.portfolio import DependencyHistory
from rules.rhythm.stale_key_result import stale_key_result as rule
from tests.builders import CYCLE, TODAY, a_key_result, a_portfolio, acme_okrs, an_initiative, an_objective
from tests.rules.rule_runner import judge, judged, said, the_finding, the_unjudged

WORK = an_initiative("jira:ACME-1", serves="dau")
DONE = replace(WORK, status=StatusCategory.DONE, closed=datetime(2026, 11, 5, tzinfo=UTC))
FRESH = CheckIn(TODAY, value=50, confidence=0.6)
SURE = replace(FRESH, value=25, confidence=0.7)
LIMIT: dict[str, Any] = {"direction": Direction.AT_MOST, "target": 5}
OTHER = a_key_result("nps", "adoption", check_ins=(FRESH,))


def okrs_with(*check_ins: CheckIn, other: CheckIn = FRESH, **dau: Any) -> Okrs:
    """`dau` with these check-ins, beside a key result that was looked at today, or at the `other` check-in."""
    return acme_okrs(
        objectives=(an_objective("adoption", "product"),),
        key_results=(a_key_result("dau", "adoption", check_ins=check_ins, **dau), replace(OTHER, check_ins=(other,))),
    )


def faults(okrs: Okrs, *work: Any, **options: Any) -> object:
    found = judged(rule, *(work or (WORK,)), okrs=okrs, **options).findings
    return found[0].facts["faults"] if found else ()


def test_a_fresh_check_in_passes() -> None:
    assert faults(okrs_with(FRESH)) == ()


@pytest.mark.parametrize(("day", "found"), [(date(2026, 11, 1), ("overdue",)), (date(2026, 11, 2), ())])
def test_two_weeks_may_pass_without_a_check_in(day: date, found: tuple[str, ...]) -> None:
    assert faults(okrs_with(replace(FRESH, date=day))) == found


def test_what_is_quiet_is_told_by_dates_and_on_no_other_ticket() -> None:
    finding = the_finding(judged(rule, WORK, okrs=okrs_with(replace(FRESH, date=date(2026, 10, 26)))))
    assert (finding.severity, finding.label, finding.tickets) == (Severity.WARNING, "okr-stale", ())
    assert "Last check-in on 2026-10-26 (expected: every 7 days)." in said(finding)


def test_the_key_results_own_ticket_is_commented_and_labelled() -> None:
    ticket = Ref.parse("jira:OKR-7")
    okrs = replace(okrs_with(), okr_id_by_ticket={ticket: "dau", Ref.parse("jira:OKR-1"): "adoption"})
    finding = the_finding(judged(rule, okrs=okrs))
    assert (finding.act_on, finding.label_on) == ((ticket,), (ticket,))


def test_the_key_results_own_cadence_counts() -> None:
    old = replace(FRESH, date=date(2026, 10, 20))
    assert faults(okrs_with(old, cadence_days=14)) == ()
    assert faults(okrs_with(old, cadence_days=13)) == ("overdue",)
    assert faults(okrs_with(old), max_missed_cadences=4) == ()


def test_without_a_check_in_days_count_from_the_cycles_start() -> None:
    other = replace(FRESH, date=date(2026, 10, 15))
    none = okrs_with(other=other)
    assert judged(rule, okrs=none, today=date(2026, 10, 15)).findings == ()
    assert the_finding(judged(rule, okrs=none, today=date(2026, 10, 16))).facts["faults"] == ("overdue",)
    early = replace(FRESH, date=date(2026, 9, 10))
    assert judged(rule, okrs=okrs_with(early, other=other), today=date(2026, 10, 15)).findings == ()


def test_a_key_result_that_came_later_is_not_asked_for_earlier_check_ins() -> None:
    seen = {("kr", "2026-Q4/dau"): date(2026, 11, 9), ("kr", "2026-Q4/nps"): CYCLE.start}
    assert judge(rule, a_portfolio(okrs=okrs_with(), memory=DependencyHistory(first_seen=seen))).findings == ()


def test_where_nobody_records_check_ins_it_is_said_once() -> None:
    okrs = okrs_with()
    okrs = replace(okrs, key_results={k.id: replace(k, check_ins=()) for k in okrs.key_results.values()})
    finding = the_finding(judge(rule, replace(a_portfolio(okrs=okrs), workspace="acme")))
    assert (finding.subject.kind, finding.subject.id) == (SubjectKind.WORKSPACE, "acme")
    assert (finding.severity, finding.affects, finding.on_tickets) == (Severity.WARNING, ("dau", "nps"), ())
    assert "Nobody has recorded a check-in" in said(finding)
    assert judged(rule, okrs=okrs, today=date(2026, 10, 15)).findings == ()


@pytest.mark.parametrize(("value", "confidence", "found"), [(25, 0.7, 1), (26, 0.7, 0), (25, 0.69, 0)])
def test_on_track_at_under_half_of_the_expected_progress_does_not_fit(
    value: float, confidence: float, found: int
) -> None:
    okrs = okrs_with(replace(FRESH, value=value, confidence=confidence))
    assert faults(okrs) == ("behind",) * found


def test_what_was_said_and_what_was_measured_are_both_facts() -> None:
    finding = the_finding(judged(rule, okrs=okrs_with(replace(FRESH, confidence=0.9), current=10.0)))
    assert (finding.facts["value"], finding.facts["confidence"], finding.facts["measured"]) == (10.0, 0.9, 10)
    assert "Confidence is 90 %" in said(finding)


def test_in_the_first_ten_working_days_progress_is_not_compared() -> None:
    early = CheckIn(date(2026, 10, 14), value=0, confidence=0.9)
    okrs = okrs_with(early, other=replace(early, confidence=0.3))
    assert judged(rule, okrs=okrs, today=date(2026, 10, 14)).findings == ()
    assert the_finding(judged(rule, okrs=okrs, today=date(2026, 10, 15)))
    assert judged(rule, okrs=okrs, today=date(2026, 10, 15), after_days=11).findings == ()


@pytest.mark.parametrize(
    "unmeasured",
    [
        {"stated": frozenset({"target"})},
        {"stated": frozenset({"start"})},
        {"start": 0, "target": 1, "current": 0},
        {"title": "Fewer than 100 bugs"},
    ],
)
def test_what_is_not_measured_and_milestones_are_asked_for_check_ins_only(unmeasured: dict[str, Any]) -> None:
    assert faults(okrs_with(SURE, **unmeasured)) == ()
    assert faults(okrs_with(SURE, **unmeasured), DONE) == ()
    assert faults(okrs_with(replace(SURE, date=date(2026, 10, 20)), **unmeasured)) == ("overdue",)


@pytest.mark.parametrize(
    ("limit", "found"),
    [
        (LIMIT | {"current": 9}, ("breached",)),
        (LIMIT | {"current": 5}, ()),
        (LIMIT | {"current": 9, "blocker": "harnesses are late"}, ()),
        ({"direction": Direction.KEEP, "target": 40, "current": 37}, ("breached",)),
        ({"direction": Direction.KEEP, "target": 40, "current": 39.7}, ()),
        ({"direction": Direction.AT_LEAST, "target": 40, "current": 37}, ("breached",)),
    ],
)
def test_a_breached_limit_on_track_asks_for_a_blocker(limit: dict[str, Any], found: tuple[str, ...]) -> None:
    assert faults(okrs_with(CheckIn(TODAY, confidence=0.8), **limit)) == found
    assert faults(okrs_with(CheckIn(TODAY, confidence=0.6), **limit)) == ()


def test_the_blocker_of_the_last_check_in_explains_a_breach() -> None:
    assert faults(okrs_with(CheckIn(TODAY, confidence=0.8, blocker="harnesses are late"), **LIMIT, current=9)) == ()


def test_a_limit_that_holds_still_needs_its_check_ins() -> None:
    assert faults(okrs_with(CheckIn(date(2026, 10, 20), confidence=0.8), **LIMIT, current=3)) == ("overdue",)


def test_finished_work_that_did_not_move_it_does_not_fit() -> None:
    still = replace(FRESH, value=0)
    finding = the_finding(judged(rule, DONE, okrs=okrs_with(still)))
    assert finding.facts["faults"] == ("done",)
    assert "All its work is done, but its value hasn't moved." in said(finding)
    assert faults(okrs_with(replace(FRESH, value=5)), DONE) == ()
    assert faults(okrs_with(replace(FRESH, value=5)), DONE, min_progress_percent=10) == ("done",)
    assert judged(rule, okrs=okrs_with(still)).findings == ()


def test_work_that_is_open_may_still_move_it_and_cancelled_work_will_not() -> None:
    still, more = okrs_with(replace(FRESH, value=0)), an_initiative("jira:ACME-2", serves="dau")
    assert faults(still, DONE, more) == ()
    assert faults(still, DONE, replace(more, status=StatusCategory.TO_DO)) == ()
    assert faults(still, DONE, replace(more, status=StatusCategory.CANCELLED)) == ("done",)
    assert faults(still, DONE, replace(more, labels=frozenset({"okr-exempt", "kr-dau"}))) == ("done",)


def test_a_key_result_that_takes_long_to_move_is_given_that_time() -> None:
    still = replace(FRESH, value=0)
    assert faults(okrs_with(still, lag_days=12), DONE) == ()
    assert faults(okrs_with(still, lag_days=11), DONE) == ("done",)


def test_low_confidence_without_a_blocker_is_honest() -> None:
    assert faults(okrs_with(replace(FRESH, confidence=0.2))) == ()


def test_the_thresholds_of_confidence_can_be_set() -> None:
    assert faults(okrs_with(SURE), on_track_confidence=0.9) == ()
    assert faults(okrs_with(SURE), behind_percent=10) == ()


def test_a_key_result_that_is_met_is_never_stale() -> None:
    assert faults(okrs_with(current=100.0, confidence=0.1)) == ()


def test_outside_of_a_running_cycle_nobody_checks_in() -> None:
    assert judged(rule, okrs=okrs_with(), today=date(2027, 1, 5)).findings == ()
    closed = replace(okrs_with(), cycle=replace(CYCLE, phase=Phase.CLOSED))
    assert judged(rule, okrs=closed).findings == ()


@pytest.mark.parametrize("gap", [Gap("github", "is down"), Gap("jira", "no rights", key="ACME-9")])
def test_whether_all_work_is_done_is_not_judged_under_a_gap(gap: Gap) -> None:
    still = okrs_with(replace(FRESH, value=0))
    assert the_unjudged(judged(rule, DONE, okrs=still, gaps=(gap,))).subject.id == "dau"
    assert the_finding(judged(rule, DONE, okrs=okrs_with(), gaps=(gap,))).facts["faults"] == ("overdue",)


def test_a_private_key_result_is_neither_named_nor_measured_aloud() -> None:
    secret = replace(SURE, value=11, confidence=0.77)
    finding = the_finding(judged(rule, WORK, okrs=okrs_with(secret, visibility=Visibility.PRIVATE)))
    shown = said(finding) + str(finding.facts) + finding.subject.id
    assert "dau" not in shown
    assert "11" not in shown.replace("2026, 11", "")
    assert "0.77" not in shown


def test_a_stale_key_result_can_be_waived() -> None:
    judgement = judged(rule, okrs=okrs_with(), waived="dau")
    assert (judgement.findings, len(judgement.waived)) == ((), 1)


def test_in_draft_a_stale_key_result_is_a_note() -> None:
    okrs = replace(okrs_with(), cycle=replace(CYCLE, phase=Phase.DRAFT))
    assert the_finding(judged(rule, okrs=okrs)).severity is Severity.INFO


MEASURE = Measure("jira", "labels = growth")


def measured_as(value: float | None, said: CheckIn = FRESH, read: date = TODAY, error: str = "", **dau: Any) -> Okrs:
    """`dau` as people stated it, beside what the tracker answered."""
    at = datetime.combine(read, time(9), UTC)
    answer = MeasureAnswer(dau.get("measure", MEASURE), value, at, error)
    return replace(okrs_with(said, **dau), measured={"dau": answer})


@pytest.mark.parametrize(
    ("in_tracker", "found"),
    [(50, ()), (40, ()), (39, ("overstated",)), (0, ("overstated",)), (60, ()), (61, ()), (100, ())],
)
def test_a_value_that_looks_better_than_the_trackers_is_said_at_once(in_tracker: float, found: tuple[str, ...]) -> None:
    assert faults(measured_as(in_tracker)) == found


@pytest.mark.parametrize(
    ("days", "found"), [(7, ()), (8, ("understated",)), (14, ("understated",)), (15, ("overdue",))]
)
def test_a_value_that_lags_is_said_after_the_cadence_and_not_beside_a_missing_check_in(
    days: int, found: tuple[str, ...]
) -> None:
    assert faults(measured_as(80, replace(FRESH, date=TODAY - timedelta(days)))) == found
    assert faults(measured_as(60, replace(FRESH, date=TODAY - timedelta(days)))) == tuple(set(found) - {"understated"})


def test_a_value_without_a_date_is_never_said_to_lag() -> None:
    undated = replace(FRESH, date=TODAY - timedelta(10), value=None)
    assert faults(measured_as(80, undated, current=50.0)) == ()
    assert faults(measured_as(20, undated, current=50.0)) == ("overstated",)


def test_a_key_result_that_is_met_on_paper_alone_is_said() -> None:
    finding = the_finding(judged(rule, WORK, okrs=measured_as(60, replace(FRESH, value=100))))
    assert finding.facts["faults"] == ("overstated",)
    assert (finding.facts["value"], finding.facts["tracker_value"]) == (100, 60)
    assert "Its value 100 (16 Nov 2026) is better than the 60 in jira." in said(finding)


@pytest.mark.parametrize(
    ("direction", "stated", "in_tracker", "found"),
    [
        (Direction.AT_MOST, 4, 6, ("overstated",)),
        (Direction.AT_MOST, 4, 5, ()),
        (Direction.AT_MOST, 6, 4, ()),
        (Direction.AT_MOST, 6, 60, ()),
        (Direction.AT_LEAST, 6, 4, ("overstated",)),
        (Direction.KEEP, 5, 7, ("overstated",)),
        (Direction.KEEP, 5, 5.01, ()),
    ],
)
def test_of_a_limit_it_counts_whether_it_holds(
    direction: Direction, stated: float, in_tracker: float, found: tuple[str, ...]
) -> None:
    said_now = replace(FRESH, value=stated, confidence=0.5)
    assert faults(measured_as(in_tracker, said_now, direction=direction, target=5)) == found


def test_a_value_that_should_fall_is_compared_downwards() -> None:
    falling = {"start": 100, "target": 0}
    assert faults(measured_as(70, replace(FRESH, value=50), **falling)) == ("overstated",)
    assert faults(measured_as(30, replace(FRESH, value=50), **falling)) == ()


@pytest.mark.parametrize(
    "unknown",
    [
        {"error": "is down"},
        {"value": None},
        {"read": TODAY - timedelta(1)},
        {"measure": replace(MEASURE, unit="EUR")},
        {"stated": frozenset({"target"})},
        {"said": replace(FRESH, value=None)},
    ],
)
def test_what_is_not_read_not_comparable_or_stated_later_contradicts_nothing(unknown: dict[str, Any]) -> None:
    assert faults(measured_as(**({"value": 0} | unknown))) == ()


def test_the_tolerance_can_be_set() -> None:
    assert faults(measured_as(39), contradiction_percent=20) == ()
    assert faults(measured_as(49), contradiction_percent=0.5) == ("overstated",)


def test_a_contradiction_about_a_private_key_result_tells_no_figures() -> None:
    okrs = measured_as(17, replace(FRESH, value=83), visibility=Visibility.PRIVATE)
    finding = the_finding(judged(rule, WORK, okrs=okrs))
    shown = said(finding) + str(finding.facts)
    assert "is better than the one in its tracker" in shown
    assert not any(word in shown for word in ("17", "83", "jira", "dau"))


def test_a_check_in_of_a_day_to_come_does_not_count_and_is_told() -> None:
    planned = CheckIn(date(2026, 12, 20), value=90, confidence=0.9)
    finding = the_finding(judged(rule, WORK, okrs=okrs_with(planned)))
    assert (finding.severity, finding.facts["faults"], finding.facts["last"]) == (Severity.WARNING, ("overdue",), None)
    assert "A check-in is dated 2026-12-20, which is after today, so it doesn't count." in said(finding)


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        (CheckIn(date(2026, 11, 17), value=51), "dated 2026-11-17, which is after today"),
        (replace(FRESH, present=("product", "nobody")), "A check-in names as present what is no team: nobody."),
    ],
)
def test_a_wrong_entry_beside_a_fresh_check_in_is_an_info(entry: CheckIn, words: str) -> None:
    finding = the_finding(judged(rule, WORK, okrs=okrs_with(replace(FRESH, date=date(2026, 11, 15)), entry)))
    assert (finding.severity, finding.facts["faults"]) == (Severity.INFO, ())
    assert words in said(finding)
    assert "Correct that check-in." in said(finding)
    assert "Check in: the value" not in said(finding)


def test_a_team_that_is_gone_may_stand_at_an_old_check_in() -> None:
    old = CheckIn(CYCLE.start - timedelta(1), present=("dissolved",))
    assert faults(okrs_with(old, FRESH)) == ()


def test_a_key_result_whose_ticket_is_done_needs_no_check_in() -> None:
    assert faults(okrs_with(done=True, **LIMIT)) == ()


@pytest.mark.parametrize("fields", [{"check_ins"}, {"aligns_to", "target"}])
def test_what_is_not_understood_on_its_ticket_may_be_the_check_in(fields: set[str]) -> None:
    okrs = okrs_with(not_understood=frozenset(fields))
    unjudged = the_unjudged(judged(rule, WORK, okrs=okrs))
    assert unjudged.reason == f"not understood on a ticket: {', '.join(sorted(fields))}"


def test_a_line_that_belongs_elsewhere_hides_no_missing_check_in() -> None:
    assert faults(okrs_with(not_understood=frozenset({"standalone"}))) == ("overdue",)


def test_somebody_records_check_ins_where_one_was_not_understood() -> None:
    okrs = okrs_with(not_understood=frozenset({"check_ins"}))
    okrs = replace(okrs, key_results={id_: replace(k, check_ins=()) for id_, k in okrs.key_results.items()})
    finding = the_finding(judged(rule, WORK, okrs=okrs))
    assert finding.subject.id == "nps"
