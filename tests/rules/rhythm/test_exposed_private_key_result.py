from dataclasses import replace
from typing import Any

import pytest

from hub.model.finding import Finding, Severity
from hub.model.initiative import Gap, Initiative, KeyResultMention, MentionSource, StatusCategory
from hub.model.okr import Alignment, KeyResult, LinkState, Need, Okrs, Phase, Visibility
from rules.rhythm.exposed_private_key_result import exposed_private_key_result as rule
from tests.builders import CYCLE, a_key_result, acme_okrs, an_initiative, an_objective
from tests.rules.rule_runner import judged, said, the_finding, the_unjudged

SECRET = a_key_result("heron-loi", "adoption", title="Letter of intent signed", visibility=Visibility.PRIVATE)
OPEN = tuple(a_key_result(f"open-{n}", "adoption") for n in range(4))


def okrs_with(*key_results: KeyResult, **changes: Any) -> Okrs:
    return acme_okrs(
        objectives=(an_objective("growth"), an_objective("adoption", "product"), an_objective("speed", "platform")),
        key_results=(a_key_result("revenue", "growth"), a_key_result("p99", "speed"), *key_results),
        **changes,
    )


OKRS = okrs_with(SECRET, *OPEN)


def foreign(**changes: Any) -> Initiative:
    return an_initiative("github:acme/app#2", **changes)


def everything(finding: Finding) -> str:
    return (said(finding) + str(finding.facts) + finding.subject.id).casefold()


@pytest.mark.parametrize(
    ("ticket", "where"),
    [
        (foreign(serves="heron-loi"), "label"),
        (foreign(key_result_mentions=(KeyResultMention(MentionSource.FIELD, "Heron-LOI"),)), "field"),
        (foreign(key_result_mentions=(KeyResultMention(MentionSource.TEXT, "letter of intent signed"),)), "text"),
        (foreign(title="Room for heron-loi, please"), "title"),
        (foreign(title="Room for Heron_LOI"), "title"),
        (foreign(title="Room for her\u00adon\u2013loi"), "title"),
        (foreign(key_result_mentions=(KeyResultMention(MentionSource.LABEL, "heron_loi"),)), "label"),
        (
            foreign(
                key_result_mentions=(KeyResultMention(MentionSource.TEXT, "Letter", written="Letter of intent signed"),)
            ),
            "text",
        ),
        (foreign(key_result_mentions=(KeyResultMention(MentionSource.TEXT, "Letter-of-intent  signed."),)), "text"),
        (foreign(title="Champagne: LETTER of intent signed!"), "title"),
        (foreign(serves="heron-loi", status=StatusCategory.DONE), "label"),
        (foreign(serves="heron-loi", labels=frozenset({"okr-exempt"})), "label"),
        (an_initiative("jira:NOBODY-1", serves="heron-loi"), "label"),
    ],
)
def test_a_name_where_others_see_it_is_an_error_that_names_nothing(ticket: Initiative, where: str) -> None:
    finding = the_finding(judged(rule, ticket, okrs=OKRS))
    assert (finding.severity, finding.subject.id) == (Severity.ERROR, str(ticket.ref))
    assert (finding.tickets, finding.on_tickets, finding.based_on, finding.label) == ((), (), (), None)
    assert finding.facts["sources"] == (where,)
    assert f"The {where} of a ticket names a private key result" in said(finding)
    assert "heron" not in everything(finding)
    assert "letter of intent" not in everything(finding)


@pytest.mark.parametrize(
    "ticket",
    [
        an_initiative("jira:ACME-1", serves="heron-loi", title="heron-loi"),
        foreign(title="A letter of intent assigned to nobody"),
        foreign(title="xheron-loi and heron-loirs"),
        foreign(serves="p99", title="A letter of thanks"),
    ],
)
def test_the_audiences_own_places_and_other_words_are_fine(ticket: Initiative) -> None:
    assert judged(rule, ticket, okrs=OKRS).findings == ()


def test_an_audience_may_be_wider_than_the_teams_that_hold_it() -> None:
    wide = okrs_with(replace(SECRET, audience=("product", "platform")), *OPEN)
    assert judged(rule, foreign(serves="heron-loi"), okrs=wide).findings == ()


def test_a_ticket_is_told_once_whatever_it_names() -> None:
    other = replace(SECRET, id="crane-loi", title="Second letter")
    ticket = foreign(serves=("heron-loi", "crane-loi"), title="Heron-loi")
    finding = the_finding(
        judged(
            rule,
            ticket,
            okrs=okrs_with(SECRET, other, *OPEN, a_key_result("open-9", "adoption")),
            max_private_percent=50,
        )
    )
    assert finding.facts == {"fault": "named", "sources": ("label", "title")}


