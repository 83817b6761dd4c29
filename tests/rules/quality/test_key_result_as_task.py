from typing import Any

import pytest

from hub.model.finding import Severity
from hub.model.okr import Okrs, Visibility
from rules.quality.key_result_as_task import key_result_as_task as rule
from tests.builders import a_key_result, a_ref, acme_okrs, an_initiative, an_objective
from tests.rules.rule_runner import judged, said, the_finding


def okrs_with(title: str, **dau: Any) -> Okrs:
    numbers: dict[str, Any] = {"start": 0, "target": 1} | dau
    return acme_okrs(
        objectives=(an_objective("adoption", "product"),),
        key_results=(a_key_result("dau", "adoption", title=title, **numbers),),
    )


@pytest.mark.parametrize("title", ["Launch the app", "MIGRATE to React 19", "Write: the guide", "Hire two designers"])
def test_a_milestone_that_begins_with_doing_is_a_note(title: str) -> None:
    finding = the_finding(judged(rule, okrs=okrs_with(title)))
    assert (finding.severity, finding.subject.id, finding.facts["by"]) == (Severity.INFO, "dau", "verb")
    assert finding.on_tickets == ()
    assert "is a task: it is done or not done" in said(finding)


@pytest.mark.parametrize("title", ["Bio certificate issued", "The app is launched", "Launches without incidents"])
def test_a_milestone_that_states_an_outcome_is_fine(title: str) -> None:
    assert judged(rule, okrs=okrs_with(title)).findings == ()


def test_a_number_to_reach_may_begin_with_any_verb() -> None:
    assert judged(rule, okrs=okrs_with("Launch week brings 3,000 sign-ups", target=3000)).findings == ()


def test_the_title_of_a_ticket_that_serves_it_makes_it_a_task() -> None:
    ticket = an_initiative("jira:ACME-1", serves="dau", title="new  Checkout for vouchers.")
    finding = the_finding(judged(rule, ticket, okrs=okrs_with("New checkout for vouchers", target=100)))
    assert (finding.facts["by"], finding.affects, finding.on_tickets) == ("title", (a_ref(),), ())
    assert "has the title of a ticket that serves it" in said(finding)


def test_the_title_of_another_ticket_does_not_matter() -> None:
    okrs = okrs_with("New checkout for vouchers", target=100)
    assert judged(rule, an_initiative("jira:ACME-1", title="New checkout for vouchers"), okrs=okrs).findings == ()
    assert judged(rule, an_initiative("jira:ACME-1", serves="dau", title="New checkout"), okrs=okrs).findings == ()


def test_a_private_key_result_is_not_named() -> None:
    finding = the_finding(judged(rule, okrs=okrs_with("Launch the app", visibility=Visibility.PRIVATE)))
    shown = said(finding) + str(finding.facts) + finding.subject.id
    assert "dau" not in shown
    assert "Launch" not in shown


def test_the_title_of_a_ticket_tells_nothing_of_a_private_key_result() -> None:
    okrs = okrs_with("Checkout for vouchers", target=100, visibility=Visibility.PRIVATE)
    assert (
        judged(rule, an_initiative("jira:ACME-1", serves="dau", title="Checkout for vouchers"), okrs=okrs).findings
        == ()
    )
    ticket = an_initiative("jira:ACME-1", serves="dau", title="Launch the app")
    finding = the_finding(judged(rule, ticket, okrs=okrs_with("Launch the app", visibility=Visibility.PRIVATE)))
    assert (finding.facts["by"], finding.affects) == ("verb", ())


def test_the_files_are_enough_for_its_first_half() -> None:
    assert rule.needs_tickets is False
