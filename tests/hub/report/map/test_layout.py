"""The sheet of the map over random portfolios: nothing twice, nothing missing, nothing on top of something else."""

from dataclasses import replace
from itertools import combinations
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.core.checking.check import check
from hub.model.initiative import Initiative
from hub.model.okr import Alignment, Contribution, LinkKind, LinkState, Okrs, Visibility
from hub.model.portfolio import Portfolio
from hub.model.private_names import PRIVATE_NAME
from hub.report.map.filters import MapFilter, find_matches, findings_filter, team_filter, text_filter
from hub.report.map.folding import MOST_OPEN_LANES, MapView
from hub.report.map.lanes import UNLINKED_LANE, MapLane, map_lanes, organization_key_results
from hub.report.map.layout import MAX_PAGE_HEIGHT, MAX_TICKETS, layout_map, layout_sheet
from hub.report.map.shapes import Box, MapPage
from hub.report.map.svg import map_svg
from hub.report.map.table import map_table
from rules.registry import ALL_RULES
from tests.builders import a_key_result, a_portfolio, a_team, an_initiative, an_objective, some_okrs
from tests.hub.pipeline.portfolios import okrs as any_okrs
from tests.hub.pipeline.portfolios import tickets as any_tickets

Rectangle = tuple[float, float, float, float]


def portfolios() -> st.SearchStrategy[Portfolio]:
    return st.tuples(any_okrs(), any_tickets()).map(lambda made: a_portfolio(*made[1], okrs=made[0]))


def lanes_of(portfolio: Portfolio) -> tuple[MapLane, ...]:
    return map_lanes(portfolio, MAX_TICKETS)


def rectangles(sheet: MapPage) -> list[Rectangle]:
    boxes = [(box.x, box.y, box.width, box.height) for box in sheet.boxes]
    folds = [(fold.x, fold.y, fold.width, fold.height) for fold in sheet.folds]
    headings = [(318.0, lane.y, 300.0, 20.0) for lane in sheet.lanes]
    return [*boxes, *folds, *headings, *((row.x, row.y, row.width, 16.0) for row in sheet.rows)]


def overlap(one: Rectangle, two: Rectangle) -> bool:
    return (
        one[0] < two[0] + two[2] and two[0] < one[0] + one[2] and one[1] < two[1] + two[3] and two[1] < one[1] + one[3]
    )


def overlaps(sheet: MapPage) -> list[tuple[Rectangle, Rectangle]]:
    return [pair for pair in combinations(rectangles(sheet), 2) if overlap(*pair)]


def states(lanes: tuple[MapLane, ...]) -> list[MapView]:
    """As it opens, with all of it closed, with all of it open."""
    keys = frozenset(key for lane in lanes for key in (lane.key, *(group.key for group in lane.groups)))
    return [MapView(), MapView(closed=keys), MapView(opened=keys)]


@settings(max_examples=60, deadline=None)
@given(portfolios())
def test_every_organization_key_result_is_drawn_once(portfolio: Portfolio) -> None:
    lanes = lanes_of(portfolio)
    expected = sorted(organization_key_results(portfolio))
    running = {id_ for id_ in portfolio.okrs.key_results if portfolio.objective_of(id_).of_organization}
    assert running <= set(expected)
    for view in states(lanes):
        drawn = [box.key for box in layout_sheet(lanes, view).boxes if box.kind == "organization"]
        assert sorted(drawn) == expected
    printed = [box.key for sheet in layout_map(portfolio) for box in sheet.boxes if box.kind == "organization"]
    assert sorted(printed) == expected


@settings(max_examples=60, deadline=None)
@given(portfolios())
def test_every_key_result_of_a_team_is_drawn_with_its_work_once(portfolio: Portfolio) -> None:
    sheet = layout_sheet(lanes_of(portfolio))
    drawn = sorted(box.key for box in sheet.boxes if box.kind == "key-result")
    assert drawn == sorted(id_ for id_ in portfolio.okrs.key_results if portfolio.teams_of(id_))
    for box in sheet.boxes:
        if box.kind == "repeat":
            assert not [edge for edge in sheet.edges if edge.of == box.key and edge.to not in box_keys(sheet)]


def box_keys(sheet: MapPage) -> set[str]:
    return {box.key for box in sheet.boxes}


@settings(max_examples=60, deadline=None)
@given(portfolios())
def test_what_is_linked_stands_beside_what_it_is_linked_to(portfolio: Portfolio) -> None:
    sheet = layout_sheet(lanes_of(portfolio))
    upper = organization_key_results(portfolio)
    beside = {(box.key, box.lane) for box in sheet.boxes if box.group}
    lane_of = {box.key: box.lane for box in sheet.boxes if box.kind == "organization"}
    for key_result in portfolio.okrs.key_results.values():
        if portfolio.teams_of(key_result.id):
            for link in key_result.aligns_to:
                assert link.key_result not in upper or (key_result.id, lane_of[link.key_result]) in beside