def test_the_fingerprint_does_not_depend_on_what_is_named() -> None:
    renamed = okrs_with(replace(SECRET, id="crane-loi"), *OPEN)
    judgement, other = (
        judged(rule, foreign(serves="heron-loi"), okrs=OKRS),
        judged(rule, foreign(serves="crane-loi"), okrs=renamed),
    )
    assert the_finding(judgement).fingerprint == the_finding(other).fingerprint


def test_who_inherits_the_name_does_not_show_it() -> None:
    parent = an_initiative("jira:ACME-1", serves="heron-loi")
    assert judged(rule, parent, foreign(parent=parent.ref), okrs=OKRS).findings == ()


def test_an_id_of_one_plain_word_may_stand_in_a_title_by_chance() -> None:
    plain = okrs_with(replace(SECRET, id="margin"), *OPEN)
    assert judged(rule, foreign(title="More margin"), okrs=plain).findings == ()
    assert the_finding(judged(rule, foreign(serves="margin"), okrs=plain))


def test_a_private_key_result_of_another_cycle_is_private_still() -> None:
    old = replace(SECRET, cycle="2026-Q3")
    okrs = okrs_with(*OPEN, others=(old,), cycles=(replace(CYCLE, id="2026-Q3"),))
    assert the_finding(judged(rule, foreign(serves="heron-loi"), okrs=okrs))
    public = replace(okrs, key_results=okrs_with(replace(SECRET, visibility=Visibility.PUBLIC), *OPEN).key_results)
    assert judged(rule, foreign(serves="heron-loi"), okrs=public).findings == ()


@pytest.mark.parametrize(("public", "found"), [(3, 1), (4, 0)])
def test_over_a_fifth_of_a_teams_key_results_private_is_a_note(public: int, found: int) -> None:
    okrs = okrs_with(SECRET, *OPEN[:public])
    judgement = judged(rule, okrs=okrs)
    assert [finding.severity for finding in judgement.findings] == [Severity.INFO] * found
    for finding in judgement.findings:
        assert finding.subject.id == "product"
        assert "1 of 4 key results of product are private." in said(finding)


def test_how_many_may_be_private_can_be_set() -> None:
    assert judged(rule, okrs=okrs_with(SECRET, *OPEN[:3]), max_private_percent=25).findings == ()


def test_a_public_key_result_that_leads_over_a_private_one_alone_is_an_error() -> None:
    secret = replace(SECRET, aligns_to=(Alignment("revenue"),))
    over = replace(OPEN[0], aligns_to=(Alignment("heron-loi"),))
    finding = the_finding(judged(rule, okrs=okrs_with(secret, over, *OPEN[1:])))
    assert (finding.severity, finding.subject.id) == (Severity.ERROR, "open-0")
    assert "heron" not in everything(finding)
    both = replace(over, aligns_to=(*over.aligns_to, Alignment("revenue")))
    assert judged(rule, okrs=okrs_with(secret, both, *OPEN[1:])).findings == ()
    supporting = replace(
        OPEN[1], aligns_to=(Alignment("revenue"),), depends_on=(Need("product", "open-0", state=LinkState.ACCEPTED),)
    )
    assert judged(rule, okrs=okrs_with(secret, over, supporting, *OPEN[2:])).findings == ()


def test_a_key_result_that_stands_alone_need_not_lead_anywhere() -> None:
    secret = replace(SECRET, aligns_to=(Alignment("revenue"),))
    over = replace(OPEN[0], objective="alone", aligns_to=(Alignment("heron-loi"),))
    okrs = okrs_with(secret, *OPEN[1:])
    alone = an_objective("alone", "product", standalone="the board asked", key_results=("open-0",))
    okrs = replace(
        okrs, key_results={**okrs.key_results, "open-0": over}, objectives={**okrs.objectives, "alone": alone}
    )
    assert [finding.facts["fault"] for finding in judged(rule, okrs=okrs).findings] == []


def test_a_ticket_that_was_read_in_part_may_name_it_and_is_not_judged() -> None:
    partly = foreign(missing_fields=frozenset({"labels"}))
    unjudged = the_unjudged(judged(rule, partly, okrs=OKRS))
    assert (unjudged.subject.id, unjudged.tickets) == (str(partly.ref), ())
    assert judged(rule, partly, okrs=acme_okrs()).not_judged == ()


def test_gaps_change_nothing_about_what_shows() -> None:
    judgement = judged(rule, foreign(serves="heron-loi"), okrs=OKRS, gaps=(Gap("jira", "is down"),))
    assert the_finding(judgement)
    assert judgement.not_judged == ()


def test_an_exposure_can_be_waived_by_its_ticket() -> None:
    judgement = judged(rule, foreign(serves="heron-loi"), okrs=OKRS, waived="github:acme/app#2")
    assert (judgement.findings, len(judgement.waived)) == ((), 1)


def test_in_draft_an_exposure_is_a_warning() -> None:
    okrs = replace(OKRS, cycle=replace(CYCLE, phase=Phase.DRAFT))
    assert the_finding(judged(rule, foreign(serves="heron-loi"), okrs=okrs)).severity is Severity.WARNING
