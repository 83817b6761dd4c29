"""A team's page: its ratio explained, its key results, whom it needs, its tickets, and never a person."""

from dataclasses import replace

import pytest

from hub.core.insight.run_summary import Share
from hub.model.initiative import StatusCategory
from hub.model.okr import ExemptKind, LinkState, Need, Okrs
from hub.web.pages.teams import team_page, teams_page
from tests.builders import a_key_result, a_team, acme_okrs, an_initiative
from tests.hub.web.snapshots import SECRET, SECRET_TITLE, a_snapshot, ask, html, points, with_a_secret, words

PRODUCT = {"team": "product"}
ALIGNED = an_initiative("jira:ACME-1", serves="dau")
WITHOUT = an_initiative("jira:ACME-2")
DONE = an_initiative("jira:ACME-10", status=StatusCategory.DONE, serves="dau")


def with_a_need(state: LinkState = LinkState.ACCEPTED, priority: int = 1) -> Okrs:
    okrs = acme_okrs()
    waits = replace(okrs.key_results["dau"], depends_on=(Need("platform", "p99", state=state, priority=priority),))
    return replace(okrs, key_results={**okrs.key_results, "dau": waits})


def test_the_ratio_is_counted_and_explained() -> None:
    snapshot = a_snapshot(ALIGNED, WITHOUT, DONE)
    said = words(ask(team_page, snapshot, PRODUCT), snapshot)
    assert "50 %" in said
    assert "1 of 2 active tickets are linked to an aligned key result; 0 only to key results that" in said
    assert "aren't linked to an organization key result yet, 1 to none." in said
    assert "Nothing is counted by person." in said


def test_a_team_without_work_has_no_ratio() -> None:
    snapshot = a_snapshot(DONE)
    assert "The team has no active work." in words(ask(team_page, snapshot, PRODUCT), snapshot)


def test_before_the_first_sync_nothing_is_claimed_of_its_work() -> None:
    snapshot = a_snapshot()
    assert "Unknown: no run has read tickets yet." in words(ask(team_page, snapshot, PRODUCT), snapshot)


def test_a_key_result_has_two_numbers_that_are_never_mixed() -> None:
    okrs = acme_okrs()
    okrs = replace(okrs, key_results={**okrs.key_results, "dau": replace(okrs.key_results["dau"], current=25.0)})
    snapshot = a_snapshot(ALIGNED, okrs=okrs)
    said = words(ask(team_page, snapshot, PRODUCT), snapshot)
    assert "Title of dau dau 25 % 51 %" in said
    assert "direct: Title of revenue revenue" in said


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (LinkState.ACCEPTED, "accepted"),
        (LinkState.PROPOSED, "proposed, no answer yet"),
        (LinkState.DECLINED, "declined"),
    ],
)
def test_both_sides_of_a_dependency_show_what_was_agreed(state: LinkState, said: str) -> None:
    snapshot = a_snapshot(ALIGNED, okrs=with_a_need(state))
    for team in ("product", "platform"):
        assert said in words(ask(team_page, snapshot, {"team": team}), snapshot)


def test_priorities_that_differ_are_said_not_to_match() -> None:
    okrs = with_a_need()
    low = replace(okrs.key_results["p99"], priority=4)
    snapshot = a_snapshot(ALIGNED, okrs=replace(okrs, key_results={**okrs.key_results, "p99": low}))
    assert "waiting 1, providing 4 ✕ don't match" in words(ask(team_page, snapshot, PRODUCT), snapshot)


@pytest.mark.parametrize(
    ("asked", "keys"),
    [
        ({}, ["jira:ACME-1", "jira:ACME-2", "jira:ACME-10"]),
        ({"work": "served"}, ["jira:ACME-1"]),
        ({"work": "unserved"}, ["jira:ACME-2"]),
        ({"work": "other"}, ["jira:ACME-10"]),
        ({"state": "done"}, ["jira:ACME-10"]),
        ({"work": "served", "state": "done"}, []),
        ({"work": "nonsense", "state": "<script>"}, ["jira:ACME-1", "jira:ACME-2", "jira:ACME-10"]),
    ],
)
def test_tickets_are_filtered_by_what_they_serve_and_by_state(asked: dict[str, str], keys: list[str]) -> None:
    snapshot = a_snapshot(DONE, WITHOUT, ALIGNED)
    page = ask(team_page, snapshot, PRODUCT, **asked)
    assert [row.ticket.ref for row in page.context["tickets"].listing.rows] == keys


