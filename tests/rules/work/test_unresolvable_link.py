from dataclasses import replace
from datetime import date

import pytest

from hub.model.finding import Severity
from hub.model.initiative import Gap, NamedKeyResult, StatusCategory, Via
from hub.model.okr import Cycle, Phase, Visibility
from rules.work.unresolvable_link import unresolvable_link as rule
from tests.builders import CYCLE, a_key_result, a_ref, acme_okrs, an_initiative
from tests.rules.running import judged, said, the_finding

OVER = Cycle("2026-Q3", date(2026, 7, 1), date(2026, 9, 30), Phase.CLOSED)
NEXT = Cycle("2027-Q1", date(2027, 1, 1), date(2027, 3, 31), Phase.DRAFT)


def named(via: Via, written: str) -> tuple[NamedKeyResult, ...]:
    return (NamedKeyResult(via, written),)


def test_a_value_that_names_nothing_is_an_error_with_the_closest_ids() -> None:
    finding = the_finding(judged(rule, an_initiative("jira:ACME-1", serves="dua")))
    assert finding.severity is Severity.ERROR
    assert finding.label == "okr-unaligned"
    assert finding.tickets == (a_ref("jira:ACME-1"),)
    assert finding.facts["written"] == "dua"
    assert finding.facts["closest"] == ("dau",)


@pytest.mark.parametrize(
    ("via", "typed"), [(Via.LABEL, "kr-dau"), (Via.FIELD, "dau"), (Via.TEXT, "KR: dau")], ids=["label", "field", "text"]
)
def test_the_words_say_what_to_type_where_the_value_stands(via: Via, typed: str) -> None:
    finding = the_finding(judged(rule, an_initiative("jira:ACME-1", named=named(via, "dua"))))
    assert f"Write {typed} in its place" in said(finding)


def test_an_objective_is_no_key_result() -> None:
    finding = the_finding(judged(rule, an_initiative("jira:ACME-1", serves="adoption")))
    assert finding.facts["why"] == "objective"
    assert "names an objective" in said(finding)


def test_a_title_that_two_key_results_share_names_neither() -> None:
    twins = (a_key_result("a", "adoption", title="Grow fast"), a_key_result("b", "speed", title="Grow fast"))
    okrs = acme_okrs(key_results=twins)
    finding = the_finding(judged(rule, an_initiative("jira:ACME-1", serves="Grow fast"), okrs=okrs))
    assert finding.facts["why"] == "several"


def test_a_key_result_of_a_closed_cycle_is_gone() -> None:
    old = replace(a_key_result("reach", "growth"), cycle=OVER.id)
    okrs = acme_okrs(others=(old,), cycles=(OVER,))
    finding = the_finding(judged(rule, an_initiative("jira:ACME-1", serves="reach"), okrs=okrs))
    assert finding.facts["why"] == "closed"
    assert finding.facts["written"] == "reach"


def test_a_key_result_of_a_coming_cycle_is_no_wrong_value() -> None:
    later = replace(a_key_result("loyalty", "growth"), cycle=NEXT.id)
    okrs = acme_okrs(others=(later,), cycles=(NEXT,))
    assert judged(rule, an_initiative("jira:ACME-1", serves="loyalty"), okrs=okrs).findings == ()


def test_a_value_that_names_one_key_result_passes() -> None:
    assert judged(rule, an_initiative("jira:ACME-1", serves="DAU")).findings == ()


def test_two_wrong_values_are_two_findings_and_a_repeated_one_is_one() -> None:
    ticket = an_initiative("jira:ACME-1", serves=("dua", "dua", "p98"))
    found = judged(rule, ticket).findings
    assert {finding.facts["written"] for finding in found} == {"dua", "p98"}
    assert len({finding.fingerprint for finding in found}) == len(found) == 2


def test_a_wrong_value_beside_a_right_one_is_still_wrong() -> None:
    assert the_finding(judged(rule, an_initiative("jira:ACME-1", serves=("dau", "nonsense"))))


def test_only_the_ticket_that_carries_the_value_is_blamed() -> None:
    parent = an_initiative("jira:ACME-1", serves="dua")
    child = an_initiative("jira:ACME-2", parent=parent.ref)
    assert the_finding(judged(rule, parent, child)).tickets == (parent.ref,)


def test_exempt_and_finished_work_is_left_alone() -> None:
    exempt = an_initiative("jira:ACME-1", serves="dua", labels=frozenset({"okr-exempt"}))
    done = an_initiative("jira:ACME-2", serves="dua", status=StatusCategory.DONE)
    assert judged(rule, exempt, done).findings == ()


def test_what_was_not_read_excuses_no_wrong_value() -> None:
    ticket = an_initiative("jira:ACME-1", serves="dua", unread=frozenset({"text"}))
    assert the_finding(judged(rule, ticket, gaps=(Gap("github", "is down"),)))


def test_in_draft_a_wrong_value_is_a_warning() -> None:
    okrs = acme_okrs(cycle=replace(CYCLE, phase=Phase.DRAFT))
    finding = the_finding(judged(rule, an_initiative("jira:ACME-1", serves="dua"), okrs=okrs))
    assert finding.severity is Severity.WARNING


def test_private_key_results_are_neither_offered_nor_echoed() -> None:
    secret = a_key_result("dux", "adoption", visibility=Visibility.PRIVATE)
    old = replace(a_key_result("Merger".casefold(), "growth", visibility=Visibility.PRIVATE), cycle=OVER.id)
    base = acme_okrs()
    okrs = acme_okrs(key_results=(*base.key_results.values(), secret), others=(old,), cycles=(OVER,))
    near = the_finding(judged(rule, an_initiative("jira:ACME-1", serves="dua"), okrs=okrs))
    gone = the_finding(judged(rule, an_initiative("jira:ACME-1", serves="Merger"), okrs=okrs))
    assert "dux" not in str(near.facts) + said(near)
    assert "merger" not in (str(gone.facts) + said(gone)).casefold()
    assert "a private Key Result" in said(gone)
