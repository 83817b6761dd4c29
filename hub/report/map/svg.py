"""Draws one sheet of the alignment map as SVG: boxes, text cut to what fits, and links to trackers or pages."""

from collections.abc import Iterator
from html import escape

from hub.report.map.box_lines import MARGIN, PADDING, line_height, progress_text
from hub.report.map.links import (
    MapLinks,
    css_name,
    escape_attribute,
    escape_text,
    fit_text,
    fold_anchor,
    lane_anchor,
)
from hub.report.map.nodes import MISSING, UNLINKED
from hub.report.map.shapes import Box, BoxLine, Fold, Lane, MapEdge, MapPage, Progress, WorkLine

# The width that the name of a team may take, alone and beside what folds it.
LANE_WIDTH, FOLDABLE_WIDTH = 530.0, 250.0
HEADS = ((4, "Organization key results"), (318, "Teams and their key results"), (668, "Work"))
LINE_END = 312.0

STYLE = """
.map { width: 100%; height: auto; font-family: system-ui, sans-serif; }
.map text { fill: var(--text); font-size: 11px; } .map .soft { fill: var(--soft); font-size: 10.5px; }
.map .title { font-weight: 600; font-size: 11.5px; } .map .owner { font-size: 10.5px; font-weight: 600; }
.map .lane { font-weight: 700; font-size: 12px; } .map .role { fill: var(--soft); font-size: 10.5px; font-weight: 400; }
.map .head { fill: var(--soft); font-size: 11px; font-weight: 600; } .map .share { font-size: 10.5px; }
.map .card { fill: var(--card); stroke: var(--line-strong); }
.map .share-bar { fill: var(--accent); fill-opacity: .18; }
.map .organization .card, .map .continued .card { fill: var(--top); stroke: var(--accent); }
.map .bad .card { stroke: var(--bad); stroke-width: 1.5; }
.map .missing .card, .map .unlinked-lane .card { stroke-dasharray: 5 4; fill: none; }
.map .repeat .card { stroke-dasharray: 2 3; }
.map .fault { fill: var(--bad); font-weight: 600; font-size: 10.5px; }
.map .progress-track { fill: var(--line); } .map .progress-done { fill: var(--accent); }
.map .behind .progress-done { fill: var(--warn); } .map .tick { stroke: var(--text); stroke-width: 1.5; fill: none; }
.map .team-line { fill: none; stroke: var(--accent); } .map .team-line-core { fill: none; stroke: var(--card); }
.map .link { fill: none; stroke: var(--line-strong); } .map .indirect { stroke-dasharray: 6 4; }
.map .proposed { stroke: var(--warn); stroke-dasharray: 2 4; }
.map .missing-link, .map .declined { stroke: var(--bad); stroke-dasharray: 3 4; }
.map .cross { fill: var(--bad); font-size: 14px; font-weight: 700; text-anchor: middle; }
.map .cross.proposed-mark { fill: var(--warn); }
.map .rule { stroke: var(--line); } .map .fan { stroke: var(--line-strong); fill: none; }
.map .done text { fill: var(--soft); } .map .fold text { fill: var(--soft); font-size: 10.5px; }
.map .fold .card { fill: none; stroke: none; }
"""


def map_svg(map_page: MapPage, of: int = 1, links: MapLinks | None = None) -> str:
    """The sheet as an SVG element; `of` is how many there are. The table beside it says the same in words."""
    links = links or MapLinks()
    name = "Alignment map" if of == 1 else f"Alignment map, sheet {map_page.number} of {of}"
    size = (
        f'viewBox="0 0 {map_page.width:g} {map_page.height:g}" width="{map_page.width:g}" height="{map_page.height:g}"'
    )
    # A group, not an image: nothing inside an image can be focused by keyboard.
    attributes = f'class="map" role="group" aria-label="{escape_attribute(name)}" {size}'
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" {attributes}>']
    if map_page.lanes and map_page.boxes and map_page.lanes[0].y == map_page.boxes[0].y:
        parts += [f'<text class="head" x="{x}" y="16">{escape(text)}</text>' for x, text in HEADS]
    parts += [team_line_svg(lane, links) for lane in map_page.lanes if lane.to]
    parts += [_edge(edge, links) for edge in map_page.edges]
    parts += _in_reading_order(map_page, links)
    return "\n".join((*parts, "</svg>"))


def _in_reading_order(map_page: MapPage, links: MapLinks) -> Iterator[str]:
    """What can be focused, from top to bottom: an organization key result, then each team with its key results."""
    shapes = [(box.y, 0 if not box.group else 2, box.x, box_svg(box, links)) for box in map_page.boxes]
    shapes += [
        (lane.y, 1, 0.0, _lane(lane, links, FOLDABLE_WIDTH if map_page.folds else LANE_WIDTH))
        for lane in map_page.lanes
    ]
    shapes += [(fold.y, 1, fold.x, _fold(fold, links)) for fold in map_page.folds]
    shapes += [(row.y, 3, row.x, _row(row, links)) for row in map_page.rows]
    yield from (svg for _, _, _, svg in sorted(shapes, key=lambda shape: shape[:3]))


