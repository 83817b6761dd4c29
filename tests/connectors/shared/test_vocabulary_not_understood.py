"""Values where the hub looks that make no sense to it: seen on every tracker, none lost in silence."""

from pathlib import Path
from typing import Any

import pytest

from connectors.github.normalise import initiative, with_fields
from connectors.github.project_item import read_item_fields
from connectors.jira.normalise import normalise
from connectors.shared.ticket_text import unclear_dependencies
from hub.model.initiative import Initiative, KeyResultMention, MentionSource
from tests.connectors.csv.exports import a_connector
from tests.connectors.github.rows import issue, item, settings, value
from tests.connectors.jira.rows import a_reading, an_issue

START, SPRINT, FIELD = "customfield_10015", "customfield_10020", "customfield_10040"
PERSON = {"accountId": "1", "displayName": "Anna Schmidt", "emailAddress": "anna@acme.example"}
OLD_SPRINT = (
    "com.atlassian.greenhopper.service.sprint.Sprint@1[id=1,rapidViewId=2,state={},name=Sprint 9,"
    "startDate={},endDate=<null>]"
)


def of_jira(**fields: Any) -> Initiative:
    made = normalise(an_issue(**fields), a_reading())
    assert isinstance(made, Initiative), made
    return made


def seen(ticket: Initiative) -> list[tuple[str, str, str]]:
    return [(value.field, value.raw, value.setting) for value in ticket.not_understood]


def link(name: str, inward: str, outward: str) -> dict[str, Any]:
    return {"type": {"name": name, "inward": inward, "outward": outward}, "outwardIssue": {"key": "ACME-2"}}


@pytest.mark.parametrize(
    ("fields", "found"),
    [
        ({"priority": {"name": "Wichtig"}}, [("priority", "Wichtig", "priorities")]),
        ({"priority": {"name": "Medium"}}, []),
        ({"priority": {"name": "High"}}, []),
        ({"priority": None}, []),
        ({"duedate": "soon"}, [("due date", "soon", "due_field")]),
        ({"duedate": "2026-12-01"}, []),
        ({START: "Q4"}, [("start date", "Q4", "start_field")]),
        ({START: {"value": "next week"}}, [("start date", "next week", "start_field")]),
        ({START: PERSON}, [("start date", "", "start_field")]),
        ({SPRINT: [{"name": "Sprint 9", "state": "parked"}]}, [("sprint", "Sprint 9", "")]),
        ({SPRINT: [{"name": "Sprint 9", "state": "active", "endDate": "soon"}]}, [("sprint", "Sprint 9", "")]),
        ({SPRINT: [{"name": "Sprint 9", "state": "active", "endDate": "2026-12-01T09:00:00.000Z"}]}, []),
        ({SPRINT: [{"name": "Sprint 9", "state": "closed"}]}, []),
        ({SPRINT: {"name": "Sprint 9", "state": "active", "endDate": "2026-12-01"}}, []),
        ({SPRINT: [OLD_SPRINT.format("ACTIVE", "2026-11-01T09:00:00.000Z")]}, []),
        ({SPRINT: [OLD_SPRINT.format("PARKED", "<null>")]}, [("sprint", "Sprint 9", "")]),
        ({SPRINT: ["Sprint 9"]}, [("sprint", "Sprint 9", "")]),
        ({SPRINT: [77]}, [("sprint", "77", "")]),
        ({SPRINT: None}, []),
        ({FIELD: PERSON}, [("key result field", "", "key_results.field")]),
        ({FIELD: [PERSON]}, [("key result field", "", "key_results.field")]),
        ({FIELD: {"filename": "okr.pdf"}}, [("key result field", "", "key_results.field")]),
        ({FIELD: True}, [("key result field", "True", "key_results.field")]),
        ({FIELD: {"value": "growth", "child": {"value": "revenue"}}}, []),
        ({FIELD: [{"value": "revenue"}, {"value": "None"}]}, []),
        ({FIELD: "n/a"}, []),
        ({FIELD: []}, []),
        ({FIELD: 7}, []),
        ({"issuelinks": [link("Delays", "is delayed by", "delays")] * 2}, [("link type", "Delays", "links")]),
        ({"issuelinks": [link("Relates", "relates to", "relates to")]}, []),
        ({"issuelinks": [link("Blocks", "is blocked by", "blocks")]}, []),
        (
            {"status": {"name": "Limbo", "statusCategory": {"key": "undefined"}}},
            [("status", "Limbo", "")],
        ),
        (
            {"description": "Depends on: the legal team\nDepends on ACME-7"},
            [("text", "Depends on: the legal team", "")],
        ),
        ({"description": "x" * 300}, []),
    ],
)
def test_what_jira_fields_hold_and_nobody_understands_is_a_value(
    fields: dict[str, Any], found: list[tuple[str, str, str]]
) -> None:
    assert seen(of_jira(**fields)) == found


