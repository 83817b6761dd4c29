from hub.model.finding import Severity
from hub.model.initiative import Gap, StatusCategory
from hub.model.okr import Okrs, Visibility
from rules.quality.ticket_serving_many import ticket_serving_many as rule
from tests.builders import a_key_result, acme_okrs, an_initiative, an_objective
from tests.rules.rule_runner import judged, said, the_finding

IDS = tuple(f"number-{n}" for n in range(5))
MANY = an_initiative("jira:ACME-1", serves=IDS[:4])


def okrs_with(**changes: object) -> Okrs:
    return acme_okrs(
        objectives=(an_objective("adoption", "product"),),
        key_results=tuple(a_key_result(id_, "adoption", **changes) for id_ in IDS),
    )


def test_a_ticket_that_names_more_than_three_is_a_note() -> None:
    finding = the_finding(judged(rule, MANY, okrs=okrs_with()))
    assert (finding.severity, finding.subject.id) == (Severity.INFO, "jira:ACME-1")
    assert (finding.on_tickets, finding.label, finding.affects) == ((), None, IDS[:4])
    assert "linked to 4 key results" in said(finding)


def test_three_are_fine_and_the_number_can_be_set() -> None:
    assert judged(rule, an_initiative("jira:ACME-1", serves=IDS[:3]), okrs=okrs_with()).findings == ()
    assert judged(rule, MANY, okrs=okrs_with(), max_key_results=4).findings == ()


def test_what_a_ticket_has_from_its_parent_or_its_parts_is_not_its_own() -> None:
    child = an_initiative("jira:ACME-2", parent=MANY.ref, level=0)
    assert the_finding(judged(rule, MANY, child, okrs=okrs_with())).subject.id == "jira:ACME-1"
    top = an_initiative("jira:ACME-9")
    parts = [an_initiative(f"jira:ACME-{n}", serves=IDS[n], parent=top.ref, level=0) for n in range(4)]
    assert judged(rule, top, *parts, okrs=okrs_with()).findings == ()


def test_finished_exempt_and_later_work_is_not_judged() -> None:
    for changes in ({"status": StatusCategory.DONE}, {"status": StatusCategory.TO_DO}, {"exempt": "a bug"}):
        ticket = an_initiative("jira:ACME-1", serves=IDS[:4], **changes)
        assert judged(rule, ticket, okrs=okrs_with()).findings == ()


def test_gaps_change_nothing_about_what_is_named() -> None:
    judgement = judged(rule, MANY, okrs=okrs_with(), gaps=(Gap("jira", "is down"),))
    assert (len(judgement.findings), judgement.not_judged) == (1, ())


def test_private_key_results_are_counted_and_not_named() -> None:
    finding = the_finding(judged(rule, MANY, okrs=okrs_with(visibility=Visibility.PRIVATE)))
    assert "number-" not in said(finding) + str(finding.facts) + str(finding.affects)
