"""Tickets that are objectives and key results, over HTTP in every dialect: read as such, and never as work."""

from collections.abc import Iterator
from typing import Any

import pytest

from connectors.jira.fields import build_field_map
from connectors.jira.queries import build_okr_ticket, okr_query
from connectors.jira.settings import JiraOkrs
from connectors.jira.values import NormaliseContext
from connectors.shared.settings import TicketSelector
from hub.model.errors import Health, QueryRefused
from hub.model.initiative import Gap, PullState, SyncMode
from hub.model.ticket_input import OkrKind, OkrTicket
from tests.connectors.jira.deployments import CENTERS, WAYS, Stage, staged
from tests.connectors.jira.rows import FIELDS, an_issue, some_settings


@pytest.fixture(params=(WAYS[0], *CENTERS), ids=str)
def stage(request: pytest.FixtureRequest) -> Iterator[Stage]:
    with staged(request.param) as stage:
        site = stage.site
        site.add_field("Target value", "number")
        site.add_issue("ACME-1", "Grow", type="Objective", labels=["id-growth"], description="Teams: organization")
        site.add_issue(
            "ACME-2",
            "Daily users",
            type="Key Result",
            parent="ACME-1",
            labels=["id-dau"],
            description="Why we want it.\n\n*Start:* 10\n\nAligns to: revenue (indirect)\n\nTarget: 1",
            fields={"Target value": 500.0},
        )
        site.add_issue("ACME-3", "Work", parent="ACME-2")
        site.link("ACME-3", "ACME-2", "Relates")
        yield stage


def rows_of(stage: Stage, known: PullState | None = None, **okrs: Any) -> dict[str, OkrTicket]:
    pulled = stage.connector(okrs=okrs).pull(known)
    assert pulled.gaps == ()
    return {row.key: row for row in pulled.okrs or ()}


def test_okrs_are_read_beside_the_work(stage: Stage) -> None:
    pulled = stage.connector(okrs={"fields": {"target": "Target value"}}).pull()
    assert [ticket.ref.key for ticket in pulled.initiatives] == ["ACME-3"]
    rows = {row.key: row for row in pulled.okrs or ()}
    assert rows["ACME-1"].kind is OkrKind.OBJECTIVE
    dau = rows["ACME-2"]
    assert (dau.kind, dau.id_label, dau.title, dau.parent) == (OkrKind.KEY_RESULT, "dau", "Daily users", "ACME-1")
    assert dau.containers == ("ACME",)
    assert dau.values_of("aligns_to") == ("revenue (indirect)",)
    assert dau.values_of("target") == ("1", "500.0"), "the field says the last word"
    assert set(dau.links) == {"ACME-3"}
    assert dau.url.endswith("/browse/ACME-2")


def test_okrs_are_told_by_labels_as_well(stage: Stage) -> None:
    stage.site.add_issue("ACME-9", "Told by label", labels=["Key-Result"])
    chosen = {"key_result": {"labels": ["key-result"]}, "objective": {"types": ["Objective"]}}
    assert set(rows_of(stage, query="project = ACME", **chosen)) == {"ACME-1", "ACME-9"}


def test_a_ticket_that_becomes_a_key_result_is_no_work_any_more(stage: Stage) -> None:
    connector = stage.connector(okrs={})
    whole = connector.pull()
    assert whole.cursor
    (work,) = whole.initiatives
    stage.site.edit("ACME-3", type="Key Result")
    changed = connector.pull(PullState(whole.cursor, {work.id: work}))
    assert changed.mode is not SyncMode.FULL
    assert work.id in changed.deleted
    assert changed.initiatives == ()
    assert {row.key for row in changed.okrs or ()} == {"ACME-1", "ACME-2", "ACME-3"}


def test_a_connector_that_keeps_no_okrs_reads_them_as_before(stage: Stage) -> None:
    pulled = stage.connector().pull()
    assert pulled.okrs is None
    assert len(pulled.initiatives) == 3


def test_a_field_that_is_not_there_makes_the_source_unreliable(stage: Stage) -> None:
    pulled = stage.connector(okrs={"fields": {"target": "Goal"}}).pull()
    assert not pulled.complete
    assert "okrs.fields.target" in pulled.gaps[0].reason


def test_a_type_that_the_site_does_not_know_is_a_fault_of_the_configuration(stage: Stage) -> None:
    with pytest.raises(QueryRefused):
        stage.connector(okrs={"objective": {"types": ["Vision"]}}).pull()


def test_the_doctor_looks_for_okrs(stage: Stage) -> None:
    def said(**okrs: Any) -> dict[str, Health]:
        return {
            check.message: check.outcome for check in stage.connector(okrs=okrs).diagnose() if "OKR" in check.message
        }

    assert list(said().values()) == [Health.OK]
    assert list(said(query="project = ACME AND labels = nothing").values()) == [Health.WARN]
    assert list(said(objective={"types": ["Vision"]}).values()) == [Health.FAIL]


def test_a_security_level_makes_a_key_result_private() -> None:
    settings = some_settings(okrs={})
    reading = NormaliseContext("jira", settings, build_field_map(FIELDS, settings))
    assert settings.okrs
    issue = an_issue(
        issuetype={"name": "Key Result"}, description="Visibility: public", security={"id": "1", "name": "Board"}
    )
    row = build_okr_ticket(issue, reading, settings.okrs)
    assert isinstance(row, OkrTicket)
    assert row.values_of("visibility")[-1] == "private"


def test_a_row_that_makes_no_sense_is_a_gap_of_its_own() -> None:
    settings = some_settings(okrs={})
    reading = NormaliseContext("jira", settings, build_field_map(FIELDS, settings))
    assert settings.okrs
    assert isinstance(build_okr_ticket({"key": "ACME-1", "fields": None}, reading, settings.okrs), Gap)


def test_okrs_are_looked_for_in_the_projects_of_the_query() -> None:
    told = '(issuetype in ("Objective", "Key Result"))'
    assert okr_query(JiraOkrs(), "project in (ACME, 'Web Shop') AND x = 1 ORDER BY key") == (
        f'project in ("ACME", "Web Shop") AND {told}'
    )
    assert okr_query(JiraOkrs(), "filter = 7") == told
    assert okr_query(JiraOkrs(query="project = OKR"), "project = ACME") == "project = OKR"
    labels = JiraOkrs(objective=TicketSelector(labels=('a"b',)), key_result=TicketSelector(labels=("kr",)))
    assert okr_query(labels, "filter = 7") == '(labels in ("a\\"b", "kr"))'


def test_labels_name_the_teams_that_share_an_objective_and_own_a_key_result(stage: Stage) -> None:
    stage.site.edit("ACME-1", labels=["id-growth", "team-platform", "team-product"])
    stage.site.edit("ACME-2", labels=["id-dau", "team-sales"])
    rows = rows_of(stage, team_label="team-{team}")
    assert rows["ACME-1"].values_of("teams") == ("platform", "product", "organization")
    assert rows["ACME-2"].values_of("owners") == ("sales",)
    assert rows_of(stage)["ACME-2"].values_of("owners") == ()
