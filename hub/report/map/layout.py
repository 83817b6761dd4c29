"""Lays out the alignment map, whole or filtered: three columns, as many sheets as it takes."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from hub.core.insight.audit.audit import key_result_ref, team_ref
from hub.core.insight.audit.organization_check import TOLERANCE
from hub.model.finding import Finding, SubjectKind
from hub.model.portfolio import Portfolio
from hub.report.map.nodes import (
    MISSING,
    Box,
    Lane,
    MapEdge,
    MapLink,
    MapNode,
    MapPage,
    TeamLane,
    WorkLine,
    organization_ids,
    progress_of,
    team_lanes,
)


@dataclass(frozen=True, slots=True)
class MapFilter:
    """What stays: boxes by key, all boxes of `teams`, and whatever leads to an organization key result in `upper`."""

    keys: frozenset[str] = frozenset()
    teams: frozenset[str] = frozenset()
    upper: frozenset[str] = frozenset()

    def apply(self, groups: Iterable[TeamLane]) -> list[TeamLane]:
        """The groups with what stays of each; those of which nothing stays are left out."""
        filtered = (
            (group, tuple(map_node for map_node in group.entries if self._includes_node(group, map_node)))
            for group in groups
        )
        return [replace(group, entries=entries) for group, entries in filtered if entries]

    def includes(self, organization_key_result: str) -> bool:
        """Whether it stays even where nothing that stays leads to it."""
        return organization_key_result in self.keys or organization_key_result in self.upper

    def _includes_node(self, group: TeamLane, map_node: MapNode) -> bool:
        upper = map_node.key in self.upper or any(link.to in self.upper for link in map_node.links)
        return upper or map_node.key in self.keys or not self.teams.isdisjoint(group.teams)


def team_filter(portfolio: Portfolio, team: str) -> MapFilter:
    """Everything that the team holds, and the organization key results that it owns or has a part in."""
    organization_key_results = [portfolio.key_result(id_) for id_ in organization_ids(portfolio)]
    keys = (
        key_result.id
        for key_result in organization_key_results
        if team in key_result.owners or any(part.team == team for part in key_result.contributions)
    )
    return MapFilter(frozenset(keys), frozenset({team}))


def findings_filter(portfolio: Portfolio, findings: Sequence[Finding]) -> MapFilter:
    """The key results and the work that the findings are about; a team's finding is about all that it holds."""
    okrs = portfolio.okrs
    keys: set[str] = set()
    subjects: set[str] = set()
    teams: set[str] = set()
    for finding in findings:
        subject = finding.subject
        subjects.update(part for part in subject.id.split(" -> ") if part in okrs.key_results)
        if subject.kind is SubjectKind.OBJECTIVE and subject.id in okrs.objectives:
            subjects.update(okrs.objectives[subject.id].key_results)
        subjects.update(affect for affect in finding.affects if affect in okrs.key_results)
        if subject.kind is SubjectKind.TEAM:
            teams.add(subject.id)
        if subject.kind is SubjectKind.DEPENDENCY and not finding.tickets:
            teams.update(part for part in subject.id.split(" -> ") if part in okrs.teams)
        for ref in finding.tickets:
            served = portfolio.serves.get(ref, ())
            keys.update(link.key_result for link in served)
            if not served and (team := portfolio.team_of.get(ref)) is not None:
                keys.add(f"{team}/")
    return MapFilter(
        frozenset(keys | subjects), frozenset(teams), frozenset(subjects & set(organization_ids(portfolio)))
    )


WIDTH = 1000.0
# The left edge and the width of each column; links run between the first two.
TOP_COLUMN, MIDDLE_COLUMN, WORK_COLUMN = (4.0, 262.0), (372.0, 270.0), (684.0, 312.0)
# A sheet of this height fits a printed page.
MAX_PAGE_HEIGHT = 1180.0
MAX_TICKETS = 3
HEAD, TOP_BOX, BOX, LINE, GAP, LANE_NAME, LANE_GAP = 30.0, 84.0, 48.0, 19.0, 8.0, 24.0, 12.0
THINNEST, WIDEST = 1.5, 12.0


def layout_map(
    portfolio: Portfolio, *, known: Sequence[TeamLane] | None = None, map_filter: MapFilter | None = None
) -> tuple[MapPage, ...]:
    """The whole map, or the filtered part; an organization key result is on every sheet with links to it.

    `known` is what `groups` made of the portfolio before, as that takes most of the time.
    """
    every = list(team_lanes(portfolio, MAX_TICKETS) if known is None else known)
    upper = organization_ids(portfolio)
    if map_filter is not None:
        every, upper = map_filter.apply(every), [id_ for id_ in upper if map_filter.includes(id_)]
    linked_ids = {link.to for group in every for map_node in group.entries for link in map_node.links}
    unreferenced = [id_ for id_ in upper if id_ not in linked_ids]
    pages = list(_pages(every)) or [[]]
    map_pages = (
        _layout_page(portfolio, n, page_groups, unreferenced if n == len(pages) else ())
        for n, page_groups in enumerate(pages, start=1)
    )
    return tuple(map_pages)


def _height_of(map_node: MapNode) -> float:
    return max(BOX, LINE * len(map_node.work)) + GAP


def _pages(every: Sequence[TeamLane]) -> Iterator[list[TeamLane]]:
    """Fill sheet after sheet; a group that does not fit goes on over the next one."""
    page: list[TeamLane] = []
    used = HEAD
    for group in every:
        for part in _split_lane(group):
            height = LANE_NAME + sum(map(_height_of, part.entries)) + LANE_GAP
            if page and used + height > MAX_PAGE_HEIGHT:
                yield page
                page, used = [], HEAD
            page.append(part)
            used += height
    if page:
        yield page


