from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from hub.model.finding import Severity
from hub.model.initiative import Gap, KeyResultMention, MentionSource, StatusCategory
from hub.model.okr import Cycle, Phase, Visibility
from rules.work.initiative_without_key_result import initiative_without_key_result
from rules.work.unresolvable_link import unresolvable_link as rule
from tests.builders import CYCLE, a_key_result, a_ref, acme_okrs, an_initiative
from tests.rules.rule_runner import judged, said, the_finding

OVER = Cycle("2026-Q3", date(2026, 7, 1), date(2026, 9, 30), Phase.CLOSED)
NEXT = Cycle("2027-Q1", date(2027, 1, 1), date(2027, 3, 31), Phase.DRAFT)


def named(via: MentionSource, written: str) -> tuple[KeyResultMention, ...]:
    return (KeyResultMention(via, written),)


def test_a_value_that_names_nothing_is_an_error_with_the_closest_ids() -> None:
    finding = the_finding(judged(rule, an_initiative("jira:ACME-1", serves="dua")))
    assert finding.severity is Severity.ERROR
    assert finding.label == "okr-unaligned"
    assert finding.act_on == finding.label_on == (a_ref("jira:ACME-1"),)
    assert finding.facts["raw"] == "dua"
    assert finding.facts["closest"] == ("dau",)


@pytest.mark.parametrize("via", [MentionSource.LABEL, MentionSource.FIELD, MentionSource.TEXT])
def test_the_words_say_what_was_meant_and_where_the_value_stands(via: MentionSource) -> None:
    finding = the_finding(judged(rule, an_initiative("jira:ACME-1", key_result_mentions=named(via, "dua"))))
    assert "Did you mean dau?" in said(finding)
    assert f"in the {via}" in said(finding)


def test_beside_a_right_value_the_words_say_to_remove_the_wrong_one() -> None:
    finding = the_finding(judged(rule, an_initiative("jira:ACME-1", serves=("dau", "p9"))))
    assert "Remove it: the ticket is linked" in said(finding)


def test_an_objective_is_no_key_result() -> None:
    finding = the_finding(judged(rule, an_initiative("jira:ACME-1", serves="adoption")))
    assert finding.facts["reason"] == "objective"
    assert "is an objective" in said(finding)


def test_a_title_that_two_key_results_share_names_neither() -> None:
    twins = (a_key_result("a", "adoption", title="Grow fast"), a_key_result("b", "speed", title="Grow fast"))
    okrs = acme_okrs(key_results=twins)
    finding = the_finding(judged(rule, an_initiative("jira:ACME-1", serves="Grow fast"), okrs=okrs))
    assert finding.facts["reason"] == "several"


@pytest.mark.parametrize("cycle", [OVER, replace(OVER, phase=Phase.RUNNING)])
def test_a_key_result_of_an_ended_cycle_beside_a_current_one_is_to_be_removed(cycle: Cycle) -> None:
    old = replace(a_key_result("reach", "growth"), cycle=OVER.id, replaced_by="p99")
    okrs = acme_okrs(others=(old,), cycles=(cycle,))
    finding = the_finding(judged(rule, an_initiative("jira:ACME-1", serves=("dau", "reach")), okrs=okrs))
    assert (finding.severity, finding.facts["reason"]) == (Severity.ERROR, "ended")
    assert (finding.facts["raw"], finding.facts["closest"]) == ("reach", ("p99",))
    assert "Remove it" in said(finding)
    assert judged(rule, an_initiative("jira:ACME-1", serves="reach"), okrs=okrs).findings == ()


def test_a_story_that_names_an_ended_key_result_below_a_linked_epic_is_told() -> None:
    old = replace(a_key_result("reach", "growth"), cycle=OVER.id)
    epic = an_initiative("jira:ACME-1", serves="dau")
    story = an_initiative("jira:ACME-2", serves="reach", parent=epic.ref, level=0)
    found = judged(rule, epic, story, okrs=acme_okrs(others=(old,), cycles=(OVER,)))
    assert the_finding(found).act_on == (story.ref,)


def test_a_key_result_of_a_coming_cycle_is_no_wrong_value() -> None:
    later = replace(a_key_result("loyalty", "growth"), cycle=NEXT.id)
    okrs = acme_okrs(others=(later,), cycles=(NEXT,))
    assert judged(rule, an_initiative("jira:ACME-1", serves="loyalty"), okrs=okrs).findings == ()


def test_a_value_that_names_one_key_result_passes() -> None:
    assert judged(rule, an_initiative("jira:ACME-1", serves="DAU")).findings == ()


def test_two_wrong_values_are_two_findings_and_a_repeated_one_is_one() -> None:
    ticket = an_initiative("jira:ACME-1", serves=("dua", "dua", "p98"))
    found = judged(rule, ticket).findings
    assert {finding.facts["raw"] for finding in found} == {"dua", "p98"}
    assert len({finding.fingerprint for finding in found}) == len(found) == 2


def test_a_wrong_value_beside_a_right_one_is_still_wrong() -> None:
    assert the_finding(judged(rule, an_initiative("jira:ACME-1", serves=("dau", "nonsense"))))


def test_nobody_is_told_twice_to_remove_a_value() -> None:
    words = said(the_finding(judged(rule, an_initiative("jira:ACME-1", serves=("dau", "nonsense")))))
    assert words.casefold().count("remove it") == 1


