from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.model.finding import Severity
from hub.model.initiative import Gap, Initiative, KeyResultMention, MentionSource, Ref, StatusCategory
from hub.model.okr import Cycle, ExemptKind, Phase, Visibility
from rules.work.initiative_without_key_result import initiative_without_key_result as rule
from tests.builders import CYCLE, TODAY, a_key_result, a_ref, a_team, acme_okrs, an_initiative, an_objective, some_okrs
from tests.rules.rule_runner import judged, said, the_finding, the_unjudged

NEXT = Cycle("2027-Q1", date(2027, 1, 1), date(2027, 3, 31), Phase.DRAFT)


def created(year: int, month: int, day: int) -> datetime:
    return datetime(year, month, day, 8, tzinfo=UTC)


def test_active_work_that_names_nothing_is_an_error() -> None:
    finding = the_finding(judged(rule, an_initiative("jira:ACME-1")))
    assert finding.severity is Severity.ERROR
    assert finding.subject.id == "jira:ACME-1"
    assert finding.act_on == finding.label_on == (a_ref("jira:ACME-1"),)
    assert finding.label == "okr-unaligned"


def test_a_tree_is_told_once_at_its_top_and_what_is_below_is_counted() -> None:
    top = an_initiative("jira:ACME-1")
    epic = an_initiative("jira:ACME-2", parent=top.ref)
    story = an_initiative("jira:ACME-3", parent=epic.ref, level=0)
    finding = the_finding(judged(rule, story, epic, top))
    assert (finding.subject.id, finding.facts["below"]) == ("jira:ACME-1", 2)
    assert (finding.affects, finding.facts["below"]) == ((), 2)
    assert finding.on_tickets == (top.ref,)


def test_an_initiative_in_the_backlog_leaves_it_to_the_work_below() -> None:
    top = an_initiative("jira:ACME-1", status=StatusCategory.TO_DO)
    assert the_finding(judged(rule, top, an_initiative("jira:ACME-2", parent=top.ref))).subject.id == "jira:ACME-2"


def test_an_initiative_all_of_whose_work_is_linked_serves_those() -> None:
    top = an_initiative("jira:ACME-1")
    below = [an_initiative(f"jira:ACME-{n}", parent=top.ref, serves="dau") for n in (2, 3)]
    assert judged(rule, top, *below).findings == ()


def test_the_words_name_the_likeliest_key_result_and_the_ways_out() -> None:
    top = an_initiative("jira:ACME-1", status=StatusCategory.IN_PROGRESS)
    below = [an_initiative(f"jira:ACME-{n}", parent=top.ref, serves=named) for n, named in ((2, "dau"), (3, ()))]
    words = said(the_finding(judged(rule, top, *below)))
    assert "in progress but isn't linked to a key result (2026-Q4)" in words
    assert "Does it support dau? One of the 2 tickets below it does." in words
    assert "/okr exempt" in words
    # Work in progress is active whatever its dates say.
    assert "change its dates" not in words


def test_work_that_is_only_planned_is_not_said_to_be_in_progress() -> None:
    planned = an_initiative(status=StatusCategory.TO_DO, due=date(2026, 12, 1))
    words = said(the_finding(judged(rule, planned)))
    assert "planned for this cycle" in words
    assert "change its dates" in words


def test_without_evidence_no_key_result_is_named() -> None:
    words = said(the_finding(judged(rule, an_initiative("jira:ACME-1"))))
    assert "Link it to the key result that it supports." in words


def test_work_that_serves_a_key_result_passes() -> None:
    assert judged(rule, an_initiative("jira:ACME-1", serves="dau")).findings == ()


def test_work_passes_by_what_a_parent_serves_that_is_not_active_itself() -> None:
    parent = an_initiative("jira:ACME-1", serves="dau", status=StatusCategory.TO_DO)
    assert judged(rule, parent, an_initiative("jira:ACME-2", parent=parent.ref)).findings == ()


@pytest.mark.parametrize("status", [StatusCategory.TO_DO, StatusCategory.DONE])
def test_work_that_is_not_active_is_left_alone(status: StatusCategory) -> None:
    assert judged(rule, an_initiative("jira:ACME-1", status=status)).findings == ()


def test_work_without_a_team_is_judged_too() -> None:
    assert the_finding(judged(rule, an_initiative("jira:OTHER-1"))).facts["team"] is None


def test_exempt_work_is_left_alone() -> None:
    labelled = an_initiative("jira:ACME-1", labels=frozenset({"okr-exempt"}))
    bug = an_initiative("jira:ACME-2", kind="Bug")
    teams = (a_team("product", "jira:ACME", exempt=(ExemptKind("defects", kind="Bug"),)),)
    assert judged(rule, labelled, bug, okrs=acme_okrs(teams=teams)).findings == ()


@pytest.mark.parametrize(
    ("day", "severity"),
    [
        (created(2026, 11, 16), Severity.INFO),
        (created(2026, 11, 10), Severity.INFO),
        (created(2026, 11, 9), Severity.ERROR),
        (None, Severity.ERROR),
    ],
)
def test_a_ticket_is_a_note_without_a_label_in_its_first_five_working_days(
    day: datetime | None, severity: Severity
) -> None:
    finding = the_finding(judged(rule, an_initiative("jira:ACME-1", created=day)))
    assert finding.severity is severity
    assert bool(finding.on_tickets) is (severity is Severity.ERROR)


def test_a_new_story_makes_an_old_initiative_no_younger() -> None:
    story = an_initiative("jira:ACME-2", parent=a_ref("jira:ACME-1"), level=0, created=created(2026, 11, 16))
    assert the_finding(judged(rule, an_initiative("jira:ACME-1"), story)).severity is Severity.ERROR