def _split_lane(group: TeamLane) -> Iterator[TeamLane]:
    nodes: list[MapNode] = []
    used = HEAD + LANE_NAME + LANE_GAP
    for map_node in group.entries:
        if nodes and used + _height_of(map_node) > MAX_PAGE_HEIGHT:
            yield replace(group, entries=tuple(nodes))
            nodes, used = [], HEAD + LANE_NAME + LANE_GAP
        nodes.append(map_node)
        used += _height_of(map_node)
    yield replace(group, entries=tuple(nodes))


def _layout_page(
    portfolio: Portfolio, number: int, page_groups: Sequence[TeamLane], unreferenced: Sequence[str]
) -> MapPage:
    lanes, boxes, rows, links = [], [], [], []
    y = HEAD
    for group in page_groups:
        lanes.append(Lane(group.name, y, len(group.teams) > 1, group.teams))
        y += LANE_NAME
        for map_node in group.entries:
            box = _middle_box(map_node, y)
            boxes.append(box)
            rows += _layout_rows(map_node, box)
            links += [(box, link) for link in map_node.links]
            y += _height_of(map_node)
        y += LANE_GAP
    tops = _layout_tops(portfolio, links, unreferenced)
    height = max([y, *(box.y + box.height + GAP for box in tops.values())])
    box_by_key = {**{box.key: box for box in boxes}, **tops}
    edges = tuple(_layout_edge(box, link, box_by_key.get(link.to)) for box, link in links)
    ordered = (*sorted(tops.values(), key=lambda box: box.y), *boxes)
    return MapPage(number, WIDTH, height, tuple(lanes), ordered, tuple(rows), edges)


def _middle_box(map_node: MapNode, y: float) -> Box:
    return Box(
        map_node.key,
        map_node.kind,
        MIDDLE_COLUMN[0],
        y,
        MIDDLE_COLUMN[1],
        BOX,
        map_node.key_result,
        map_node.note,
        map_node.problem,
        map_node.progress,
    )


def _layout_rows(map_node: MapNode, box: Box) -> list[WorkLine]:
    start = (box.x + box.width, box.y + box.height / 2)
    return [
        WorkLine(
            box.key,
            *start,
            WORK_COLUMN[0],
            box.y + number * LINE,
            WORK_COLUMN[1],
            item.ticket,
            item.text,
            item.active,
            named=not box.key_result.private,
        )
        for number, item in enumerate(map_node.work)
    ]


def _layout_tops(
    portfolio: Portfolio, links: Sequence[tuple[Box, MapLink]], unreferenced: Sequence[str]
) -> Mapping[str, Box]:
    """Each near the middle of what leads to it, so that few links cross; none on another."""
    link_centers: dict[str, list[float]] = defaultdict(list)
    for box, link in links:
        target = portfolio.linked(link.to)
        if target is not None and portfolio.objective_of(link.to).of_organization:
            link_centers[link.to].append(box.y + box.height / 2)
    preferred = sorted((sum(ys) / len(ys), id_) for id_, ys in link_centers.items())
    order = [(y - TOP_BOX / 2, id_) for y, id_ in preferred] + [(0.0, id_) for id_ in unreferenced]
    tops, free = {}, HEAD
    for y, id_ in order:
        top = max(free, y)
        tops[id_] = _top_box(portfolio, id_, top)
        free = top + TOP_BOX + GAP
    return tops


def _top_box(portfolio: Portfolio, id_: str, y: float) -> Box:
    key_result = portfolio.linked(id_)
    assert key_result is not None  # noqa: S101  only what is linked gets a box
    shares = sorted(
        (c for c in key_result.contributions if c.share is not None), key=lambda c: (-(c.share or 0), c.team)
    )
    total = sum(c.share or 0 for c in shares)
    note = " + ".join(f"{team_ref(portfolio, c.team).name} {c.share:g}" for c in shares)
    note = f"{note} = {total:g} %" if shares else "no shares stated"
    faults = [] if any(team in portfolio.okrs.teams for team in key_result.owners) else ["no owner"]
    faults += [f"shares add up to {total:g} %"] if shares and abs(total - 100) > TOLERANCE else []
    problem = ", ".join(faults)
    return Box(
        id_,
        "organization",
        TOP_COLUMN[0],
        y,
        TOP_COLUMN[1],
        TOP_BOX,
        key_result_ref(portfolio, id_),
        note,
        problem,
        progress_of(portfolio, key_result),
    )


def _layout_edge(box: Box, link: MapLink, to: Box | None) -> MapEdge:
    """From the left edge of the lower key result; into nothing where its target is not on the sheet."""
    share = link.share
    width = THINNEST if share is None else THINNEST + (WIDEST - THINNEST) * min(max(share, 0.0), 100.0) / 100
    y, ends = box.y + box.height / 2, (box.key, link.to)
    if to is None:
        return MapEdge(
            *ends, box.x, y, box.x - 40, y, link.kind, link.state, share, width, f"{box.key_result.id} → {link.name}"
        )
    edge = to.x + to.width if to.kind == "organization" else to.x
    state = link.state if box.kind != MISSING else MISSING
    end = to.y + to.height / 2
    return MapEdge(*ends, box.x, y, edge, end, link.kind, state, share, width, f"{box.key_result.id} → {link.name}")