@settings(max_examples=60, deadline=None)
@given(portfolios())
def test_nothing_is_drawn_on_something_else(portfolio: Portfolio) -> None:
    lanes = lanes_of(portfolio)
    for view in states(lanes):
        sheet = layout_sheet(lanes, view)
        assert overlaps(sheet) == []
        assert all(y + height <= sheet.height and x + width <= sheet.width for x, y, width, height in rectangles(sheet))
    assert [pair for sheet in layout_map(portfolio) for pair in overlaps(sheet)] == []


@settings(max_examples=60, deadline=None)
@given(portfolios(), st.integers(0, 30))
def test_a_filter_hides_nothing_and_keeps_what_matches(portfolio: Portfolio, number: int) -> None:
    findings = check(portfolio, ALL_RULES).findings
    finding = findings[number % len(findings)] if findings else None
    lanes = lanes_of(portfolio)
    everything = layout_sheet(lanes)
    rule = [each for each in findings if finding and each.rule == finding.rule]
    for map_filter in (
        team_filter(portfolio, "product"),
        findings_filter(portfolio, rule),
        text_filter(portfolio, "da"),
    ):
        matches = find_matches(lanes, [map_filter])
        assert matches is not None
        sheet = layout_sheet(lanes, MapView(matches))
        assert [replace(box, faded=False) for box in sheet.boxes] == list(everything.boxes)
        for box in sheet.boxes:
            if box.key in map_filter.keys:
                assert not box.faded
            if box.group and not box.faded:
                upper = next(each for each in sheet.boxes if each.lane == box.lane and not each.group)
                assert not upper.faded


@settings(max_examples=40, deadline=None)
@given(portfolios())
def test_the_order_of_filters_changes_nothing(portfolio: Portfolio) -> None:
    lanes = lanes_of(portfolio)
    filters = [team_filter(portfolio, "platform"), text_filter(portfolio, "a"), MapFilter(cycle=portfolio.cycle.id)]
    both = find_matches(lanes, filters)
    assert both == find_matches(lanes, filters[::-1])
    alone = [find_matches(lanes, [each]) for each in filters]
    assert both is not None
    assert all(each is not None and both.nodes <= each.nodes and both.lanes <= each.lanes for each in alone)


@settings(max_examples=60, deadline=None)
@given(portfolios())
def test_a_private_key_result_has_no_name_on_the_sheet(portfolio: Portfolio) -> None:
    secret = portfolio.okrs.key_results["merger"]
    assert secret.private
    lanes = lanes_of(portfolio)
    sheet = layout_sheet(lanes)
    drawn = map_svg(sheet)
    assert "merger" not in drawn
    assert secret.title not in drawn
    table = map_table(sheet, lanes, portfolio.cycle.id)
    boxes = [row.box for lane in table for row in lane.rows if row.box and row.box.key == "merger"]
    assert {box.key_result.id for box in boxes} <= {PRIVATE_NAME}
    assert "merger" not in str([row.links for lane in table for row in lane.rows])
    assert find_matches(lanes, [text_filter(portfolio, "merger")]) == find_matches(
        lanes, [text_filter(portfolio, "no such words")]
    )


def test_a_private_organization_key_result_shows_neither_its_owners_nor_its_address() -> None:
    secret = a_key_result(
        "zz-takeover",
        "growth",
        title="Buy the rival",
        visibility=Visibility.PRIVATE,
        owners=("sales",),
        contributions=(Contribution("sales", share=90),),
    )
    found = some_okrs(
        teams=(a_team("sales", "jira:SAL"),),
        objectives=(an_objective("growth"), an_objective("pipe", "sales")),
        key_results=(secret, a_key_result("deals", "pipe", aligns_to=(Alignment("zz-takeover"),))),
    )
    portfolio = a_portfolio(okrs=found)
    lanes = lanes_of(portfolio)
    (lane,) = lanes
    assert (lane.owners, lane.contributions, lane.problem, lane.objective) == ((), (), "", "")
    assert "zz-takeover" not in "".join((lane.key, *(group.key for group in lane.groups)))
    assert [(group.owner, group.share) for group in lane.groups] == [(False, None)]
    drawn = map_svg(layout_sheet(lanes))
    assert "zz-takeover" not in drawn
    assert "90" not in "".join(ET.fromstring(drawn).itertext())


