"""Key results as links on healthy Jira tickets, over HTTP: on request, silent, the hub's own alone, gone on retract."""

import json
import re

import pytest

from hub.cli.demo import TODAY
from hub.config.settings import load
from hub.core.insight.run_summary import RunResult
from hub.model.action import ActionKind, Status
from hub.pipeline.run_context import Mode
from hub.pipeline.sync import sync
from hub.report.run_json import run_document
from hub.wiring import open_run_context
from tests.end_to_end.workspace import AS_OF, Desk
from tests.sandbox_support.faults import Fault

SET, REMOVE = ActionKind.SET_REMOTE_LINK, ActionKind.REMOVE_REMOTE_LINK
PERSONS = {"object": {"url": "https://wiki.test/plan", "title": "The plan"}}


def configure(desk: Desk, lines: str) -> None:
    text = desk.config.read_text(encoding="utf-8")
    desk.config.write_text(re.sub(r"(?m)^\[publish\]$", f"[publish]\n{lines}", text, count=1), encoding="utf-8")


def run(desk: Desk, mode: Mode = Mode.PUBLISH) -> RunResult:
    with open_run_context(load(desk.config, {}), mode=mode, confirmed=True, today=TODAY) as job:
        return sync(job, run_document)


def links(desk: Desk) -> dict[str, list[str]]:
    """The titles of the links on each Jira ticket that has any."""
    site = desk.jira
    return {
        site.issues[id_].key: [row["object"]["title"] for row in rows]
        for id_, rows in site.remote_links.by_issue.items()
        if rows
    }


def linked(outcome: RunResult, kind: ActionKind = SET) -> list[tuple[str, str]]:
    return [
        (receipt.action.target.ref.key, receipt.status.value)
        for receipt in outcome.receipts
        if receipt.action.kind is kind
    ]


@pytest.fixture
def asking(desk: Desk) -> Desk:
    """The links are asked for, and the pages have an address."""
    configure(desk, "remote_links = true")
    text = desk.config.read_text(encoding="utf-8")
    address = 'public_url = "https://okr.acme.test"'
    desk.config.write_text(re.sub(r"(?m)^\[service\]$", f"[service]\n{address}", text), encoding="utf-8")
    return desk


def test_without_being_asked_no_ticket_gets_a_link(desk: Desk) -> None:
    outcome = run(desk)
    assert linked(outcome) == []
    assert links(desk) == {}


def test_healthy_tickets_get_one_link_to_each_key_result_and_nothing_more_the_second_time(asking: Desk) -> None:
    outcome = run(asking)
    with_findings = {ref for finding in outcome.judgement.findings for ref in finding.on_tickets}
    written = linked(outcome)
    assert written
    assert {status for _, status in written} == {"done"}
    assert not {f"jira:{key}" for key, _ in written} & set(map(str, with_findings))
    assert {key for key, _ in written} == links(asking).keys()
    assert all(len(set(titles)) == len(titles) for titles in links(asking).values())
    (row, *_) = asking.jira.remote_links.of(asking.jira.issue(written[0][0]).id)
    assert row["object"]["url"].startswith("https://okr.acme.test/key-results/")
    assert row["globalId"].startswith("alignment-hub:")
    before = asking.sandbox["jira"].traffic.writes
    assert linked(run(asking)) == []
    assert asking.sandbox["jira"].traffic.writes == before


def test_a_dry_run_shows_them_and_writes_none(asking: Desk) -> None:
    outcome = run(asking, Mode.PREVIEW)
    assert {status for _, status in linked(outcome)} == {"planned"}
    assert links(asking) == {}
    said = asking.hub("sync", "--dry-run", "-v", *AS_OF).out
    assert "link the key result" in said
    assert re.search(r"jira: .*\d+ links?", asking.hub("sync", "--dry-run", *AS_OF).out)


def test_no_private_key_result_is_linked(asking: Desk) -> None:
    outcome = run(asking)
    said = json.dumps(asking.jira.remote_links.by_issue)
    with open_run_context(load(asking.config, {}), mode=Mode.PREVIEW, today=TODAY) as job:
        private = job.okrs.private
    assert private
    assert not any(key_result.title in said or f"/{key_result.id}" in said for key_result in private)
    assert outcome.failures == ()


