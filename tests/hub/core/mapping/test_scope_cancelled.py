"""Cancelled work has ended without a result: neither finished nor still to come, nor open work that is exempt."""

from dataclasses import replace

from hub.core.insight.audit.audit import exempt_work, work_of
from hub.core.insight.audit.rows import Work as Counted
from hub.core.insight.status import WorkCounts, key_result_statuses
from hub.model.initiative import StatusCategory
from hub.report.key_result_status import key_result_document
from hub.report.map.lanes import map_lanes
from hub.report.run_json import document_of
from hub.web.snapshot import WorkKind, index_tickets
from tests.builders import a_portfolio, an_initiative

GONE = an_initiative("jira:ACME-1", serves="dau", status=StatusCategory.CANCELLED)
DONE = an_initiative("jira:ACME-2", serves="dau", status=StatusCategory.DONE)
KEPT_OUT = replace(GONE, ref=an_initiative("jira:ACME-3").ref, id="3", labels=frozenset({"okr-exempt"}))
PORTFOLIO = a_portfolio(GONE, DONE, KEPT_OUT)


def test_a_key_result_counts_it_apart() -> None:
    (dau,) = (
        key_result_status
        for key_result_status in key_result_statuses(PORTFOLIO, read=True)
        if key_result_status.key_result.id == "dau"
    )
    assert dau.work == WorkCounts(0, 0, 1, 1)
    assert document_of(key_result_document(dau))["work"] == {"to_do": 0, "in_progress": 0, "done": 1, "cancelled": 1}


def test_the_audit_and_the_pages_do_not_take_it_for_work_that_is_left() -> None:
    assert work_of(PORTFOLIO, "dau") == Counted(0, 1, 0)
    assert index_tickets(PORTFOLIO).kind[GONE.ref] is WorkKind.CANCELLED
    assert exempt_work(PORTFOLIO) == ()


def test_the_map_shows_only_what_was_finished() -> None:
    nodes = [node for lane in map_lanes(PORTFOLIO, 5) for group in lane.groups for node in group.entries]
    lines = [line.text for node in nodes for line in node.work]
    assert lines == ["ACME-2 Work ACME-2"]
