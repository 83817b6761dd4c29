"""A value that a tracker holds stands beside the one that people state, over HTTP; what failed is not read, never 0."""

import json
from pathlib import Path

import pytest

from hub.cli.demo import TODAY
from hub.config.settings import load
from hub.core.insight.run_summary import RunResult
from hub.model.initiative import Gap
from hub.pipeline.run_context import Mode
from hub.pipeline.sync import sync
from hub.pipeline.unchanged_run import UnchangedRun, pull_early
from hub.report.run_json import run_document
from hub.wiring import open_run_context
from tests.end_to_end.workspace import AS_OF, Desk
from tests.sandbox_support.faults import Fault

MEASURED = "launch-conversion"
STALE = "stale-key-result"


def declare(desk: Desk, query: str, connector: str = "jira", how: str = "count = true", *, id_: str = MEASURED) -> None:
    line = f'id = "{id_}"'
    measure = f'measure = {{ connector = "{connector}", query = \'{query}\', {how}, unit = "tickets" }}'
    desk.okrs(line, f"{measure}\n{line}")


def run(desk: Desk, mode: Mode = Mode.PUBLISH, only: tuple[str, ...] = ()) -> RunResult:
    with open_run_context(load(desk.config, {}), mode=mode, confirmed=True, today=TODAY, only=only) as job:
        return sync(job, run_document)


def gaps(outcome: RunResult) -> list[Gap]:
    return [gap for pulled in outcome.snapshot.pulled for gap in pulled.gaps]


def shown(desk: Desk, id_: str = MEASURED) -> dict[str, object] | None:
    """What `hub checkin` says of the tracker's value."""
    rows = json.loads(desk.hub("checkin", "--format", "json", *AS_OF).out)["key_results"]
    (row,) = [row for row in rows if row["id"] == id_]
    tracker: dict[str, object] | None = row["tracker"]
    return tracker


@pytest.fixture
def counted(desk: Desk) -> Desk:
    """Two tickets carry the label that is counted."""
    desk.jira.edit("ACME-5", labels=["ux-debt", "counted"])
    desk.jira.edit("ACME-6", labels=["counted"])
    declare(desk, "labels = counted")
    return desk


def test_the_value_is_shown_beside_the_stated_one_and_written_nowhere(counted: Desk) -> None:
    before = {path: path.read_bytes() for path in Path(counted.folder).rglob("*.toml")}
    outcome = run(counted)
    assert outcome.portfolio.okrs.measured[MEASURED].value == 2
    assert gaps(outcome) == []
    tracker = shown(counted)
    assert tracker is not None
    assert (tracker["connector"], tracker["value"], tracker["unit"], tracker["not_read"]) == ("jira", 2, "tickets", "")
    assert "tracker    2 tickets in jira (" in counted.hub("checkin", *AS_OF).out
    assert {path: path.read_bytes() for path in before} == before


def test_the_audit_shows_it_of_an_organizations_key_result(desk: Desk) -> None:
    declare(desk, "project = ACME", id_="revenue")
    run(desk)
    assert "tickets in jira (" in desk.hub("audit", *AS_OF).out


def test_a_value_that_was_not_read_keeps_the_last_one_and_says_so(counted: Desk) -> None:
    run(counted)
    faults = counted.sandbox["jira"].faults
    faults.add(Fault("status", path="search/jql", after=2, status=404, times=None))
    outcome = run(counted)
    (gap,) = gaps(outcome)
    assert (gap.connector, gap.key) == ("jira", f"measure of {MEASURED}")
    tracker = shown(counted)
    assert tracker is not None
    assert tracker["value"] == 2
    assert "HTTP 404" in str(tracker["not_read"])
    faults.clear()
    assert gaps(run(counted)) == []


def test_a_value_that_was_never_read_is_none_and_not_zero(desk: Desk) -> None:
    declare(desk, "labels =")
    outcome = run(desk)
    assert [gap.key for gap in gaps(outcome)] == [f"measure of {MEASURED}"]
    tracker = shown(desk)
    assert tracker is not None
    assert tracker["value"] is None
    assert tracker["read_at"] is None
    assert desk.sync().code == 3


def test_a_measure_that_fails_judges_no_ticket_differently(desk: Desk) -> None:
    findings = {finding.fingerprint for finding in run(desk, Mode.PREVIEW).judgement.findings}
    declare(desk, "labels =")
    outcome = run(desk, Mode.PREVIEW)
    assert {finding.fingerprint for finding in outcome.judgement.findings} == findings