def test_a_finding_that_comes_later_leaves_the_link(asking: Desk) -> None:
    run(asking)
    before = links(asking)
    key = next(iter(before))
    asking.jira.edit(key, due="2027-02-15")
    outcome = run(asking)
    assert any(str(ref) == f"jira:{key}" for finding in outcome.judgement.findings for ref in finding.on_tickets)
    assert linked(outcome, REMOVE) == []
    assert links(asking)[key] == before[key]


def test_a_key_result_that_is_called_otherwise_is_called_so_in_its_links(asking: Desk) -> None:
    run(asking)
    key, (title, *_) = next(iter(links(asking).items()))
    asking.okrs(f'title = "{title}"', 'title = "Another title"')
    outcome = run(asking)
    assert (key, "done") in linked(outcome)
    assert "Another title" in links(asking)[key]
    assert title not in links(asking)[key]


def test_a_ticket_that_serves_it_no_more_loses_the_hubs_link_and_keeps_a_persons(asking: Desk) -> None:
    run(asking)
    key = next(key for key in links(asking) if any(label.startswith("kr-") for label in asking.jira.issue(key).labels))
    asking.jira.remote_links.add(asking.jira.issue(key).id, PERSONS)
    asking.jira.edit(key, labels=[name for name in asking.jira.issue(key).labels if not name.startswith("kr-")])
    outcome = run(asking)
    assert (key, "done") in linked(outcome, REMOVE)
    assert links(asking)[key] == ["The plan"]


def test_retract_removes_all_of_ours_and_no_other(asking: Desk) -> None:
    run(asking)
    key = next(iter(links(asking)))
    asking.jira.remote_links.add(asking.jira.issue(key).id, PERSONS)
    assert asking.hub("retract", "--yes").code == 0
    assert links(asking) == {key: ["The plan"]}


def test_a_link_that_a_person_removed_is_not_put_back(asking: Desk) -> None:
    run(asking)
    key = next(iter(links(asking)))
    asking.jira.remote_links.of(asking.jira.issue(key).id).clear()
    assert linked(run(asking)) == []
    assert key not in links(asking)


def test_so_many_links_a_run_and_the_others_in_the_next(asking: Desk) -> None:
    configure(asking, "max_new_comments = 2")
    first = [status for _, status in linked(run(asking))]
    assert first.count("done") == 2
    assert set(first[2:]) == {Status.DEFERRED.value}
    assert sum(map(len, links(asking).values())) == 2
    assert [status for _, status in linked(run(asking))].count("done") == 2


def test_a_link_that_fails_is_tried_again_and_stays_one(asking: Desk) -> None:
    asking.sandbox["jira"].faults.add(Fault("status", path="remotelink", status=404, times=1))
    assert [status for _, status in linked(run(asking))].count("failed") == 1
    outcome = run(asking)
    assert [status for _, status in linked(outcome)] == ["done"]
    assert all(len(set(titles)) == len(titles) for titles in links(asking).values())


def test_where_the_account_may_not_link_it_is_asked_once(asking: Desk) -> None:
    asking.sandbox["jira"].faults.add(Fault("status", path="remotelink", status=403, times=None))
    before = asking.sandbox["jira"].traffic.requests
    statuses = [status for _, status in linked(run(asking))]
    assert statuses[0] == "failed"
    assert set(statuses[1:]) == {"refused"}
    sent = [request for request in asking.sandbox["jira"].traffic.log if "remotelink" in request.path]
    assert len(sent) == 1
    assert before < asking.sandbox["jira"].traffic.requests


def test_doctor_says_where_links_go(asking: Desk) -> None:
    said = asking.hub("doctor", "-v").said
    assert "publish.remote_links" in said
    assert "github takes none" in said


def make_private(desk: Desk, title: str) -> None:
    desk.okrs(f'title = "{title}"', f'title = "{title}"\nvisibility = "private"')


