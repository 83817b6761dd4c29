"""The alignment map as a table: the same content as the picture, line by line."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from hub.report.map.box_lines import organization_facts
from hub.report.map.lanes import MapLane
from hub.report.map.shapes import Box, Fold, Lane, MapEdge, MapPage, WorkLine


@dataclass(frozen=True, slots=True)
class TableRow:
    """One key result of a team, or a team without one; `fold` holds what is folded away instead."""

    heading: Lane
    box: Box | None
    links: tuple[str, ...]
    work: tuple[WorkLine, ...]
    fold: Fold | None
    faded: bool


@dataclass(frozen=True, slots=True)
class TableLane:
    """An organization key result with its rows; a folded one has counts instead."""

    box: Box
    facts: tuple[str, ...]
    rows: tuple[TableRow, ...]
    fold: Fold | None


def map_table(map_page: MapPage, lanes: Iterable[MapLane], running_cycle: str) -> tuple[TableLane, ...]:
    """What stands on the sheet, from top to bottom, with the facts of each organization key result unshortened."""
    facts = {lane.key: tuple(fact.text for fact in organization_facts(lane, running_cycle)) for lane in lanes}
    headings: dict[str, list[Lane]] = defaultdict(list)
    for heading in map_page.lanes:
        headings[heading.lane].append(heading)
    folds = {fold.key: fold for fold in map_page.folds}
    boxes, work, edges = _by_group(map_page), _by_box(map_page.rows), _edges_by_box(map_page)

    def rows(heading: Lane) -> Iterator[TableRow]:
        inner = boxes.get((heading.lane, heading.key), ())
        for box in inner:
            links = tuple(map(_link_text, edges.get((box.lane, box.key), ())))
            lines = () if box.kind == "repeat" else tuple(work.get(box.key, ()))
            yield TableRow(heading, box, links, lines, None, box.faded)
        if not inner:
            yield TableRow(heading, None, (), (), folds.get(heading.key), heading.faded)

    return tuple(
        TableLane(
            box,
            facts[box.lane],
            tuple(row for heading in headings[box.lane] for row in rows(heading)),
            folds.get(box.lane),
        )
        for box in map_page.boxes
        if not box.group
    )


def _by_group(map_page: MapPage) -> dict[tuple[str, str], list[Box]]:
    grouped: dict[tuple[str, str], list[Box]] = defaultdict(list)
    for box in map_page.boxes:
        if box.group:
            grouped[box.lane, box.group].append(box)
    return grouped


def _by_box(rows: Sequence[WorkLine]) -> dict[str, list[WorkLine]]:
    grouped: dict[str, list[WorkLine]] = defaultdict(list)
    for row in rows:
        grouped[row.of].append(row)
    return grouped


def _edges_by_box(map_page: MapPage) -> dict[tuple[str, str], list[MapEdge]]:
    """The links of each box beside each organization key result."""
    ends = {(box.key, box.x, box.y + box.height / 2): box.lane for box in map_page.boxes}
    grouped: dict[tuple[str, str], list[MapEdge]] = defaultdict(list)
    for edge in map_page.edges:
        grouped[ends[edge.of, edge.x1, edge.y1], edge.of].append(edge)
    return grouped


def _link_text(map_edge: MapEdge) -> str:
    """Its kind, its state where it is not agreed, its share."""
    state = "" if map_edge.state == "accepted" else map_edge.state
    share = "" if map_edge.share is None else f"{map_edge.share:.3g} %"
    return ", ".join(filter(None, (map_edge.kind, state, share)))
