"""A measure is read from one line of a ticket."""

import pytest

from hub.model.initiative import LINE_OF
from hub.model.measure import Measure
from hub.okr_files.merge_tickets import merge_tickets
from hub.okr_files.ticket_measure import with_named_connectors
from tests.hub.okr_files.rows import a_row, an_objective_row, files


@pytest.mark.parametrize(
    ("text", "measure"),
    [
        ("count: labels = growth", Measure("jira", "labels = growth")),
        ("Count in github: is:issue label:growth", Measure("github", "is:issue label:growth")),
        ("sum of Story points: project = ACME", Measure("jira", "project = ACME", sum="Story points")),
        ("value of Active users in jira_eu: key = A-1", Measure("jira_eu", "key = A-1", field="Active users")),
        ("sum of Days in progress: type = Bug", Measure("jira", "type = Bug", sum="Days in progress")),
        ("sum of Time in Jira_EU: type = Bug", Measure("jira_eu", "type = Bug", sum="Time")),
        ("sum of Days in progress in github: is:issue", Measure("github", "is:issue", sum="Days in progress")),
        ("value of In in in: key = A-1", Measure("jira", "key = A-1", field="In in in")),
        ("count in jria: x", Measure("jria", "x")),
        ("count (unit open bugs): type = Bug", Measure("jira", "type = Bug", unit="open bugs")),
        ("sum of Cost in github (unit EUR): is:issue", Measure("github", "is:issue", sum="Cost", unit="EUR")),
        ("sum of Cost (net) (unit EUR): x", Measure("jira", "x", sum="Cost (net)", unit="EUR")),
        ("sum of Cost (net): x", Measure("jira", "x", sum="Cost (net)")),
    ],
)
def test_a_measure_is_read_as_people_write_it(text: str, measure: Measure) -> None:
    rows = [an_objective_row(), a_row("ACME-2", parent="ACME-1", says={"measure": text})]
    okrs = with_named_connectors(merge_tickets(files(), rows).okrs, {"jira", "github", "jira_eu"})
    assert okrs.key_results["acme-2"].measure == measure


def test_a_measure_that_cannot_be_understood_is_told_by_its_ticket() -> None:
    rows = [an_objective_row(), a_row("ACME-2", parent="ACME-1", says={"measure": "labels = growth"})]
    (gap,) = merge_tickets(files(), rows).gaps
    assert gap.key == LINE_OF + "ACME-2"
    assert "'labels = growth' is no measure such as count:" in gap.reason