def test_many_tickets_come_in_parts_that_keep_what_was_asked() -> None:
    snapshot = a_snapshot(*(an_initiative(f"jira:ACME-{n}") for n in range(1, 121)))
    page = ask(team_page, snapshot, PRODUCT, work="unserved", page="2")
    part = page.context["tickets"].listing
    assert (part.rows[0].ticket.ref, part.page, part.pages, part.total) == ("jira:ACME-51", 2, 3, 120)
    assert part.before == "/teams/product?work=unserved#tickets"
    assert part.after == "/teams/product?work=unserved&page=3#tickets"
    assert ask(team_page, snapshot, PRODUCT, page="999").context["tickets"].listing.page == 3


def test_exempt_work_is_counted_beside_the_ratio() -> None:
    okrs = acme_okrs(teams=(a_team("product", "jira:ACME", exempt=(ExemptKind("upkeep", kind="Bug"),)),))
    snapshot = a_snapshot(ALIGNED, an_initiative("jira:ACME-3", kind="Bug"), okrs=okrs)
    assert "1: upkeep" in words(ask(team_page, snapshot, PRODUCT), snapshot)


def test_the_ratio_over_the_runs_is_a_chart_with_a_table() -> None:
    snapshot = a_snapshot(ALIGNED, trend=points(3))
    page = ask(team_page, snapshot, PRODUCT)
    assert 'aria-label="Alignment ratio of Product: it went from 0 % on' in html(page, snapshot)
    assert "3 16 Nov 2026, 11:00 UTC 2 100 2 %" in words(page, snapshot)


def test_a_team_that_was_not_there_in_a_run_is_missing_in_its_row() -> None:
    gone = points(1, aligned={"platform": Share(1, 1)})
    assert ask(team_page, a_snapshot(trend=gone), PRODUCT).context["points"] == []


def test_findings_of_the_team_stand_with_since_when_they_are_known() -> None:
    snapshot = a_snapshot(WITHOUT)
    known = {finding.fingerprint: snapshot.built_at for finding in snapshot.judgement.findings}
    said = words(ask(team_page, replace(snapshot, first_seen=known), PRODUCT), snapshot)
    assert "initiative-without-key-result since 16 Nov 2026" in said


def test_an_unknown_team_has_no_page() -> None:
    assert ask(team_page, a_snapshot(), {"team": "nobody"}).status == 404


def test_the_list_shows_every_team_with_its_ratio() -> None:
    snapshot = a_snapshot(ALIGNED, WITHOUT)
    said = words(ask(teams_page, snapshot), snapshot)
    assert "Product ! 50 % 2" in said
    assert "Platform no active work" in said


def test_a_private_key_result_is_named_to_its_audience_alone() -> None:
    ticket = an_initiative("jira:ACME-1", serves=SECRET, title=f"Work on {SECRET_TITLE}")
    closed, opened = (a_snapshot(ticket, okrs=with_a_secret(), teams=teams) for teams in ((), ("product",)))
    for make, path in ((teams_page, {}), (team_page, PRODUCT)):
        seen = html(ask(make, closed, path), closed).casefold()
        assert SECRET not in seen
        assert SECRET_TITLE.casefold() not in seen
    assert f"/key-results/{SECRET}" in html(ask(team_page, opened, PRODUCT), opened)


def test_markup_in_titles_stays_text() -> None:
    okrs = acme_okrs(key_results=(a_key_result("dau", "adoption", title="<script>alert(1)</script>"),))
    snapshot = a_snapshot(an_initiative("jira:ACME-1", title="<img src=x onerror=1>"), okrs=okrs)
    seen = html(ask(team_page, snapshot, PRODUCT), snapshot)
    assert "<script>" not in seen
    assert "<img" not in seen
