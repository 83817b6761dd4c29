"""Trends: curves over the runs, thinned, filtered, and the same as a table."""

from dataclasses import replace
from xml.etree import ElementTree as ET

from hub.core.insight.run_summary import Share
from hub.web.pages.trends import trends_page
from tests.hub.web.snapshots import SECRET, a_snapshot, ask, html, points, with_a_secret, words

RULES = {"initiative-without-key-result": 3, "low-alignment-ratio": 1}


def test_before_any_run_there_is_nothing_to_draw() -> None:
    snapshot = a_snapshot()
    assert "No data yet." in words(ask(trends_page, snapshot), snapshot)


def test_ratio_coverage_and_findings_are_drawn_over_the_runs() -> None:
    snapshot = a_snapshot(trend=points(11, rules=RULES))
    seen = html(ask(trends_page, snapshot), snapshot)
    assert "Alignment ratio of all teams: it went from 0 % on 16 Nov 2026 to 10 % on 16 Nov 2026" in seen
    assert "Coverage: it went from 50 % on" in seen
    assert "Findings: warnings from 2 on 16 Nov 2026 to 2 on 16 Nov 2026; errors from 0 on" in seen


def test_each_team_and_each_rule_that_found_something_has_a_small_chart() -> None:
    page = ask(trends_page, a_snapshot(trend=points(11, rules=RULES)))
    assert [(hold.name, hold.first, hold.last) for hold in page.context["small_teams"]] == [
        ("Product", "0 %", "10 %"),
        ("Platform", "no work", "no work"),
    ]
    assert [(hold.name, hold.last) for hold in page.context["small_rules"]] == [
        ("initiative-without-key-result", "3"),
        ("low-alignment-ratio", "1"),
    ]


def test_a_ratio_is_rounded_down_as_on_the_pages_of_teams() -> None:
    two_thirds = replace(points(1)[0], aligned={"product": Share(3, 2)}, covered=Share(3, 2))
    snapshot = a_snapshot(trend=[two_thirds])
    page = ask(trends_page, snapshot)
    assert page.context["small_teams"][0].last == "66 %"
    assert "Coverage: it went 66 % on" in html(page, snapshot)
    assert "2 (66 %)" in words(page, snapshot)


def test_one_team_and_one_rule_may_be_asked_for() -> None:
    page = ask(trends_page, a_snapshot(trend=points(3, rules=RULES)), team="product", rule="stale-key-result")
    assert "Alignment ratio of Product" in page.context["ratio"]
    assert page.context["small_teams"] == []
    assert [hold.name for hold in page.context["small_rules"]] == ["stale-key-result"]


def test_a_span_is_the_last_runs_and_many_are_thinned() -> None:
    snapshot = a_snapshot(trend=points(400))
    runs = {
        span: [item.run for item, _ in ask(trends_page, snapshot, span=span).context["points"]]
        for span in ("20", "100", "all")
    }
    assert (runs["20"], runs["100"]) == (list(range(381, 401)), list(range(301, 401)))
    assert (len(runs["all"]), runs["all"][-1], runs["all"][0]) == (100, 400, 4)
    assert ask(trends_page, snapshot, span="nonsense").context["span"] == "100"


def test_the_charts_are_a_table_as_well() -> None:
    snapshot = a_snapshot(trend=points(3, complete=False))
    told = words(ask(trends_page, snapshot), snapshot)
    assert "3 16 Nov 2026, 11:00 UTC (data is incomplete) 2 (2 %) 50 (50 %) 100 2 2" in told


def test_every_chart_is_well_formed() -> None:
    page = ask(trends_page, a_snapshot(trend=points(30, rules=RULES)))
    small = [hold.svg for hold in (*page.context["small_teams"], *page.context["small_rules"])]
    for svg in (page.context["ratio"], page.context["coverage"], page.context["severities"], *small):
        assert ET.fromstring(svg).tag == "svg"


def test_no_private_key_result_is_a_part_of_any_curve() -> None:
    snapshot = a_snapshot(okrs=with_a_secret(), trend=points(3, measured={"dau": 0.3}))
    assert SECRET not in html(ask(trends_page, snapshot), snapshot)