def test_a_source_that_is_left_out_keeps_its_value(counted: Desk) -> None:
    run(counted)
    outcome = run(counted, only=("github",))
    assert outcome.portfolio.okrs.measured[MEASURED].value == 2
    assert shown(counted) is not None


def test_a_connector_that_nobody_configured_is_named(desk: Desk) -> None:
    declare(desk, "labels = counted", "jria")
    outcome = run(desk)
    told = f"no connector is called jria: `measure` of {MEASURED} names it"
    assert outcome.snapshot.notes == (told,)
    assert not any(pulled.notes for pulled in outcome.snapshot.pulled)
    tracker = shown(desk)
    assert tracker is not None
    assert tracker["not_read"] == "no connector is called jria"
    assert told in desk.hub("sync", *AS_OF).out
    assert told in desk.hub("status").out
    assert [line for line in desk.hub("doctor").out.splitlines() if "jria" in line] == [
        f"  warn  {told[0].upper()}{told[1:]}"
    ]


def test_a_private_key_result_is_neither_named_nor_measured_aloud(desk: Desk) -> None:
    with open_run_context(load(desk.config, {}), mode=Mode.PREVIEW, today=TODAY) as job:
        private = next(key_result.id for key_result in job.okrs.private if key_result.id in job.okrs.key_results)
    declare(desk, "labels =", id_=private)
    (gap,) = gaps(run(desk))
    assert private not in f"{gap.key} {gap.reason}"
    rows = json.loads(desk.hub("checkin", "--format", "json", *AS_OF).out)["key_results"]
    assert all("tracker" not in row for row in rows if row["private"])


def test_no_run_is_unchanged_where_a_value_is_measured(counted: Desk) -> None:
    for _ in range(3):
        run(counted)
    with open_run_context(load(counted.config, {}), mode=Mode.PUBLISH, today=TODAY) as job:
        assert not isinstance(pull_early(job), UnchangedRun)


def test_github_counts_issues_for_a_key_result_too(desk: Desk) -> None:
    declare(desk, "repo:acme/app is:issue", "github")
    outcome = run(desk)
    issues = [issue for issue in desk.github.repository("acme/app").issues.values() if issue.typename == "Issue"]
    assert outcome.portfolio.okrs.measured[MEASURED].value == len(issues)
    assert gaps(outcome) == []


def test_a_contradiction_is_one_finding_about_the_key_result_and_on_no_ticket(desk: Desk) -> None:
    declare(desk, "labels = nobody-has-this")
    desk.okrs('unit = "tickets" }', 'unit = "%" }')
    before = [finding for finding in run(desk, Mode.PREVIEW).judgement.findings if finding.subject.id == MEASURED]
    (stale,) = [finding for finding in before if finding.rule == STALE]
    assert "overstated" in str(stale.facts["faults"])
    assert (stale.facts["value"], stale.facts["tracker_value"], stale.on_tickets) == (1.4, 0, ())


def test_doctor_reads_every_value_and_says_which_cannot_be_read(counted: Desk) -> None:
    ran = counted.hub("doctor", "-v")
    assert ran.code == 0, ran.said
    assert "1 `work` or `measure` of key results can be read here" in ran.out
    declare(counted, "repo:acme/app is:issue", "github", 'sum = "Pointz"', id_="revenue")
    declare(counted, "labels =", id_="uptime")
    ran = counted.hub("doctor")
    assert ran.code == 2
    assert "`measure` of revenue could not be read: no number field Pointz was found" in ran.out
    assert "`measure` of uptime could not be read" in ran.out
    assert "Correct `measure` of the key result" in ran.out
    assert counted.writes == 0


def test_doctor_names_no_private_key_result(desk: Desk) -> None:
    desk.okrs('id = "revenue"', 'visibility = "private"\nid = "revenue"')
    declare(desk, "labels =", id_="revenue")
    ran = desk.hub("doctor")
    assert ran.code == 2
    assert "`measure` of" in ran.out
    assert "revenue could not" not in ran.said


def test_doctor_warns_of_values_and_work_that_no_connector_can_tell(desk: Desk) -> None:
    desk.okrs(f'id = "{MEASURED}"', f'work = [{{ connector = "github", query = "is:open" }}]\nid = "{MEASURED}"')
    declare(desk, "anything", "jora", id_="revenue")
    ran = desk.hub("doctor")
    assert ran.code == 0, ran.said
    assert f"`work` of {MEASURED} is not read: github cannot answer it" in ran.out
    assert "o connector is called jora: `measure` of revenue names it" in ran.out
    assert "Known: jira, github" in ran.out