@pytest.mark.parametrize(("day", "severity"), [(7, Severity.INFO), (8, Severity.ERROR)])
def test_in_the_cycles_first_five_working_days_it_is_a_note(day: int, severity: Severity) -> None:
    ticket = an_initiative(created=created(2026, 9, 1))
    assert the_finding(judged(rule, ticket, today=date(2026, 10, day))).severity is severity


@pytest.mark.parametrize("phase", [Phase.DRAFT, Phase.ALIGN])
def test_while_okrs_are_made_it_is_a_note_without_a_label(phase: Phase) -> None:
    finding = the_finding(judged(rule, an_initiative(), okrs=acme_okrs(cycle=replace(CYCLE, phase=phase))))
    assert (finding.severity, finding.on_tickets) == (Severity.INFO, ())


def test_once_the_cycle_is_over_nothing_is_said() -> None:
    assert judged(rule, an_initiative(), today=date(2027, 1, 11)).findings == ()


def test_work_whose_parent_was_not_read_is_not_judged() -> None:
    child = an_initiative("jira:ACME-2", parent=a_ref("jira:ACME-1"))
    unjudged = the_unjudged(judged(rule, child, gaps=(Gap("jira", "timed out"),)))
    assert unjudged.tickets == (child.ref,)
    assert "jira:ACME-1" in unjudged.reason


def test_work_whose_labels_were_not_read_is_not_judged() -> None:
    unjudged = the_unjudged(judged(rule, an_initiative("jira:ACME-1", missing_fields=frozenset({"labels"}))))
    assert "labels" in unjudged.reason


def test_a_gap_elsewhere_does_not_silence_a_ticket_that_was_read_whole() -> None:
    assert the_finding(judged(rule, an_initiative("jira:ACME-1"), gaps=(Gap("github", "is down"),)))


def test_work_for_a_later_cycle_is_planned_and_not_unaligned() -> None:
    later = replace(a_key_result("loyalty", "growth"), cycle=NEXT.id)
    parent = an_initiative("jira:ACME-1", key_result_mentions=(KeyResultMention(MentionSource.LABEL, "loyalty"),))
    child = an_initiative("jira:ACME-2", parent=parent.ref)
    assert judged(rule, parent, child, okrs=acme_okrs(others=(later,), cycles=(NEXT,))).findings == ()


@pytest.mark.parametrize("status", [StatusCategory.IN_PROGRESS, StatusCategory.TO_DO])
def test_a_wrong_value_on_the_ticket_or_above_it_is_another_finding(status: StatusCategory) -> None:
    parent = an_initiative("jira:ACME-1", serves="dua", status=status)
    assert judged(rule, parent, an_initiative("jira:ACME-2", parent=parent.ref)).findings == ()


def test_a_wrong_value_below_excuses_nobody_above() -> None:
    child = an_initiative("jira:ACME-2", parent=a_ref("jira:ACME-1"), serves="dua")
    assert the_finding(judged(rule, an_initiative("jira:ACME-1"), child)).subject.id == "jira:ACME-1"


def test_a_private_key_result_is_never_offered() -> None:
    okrs = some_okrs(
        teams=(a_team("product", "jira:ACME"),),
        objectives=(an_objective("adoption", "product"),),
        key_results=(a_key_result("secret", "adoption", visibility=Visibility.PRIVATE),),
    )
    finding = the_finding(judged(rule, an_initiative("jira:ACME-1", title="Title of secret"), okrs=okrs))
    assert "secret" not in said(finding)
    assert finding.facts["candidates"] == ()


def test_the_fingerprint_survives_a_move_and_a_new_title() -> None:
    before = an_initiative("jira:ACME-1")
    after = replace(before, ref=Ref("jira", "PLAT-7"), title="Another title")
    assert the_finding(judged(rule, before)).fingerprint == the_finding(judged(rule, after)).fingerprint


KEYS = ("jira:ACME-1", "jira:ACME-2", "jira:ACME-3", "github:acme/app#1")
TICKETS = st.lists(
    st.builds(
        lambda ref, serves, parent: an_initiative(ref, serves=serves, parent=None if parent == ref else a_ref(parent)),
        st.sampled_from(KEYS),
        st.sampled_from([(), ("dau",), ("p99", "dau"), ("nonsense",)]),
        st.sampled_from(KEYS),
    ),
    min_size=1,
    unique_by=lambda ticket: ticket.ref,
)


def blamed(tickets: list[Initiative]) -> set[tuple[str, Severity]]:
    return {(finding.fingerprint, finding.severity) for finding in judged(rule, *tickets).findings}


@settings(deadline=None, max_examples=40)
@given(TICKETS, st.data())
def test_naming_a_key_result_never_adds_a_finding(tickets: list[Initiative], data: st.DataObject) -> None:
    chosen = data.draw(st.integers(0, len(tickets) - 1))
    linked = list(tickets)
    linked[chosen] = replace(
        linked[chosen],
        key_result_mentions=(*linked[chosen].key_result_mentions, KeyResultMention(MentionSource.LABEL, "dau")),
    )
    assert blamed(linked) <= blamed(tickets)


@settings(deadline=None, max_examples=40)
@given(TICKETS, st.data())
def test_the_order_of_the_input_changes_nothing(tickets: list[Initiative], data: st.DataObject) -> None:
    assert blamed(data.draw(st.permutations(tickets))) == blamed(tickets)


def test_todays_date_alone_changes_no_word() -> None:
    ticket = an_initiative("jira:ACME-1")
    first, second = judged(rule, ticket), judged(rule, ticket, today=date(2026, 11, 17))
    assert date(2026, 11, 17) != TODAY
    assert the_finding(first).advice == the_finding(second).advice