@settings(max_examples=40, deadline=None)
@given(portfolios())
def test_the_table_says_what_the_sheet_shows(portfolio: Portfolio) -> None:
    lanes = lanes_of(portfolio)
    for view in states(lanes):
        sheet = layout_sheet(lanes, view)
        table = map_table(sheet, lanes, portfolio.cycle.id)
        assert [lane.box for lane in table] == [box for box in sheet.boxes if not box.group]
        rows = [row for lane in table for row in lane.rows]
        assert sorted(id(row.box) for row in rows if row.box) == sorted(id(box) for box in sheet.boxes if box.group)
        assert {row.heading for row in rows} == set(sheet.lanes)
        assert sum(len(row.work) for row in rows) == len(sheet.rows)
        assert sum(len(row.links) for row in rows) == len(sheet.edges)


def launch() -> Okrs:
    """Revenue, owned by sales and carried by two teams; a key result that is linked to both goals; and a loose one."""
    return some_okrs(
        teams=(a_team("sales", "jira:SAL"), a_team("success", "jira:CS"), a_team("data", "jira:DAT")),
        objectives=(
            an_objective("growth"),
            an_objective("pipe", "sales"),
            an_objective("renew", "success"),
            an_objective("insight", "data"),
        ),
        key_results=(
            a_key_result(
                "revenue",
                "growth",
                owners=("sales",),
                contributions=(
                    Contribution("sales", share=60),
                    Contribution("success", LinkKind.INDIRECT, 40),
                    Contribution("data", LinkKind.INDIRECT),
                ),
            ),
            a_key_result("margin", "growth", contributions=(Contribution("sales", share=80),)),
            a_key_result("deals", "pipe", aligns_to=(Alignment("revenue"),)),
            a_key_result("renewals", "renew", aligns_to=(Alignment("revenue"), Alignment("margin", LinkKind.INDIRECT))),
            a_key_result("chain", "pipe", aligns_to=(Alignment("renewals"),)),
            a_key_result("reports", "insight"),
        ),
    )


def work() -> tuple[Initiative, ...]:
    many = (an_initiative(f"jira:SAL-{n}", serves="deals") for n in range(10, 52))
    return (*many, an_initiative("jira:CS-1", serves="renewals"), an_initiative("jira:DAT-1"))


def launched() -> tuple[MapLane, ...]:
    return lanes_of(a_portfolio(*work(), okrs=launch()))


def test_owners_and_contributions_are_told_apart_in_words_and_lines() -> None:
    sheet = layout_sheet(launched())
    headings = {(lane.to, lane.name): lane for lane in sheet.lanes}
    sales, success = headings["revenue", "Sales"], headings["revenue", "Success"]
    assert (sales.owner, sales.contribution, sales.role) == (True, "direct", "owner, 60 %")
    assert (success.owner, success.contribution, success.role) == (False, "indirect", "40 %")
    assert sales.width > success.width
    assert headings["revenue", "Data"].role == "contributes, no key result linked"
    drawn = ET.fromstring(map_svg(sheet))
    cores = [element for element in drawn.iter() if element.get("class") == "team-line-core"]
    assert len(cores) == sum(lane.owner for lane in sheet.lanes) == 1


def test_a_key_result_that_is_linked_twice_has_its_work_once() -> None:
    sheet = layout_sheet(launched())
    kinds = {box.lane: (box.kind, box.note) for box in sheet.boxes if box.key == "renewals"}
    assert kinds["revenue"] == ("key-result", "")
    assert kinds["margin"] == ("repeat", "its work is listed at “Title of revenue”")
    assert [row.text for row in sheet.rows if row.of == "renewals"] == ["CS-1 Work CS-1"]


def test_a_chain_over_another_team_stands_where_it_ends() -> None:
    (box,) = [box for box in layout_sheet(launched()).boxes if box.key == "chain"]
    assert (box.lane, box.note) == ("revenue", "linked to “Title of renewals”, no work")


def test_missing_shares_and_what_is_linked_to_nothing_are_marked() -> None:
    sheet = layout_sheet(launched())
    problems = {box.key: box.problem for box in sheet.boxes if box.problem}
    assert problems["sales/margin"] == "no key result for its 80 %"
    assert problems["margin"] == "no owner, shares add up to 80 %"
    assert problems["reports"] == "not linked upward yet"
    assert problems["data/"] == "1 active ticket without a key result"
    assert problems[UNLINKED_LANE] == "1 key result, 1 active ticket without a key result"
    assert "missing" in {edge.state for edge in sheet.edges}


def test_work_beyond_the_first_lines_is_a_number() -> None:
    texts = [row.text for row in layout_sheet(launched()).rows if row.of == "deals"]
    assert texts == ["SAL-10 Work SAL-10", "SAL-11 Work SAL-11", "+40 more"]