def test_one_value_in_several_places_is_one_finding() -> None:
    places = (
        KeyResultMention(MentionSource.LABEL, "dua"),
        KeyResultMention(MentionSource.FIELD, "DUA"),
        KeyResultMention(MentionSource.TEXT, "dua"),
    )
    finding = the_finding(judged(rule, an_initiative("jira:ACME-1", key_result_mentions=places)))
    assert finding.facts["sources"] == ("label", "field", "text")


def test_only_the_ticket_that_carries_the_value_is_told_and_what_is_below_is_affected() -> None:
    parent = an_initiative("jira:ACME-1", serves="dua")
    child = an_initiative("jira:ACME-2", parent=parent.ref)
    story = an_initiative("jira:ACME-3", parent=child.ref, level=0)
    finding = the_finding(judged(rule, parent, child, story))
    assert finding.on_tickets == (parent.ref,)
    assert (finding.affects, finding.facts["affected"]) == ((), 2)


def test_a_value_on_a_ticket_below_is_read_where_it_stands() -> None:
    epic = an_initiative("jira:ACME-1", serves="dau")
    story = an_initiative("jira:ACME-2", serves="dua", parent=epic.ref, level=0)
    loose = an_initiative("jira:ACME-3", serves="p9", level=0)
    found = judged(rule, epic, story, loose).findings
    assert [finding.act_on for finding in found] == [(story.ref,), (loose.ref,)]


def test_a_value_above_active_work_counts_though_the_ticket_is_not_active() -> None:
    parent = an_initiative("jira:ACME-1", serves="dua", status=StatusCategory.TO_DO)
    assert judged(rule, parent).findings == ()
    assert the_finding(judged(rule, parent, an_initiative("jira:ACME-2", parent=parent.ref))).act_on == (parent.ref,)
    linked = an_initiative("jira:ACME-2", parent=parent.ref, serves="dau")
    assert judged(rule, parent, linked).findings == ()


@pytest.mark.parametrize(("day", "severity"), [(9, Severity.ERROR), (10, Severity.INFO)])
def test_a_new_ticket_is_told_in_reports_alone(day: int, severity: Severity) -> None:
    ticket = an_initiative(serves="dua", created=datetime(2026, 11, day, tzinfo=UTC))
    finding = the_finding(judged(rule, ticket))
    assert (finding.severity, bool(finding.on_tickets)) == (severity, severity is Severity.ERROR)


def test_once_the_cycle_is_over_nothing_is_said() -> None:
    assert judged(rule, an_initiative(serves="dua"), today=date(2027, 1, 11)).findings == ()


def test_exempt_and_finished_work_is_left_alone() -> None:
    exempt = an_initiative("jira:ACME-1", serves="dua", labels=frozenset({"okr-exempt"}))
    done = an_initiative("jira:ACME-2", serves="dua", status=StatusCategory.DONE)
    assert judged(rule, exempt, done).findings == ()


def test_what_was_not_read_excuses_no_wrong_value() -> None:
    ticket = an_initiative("jira:ACME-1", serves="dua", missing_fields=frozenset({"text"}))
    assert the_finding(judged(rule, ticket, gaps=(Gap("github", "is down"),)))


@pytest.mark.parametrize("phase", [Phase.DRAFT, Phase.ALIGN])
def test_while_okrs_are_made_it_is_told_in_reports_alone(phase: Phase) -> None:
    okrs = acme_okrs(cycle=replace(CYCLE, phase=phase))
    finding = the_finding(judged(rule, an_initiative("jira:ACME-1", serves="dua"), okrs=okrs))
    assert (finding.severity, finding.on_tickets) == (Severity.INFO, ())


def test_private_key_results_are_neither_offered_nor_echoed() -> None:
    secret = a_key_result("dux", "adoption", visibility=Visibility.PRIVATE)
    old = replace(a_key_result("Merger".casefold(), "growth", visibility=Visibility.PRIVATE), cycle=OVER.id)
    base = acme_okrs()
    okrs = acme_okrs(key_results=(*base.key_results.values(), secret), others=(old,), cycles=(OVER,))
    near = the_finding(judged(rule, an_initiative("jira:ACME-1", serves="dua"), okrs=okrs))
    gone = the_finding(judged(rule, an_initiative("jira:ACME-1", serves=("dau", "Merger")), okrs=okrs))
    assert "dux" not in str(near.facts) + said(near)
    assert "merger" not in (str(gone.facts) + said(gone)).casefold()
    assert "a private key result" in said(gone)


def test_a_ticket_that_is_only_context_is_never_told_and_excuses_nobody() -> None:
    context = an_initiative("jira:ACME-1", serves="dua", reference_only=True)
    child = an_initiative("jira:ACME-2", parent=context.ref)
    assert judged(rule, context, child).findings == ()
    assert the_finding(judged(initiative_without_key_result, context, child)).act_on == (child.ref,)


def test_tickets_that_are_each_others_parents_end_somewhere() -> None:
    ticket = an_initiative("jira:ACME-1", serves="dua", parent=a_ref("jira:ACME-2"))
    other = an_initiative("jira:ACME-2", parent=ticket.ref)
    assert the_finding(judged(rule, ticket, other)).act_on == (ticket.ref,)
