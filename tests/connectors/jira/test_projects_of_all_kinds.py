"""Levels above epics, projects with fields of their own, plans' dates and own link types, on every kind of Jira."""

from collections.abc import Iterator
from datetime import date

import pytest

from connectors.jira.connector import JiraConnector
from hub.model.initiative import Initiative, KeyResultMention, MentionSource, Ref
from tests.connectors.jira.deployments import WAYS, Stage, staged


@pytest.fixture(params=WAYS, ids=str)
def stage(request: pytest.FixtureRequest) -> Iterator[Stage]:
    with staged(request.param) as stage:
        yield stage


def read(connector: JiraConnector) -> dict[str, Initiative]:
    pulled = connector.pull()
    assert pulled.gaps == ()
    return {ticket.ref.key: ticket for ticket in pulled.initiatives}


def five_levels(stage: Stage) -> None:
    stage.site.add_type("Theme", 3)
    stage.site.add_issue("PLAN-1", type="Theme", labels=["kr-launch-dau"])
    stage.site.add_issue("PLAN-2", type="Initiative", parent="PLAN-1")
    stage.site.add_issue("ACME-1", type="Epic", parent="PLAN-2")
    stage.site.add_issue("ACME-2", type="Story", parent="ACME-1")
    stage.site.add_issue("ACME-3", type="Sub-task", parent="ACME-2")


def test_every_level_above_is_read_in_whichever_project_it_is(stage: Stage) -> None:
    five_levels(stage)
    tickets = read(stage.connector())
    above = {key: ticket.parent.key if ticket.parent else None for key, ticket in tickets.items()}
    expected = {"ACME-3": "ACME-2", "ACME-2": "ACME-1", "ACME-1": "PLAN-2", "PLAN-2": "PLAN-1", "PLAN-1": None}
    assert above == expected
    assert {key for key, ticket in tickets.items() if ticket.reference_only} == {"PLAN-1", "PLAN-2"}
    assert tickets["PLAN-1"].key_result_mentions == (KeyResultMention(MentionSource.LABEL, "launch-dau"),)
    # Data Center tells no levels: what stands above work is known by its type's name.
    assert [tickets[f"ACME-{number}"].level for number in (1, 2, 3)] == [1, 0, -1]
    assert [tickets[f"PLAN-{number}"].level for number in (1, 2)] == ([1, 1] if stage.way.center else [3, 2])


def test_level_with_a_name_of_its_own_stands_above_work_where_the_settings_say_so(stage: Stage) -> None:
    stage.site.add_type("Outcome", 4)
    stage.site.add_issue("ACME-1", type="Outcome")
    stage.site.add_issue("ACME-2", type="Epic", parent="ACME-1")
    told = read(stage.connector(initiative_types=["Outcome", "Epic"]))
    assert told["ACME-1"].level >= 1
    assert told["ACME-2"].parent == Ref("jira", "ACME-1")
    if not stage.way.center:
        assert read(stage.connector())["ACME-1"].level == 4


def test_projects_with_fields_of_their_own_are_read_side_by_side(stage: Stage) -> None:
    site = stage.site
    site.add_project("TEAM", team_managed=True)
    named, start = site.add_field("Key result", "select", "TEAM"), site.add_field("Start date", "date", "TEAM")
    site.add_issue("ACME-1", start="2026-10-01", fields={"Key Result": "launch-dau"})
    own = {named.id: {"id": "1", "value": "launch-nps"}, start.id: "2026-11-02"}
    site.add_issue("TEAM-1", fields=own)
    tickets = read(stage.connector(query="project in (ACME, TEAM)"))
    assert tickets["ACME-1"].key_result_mentions == (KeyResultMention(MentionSource.FIELD, "launch-dau"),)
    assert tickets["TEAM-1"].key_result_mentions == (KeyResultMention(MentionSource.FIELD, "launch-nps"),)
    assert (tickets["ACME-1"].start, tickets["TEAM-1"].start) == (date(2026, 10, 1), date(2026, 11, 2))
    assert all(ticket.not_understood == () for ticket in tickets.values())
    assert all(not ticket.missing_fields for ticket in tickets.values())


