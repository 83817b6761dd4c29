from dataclasses import replace

from hub.model.finding import Severity, SubjectKind
from hub.model.initiative import Gap
from rules.quality.objective_without_key_results import objective_without_key_results as rule
from tests.builders import acme_okrs, an_objective
from tests.rules.rule_runner import judged, said, the_finding

OBJECTIVES = (an_objective("growth"), an_objective("adoption", "product"), an_objective("speed", "platform"))
OKRS = acme_okrs(objectives=(*OBJECTIVES, an_objective("newsletter", "product")))


def test_an_objective_without_key_results_is_a_note() -> None:
    finding = the_finding(judged(rule, okrs=OKRS))
    assert (finding.severity, finding.subject.kind) == (Severity.INFO, SubjectKind.OBJECTIVE)
    assert (finding.subject.id, finding.on_tickets) == ("newsletter", ())
    assert "The objective newsletter has no key results." in said(finding)


def test_objectives_with_key_results_are_fine() -> None:
    assert judged(rule, okrs=acme_okrs()).findings == ()


def test_the_organizations_own_objective_is_looked_at_too() -> None:
    okrs = acme_okrs(objectives=(*OBJECTIVES, an_objective("mission")))
    assert the_finding(judged(rule, okrs=okrs)).subject.id == "mission"


def test_gaps_among_tickets_change_nothing_but_unread_okrs_do() -> None:
    assert judged(rule, okrs=OKRS, gaps=(Gap("jira", "is down"),)).not_judged == ()
    unread = judged(rule, okrs=replace(OKRS, incomplete_reason="OKR tickets could not be read"))
    assert (unread.findings, len(unread.not_judged)) == ((), 1)