@pytest.mark.parametrize(
    ("link", "state"),
    [
        (Alignment("revenue", state=LinkState.PROPOSED), "proposed"),
        (Alignment("revenue", state=LinkState.DECLINED), "declined"),
        (Alignment("no-such"), "missing"),
    ],
)
def test_a_link_that_is_not_agreed_is_drawn_as_such(link: Alignment, state: str) -> None:
    okrs = launch()
    reports = replace(okrs.key_results["reports"], aligns_to=(link,))
    portfolio = a_portfolio(okrs=replace(okrs, key_results={**okrs.key_results, "reports": reports}))
    (edge,) = [edge for edge in layout_sheet(lanes_of(portfolio)).edges if edge.of == "reports"]
    assert edge.state == state


def many_lanes(organization: int, teams: int) -> tuple[MapLane, ...]:
    """So many organization key results, and teams with a key result linked to each of the first three."""
    objectives = (an_objective("growth"), *(an_objective(f"o{n}", f"team{n}") for n in range(teams)))
    key_results = (
        *(a_key_result(f"org{n:03d}", "growth", owners=("team0",)) for n in range(organization)),
        *(
            a_key_result(f"k{n}-{m}", f"o{n}", aligns_to=(Alignment(f"org{m:03d}"),))
            for n in range(teams)
            for m in range(3)
        ),
    )
    made = some_okrs(
        teams=tuple(a_team(f"team{n}") for n in range(teams)), objectives=objectives, key_results=key_results
    )
    return lanes_of(a_portfolio(okrs=made))


def open_boxes(sheet: MapPage) -> list[Box]:
    return [box for box in sheet.boxes if box.group]


def test_a_large_map_folds_teams_into_counts_and_opens_one() -> None:
    lanes = many_lanes(4, 40)
    sheet = layout_sheet(lanes)
    assert open_boxes(sheet) == []
    assert len(sheet.lanes) == 120 + 1
    assert "1 key result" in {fold.lines[0] for fold in sheet.folds}
    opened = layout_sheet(lanes, MapView(opened=frozenset({"org001/team7"})))
    assert [(box.key, box.lane) for box in open_boxes(opened)] == [("k7-1", "org001")]
    assert overlaps(sheet) == overlaps(opened) == []


def test_a_very_large_map_folds_organization_key_results_without_leaving_holes() -> None:
    lanes = many_lanes(MOST_OPEN_LANES + 6, 4)
    sheet = layout_sheet(lanes)
    assert (open_boxes(sheet), sheet.lanes) == ([], ())
    opened = layout_sheet(lanes, MapView(opened=frozenset({"org001"})))
    assert {box.lane for box in open_boxes(opened)} == {"org001"}
    cards: dict[float, int] = {}
    for box in opened.boxes:
        if not box.group and box.key != "org001":
            cards[box.y] = cards.get(box.y, 0) + 1
    assert list(cards.values())[:-1] == [3] * (len(cards) - 1)
    assert overlaps(opened) == []


def test_a_filter_opens_what_it_finds_in_a_large_map() -> None:
    lanes = many_lanes(MOST_OPEN_LANES + 6, 4)
    matches = find_matches(lanes, [MapFilter(keys=frozenset({"k2-1"}))])
    sheet = layout_sheet(lanes, MapView(matches))
    assert [box.key for box in open_boxes(sheet) if not box.faded] == ["k2-1"]
    closed = layout_sheet(lanes, MapView(matches, closed=frozenset({"org001"})))
    assert open_boxes(closed) == []
    assert [fold.key for fold in closed.folds if not fold.faded] == ["org001"]


def test_a_printed_map_goes_over_several_sheets_and_names_each_goal_once() -> None:
    objectives = (an_objective("growth"), *(an_objective(f"o{n}", f"team{n}") for n in range(20)))
    key_results = (
        *(a_key_result(f"org{n}", "growth") for n in range(3)),
        *(a_key_result(f"k{n}-{m}", f"o{n}", aligns_to=(Alignment("org1"),)) for n in range(20) for m in range(4)),
    )
    made = some_okrs(teams=tuple(a_team(f"team{n}") for n in range(20)), objectives=objectives, key_results=key_results)
    sheets = layout_map(a_portfolio(okrs=made))
    assert len(sheets) > 2
    assert all(sheet.height <= MAX_PAGE_HEIGHT + 20 for sheet in sheets)
    boxes = [box for sheet in sheets for box in sheet.boxes]
    assert sum(box.kind == "key-result" for box in boxes) == 80
    assert sorted(box.key for box in boxes if box.kind == "organization") == ["org0", "org1", "org2"]
    assert {box.key for box in boxes if box.kind == "continued"} == {"org1"}
    assert [pair for sheet in sheets for pair in overlaps(sheet)] == []
