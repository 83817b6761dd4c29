"""A key result's page: two numbers, who adds what, what leads where, its work and its check-ins."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from hub.model.initiative import StatusCategory
from hub.model.measure import Measure, MeasureAnswer
from hub.model.okr import Alignment, CheckIn, Contribution, KeyResult, LinkState, Okrs
from hub.usecases.assess import PUBLIC, StoredState
from hub.web.pages.okrs import key_result_page, key_results_page
from tests.builders import acme_okrs, an_initiative
from tests.hub.web.served_snapshot import NOW, FakeSnapshotSource, read_of
from tests.hub.web.snapshots import SECRET, SECRET_TITLE, a_snapshot, ask, html, points, with_a_secret, words

DAU = {"key_result": "dau"}


def with_dau(**changes: object) -> Okrs:
    return changed("dau", **changes)


def changed(id_: str, **changes: object) -> Okrs:
    okrs = acme_okrs()
    key_result: KeyResult = replace(okrs.key_results[id_], **changes)  # type: ignore[arg-type]
    return replace(okrs, key_results={**okrs.key_results, id_: key_result})


def test_measured_and_expected_progress_stand_side_by_side() -> None:
    snapshot = a_snapshot(okrs=with_dau(current=25.0, confidence=0.6, unit="users"))
    said = words(ask(key_result_page, snapshot, DAU), snapshot)
    assert "Measured 25 % 25 users Expected by now 51 % of the cycle has passed" in said
    assert "passed Start and target 0 → 100 users Confidence 60 %" in said


def test_what_was_never_measured_is_not_taken_for_nothing() -> None:
    snapshot = a_snapshot()
    assert "Measured not measured Expected by now 51 %" in words(ask(key_result_page, snapshot, DAU), snapshot)


def test_contributions_are_a_bar_and_a_table() -> None:
    shares = (
        Contribution("product", share=60.0),
        Contribution("platform", share=None),
        Contribution("nobody", share=9.5),
    )
    snapshot = a_snapshot(okrs=changed("revenue", contributions=shares))
    page = ask(key_result_page, snapshot, {"key_result": "revenue"})
    assert 'aria-label="Shares of the key result: Product 60 %, nobody 9.5 %"' in html(page, snapshot)
    assert "Product 60 % direct Platform not summed direct ✕ nobody (no such team) 9.5 % direct" in words(
        page, snapshot
    )


def test_links_are_told_in_both_directions() -> None:
    snapshot = a_snapshot()
    below = words(ask(key_result_page, snapshot, DAU), snapshot)
    above = words(ask(key_result_page, snapshot, {"key_result": "revenue"}), snapshot)
    assert "Linked to direct: Title of revenue revenue" in below
    assert (
        "Key results linked to this one Title of dau dau (Product): direct Title of p99 p99 (Platform): direct" in above
    )


def test_a_link_that_nobody_answered_leads_nowhere_yet() -> None:
    snapshot = a_snapshot(okrs=with_dau(aligns_to=(Alignment("revenue", state=LinkState.PROPOSED),)))
    said = words(ask(key_result_page, snapshot, DAU), snapshot)
    assert "proposed" in said
    assert "Not linked to an organization key result yet." in said


def test_check_ins_are_a_chart_and_a_table_newest_first() -> None:
    told = (
        CheckIn(date(2026, 10, 12), 10.0, 0.5, ("product",), "slow start"),
        CheckIn(date(2026, 11, 9), 30.0, 0.7, ("product", "platform"), blocker="no data"),
    )
    snapshot = a_snapshot(okrs=with_dau(check_ins=told))
    page = ask(key_result_page, snapshot, DAU)
    said = words(page, snapshot)
    assert "measured from 10 % on 12 Oct 2026 to 30 % on 9 Nov 2026" in html(page, snapshot)
    assert said.index("9 Nov 2026 30 70 % Product, Platform no data") < said.index(
        "12 Oct 2026 10 50 % Product slow start"
    )


def test_without_check_ins_the_runs_tell_how_it_went() -> None:
    early, late = points(2)
    snapshot = a_snapshot(trend=(replace(early, measured={"dau": 0.1}), replace(late, measured={"dau": 0.4})))
    seen = html(ask(key_result_page, snapshot, DAU), snapshot)
    assert "Progress of dau: measured from 10 % on 16 Nov 2026 to 40 % on 16 Nov 2026" in seen


def test_work_is_listed_by_state_with_active_work_first() -> None:
    tickets = (
        an_initiative("jira:ACME-1", serves="dau", status=StatusCategory.DONE),
        an_initiative("jira:ACME-9", serves="dau"),
        an_initiative("jira:ACME-10", serves="dau"),
        an_initiative("jira:ACME-11", serves="p99"),
    )
    snapshot = a_snapshot(*tickets)
    rows = ask(key_result_page, snapshot, DAU).context["tickets"].listing.rows
    assert [row.ticket.ref for row in rows] == ["jira:ACME-9", "jira:ACME-10", "jira:ACME-1"]
    done = ask(key_result_page, snapshot, DAU, state="done").context["tickets"].listing
    assert [row.ticket.ref for row in done.rows] == ["jira:ACME-1"]


def test_much_work_comes_in_parts() -> None:
    snapshot = a_snapshot(*(an_initiative(f"jira:ACME-{n}", serves="dau") for n in range(60)))
    part = ask(key_result_page, snapshot, DAU).context["tickets"].listing
    assert (len(part.rows), part.total, part.after) == (50, 60, "/key-results/dau?page=2#tickets")


def test_its_findings_stand_on_its_page() -> None:
    snapshot = a_snapshot(an_initiative("jira:ACME-1", serves="p99"))
    assert "key-result-without-work" in words(ask(key_result_page, snapshot, DAU), snapshot)


@pytest.mark.parametrize("id_", ["unknown", SECRET, SECRET.upper(), "a private key result"])
def test_a_private_key_result_answers_as_an_unknown_one(id_: str) -> None:
    snapshot = a_snapshot(an_initiative("jira:ACME-1", serves=SECRET), okrs=with_a_secret())
    page = ask(key_result_page, snapshot, {"key_result": id_})
    assert (page.status, html(page, snapshot)) == (
        404,
        html(ask(key_result_page, snapshot, {"key_result": "x"}), snapshot),
    )


def test_its_audience_sees_a_private_key_result_whole() -> None:
    ticket = an_initiative("jira:ACME-1", serves=SECRET)
    snapshot = a_snapshot(ticket, okrs=with_a_secret(), teams=("product",))
    said = words(ask(key_result_page, snapshot, {"key_result": SECRET}), snapshot)
    assert SECRET_TITLE in said
    assert "Work ACME-1 ACME-1 Product" in said


def test_no_other_page_names_a_private_key_result() -> None:
    okrs = with_a_secret()
    secret = replace(okrs.key_results[SECRET], aligns_to=(Alignment("revenue"),))
    talk = CheckIn(date(2026, 11, 9), 30.0, note=f"waits for {SECRET}", blocker=SECRET_TITLE)
    dau = replace(okrs.key_results["dau"], check_ins=(talk,))
    okrs = replace(okrs, key_results={**okrs.key_results, SECRET: secret, "dau": dau})
    snapshot = a_snapshot(an_initiative("jira:ACME-1", serves=("dau", SECRET), title=SECRET_TITLE), okrs=okrs)
    pages = [ask(key_results_page, snapshot), ask(key_results_page, snapshot, team="product")]
    pages += [ask(key_result_page, snapshot, {"key_result": id_}) for id_ in ("revenue", "dau", "p99")]
    for page in pages:
        seen = html(page, snapshot).casefold()
        assert SECRET not in seen
        assert SECRET_TITLE.casefold() not in seen
    assert "A private key result Product Only its audience can open it." in words(pages[0], snapshot)


def test_the_list_puts_the_organization_first_and_can_be_of_a_team() -> None:
    snapshot = a_snapshot(okrs=with_dau(current=25.0))
    every = ask(key_results_page, snapshot).context["table"].listing
    assert [row.key_result.id for row in every.rows] == ["revenue", "dau", "p99"]
    of_team = ask(key_results_page, snapshot, team="product").context["table"].listing
    assert [row.key_result.id for row in of_team.rows] == ["dau"]
    assert "Title of dau dau Product 25 % 51 %" in words(ask(key_results_page, snapshot), snapshot)


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ({"value": 1200.5, "read_at": NOW}, "In jira 1,200.5 tickets read 16 Nov 2026, 09:00 UTC Expected by now"),
        ({"error": "is down"}, "In jira not read is down Expected by now"),
        (
            {"value": 12.0, "read_at": NOW, "error": "is down"},
            "In jira 12 tickets read 16 Nov 2026, 09:00 UTC; not read since is down Expected by now",
        ),
    ],
)
def test_a_trackers_value_stands_beside_the_stated_one(answer: dict[str, Any], told: str) -> None:
    measure = Measure("jira", "labels = growth", unit="tickets")
    answers = (MeasureAnswer(measure.request, **answer),)
    sources = tuple(replace(source, measures=answers if source.connector == "jira" else ()) for source in read_of())
    looks = FakeSnapshotSource(okrs=with_dau(current=25.0, measure=measure), remembered=StoredState(sources))
    snapshot = looks.build(PUBLIC, "1")
    said = words(ask(key_result_page, snapshot, DAU), snapshot)
    assert "Measured 25 % 25" in said
    assert told in said