def team_line_svg(lane: Lane, links: MapLinks) -> str:
    """From the organization key result to a team: double where the team owns it, as wide as its share."""
    y, start = lane.y + 10, 240.0
    indirect = " indirect" if lane.contribution == "indirect" else ""
    path = f'd="M{start:g} {y:g}H{LINE_END:g}"'
    title = f"<title>{escape_text(f'{lane.name}: {lane.role}')}</title>"
    width = max(lane.width, 5.0) if lane.owner else max(lane.width, 2.0)
    svg = f'<path class="team-line{indirect}" stroke-width="{width:.3g}" {path}>{title}</path>'
    if lane.owner:
        svg += f'<path class="team-line-core" stroke-width="{width - 3:.3g}" {path}/>'
    return f'<g class="{_classes("team", faded=lane.faded)}" data-team="{links.number(lane.to)}">{svg}</g>'


def _classes(*names: str, faded: bool) -> str:
    return " ".join(filter(None, (*names, "faded" if faded else "")))


def _lane(lane: Lane, links: MapLinks, width: float) -> str:
    text = fit_text(f"{lane.name} (shared OKR)" if lane.shared else lane.name, width, "lane")
    href = links.lane(lane)
    inner = f'<a href="{escape_attribute(href)}">{text}</a>' if href else text
    role = f'<tspan class="role" dx="8">{escape_text(lane.role)}</tspan>' if lane.role else ""
    line = f'<line class="rule" x1="318" x2="996" y1="{lane.y + 18:g}" y2="{lane.y + 18:g}"/>'
    text = f'<text class="lane" x="318" y="{lane.y + 13:g}">{inner}{role}</text>'
    return f'<g class="{_classes("heading", faded=lane.faded)}">{line}{text}</g>'


def _fold(fold: Fold, links: MapLinks) -> str:
    """A link that opens or folds; where nothing can be opened, the counts alone."""
    href = links.fold(fold)
    if href is None and fold.opened:
        return ""
    sign = ("▴ " if fold.opened else "▸ ") if href else ""
    first, texts = fold.y + (13 if len(fold.lines) == 1 else 14), ""
    for at, line in enumerate(fold.lines):
        place = f'x="{fold.x + 6:g}" y="{first + 14 * at:g}"'
        texts += f"<text {place}>{escape_text(line if at else sign + line)}</text>"
    place = f'x="{fold.x:g}" y="{fold.y:g}" width="{fold.width:g}" height="{fold.height:g}"'
    card = f'<rect class="card" {place} rx="5"/>'
    classes = _classes("fold", "opened" if fold.opened else "folded", faded=fold.faded)
    if href is None:
        return f'<g class="{classes}">{card}{texts}</g>'
    state = f'aria-expanded="{"true" if fold.opened else "false"}" aria-label="{escape_attribute(fold.name)}"'
    return (
        f'<g class="{classes}"><a href="{escape_attribute(href)}" id="{fold_anchor(fold)}" '
        f"{state}>{card}{texts}</a></g>"
    )


def _row(row: WorkLine, links: MapLinks) -> str:
    y, x, middle = row.y + 13, row.x - 5, (row.from_x + row.x) / 2
    way = f"M{row.from_x:g} {row.from_y:g}C{middle:g} {row.from_y:g} {middle:g} {y - 4:g} {x:g} {y - 4:g}"
    fan = f'<path class="fan" d="{way}"/>'
    text = row.text if row.active or row.ticket is None else f"✓ {row.text}"
    words = fit_text(text, row.width, "row")
    title = f"<title>{escape_text(row.text)}</title>" if words.endswith("…") else ""
    inner = f'{title}<text x="{row.x:g}" y="{y:g}">{words}</text>'
    href = links.row(row)
    body = f'<a href="{escape_attribute(href)}">{inner}</a>' if href else inner
    work = "" if row.ticket is None else f' data-work="{links.number(row.ticket.ref)}"'
    kind = _classes("work" if row.active else "done", faded=row.faded)
    return f'<g class="{kind}" data-of="{links.number(row.of)}"{work}>{fan if row.ticket else ""}{body}</g>'


