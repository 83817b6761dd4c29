"""Draws one sheet of the alignment map as SVG: boxes, text cut to what fits, and links to trackers or pages."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html import escape

from hub.report.map.nodes import MISSING, UNLINKED, Box, Lane, MapEdge, MapPage, Progress, WorkLine
from hub.report.text import safe_url


@dataclass(frozen=True)
class MapLinks:
    """Link targets of boxes, lanes and lines of work, or None; a new object for each page.

    Boxes and tickets are numbered in the order in which they are met, so that what belongs together can be told
    without naming a private key result.
    """

    numbers: dict[str, int] = field(default_factory=dict)

    def number(self, key: str) -> int:
        """The same for the same key on all sheets of a page."""
        return self.numbers.setdefault(key, len(self.numbers))

    def box(self, box: Box) -> str | None:
        """None: boxes in documents are no links."""
        return None

    def lane(self, lane: Lane) -> str | None:
        """None in documents."""
        return None

    def row(self, row: WorkLine) -> str | None:
        """The ticket in its tracker."""
        return safe_url(row.ticket.url) if row.ticket else None

    def reachable(self, box: Box) -> bool:
        """Whether a box without a link can be focused; documents have nothing to highlight."""
        return False

    def finding_badge(self, box: Box) -> tuple[int, str]:
        """How many findings there are about the box, and the worst severity; documents list them elsewhere."""
        return 0, ""


# Letters that fit a line of each kind.
ID_FITS, TITLE_FITS, NOTE_FITS, SHORT_FITS = 32, 39, 42, 26
ROW_FITS = 45
HEADS = ((4, "Organization key results"), (372, "Key results of teams"), (684, "Work"))

STYLE = """
.map { width: 100%; height: auto; font-family: system-ui, sans-serif; }
.map text { fill: var(--text); font-size: 12px; } .map .soft { fill: var(--soft); font-size: 11px; }
.map .id { font-weight: 600; font-size: 12.5px; } .map .lane { font-weight: 700; font-size: 13px; }
.map .head { fill: var(--soft); font-size: 12px; font-weight: 600; }
.map .card { fill: var(--card); stroke: var(--line-strong); }
.map .organization .card { fill: var(--top); stroke: var(--accent); }
.map .bad .card { stroke: var(--bad); stroke-width: 2; } .map .missing .card { stroke-dasharray: 5 4; fill: none; }
.map .bad .fault { fill: var(--bad); font-weight: 600; font-size: 11px; }
.map .progress-track { fill: var(--line); } .map .progress-done { fill: var(--accent); }
.map .behind .progress-done { fill: var(--warn); }
.map .tick { stroke: var(--text); stroke-width: 1.5; }
.map .link { fill: none; stroke: var(--accent); stroke-opacity: .55; } .map .indirect { stroke-dasharray: 7 5; }
.map .proposed { stroke: var(--warn); stroke-dasharray: 2 5; stroke-opacity: 1; }
.map .missing-link, .map .declined { stroke: var(--bad); stroke-dasharray: 3 5; stroke-opacity: .9; }
.map .cross { fill: var(--bad); font-size: 15px; font-weight: 700; text-anchor: middle; }
.map .rule { stroke: var(--line); } .map .fan { stroke: var(--line-strong); fill: none; }
.map .done text { fill: var(--soft); }
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
    parts += [f'<text class="head" x="{x}" y="16">{escape(text)}</text>' for x, text in HEADS]
    parts += [_lane(lane, map_page.number, at, links) for at, lane in enumerate(map_page.lanes)]
    parts += [
        _edge(edge, links)
        for edge in sorted(map_page.edges, key=lambda map_edge: (-map_edge.width, map_edge.y1, map_edge.y2))
    ]
    parts += [_row(row, links) for row in map_page.rows]
    parts += [box_svg(box, links) for box in map_page.boxes]
    return "\n".join((*parts, "</svg>"))


def lane_anchor(page_number: int, at: int) -> str:
    """Where on the page a lane begins."""
    return f"lane-{page_number}-{at}"


def _lane(lane: Lane, page_number: int, at: int, links: MapLinks) -> str:
    text = fit_text(f"{lane.name} (shared OKR)" if lane.shared else lane.name, 80)
    href = links.lane(lane)
    inner = f'<a href="{escape_attribute(href)}">{text}</a>' if href else text
    line = f'<line class="rule" x1="372" x2="996" y1="{lane.y + 19:g}" y2="{lane.y + 19:g}"/>'
    return f'<text class="lane" id="{lane_anchor(page_number, at)}" x="372" y="{lane.y + 13:g}">{inner}</text>{line}'


def _row(row: WorkLine, links: MapLinks) -> str:
    y, x, middle = row.y + 13, row.x - 5, (row.from_x + row.x) / 2
    fan = f"M{row.from_x:g} {row.from_y:g}C{middle:g} {row.from_y:g} {middle:g} {y - 4:g} {x:g} {y - 4:g}"
    text = row.text if row.active or row.ticket is None else f"✓ {row.text}"
    bar_width = f"<title>{escape_text(row.text)}</title>" if len(text) > ROW_FITS else ""
    inner = f'{bar_width}<text x="{row.x:g}" y="{y:g}">{fit_text(text, ROW_FITS)}</text>'
    href = links.row(row)
    body = f'<a href="{escape_attribute(href)}">{inner}</a>' if href else inner
    work = "" if row.ticket is None else f' data-work="{links.number(row.ticket.ref)}"'
    kind = "work" if row.active else "done"
    return f'<g class="{kind}" data-of="{links.number(row.of)}"{work}><path class="fan" d="{fan}"/>{body}</g>'