def test_no_name_of_a_person_is_kept() -> None:
    ticket = of_jira(**{FIELD: [PERSON], START: PERSON})
    assert "Anna" not in str(ticket)


def test_what_is_too_long_to_be_shown_is_not_cut() -> None:
    (not_understood,) = of_jira(priority={"name": "x" * 201}).not_understood
    assert not_understood.raw == ""


def test_a_date_that_cannot_be_read_gives_way_to_the_next_field() -> None:
    layout = a_reading().field_map
    made = normalise(
        an_issue(**{START: "soon", "customfield_1": "2026-11-02"}),
        a_reading(type(layout)(start=(START, "customfield_1"))),
    )
    assert isinstance(made, Initiative)
    assert (str(made.start), seen(made)) == ("2026-11-02", [("start date", "soon", "start_field")])


def test_a_type_of_links_that_people_settled_is_understood() -> None:
    made = normalise(
        an_issue(issuelinks=[link("Delays", "is delayed by", "delays")]), a_reading(links={"Delays": "none"})
    )
    assert isinstance(made, Initiative)
    assert made.not_understood == ()


@pytest.mark.parametrize(
    ("values", "found"),
    [
        ([value("Status", name="Limbo")], [("status", "Limbo", "statuses")]),
        ([value("Status", name="In Progress"), value("Priority", name="P1")], []),
        ([value("Priority", name="Wichtig")], [("priority", "Wichtig", "priorities")]),
        ([value("Priority", date="2026-12-01")], [("priority", "", "priorities")]),
        ([value("Target date", text="soon")], [("due date", "soon", "fields.target")]),
        ([value("Start date", text="2026-11-02"), value("Target date", date="2026-12-01")], []),
        ([value("Iteration", name="Sprint 9")], [("iteration", "Sprint 9", "fields.iteration")]),
        ([value("Iteration", title="Sprint 9", startDate="2026-11-02", duration=14)], []),
        (
            [value("Key Result", __typename="ProjectV2ItemFieldUserValue")],
            [("key result field", "", "key_results.field")],
        ),
        ([value("Key Result", date="2026-12-01")], [("key result field", "", "key_results.field")]),
        ([value("Key Result", text="none"), value("Other", date="x")], []),
    ],
)
def test_what_project_fields_hold_and_nobody_understands_is_a_value(
    values: list[Any], found: list[tuple[str, str, str]]
) -> None:
    base = initiative(issue(), "github", settings())
    place = read_item_fields(item(None, *values), "acme/5", 0, settings(projects=["acme/5"]))
    assert seen(with_fields(base, [place], settings(projects=["acme/5"]))) == found


def test_a_number_in_a_project_field_names_a_key_result() -> None:
    place = read_item_fields(item(None, value("Key Result", number=7.0)), "acme/5", 0, settings(projects=["acme/5"]))
    made = with_fields(initiative(issue(), "github", settings()), [place], settings(projects=["acme/5"]))
    assert made.key_result_mentions == (KeyResultMention(MentionSource.FIELD, "7"),)


def test_a_text_of_an_issue_that_names_no_ticket_is_seen() -> None:
    made = initiative(issue(body="### Blocked by\n\nthe new contract\n"), "github", settings())
    assert seen(made) == [("text", "the new contract", "")]


def test_cells_of_exports_are_seen_with_their_columns(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text(
        "Summary,Issue key,Status,Priority,Due date,Outward issue link (Delays),Outward issue link (Relates)\n"
        "A,ACME-1,Limbo,Wichtig,soon,ACME-2,ACME-3\nB,ACME-2,To Do,High,2026-12-01,,ACME-3\n"
    )
    ticket, two = a_connector(path).pull().initiatives
    assert seen(ticket) == [
        ("status", "Limbo", "statuses"), ("priority", "Wichtig", "priorities"), ("due date", "soon", "columns"),
        ("link type", "Delays", "links"),
    ]  # fmt: skip
    assert two.not_understood == ()


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("Depends on ACME-1", ()),
        ("Depends on: none", ()),
        ("Depends on", ()),
        ("It depends on weather", ()),
        ("> Depends on the team", ()),
        ("**Blocked by:** our lawyers", ("Blocked by: our lawyers",)),
    ],
)
def test_a_line_of_needs_without_a_ticket_is_seen(text: str, lines: tuple[str, ...]) -> None:
    assert unclear_dependencies(text) == lines
