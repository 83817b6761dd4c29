from dataclasses import replace
from datetime import date

import pytest

from hub.model.finding import Severity
from hub.model.initiative import Initiative, StatusCategory
from hub.model.okr import Phase
from rules.work.unowned_work import unowned_work as rule
from tests.builders import CYCLE, a_ref, acme_okrs, an_initiative
from tests.rules.rule_runner import judged, said, the_finding


def owned(count: int) -> list[Initiative]:
    return [an_initiative(f"jira:ACME-{n}", serves="dau") for n in range(count)]


def test_a_project_that_no_team_owns_is_one_finding_in_reports_alone() -> None:
    tickets = [an_initiative(f"jira:OLD-{n}") for n in (1, 2)]
    finding = the_finding(judged(rule, *tickets, *owned(30)))
    assert (finding.severity, finding.subject.kind, finding.subject.id) == (Severity.INFO, "project", "jira:OLD")
    assert (finding.affects, finding.on_tickets) == ((a_ref("jira:OLD-1"), a_ref("jira:OLD-2")), ())
    assert "2 active initiatives are in jira:OLD" in said(finding)


@pytest.mark.parametrize(("rest", "severity"), [(18, Severity.INFO), (17, Severity.WARNING)])
def test_above_ten_percent_of_the_active_work_all_of_them_are_warnings(rest: int, severity: Severity) -> None:
    tickets = [an_initiative("jira:OLD-1"), an_initiative("github:acme/attic#1")]
    found = judged(rule, *tickets, *owned(rest)).findings
    assert {finding.subject.id: finding.severity for finding in found} == {
        "jira:OLD": severity,
        "github:acme/attic": severity,
    }


def test_another_threshold_may_be_set() -> None:
    assert (
        the_finding(judged(rule, an_initiative("jira:OLD-1"), *owned(1), warn_above_percent=50)).severity
        is Severity.INFO
    )


def test_work_that_is_not_active_or_is_exempt_or_lies_below_another_is_no_matter() -> None:
    done = an_initiative("jira:OLD-1", status=StatusCategory.DONE)
    exempt = an_initiative("jira:OLD-2", labels=frozenset({"okr-exempt"}))
    below = an_initiative("jira:OLD-3", parent=a_ref("jira:ACME-0"), level=0)
    assert judged(rule, done, exempt, below, *owned(1)).findings == ()


@pytest.mark.parametrize("phase", [Phase.DRAFT, Phase.ALIGN])
def test_while_okrs_are_made_it_is_a_note(phase: Phase) -> None:
    okrs = acme_okrs(cycle=replace(CYCLE, phase=phase))
    assert the_finding(judged(rule, an_initiative("jira:OLD-1"), okrs=okrs)).severity is Severity.INFO


def test_once_the_cycle_is_over_nothing_is_said() -> None:
    assert judged(rule, an_initiative("jira:OLD-1"), today=date(2027, 1, 11)).findings == ()


def test_a_waived_project_is_kept_apart() -> None:
    found = judged(rule, an_initiative("jira:OLD-1"), waived="jira:OLD")
    assert (found.findings, len(found.waived)) == ((), 1)
