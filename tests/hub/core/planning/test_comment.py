"""The one message of a ticket."""

from dataclasses import replace
from itertools import permutations

import pytest

from hub.core.render import SECTIONS_AT_MOST, digest, message_for, posted, resolved_message
from hub.model.finding import Finding, Severity, Subject, SubjectKind
from hub.model.message import Advice, Code, Link, Text, plain
from tests.builders import a_ref

REF = a_ref()


def a_finding(rule: str = "r", severity: Severity = Severity.WARNING, fingerprint: str = "f") -> Finding:
    advice = Advice((Text(f"{rule} {fingerprint}"),), (Text("why"),), ((Text("do"),),))
    return Finding(rule, severity, Subject(SubjectKind.INITIATIVE, str(REF)), {}, advice, fingerprint, (REF,))


def test_the_most_severe_stands_first_and_rules_keep_their_order() -> None:
    message = message_for(REF, [a_finding("b"), a_finding("a"), a_finding("z", Severity.ERROR)])
    assert [(s.rule, s.severity) for s in message.sections] == [("z", "error"), ("b", "warning"), ("a", "warning")]


def test_the_order_of_findings_of_one_rule_changes_nothing() -> None:
    findings = [a_finding(fingerprint=mark) for mark in "abc"]
    assert len({digest(message_for(REF, list(order))) for order in permutations(findings)}) == 1


def test_beyond_a_screen_findings_are_only_counted() -> None:
    message = message_for(REF, [a_finding(fingerprint=str(n)) for n in range(SECTIONS_AT_MOST + 3)])
    assert (len(message.sections), message.folded) == (SECTIONS_AT_MOST, 3)
    assert message.headline == f"OKR alignment: {SECTIONS_AT_MOST + 3} things to settle on this ticket"


def test_one_thing_to_settle_is_told_in_the_singular() -> None:
    assert message_for(REF, [a_finding()]).headline == "OKR alignment: 1 thing to settle on this ticket"


def test_a_resolved_message_has_no_sections_and_says_so() -> None:
    message = resolved_message(REF)
    assert message.resolved
    assert "settled" in message.headline


def test_the_footer_names_the_command_that_explains_the_ticket() -> None:
    assert "hub why jira:ACME-1" in plain(message_for(REF, [a_finding()]).footer)


def test_the_digest_changes_with_the_words_and_only_with_them() -> None:
    one = message_for(REF, [a_finding()])
    assert digest(one) == digest(message_for(REF, [a_finding()]))
    assert digest(one) != digest(replace(one, headline="other"))


@pytest.mark.parametrize("part", ["what", "why", "do", "unless"])
def test_the_digest_sees_every_word_its_kind_and_its_place(part: str) -> None:
    one = message_for(REF, [a_finding()])
    (section,) = one.sections
    spans = (Text("x"), Code("x"), Link("x", "https://hub.test/1"), Link("x", "https://hub.test/2"))
    lines = [((span,),) if part == "do" else (span,) for span in spans]
    said = [replace(section, advice=replace(section.advice, **{part: line})) for line in lines]
    others = [replace(section, rule="other"), replace(section, severity="error")]
    messages = [replace(one, sections=(each,)) for each in (section, *said, *others)]
    messages += [replace(one, folded=1), replace(one, footer=())]
    assert len({digest(message) for message in messages}) == len(messages)


def test_notes_stay_in_reports_unless_a_label_shows_them() -> None:
    assert posted(a_finding())
    assert not posted(a_finding(severity=Severity.INFO))
    assert not posted(replace(a_finding(), act_on=()))
    felt = replace(a_finding(severity=Severity.INFO), act_on=(), label_on=(REF,))
    assert not posted(felt)
    assert posted(replace(felt, label="okr-unaligned"))
