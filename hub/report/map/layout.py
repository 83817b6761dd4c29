"""Lays out the alignment map in lanes: an organization key result, and beside it what the teams do for it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from hub.model.portfolio import Portfolio
from hub.report.map.box_lines import box_height, card_lines, count_beside, node_lines, organization_lines
from hub.report.map.folding import FoldPlan, MapView
from hub.report.map.headings import THINNEST, WORK_COLUMN, group_fold, heading, lane_fold
from hub.report.map.lanes import MapLane, TeamGroup, map_lanes
from hub.report.map.nodes import MISSING, MapLink, MapNode, count_text
from hub.report.map.shapes import Box, BoxLine, Fold, Lane, MapEdge, MapPage, WorkLine

WIDTH = 1000.0
# The left edge and the width of each column; links run between the first two.
TOP_COLUMN, MIDDLE_COLUMN = (4.0, 236.0), (318.0, 316.0)
INDENT = 12.0
# Of a line of work, what is kept for the number of those that are not listed.
MORE = 58.0
# A printed sheet of this height fits a page.
MAX_PAGE_HEIGHT = 1180.0
MAX_TICKETS = 2
HEAD, HEADING, LINE, GAP, GROUP_GAP, LANE_GAP = 26.0, 22.0, 18.0, 6.0, 4.0, 16.0
# Folded lanes stand side by side, each with what it folds.
CELLS, CELL, CARD, CARD_HEIGHT = 3, 328.0, 220.0, 48.0


@dataclass(slots=True)
class _Sheet:
    """What was placed so far, and how far down it reaches."""

    y: float = HEAD
    lanes: list[Lane] = field(default_factory=list)
    boxes: list[Box] = field(default_factory=list)
    rows: list[WorkLine] = field(default_factory=list)
    edges: list[MapEdge] = field(default_factory=list)
    folds: list[Fold] = field(default_factory=list)

    def page(self, number: int) -> MapPage:
        lanes, boxes, rows = tuple(self.lanes), tuple(self.boxes), tuple(self.rows)
        return MapPage(number, WIDTH, self.y, lanes, boxes, rows, tuple(self.edges), tuple(self.folds))


@dataclass(frozen=True, slots=True)
class _Band:
    """What stands side by side: an open lane or a part of it, or several folded ones."""

    lanes: tuple[MapLane, ...]
    folded: bool = False
    continued: bool = False


def layout_sheet(lanes: Sequence[MapLane], view: MapView | None = None) -> MapPage:
    """The whole map on one sheet, as high as it needs to be."""
    plan = FoldPlan.of(lanes, view or MapView())
    bands = list(_bands(lanes, plan))
    sheet = _Sheet(GAP + 2 if bands and bands[0].folded else HEAD)
    for band in bands:
        _place_band(sheet, band, plan)
    return sheet.page(1)


def layout_map(portfolio: Portfolio, *, known: Sequence[MapLane] | None = None) -> tuple[MapPage, ...]:
    """The whole map for print, on as many sheets as it takes; a lane that does not fit goes on over the next one.

    `known` is what `map_lanes` made of the portfolio before, as that takes most of the time.
    """
    lanes = map_lanes(portfolio, MAX_TICKETS) if known is None else known
    plan = FoldPlan.of(lanes, MapView())
    sheet = _Sheet()
    sheets = [sheet]
    for band in _bands(lanes, plan):
        for part in _split(band, plan):
            if sheet.boxes and sheet.y + _band_height(part, plan) > MAX_PAGE_HEIGHT:
                sheets.append(sheet := _Sheet())
            _place_band(sheet, part, plan)
    return tuple(each.page(number) for number, each in enumerate(sheets, start=1))


def _bands(lanes: Sequence[MapLane], plan: FoldPlan) -> Iterator[_Band]:
    """In order; an open lane comes below the row of folded ones that it stands in, so that no row has a hole."""
    row: list[MapLane] = []
    waiting: list[MapLane] = []
    for lane in lanes:
        (row if plan.lane_folded(lane) else waiting).append(lane)
        if not row or len(row) == CELLS:
            yield from _row_bands(row, waiting)
            row, waiting = [], []
    yield from _row_bands(row, waiting)


def _row_bands(row: Sequence[MapLane], waiting: Sequence[MapLane]) -> Iterator[_Band]:
    if row:
        yield _Band(tuple(row), folded=True)
    yield from (_Band((lane,)) for lane in waiting)


def _split(band: _Band, plan: FoldPlan) -> Iterator[_Band]:
    """A lane that is higher than a sheet, in parts that fit one; a team goes on under its name again."""
    if band.folded or _band_height(band, plan) <= MAX_PAGE_HEIGHT - HEAD:
        yield band
        return
    (lane,) = band.lanes
    groups: list[TeamGroup] = []
    continued = False
    for part in (part for group in lane.groups for part in _split_group(lane, group, plan)):
        tried = replace(lane, groups=(*groups, part))
        if groups and _groups_height(tried, plan) > MAX_PAGE_HEIGHT - HEAD - LANE_GAP:
            yield _Band((replace(lane, groups=tuple(groups)),), continued=continued)
            groups, continued = [], True
        groups.append(part)
    yield _Band((replace(lane, groups=tuple(groups)),), continued=continued)


def _split_group(lane: MapLane, group: TeamGroup, plan: FoldPlan) -> Iterator[TeamGroup]:
    """One entry each where even the group alone is too high."""
    if _groups_height(replace(lane, groups=(group,)), plan) <= MAX_PAGE_HEIGHT / 2:
        yield group
    else:
        yield from (replace(group, entries=(entry,)) for entry in group.entries)


def _band_height(band: _Band, plan: FoldPlan) -> float:
    if band.folded:
        return CARD_HEIGHT + GAP
    (lane,) = band.lanes
    lines = organization_lines(lane, plan.running_cycle, TOP_COLUMN[1])
    own = 0.0 if band.continued else box_height(lines, lane.progress)
    return max(own, _groups_height(lane, plan)) + LANE_GAP


def _groups_height(lane: MapLane, plan: FoldPlan) -> float:
    return sum(_group_height(lane, group, plan) for group in lane.groups)


def _group_height(lane: MapLane, group: TeamGroup, plan: FoldPlan) -> float:
    entries = () if plan.group_folded(lane, group) else group.entries
    return HEADING + sum(map(_node_height, entries)) + GROUP_GAP


def _node_height(node: MapNode) -> float:
    return max(box_height(node_lines(node), node.progress), _work_height(node)) + GAP


def _place_band(sheet: _Sheet, band: _Band, plan: FoldPlan) -> None:
    if band.folded:
        for at, lane in enumerate(band.lanes):
            _place_card(sheet, lane, TOP_COLUMN[0] + at * (CELL + GAP - 1), plan)
        sheet.y += CARD_HEIGHT + GAP
        return
    (lane,) = band.lanes
    top, height = sheet.y, _band_height(band, plan) - LANE_GAP
    lines = organization_lines(lane, plan.running_cycle, TOP_COLUMN[1])[: 1 if band.continued else None]
    box = _organization_box(lane, top, height, lines, continued=band.continued)
    box = replace(box, faded=plan.lane_faded(lane))
    sheet.boxes.append(box)
    if plan.foldable and not band.continued:
        sheet.folds.append(lane_fold(lane, box.y, faded=box.faded))
    y = top
    for group in lane.groups:
        _place_group(sheet, lane, group, y, plan)
        y += _group_height(lane, group, plan)
    _place_links(sheet, lane, box)
    sheet.y = top + height + LANE_GAP


def _organization_box(
    lane: MapLane, y: float, height: float, lines: tuple[BoxLine, ...], *, continued: bool = False
) -> Box:
    kind = "continued" if continued else "organization" if lane.id else "unlinked-lane"
    return Box(
        lane.id or lane.key,
        kind,
        TOP_COLUMN[0],
        y,
        TOP_COLUMN[1],
        height,
        lane.key_result,
        problem="" if continued else lane.problem,
        progress=None if continued else lane.progress,
        lines=lines,
        lane=lane.key,
    )


def _place_card(sheet: _Sheet, lane: MapLane, x: float, plan: FoldPlan) -> None:
    """A folded lane: the organization key result, and what is folded beside it as counts."""
    faded = plan.lane_faded(lane)
    box = _organization_box(lane, sheet.y, CARD_HEIGHT, card_lines(lane))
    sheet.boxes.append(replace(box, x=x, width=CARD, faded=faded))
    lines = (*count_beside(lane), count_text(lane.active, "ticket"))
    left = x + CARD + 8
    name = f"{', '.join(lines)} of {lane.key_result.title or lane.key_result.id}"
    width = x + CELL - left - 2
    sheet.folds.append(
        Fold(lane.key, lane.key, left, sheet.y, width, CARD_HEIGHT, lines, opened=False, name=name, faded=faded)
    )


def _place_group(sheet: _Sheet, lane: MapLane, group: TeamGroup, y: float, plan: FoldPlan) -> None:
    faded, folded = plan.group_faded(lane, group), plan.group_folded(lane, group)
    sheet.lanes.append(heading(lane, group, y, faded=faded))
    if plan.group_foldable(lane, group):
        sheet.folds.append(group_fold(group, lane, y, folded=folded, faded=faded))
    y += HEADING
    for node in () if folded else group.entries:
        lines = node_lines(node)
        box = Box(
            node.key,
            node.kind,
            MIDDLE_COLUMN[0] + INDENT,
            y,
            MIDDLE_COLUMN[1] - INDENT,
            box_height(lines, node.progress),
            node.key_result,
            node.note,
            node.problem,
            node.progress,
            lines,
            lane.key,
            group.key,
            plan.node_faded(lane, node),
        )
        sheet.boxes.append(box)
        sheet.rows += _rows(node, box)
        y += _node_height(node)


def _rows(node: MapNode, box: Box) -> Iterator[WorkLine]:
    """A line for each ticket; how many more there are stands at the end of the last one."""
    start = (box.x + box.width, box.y + min(box.height, LINE) / 2 + 4)
    x, width = WORK_COLUMN
    named = not box.key_result.private
    last = len(node.work) - 1
    for number, item in enumerate(node.work):
        place = (x, box.y + number * LINE, width)
        if item.ticket is None:
            place = (x + width - MORE, box.y + (number - 1) * LINE, MORE)
        elif number == last - 1 and node.work[last].ticket is None:
            place = (x, box.y + number * LINE, width - MORE)
        yield WorkLine(box.key, *start, *place, item.ticket, item.text, item.active, named, box.faded)


def _work_height(node: MapNode) -> float:
    return LINE * sum(item.ticket is not None for item in node.work)


def _place_links(sheet: _Sheet, lane: MapLane, upper: Box) -> None:
    """Straight to the organization key result, or to another team's key result beside it."""
    boxes = {box.key: box for box in sheet.boxes if box.lane == lane.key and box.group}
    for node in (node for group in lane.groups for node in group.entries if node.key in boxes):
        box = boxes[node.key]
        for link in node.links:
            to = boxes.get(link.to)
            if link.to == lane.id:
                sheet.edges.append(_edge(box, link, (upper.x + upper.width, box.y + box.height / 2)))
            elif to is not None:
                sheet.edges.append(_edge(box, link, (to.x, to.y + to.height / 2)))
            elif link.state == MISSING:
                sheet.edges.append(_edge(box, link, (box.x - 40, box.y + box.height / 2)))


def _edge(box: Box, link: MapLink, end: tuple[float, float]) -> MapEdge:
    start = (box.x, box.y + box.height / 2)
    label = f"{box.key_result.title or box.key_result.id} → {link.name}"
    ends = (box.key, link.to)
    return MapEdge(*ends, *start, *end, link.kind, link.state, link.share, THINNEST, label, box.faded)