def _edge(map_edge: MapEdge, links: MapLinks) -> str:
    far = map_edge.x1 - map_edge.x2
    bend = far / 2 if far > 0 else 55
    second = map_edge.x2 + bend if far > 0 else map_edge.x2 - bend
    state = {"accepted": "", MISSING: "missing-link"}.get(map_edge.state, css_name(map_edge.state))
    classes = " ".join(filter(None, ("link", css_name(map_edge.kind), state)))
    start, end = f"{map_edge.x1:g} {map_edge.y1:g}", f"{map_edge.x2:g} {map_edge.y2:g}"
    path = f"M{start}C{map_edge.x1 - bend:g} {map_edge.y1:g} {second:g} {map_edge.y2:g} {end}"
    width = map_edge.width if not state else min(map_edge.width, 3.0)
    tooltip = f"{map_edge.label} ({map_edge.kind}, {map_edge.state})"
    share = f", {map_edge.share:.3g} %" if map_edge.share is not None else ""
    title = f"<title>{escape_text(tooltip + share)}</title>"
    svg = f'<path class="{classes}" stroke-width="{width:.3g}" d="{path}">{title}</path>'
    if state:
        x, y = (map_edge.x1 + map_edge.x2) / 2 - (0 if far > 0 else 40), (map_edge.y1 + map_edge.y2) / 2 + 5
        sign = "?" if map_edge.state == "proposed" else "✕"
        svg += f'<text class="cross{" proposed-mark" if sign == "?" else ""}" x="{x:g}" y="{y:g}">{sign}</text>'
    return f'<g data-from="{links.number(map_edge.of)}" data-to="{links.number(map_edge.to)}">{svg}</g>'


def box_svg(box: Box, links: MapLinks) -> str:
    """The box with its words, as a link where it leads somewhere."""
    classes = " ".join(filter(None, ("box", css_name(box.kind), "bad" if box.problem else "")))
    card = f'<rect class="card" x="{box.x:g}" y="{box.y:g}" width="{box.width:g}" height="{box.height:g}" rx="6"/>'
    lines = "".join(_box_line(box, number, *line) for number, line in enumerate(_lines(box)))
    progress_bar = _progress(box, box.progress) if box.progress else ""
    inner = f"<title>{escape_text(_tooltip(box))}</title>{card}{lines}{progress_bar}{_badge(box, links)}"
    href = links.box(box)
    if href:
        inner = f'<a href="{escape_attribute(href)}">{inner}</a>'
    lone = f' tabindex="0" role="img" aria-label="{escape_attribute(_tooltip(box))}"' if links.reachable(box) else ""
    return f'<g class="{classes}" data-box="{links.number(box.key)}"{lone}>{inner}</g>'


def _tooltip(box: Box) -> str:
    progress = ""
    if box.progress is not None:
        measured, expected = (f"{part * 100:.0f} %" for part in box.progress)
        progress = f"{measured} of the way, {expected} of the cycle has passed"
    return ": ".join(filter(None, (box.key_result.id, box.key_result.title, box.problem, box.note, progress)))


def _lines(box: Box) -> Iterator[tuple[str, str, int]]:
    """Class, words and how many letters fit, from top to bottom."""
    fault = f"✕ {box.problem}"
    if box.kind in (MISSING, UNLINKED):
        yield "id", box.key_result.id or "No key result", ID_FITS
        yield "fault", fault, NOTE_FITS
        return
    yield "id", box.key_result.id, ID_FITS
    if box.key_result.title and (box.kind == "organization" or not box.problem):
        yield "", box.key_result.title, TITLE_FITS
    if box.problem:
        yield "fault", fault, NOTE_FITS
    if box.note:
        yield "soft", box.note, NOTE_FITS


def _box_line(box: Box, number: int, kind: str, text: str, fits: int) -> str:
    name = f' class="{kind}"' if kind else ""
    if kind == "soft" and box.kind == "key-result":
        x = box.x + box.width - 14
        return f'<text{name} x="{x:g}" y="{box.y + 18:g}" text-anchor="end">{fit_text(text, SHORT_FITS)}</text>'
    return f'<text{name} x="{box.x + 9:g}" y="{box.y + 18 + 18 * number:g}">{fit_text(text, fits)}</text>'


def _progress(box: Box, progress: Progress) -> str:
    """A bar for what is measured, and a tick where the cycle is: side by side, as they are never mixed."""
    x, y, bar_width = box.x + 9, box.y + box.height - 7, box.width - 18
    done_width, expected = (bar_width * min(max(part, 0.0), 1.0) for part in progress)
    late = " behind" if progress.measured < progress.expected else ""
    return (
        f'<g class="progress{late}"><rect class="way" x="{x:g}" y="{y:g}" width="{bar_width:g}" height="3" rx="1.5"/>'
        f'<rect class="gone" x="{x:g}" y="{y:g}" width="{done_width:.4g}" height="3" rx="1.5"/>'
        f'<path class="tick" d="M{x + expected:.4g} {y - 2:g}v7"/></g>'
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


def fit_text(text: str, letters: int) -> str:
    """As much as fits, escaped."""
    return escape_text(text if len(text) <= letters else f"{text[: letters - 1].rstrip()}…")


def escape_text(text: str) -> str:
    """Escaped, and without the signs that XML forbids."""
    return escape("".join(sign if sign.isprintable() else " " for sign in text), quote=False)


def escape_attribute(text: str) -> str:
    """Escaped within quotes."""
    return escape(text, quote=True)


def css_name(text: str) -> str:
    """A class name: letters and dashes only."""
    return "".join(sign for sign in text if sign.isalnum() or sign == "-")
