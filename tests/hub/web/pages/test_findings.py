"""The page of findings: filters, groups and pages that add up, and waivers that can be pasted as they are."""

import tomllib
from datetime import date, timedelta

import pytest

from hub.web.pages.findings import GROUPS, PAGE_SIZE, findings_page
from hub.web.snapshot import PortfolioSnapshot
from tests.builders import an_initiative
from tests.hub.web.served_snapshot import NOW
from tests.hub.web.snapshots import SECRET, SECRET_TITLE, a_snapshot, ask, html, with_a_secret, words

NASTY = '"]]</pre><script>alert(1)</script>'


def some(count: int = 3) -> PortfolioSnapshot:
    loose = (an_initiative(f"jira:ACME-{n}", title=f"Title {n} {NASTY}") for n in range(count))
    return a_snapshot(*loose, an_initiative("github:acme/app#1", serves=SECRET), okrs=with_a_secret())


def rows(snapshot: PortfolioSnapshot, **query: str) -> list[object]:
    page = ask(findings_page, snapshot, **query)
    return [row for part in page.context["parts"] for row in part.rows]  # type: ignore[attr-defined]


def test_every_finding_stands_on_some_page_once() -> None:
    snapshot = some(250)
    pages = int(str(ask(findings_page, snapshot).context["pages"]))
    seen = [row.finding.fingerprint for n in range(1, pages + 1) for row in rows(snapshot, page=str(n))]  # type: ignore[attr-defined]
    assert sorted(seen) == sorted(finding.fingerprint for finding in snapshot.judgement.findings)
    assert len(rows(snapshot)) == PAGE_SIZE


@pytest.mark.parametrize("group", GROUPS)
def test_groups_leave_nothing_out_and_none_in_two(group: str) -> None:
    snapshot = some()
    assert len(rows(snapshot, group=group)) == len(snapshot.judgement.findings)
    names = [part.name for part in ask(findings_page, snapshot, group=group).context["parts"]]  # type: ignore[attr-defined]
    assert len(names) == len(set(names))


def test_filters_narrow_down_by_all_that_was_asked_for() -> None:
    snapshot = some()
    (value,) = rows(snapshot, rule="initiative-without-key-result", text="acme-2", team="product", kind="initiative")
    assert value.finding.subject.id == "jira:ACME-2"  # type: ignore[attr-defined]
    assert rows(snapshot, team="platform", text="acme-2") == []


def test_the_oldest_comes_first_where_that_was_asked_for() -> None:
    snapshot = some()
    old = next(finding.fingerprint for finding in reversed(snapshot.judgement.findings))
    snapshot = a_snapshot(
        *snapshot.portfolio.initiatives.values(),
        okrs=with_a_secret(),
        remembered={"first_seen": {old: NOW - timedelta(days=9)}},
    )
    first = rows(snapshot, sort="oldest", group="none")[0]
    assert (first.finding.fingerprint, first.days) == (old, 9)  # type: ignore[attr-defined]
    assert "since 7 Nov 2026" in words(ask(findings_page, snapshot), snapshot)


def test_a_waiver_reads_back_as_what_it_waives() -> None:
    snapshot = some()
    for row in rows(snapshot):
        if row.waiver:  # type: ignore[attr-defined]
            (item,) = tomllib.loads(row.waiver)["waivers"]  # type: ignore[attr-defined]
            assert item["rule"] == row.finding.rule  # type: ignore[attr-defined]
            assert item["subject"] == row.finding.subject.id  # type: ignore[attr-defined]
            assert date(2026, 11, 16) <= item["until"] <= date(2026, 12, 31)


def test_no_filter_nor_group_brings_a_private_key_result_out() -> None:
    snapshot = some()
    asked = ({}, {"text": SECRET_TITLE}, {"text": SECRET}, *({"group": name} for name in GROUPS))
    for query in asked:
        # What was searched for stands in the form again; nothing else may.
        shown = html(ask(findings_page, snapshot, **query), snapshot).replace(f'value="{query.get("text", "-")}"', "")
        assert SECRET not in shown
        assert SECRET_TITLE not in shown
    assert rows(snapshot, text=SECRET) == []


def test_what_people_write_takes_no_effect() -> None:
    snapshot = some()
    shown = html(ask(findings_page, snapshot, text=NASTY), snapshot)
    assert "<script" not in shown
