"""Jira fields of all kinds that name key results or dates, over HTTP, and what the doctor says of them."""

from typing import Any

import pytest

from hub.cli.demo import TODAY
from hub.config.settings import load
from hub.core.insight.run_summary import RunResult
from hub.model.initiative import Ref
from hub.pipeline.run_context import Mode
from hub.pipeline.sync import sync
from hub.report.run_json import run_document
from hub.wiring import open_run_context
from tests.end_to_end.workspace import Desk

TICKET = Ref("jira", "ACME-5")
"""It names no key result in the example."""


def run(desk: Desk) -> RunResult:
    with open_run_context(load(desk.config, {}), mode=Mode.PUBLISH, confirmed=True, today=TODAY) as job:
        return sync(job, run_document)


def with_field(desk: Desk, kind: str, value: Any) -> RunResult:
    """After a sync of a site whose field for key results is of this kind."""
    desk.jira.add_field("Serves", kind)
    desk.configure('kind = "jira"', 'kind = "jira"\nkey_results = { field = "Serves" }')
    desk.jira.edit("ACME-5", fields={"Serves": value})
    return run(desk)


def option(value: str, child: str = "") -> dict[str, Any]:
    return {"id": "1", "value": value, **({"child": {"id": "2", "value": child}} if child else {})}


VALUES: dict[str, tuple[str, Any, set[str]]] = {
    "a key result under its objective": ("cascading", option("launch", "launch-dau"), {"launch-dau"}),
    "its title under the title of its objective": (
        "cascading",
        option("Successfully launch the Acme product", "A Net Promoter Score of 35"),
        {"launch-nps"},
    ),
    "a key result with a region under it": ("cascading", option("launch-dau", "Europe"), {"launch-dau"}),
    "the first list alone": ("cascading", option("launch-dau"), {"launch-dau"}),
    "several of a list": ("several", [option("launch-dau"), option("launch-nps")], {"launch-dau", "launch-nps"}),
    "a sprint": ("sprint", [{"id": 1, "name": "launch-dau", "state": "active"}], {"launch-dau"}),
    "a team": ("team", {"id": "1", "name": "launch-dau"}, {"launch-dau"}),
}


@pytest.mark.parametrize(("kind", "value", "served"), VALUES.values(), ids=VALUES)
def test_what_a_field_plainly_names_is_served(desk: Desk, kind: str, value: Any, served: set[str]) -> None:
    portfolio = with_field(desk, kind, value).portfolio
    assert {key_result_link.key_result for key_result_link in portfolio.serves[TICKET]} == served
    assert TICKET not in portfolio.unresolved_names
    again = run(desk).portfolio
    assert again.serves[TICKET] == portfolio.serves[TICKET]


@pytest.mark.parametrize(
    ("kind", "value", "written"), [("number", 7.0, "7"), ("cascading", option("launch", "launch-dua"), "launch-dua")]
)
def test_what_names_no_key_result_is_told(desk: Desk, kind: str, value: Any, written: str) -> None:
    (broken,) = with_field(desk, kind, value).portfolio.unresolved_names[TICKET]
    assert broken.raw == written


def test_a_field_of_people_is_not_read_and_nothing_follows_from_it(desk: Desk) -> None:
    person = {"accountId": desk.jira.person("Ada").id, "displayName": "Ada"}
    outcome = with_field(desk, "person", person)
    assert "initiative-without-key-result" not in {
        finding.rule for finding in outcome.judgement.findings if finding.subject.id == str(TICKET)
    }
    ran = desk.hub("doctor")
    assert "field 'Serves' holds people" in ran.said
    assert "a cascading list" in ran.said
    assert ran.code == 2


def test_the_doctor_names_the_kind_of_the_field_and_the_dates(desk: Desk) -> None:
    with_field(desk, "cascading", option("launch", "launch-dau"))
    desk.jira.add_field("Target start", "planned start")
    desk.jira.add_field("Target end", "planned end")
    said = desk.hub("doctor", "-v").said
    assert "field 'Serves' for key results exists, with a cascading list" in said
    assert "ork begins on 'Start date', 'Target start' and ends on 'Due date', 'Target end'" in said


def test_target_start_and_target_end_count_as_a_pair(desk: Desk) -> None:
    desk.jira.add_field("Target start", "planned start")
    desk.jira.add_field("Target end", "planned end")
    desk.jira.edit(
        "ACME-5", fields={"Target start": "2026-10-05", "Target end": "2027-02-26"}, labels=("kr-launch-dau",)
    )
    outcome = run(desk)
    ticket = outcome.portfolio.initiatives[TICKET]
    assert (str(ticket.start), str(ticket.due)) == ("2026-10-05", "2027-02-26")
    assert "work-outside-cycle" in {found.rule for found in outcome.judgement.findings if str(TICKET) in str(found)}