def test_field_for_people_of_one_project_leaves_the_others_read(stage: Stage) -> None:
    site = stage.site
    site.add_project("TEAM", team_managed=True)
    people = site.add_field("Key Result", "person", "TEAM")
    site.add_issue("ACME-1", fields={"Key Result": "launch-dau"})
    site.add_issue("TEAM-1", fields={people.id: {"accountId": "a-1", "displayName": "Robin Vale"}})
    tickets = read(stage.connector(query="project in (ACME, TEAM)"))
    assert "fields" not in tickets["ACME-1"].missing_fields
    assert "fields" in tickets["TEAM-1"].missing_fields
    (reason,) = tickets["TEAM-1"].not_understood
    assert "Robin" not in str(reason)


def test_two_fields_of_one_name_that_disagree_are_both_told(stage: Stage) -> None:
    other = stage.site.add_field("Start Date", "date")
    stage.site.add_issue("ACME-1", start="2026-10-01", fields={other.id: "2026-11-15"})
    stage.site.add_issue("ACME-2", start="2026-10-01", fields={other.id: "2026-10-01"})
    tickets = read(stage.connector())
    assert tickets["ACME-1"].start == date(2026, 10, 1)
    (told,) = tickets["ACME-1"].not_understood
    assert (told.field, told.raw) == ("start date", "2026-11-15")
    assert "2026-10-01" in told.reason
    assert tickets["ACME-2"].not_understood == ()


def test_dates_of_plans_count_where_a_ticket_has_no_others(stage: Stage) -> None:
    start, end = (
        stage.site.add_field("Target start", "planned start"),
        stage.site.add_field("Target end", "planned end"),
    )
    planned = {start.id: "2026-10-12", end.id: "2026-12-04"}
    stage.site.add_issue("ACME-1", fields=planned)
    stage.site.add_issue("ACME-2", start="2026-10-01", due="2026-11-30", fields=planned)
    tickets = read(stage.connector())
    assert (tickets["ACME-1"].start, tickets["ACME-1"].due) == (date(2026, 10, 12), date(2026, 12, 4))
    assert (tickets["ACME-2"].start, tickets["ACME-2"].due) == (date(2026, 10, 1), date(2026, 11, 30))


@pytest.mark.parametrize(
    ("name", "inward", "outward", "settings"),
    [
        ("Blockade", "wird blockiert von", "blockiert", {}),
        ("Delivery", "is needed by", "needs", {}),
        ("Enables", "is enabled by", "enables", {"links": {"Enables": "inward waits"}}),
    ],
)
def test_link_types_of_a_sites_own_are_dependencies_by_their_words_or_by_a_setting(
    stage: Stage, name: str, inward: str, outward: str, settings: dict[str, dict[str, str]]
) -> None:
    site = stage.site
    site.add_link_type(name, inward, outward)
    site.add_issue("ACME-1")
    site.add_issue("ACME-2")
    site.link("ACME-1", "ACME-2", name)
    tickets = read(stage.connector(**settings))
    waiting, providing = ("ACME-1", "ACME-2") if outward == "needs" else ("ACME-2", "ACME-1")
    assert tickets[waiting].blocked_by == (Ref("jira", providing),)
    assert tickets[providing].blocks == (Ref("jira", waiting),)


def test_link_type_whose_words_say_nothing_is_told(stage: Stage) -> None:
    stage.site.add_link_type("Enables", "is enabled by", "enables")
    stage.site.add_issue("ACME-1")
    stage.site.add_issue("ACME-2")
    stage.site.link("ACME-1", "ACME-2", "Enables")
    ticket = read(stage.connector())["ACME-1"]
    assert ticket.blocks == ticket.blocked_by == ()
    assert [told.raw for told in ticket.not_understood] == ["Enables"]