def _edge(map_edge: MapEdge, links: MapLinks) -> str:
    state = {"accepted": "", MISSING: "missing-link"}.get(map_edge.state, css_name(map_edge.state))
    classes = " ".join(filter(None, ("link", css_name(map_edge.kind), state)))
    tooltip = f"{map_edge.label} ({map_edge.kind}, {map_edge.state})"
    share = f", {map_edge.share:.3g} %" if map_edge.share is not None else ""
    title = f"<title>{escape_text(tooltip + share)}</title>"
    svg = f'<path class="{classes}" stroke-width="{map_edge.width:.3g}" d="{_path(map_edge)}">{title}</path>'
    if state:
        x, y = (map_edge.x1 + map_edge.x2) / 2, (map_edge.y1 + map_edge.y2) / 2 + 5
        sign = "?" if map_edge.state == "proposed" else "✕"
        svg += f'<text class="cross{" proposed-mark" if sign == "?" else ""}" x="{x:g}" y="{y:g}">{sign}</text>'
    ends = f'data-from="{links.number(map_edge.of)}" data-to="{links.number(map_edge.to)}"'
    return f'<g class="{_classes("line", faded=map_edge.faded)}" {ends}>{svg}</g>'


def _path(map_edge: MapEdge) -> str:
    """Straight to the left; from box to box of the same column in a bow beside them."""
    start, end = f"{map_edge.x1:g} {map_edge.y1:g}", f"{map_edge.x2:g} {map_edge.y2:g}"
    if map_edge.y1 == map_edge.y2:
        return f"M{start}L{end}"
    return f"M{start}C{map_edge.x1 - 40:g} {map_edge.y1:g} {map_edge.x2 - 40:g} {map_edge.y2:g} {end}"


def box_svg(box: Box, links: MapLinks) -> str:
    """The box with its words, as a link where it leads somewhere."""
    classes = _classes("box", css_name(box.kind), "bad" if box.problem else "", faded=box.faded)
    card = f'<rect class="card" x="{box.x:g}" y="{box.y:g}" width="{box.width:g}" height="{box.height:g}" rx="6"/>'
    lines = "".join(_box_lines(box))
    bar_y = box.y + PADDING + sum(map(line_height, box.lines)) + 2
    progress_bar = _progress(box, box.progress, bar_y) if box.progress else ""
    inner = f"<title>{escape_text(_tooltip(box))}</title>{card}{lines}{progress_bar}{_badge(box, links)}"
    href = links.box(box)
    if href:
        inner = f'<a href="{escape_attribute(href)}">{inner}</a>'
    anchor = "" if box.group else f' id="{lane_anchor(box.lane)}"'
    lone = f' tabindex="0" role="img" aria-label="{escape_attribute(_tooltip(box))}"' if links.reachable(box) else ""
    return f'<g class="{classes}" data-box="{links.number(box.key)}"{anchor}{lone}>{inner}</g>'


def _tooltip(box: Box) -> str:
    progress = progress_text(box.progress) if box.progress is not None else ""
    title = "" if box.key_result.title == box.key_result.id else box.key_result.title
    name = "No key result" if box.kind == UNLINKED else box.key_result.id
    return ": ".join(filter(None, (name, title, box.problem, box.note, progress)))


def _box_lines(box: Box) -> Iterator[str]:
    """From top to bottom."""
    y = box.y + PADDING
    for line in box.lines:
        yield _box_line(box, line, y)
        y += line_height(line)


def _box_line(box: Box, line: BoxLine, y: float) -> str:
    words = fit_text(line.text, box.width - 2 * MARGIN, line.kind)
    text = f'<text class="{line.kind}" x="{box.x + 9:g}" y="{y + 12:g}">{words}</text>'
    if line.part is None:
        return text
    width = (box.width - 14) * line.part
    return f'<rect class="share-bar" x="{box.x + 5:g}" y="{y + 1:g}" width="{width:.4g}" height="14" rx="3"/>{text}'


def _progress(box: Box, progress: Progress, y: float) -> str:
    """A bar for what is measured, and a tick where the cycle is: side by side, as they are never mixed."""
    x, bar_width = box.x + 9, box.width - 18
    done_width, expected = (bar_width * min(max(part, 0.0), 1.0) for part in progress)
    late = " behind" if progress.measured < progress.expected else ""
    place = f'x="{x:g}" y="{y:g}" height="4" rx="2"'
    return (
        f'<g class="progress{late}"><rect class="progress-track" {place} width="{bar_width:g}"/>'
        f'<rect class="progress-done" {place} width="{done_width:.4g}"/>'
        f'<path class="tick" d="M{x + expected:.4g} {y - 2:g}v8"/></g>'
    )


def _badge(box: Box, links: MapLinks) -> str:
    """The number of findings, in the corner."""
    count, severity = links.finding_badge(box)
    if not count:
        return ""
    count_text = "99+" if count > 99 else str(count)
    width = 10 + 6 * len(count_text)
    x, y = box.x + box.width - width + 5, box.y - 7
    return (
        f'<g class="badge {css_name(severity)}"><rect x="{x:g}" y="{y:g}" width="{width}" height="16" rx="8"/>'
        f'<text x="{x + width / 2:g}" y="{y + 12:g}">{count_text}</text></g>'
    )
