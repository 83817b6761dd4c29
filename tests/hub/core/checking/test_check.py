"""Verdicts become findings: settings, phases, waivers, veils, fingerprints, and rules that crash."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.core.checking.check import check, fingerprint
from hub.core.checking.evaluate import RuleSetting
from hub.core.insight.audit.build import waiver_report
from hub.model.finding import Finding, KeyResultId, NotJudged, Severity, Subject, SubjectKind, Verdict, Waiver
from hub.model.okr import Phase, Visibility
from hub.model.portfolio import Portfolio
from hub.model.private_names import PRIVATE_NAME
from rules.base import Options
from rules.work.initiative_without_key_result import initiative_without_key_result
from tests.builders import (
    CYCLE,
    TODAY,
    a_key_result,
    a_portfolio,
    a_ref,
    acme_okrs,
    an_initiative,
    an_objective,
    some_okrs,
)
from tests.fakes.rule import a_rule, about, doubtful

TICKET = an_initiative("jira:ACME-1")
SECRET = some_okrs(
    objectives=(an_objective(),),
    key_results=(a_key_result("merger", visibility=Visibility.PRIVATE), a_key_result("dau")),
    others=(a_key_result("old-merger", visibility=Visibility.PRIVATE),),
)


def the_finding(verdict: Verdict, portfolio: Portfolio | None = None, **changes: object) -> Finding:
    (found,) = check(portfolio or a_portfolio(TICKET), [a_rule(answers=[verdict], **changes)]).findings
    return found


def in_phase(phase: Phase) -> Portfolio:
    return a_portfolio(TICKET, okrs=some_okrs(cycle=replace(CYCLE, phase=phase)))


def waived(subject: str, *, days: int = 1, rule: str = "some-fault") -> Waiver:
    return Waiver(rule, subject, "a reason", "an owner", TODAY + timedelta(days=days))


def test_a_verdict_takes_name_label_words_and_severity_of_its_rule() -> None:
    found = the_finding(about(TICKET, based_on=(a_ref("github:acme/app#1"),)))
    assert (found.rule, found.label, found.severity) == ("some-fault", "okr-unaligned", Severity.WARNING)
    assert found.tickets == (TICKET.ref,)
    assert found.based_on == (a_ref("github:acme/app#1"),)
    assert found.advice.what[0].text == "title=Work ACME-1"


@pytest.mark.parametrize(
    ("rule", "verdict", "setting", "expected"),
    [
        (Severity.ERROR, None, None, Severity.ERROR),
        (Severity.ERROR, Severity.INFO, None, Severity.INFO),
        (Severity.ERROR, Severity.INFO, Severity.WARNING, Severity.WARNING),
        (Severity.ERROR, None, Severity.INFO, Severity.INFO),
    ],
)
def test_the_setting_wins_over_the_verdict_and_the_verdict_over_the_rule(
    rule: Severity, verdict: Severity | None, setting: Severity | None, expected: Severity
) -> None:
    made = a_rule(answers=[about(TICKET, severity=verdict)], severity=rule)
    (found,) = check(a_portfolio(TICKET), [made], {made.name: RuleSetting(setting)}).findings
    assert found.severity is expected


@pytest.mark.parametrize(
    ("stated", "drafted"),
    [(Severity.ERROR, Severity.WARNING), (Severity.WARNING, Severity.INFO), (Severity.INFO, Severity.INFO)],
)
def test_in_the_draft_phase_each_severity_is_one_lower(stated: Severity, drafted: Severity) -> None:
    assert the_finding(about(TICKET), in_phase(Phase.DRAFT), severity=stated).severity is drafted
    assert the_finding(about(TICKET), in_phase(Phase.LOCKED), severity=stated).severity is stated


def test_a_rule_that_is_off_says_nothing_and_is_not_run() -> None:
    def crash(_: Portfolio, __: Options) -> Iterator[Verdict]:
        raise AssertionError

    judged = check(a_portfolio(TICKET), [a_rule(check=crash)], {"some-fault": RuleSetting(off=True)})
    assert (judged.findings, judged.failed) == ((), frozenset())


def test_options_of_the_settings_replace_only_those_they_name() -> None:
    seen: list[Options] = []
    made = a_rule(check=lambda _, options: seen.append(options) or (), options={"few": 1, "many": 3})
    check(a_portfolio(TICKET), [made], {made.name: RuleSetting(options={"many": 9})})
    assert seen == [{"few": 1, "many": 9}]


@pytest.mark.parametrize("name", ["jira:ACME-1", "ACME-1"])
def test_a_waiver_sets_the_finding_apart_and_keeps_it_visible(name: str) -> None:
    made = a_rule(answers=[about(TICKET)])
    judged = check(a_portfolio(TICKET), [made], waivers=[waived(name)])
    assert judged.findings == ()
    assert judged.waived[0].waiver == waived(name)


def test_a_waiver_holds_on_its_last_day_and_not_after() -> None:
    made = a_rule(answers=[about(TICKET)])
    assert check(a_portfolio(TICKET), [made], waivers=[waived("ACME-1", days=0)]).findings == ()
    assert len(check(a_portfolio(TICKET), [made], waivers=[waived("ACME-1", days=-1)]).findings) == 1


@pytest.mark.parametrize("waiver", [waived("ACME-2"), waived("ACME-1", rule="other-fault")])
def test_a_waiver_of_another_subject_or_rule_changes_nothing(waiver: Waiver) -> None:
    assert len(check(a_portfolio(TICKET), [a_rule(answers=[about(TICKET)])], waivers=[waiver]).findings) == 1


def test_a_private_key_result_can_be_waived_by_its_id() -> None:
    verdict = Verdict(Subject(SubjectKind.KEY_RESULT, "merger"), {})
    judged = check(a_portfolio(okrs=SECRET), [a_rule(answers=[verdict])], waivers=[waived("merger")])
    assert len(judged.waived) == 1


def test_a_crashing_rule_becomes_a_finding_and_the_others_go_on() -> None:
    def half(_: Portfolio, __: Options) -> Iterator[Verdict]:
        yield about(TICKET)
        raise KeyError("merger of old-merger, not mergers")

    judged = check(a_portfolio(TICKET, okrs=SECRET), [a_rule("broken", check=half), a_rule("fine", [about(TICKET)])])
    crash, fine = judged.findings
    assert judged.failed == {"broken"}
    assert (crash.rule, crash.severity, crash.tickets) == ("broken", Severity.ERROR, ())
    assert crash.facts == {"error": "KeyError", "detail": f"'{PRIVATE_NAME} of {PRIVATE_NAME}, not mergers'"}
    assert fine.rule == "fine"


def test_words_that_crash_count_as_a_crash_of_the_rule() -> None:
    made = replace(a_rule(answers=[about(TICKET)]), advise=lambda facts: facts["nothing"])
    assert check(a_portfolio(TICKET), [made]).failed == {"some-fault"}


def test_what_was_not_judged_bears_the_name_of_its_rule() -> None:
    judged = check(a_portfolio(TICKET), [a_rule(answers=[doubtful(TICKET)])])
    assert [(skip.rule, skip.reason) for skip in judged.not_judged] == [("some-fault", "not read")]


def test_a_private_key_result_is_veiled_wherever_it_stands_among_the_facts() -> None:
    id_ = KeyResultId("merger")
    nested: Mapping[str, object] = MappingProxyType({"deep": (id_, {"deeper": KeyResultId("old-merger")})})
    found = the_finding(
        about(TICKET, facts={"one": id_, "many": (id_, KeyResultId("dau")), "nested": nested, "by": {id_: 3}}),
        a_portfolio(TICKET, okrs=SECRET),
    )
    assert found.facts == {
        "one": PRIVATE_NAME,
        "many": (PRIVATE_NAME, "dau"),
        "nested": {"deep": (PRIVATE_NAME, {"deeper": PRIVATE_NAME})},
        "by": {PRIVATE_NAME: None},
    }
    assert "merger" not in repr(found)


def test_a_private_key_result_is_veiled_as_a_subject_judged_or_not() -> None:
    subject = Subject(SubjectKind.KEY_RESULT, "merger", "https://okrs.test/merger")
    judged = check(a_portfolio(okrs=SECRET), [a_rule(answers=[Verdict(subject, {}), NotJudged(subject, "why")])])
    veiled = Subject(SubjectKind.KEY_RESULT, PRIVATE_NAME)
    assert (judged.findings[0].subject, judged.not_judged[0].subject) == (veiled, veiled)


def test_a_public_subject_keeps_its_id() -> None:
    subject = Subject(SubjectKind.KEY_RESULT, "dau")
    assert the_finding(Verdict(subject, {}), a_portfolio(okrs=SECRET)).subject == subject


def test_the_fingerprint_follows_the_identity_and_not_the_facts() -> None:
    finding = the_finding(about(TICKET, identity=("x",), facts={"title": "a"}))
    renamed = the_finding(about(replace(TICKET, title="b"), identity=("x",), facts={"title": "b"}))
    other = the_finding(about(TICKET, identity=("y",), facts={"title": "a"}))
    assert finding.fingerprint == renamed.fingerprint != other.fingerprint


def test_without_an_identity_the_subject_is_one() -> None:
    here, there = about(TICKET), about(an_initiative("jira:ACME-2"))
    assert the_finding(here).fingerprint != the_finding(there).fingerprint


@given(st.lists(st.text(), min_size=1), st.lists(st.text(), min_size=1))
def test_different_identities_have_different_fingerprints(one: list[str], other: list[str]) -> None:
    joined = ("\x1f" in "".join(one + other)) or one == other
    assert joined or fingerprint("rule", *one) != fingerprint("rule", *other)


def test_half_a_character_from_a_tracker_has_a_fingerprint_too() -> None:
    assert len(fingerprint("rule", "cut \ud83d")) == 16


def test_a_finding_rests_on_every_ancestor_that_its_ticket_inherits_through() -> None:
    top = an_initiative("jira:ACME-9", serves="dau")
    middle = an_initiative("jira:ACME-5", parent=top.ref)
    child = an_initiative("jira:ACME-1", parent=middle.ref)
    alone = an_initiative("jira:ACME-2")
    portfolio = a_portfolio(child, middle, top, alone)
    assert the_finding(about(child), portfolio).based_on == (middle.ref, top.ref)
    assert the_finding(about(top), portfolio).based_on == ()
    assert the_finding(about(alone), portfolio).based_on == ()


def test_a_waiver_that_names_a_private_key_result_is_shown_without_the_name() -> None:
    secret = a_key_result("merger", "speed", title="Buy the rival", visibility=Visibility.PRIVATE)
    base = acme_okrs()
    goals = acme_okrs(key_results=(*base.key_results.values(), secret))
    waiver = Waiver("initiative-without-key-result", "jira:ACME-1", "it is for merger, see Buy the rival", "cfo", TODAY)
    portfolio = a_portfolio(an_initiative("jira:ACME-1"), okrs=goals)
    judgement = check(portfolio, [initiative_without_key_result], waivers=[waiver])
    (waived,) = judgement.waived
    assert waived.waiver is not None
    assert "merger" not in waived.waiver.reason
    assert "rival" not in waived.waiver.reason
    assert waiver_report([waiver], judgement, TODAY).unused == ()


def test_a_waiver_on_the_root_covers_all_that_it_affects() -> None:
    other = an_initiative("jira:ACME-2")
    verdict = Verdict(Subject(SubjectKind.KEY_RESULT, "dau"), {}, act_on=(TICKET.ref,), label_on=(other.ref,))
    judged = check(a_portfolio(TICKET, other), [a_rule(answers=[verdict])], waivers=[waived("dau")])
    assert (judged.findings, judged.waived[0].on_tickets) == ((), (TICKET.ref, other.ref))


def test_a_waiver_on_one_of_its_tickets_spares_that_ticket_alone() -> None:
    other = an_initiative("jira:ACME-2")
    verdict = about(TICKET, act_on=(TICKET.ref,), label_on=(TICKET.ref, other.ref))
    judged = check(a_portfolio(TICKET, other), [a_rule(answers=[verdict])], waivers=[waived("ACME-2")])
    (standing,), (spared,) = judged.findings, judged.waived
    assert (standing.act_on, standing.label_on) == ((TICKET.ref,), (TICKET.ref,))
    assert (spared.act_on, spared.label_on, spared.fingerprint) == ((), (other.ref,), standing.fingerprint)
    assert len(waiver_report([waived("ACME-2")], judged, TODAY).active) == 1


@pytest.mark.parametrize("subject", ["jira:ACME-1 -> jira:ACME-2", "jira:ACME-2 -> jira:ACME-1"])
def test_a_waiver_on_two_tickets_still_covers_the_dependency_that_is_these_two(subject: str) -> None:
    other, third = an_initiative("jira:ACME-2"), an_initiative("jira:ACME-3")
    about_teams = Subject(SubjectKind.DEPENDENCY, "product -> platform")
    pair = Verdict(about_teams, {}, act_on=(TICKET.ref,), label_on=(other.ref,))
    portfolio = a_portfolio(TICKET, other, third)
    assert check(portfolio, [a_rule(answers=[pair])], waivers=[waived(subject)]).findings == ()
    three = replace(pair, affects=(third.ref,))
    assert len(check(portfolio, [a_rule(answers=[three])], waivers=[waived(subject)]).findings) == 1


def test_rules_of_one_fault_share_a_waiver() -> None:
    later = a_rule("later-question", [about(TICKET)], fault="one-fault")
    first = a_rule("some-fault", fault="one-fault")
    assert check(a_portfolio(TICKET), [first, later], waivers=[waived("ACME-1")]).findings == ()


def test_a_finding_on_a_ticket_that_serves_by_its_parts_rests_on_them_even_in_a_circle_of_parents() -> None:
    top = an_initiative("jira:ACME-1", parent=a_ref("jira:ACME-2"))
    middle = an_initiative("jira:ACME-2", parent=top.ref)
    part = an_initiative("jira:ACME-3", parent=top.ref, level=0, serves="dau")
    alone = replace(top, parent=None)
    assert the_finding(about(alone), a_portfolio(alone, part)).based_on == (part.ref,)
    assert the_finding(about(top), a_portfolio(top, middle, part)).severity is Severity.WARNING