def titles(desk: Desk) -> set[str]:
    return {title for of_ticket in links(desk).values() for title in of_ticket}


def test_links_go_when_they_are_not_asked_for_any_more(asking: Desk) -> None:
    run(asking)
    key = next(iter(links(asking)))
    asking.jira.remote_links.add(asking.jira.issue(key).id, PERSONS)
    asking.configure("remote_links = true", "remote_links = false")
    assert {status for _, status in linked(run(asking, Mode.PREVIEW), REMOVE)} == {"planned"}
    assert titles(asking) != {"The plan"}
    run(asking)
    assert links(asking) == {key: ["The plan"]}
    assert linked(run(asking), REMOVE) == []


def test_a_private_title_goes_from_a_ticket_that_left_the_query(asking: Desk) -> None:
    run(asking)
    key, (title, *_) = next((key, found) for key, found in links(asking).items() if len(found) == 1)
    query = re.search(r'query = "(.*)"', asking.config.read_text(encoding="utf-8"))
    assert query
    asking.configure(f'query = "{query[1]}"', f'query = "({query[1]}) AND key != {key}"')
    for _ in range(2):
        asking.sync("--yes", "--full")
    assert links(asking)[key] == [title]
    make_private(asking, title)
    run(asking)
    assert title not in titles(asking)


def test_a_private_title_goes_beyond_the_containers_where_the_hub_writes(asking: Desk) -> None:
    run(asking)
    title = links(asking)["ACME-1"][0]
    make_private(asking, title)
    configure(asking, 'include = ["jira:BIZ"]')
    run(asking)
    assert title not in titles(asking)


def test_private_titles_go_before_other_links_are_set(asking: Desk) -> None:
    configure(asking, "max_new_comments = 3")
    run(asking)
    (title, *_) = next(iter(links(asking).values()))
    make_private(asking, title)
    outcome = run(asking)
    assert {status for _, status in linked(outcome, REMOVE)} == {"done"}
    assert title not in titles(asking)


def test_no_link_goes_because_an_okr_file_is_not_there(asking: Desk) -> None:
    run(asking)
    before = links(asking)
    asking.configure('okrs = ["okrs/*.toml"]', 'okrs = ["okrs/nothing-here/*.toml"]')
    asking.sync("--yes")
    assert links(asking) == before


def test_retract_finds_its_links_after_the_state_is_lost_and_no_others(asking: Desk) -> None:
    run(asking)
    key = next(iter(links(asking)))
    of_ticket = asking.jira.issue(key).id
    asking.jira.remote_links.add(of_ticket, PERSONS)
    foreign = {
        "globalId": "alignment-hub:other:2026-Q4/dau",
        "object": {"url": "https://x.test", "title": "Another hub's"},
    }
    asking.jira.remote_links.add(of_ticket, foreign)
    asking.lose_the_state()
    ran = asking.hub("retract", "--yes", "--search")
    assert ran.code == 0, ran.said
    assert "links" in ran.out
    assert links(asking) == {key: ["The plan", "Another hub's"]}


def test_links_that_could_not_be_searched_are_told(asking: Desk) -> None:
    run(asking)
    asking.lose_the_state()
    asking.sandbox["jira"].faults.add(Fault("status", path="remotelink", status=404, body={}, times=1))
    asking.sandbox["jira"].faults.add(Fault("status", path="remotelink", status=403, times=None))
    ran = asking.hub("retract", "--yes", "--search")
    assert ran.code == 3, ran.said
    assert "links were not searched to the end" in ran.said


def test_why_names_the_links_on_a_ticket(asking: Desk) -> None:
    run(asking)
    said = asking.hub("why", "ACME-1", *AS_OF).out
    assert said.split("Posted on the ticket")[1].split() == ["a", "link", "to", "launch-dau"]
    posted = json.loads(asking.hub("why", "ACME-1", "--format", "json", *AS_OF).out)["posted"]
    assert posted["links"] == ["launch-dau"]
    asking.okrs('id = "launch-dau"', 'visibility = "private"\nid = "launch-dau"')
    assert "a link to a key result that is private" in asking.hub("why", "ACME-1", *AS_OF).out
