"""Draws one sheet of the alignment map as SVG; colours come from the page by class names, every text is escaped."""

from collections.abc import Iterator
from html import escape

from hub.report.map.links import Ways
from hub.report.map.values import MISSING, Box, Curve, Lane, Progress, Row, Sheet

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
.map .way { fill: var(--line); } .map .gone { fill: var(--accent); } .map .behind .gone { fill: var(--warn); }
.map .tick { stroke: var(--text); stroke-width: 1.5; }
.map .link { fill: none; stroke: var(--accent); stroke-opacity: .55; } .map .indirect { stroke-dasharray: 7 5; }
.map .proposed { stroke: var(--warn); stroke-dasharray: 2 5; stroke-opacity: 1; }
.map .missing-link, .map .declined { stroke: var(--bad); stroke-dasharray: 3 5; stroke-opacity: .9; }
.map .cross { fill: var(--bad); font-size: 15px; font-weight: 700; text-anchor: middle; }
.map .rule { stroke: var(--line); } .map .fan { stroke: var(--line-strong); fill: none; }
.map .done text { fill: var(--soft); }
"""


def map_svg(sheet: Sheet, of: int = 1, ways: Ways | None = None) -> str:
    """The sheet as an SVG element; `of` is how many there are. The table beside it says the same in words."""
    ways = ways or Ways()
    name = "Alignment map" if of == 1 else f"Alignment map, sheet {sheet.number} of {of}"
    size = f'viewBox="0 0 {sheet.width:g} {sheet.height:g}" width="{sheet.width:g}" height="{sheet.height:g}"'
    # A group, not one picture: within a picture nothing could be reached by keyboard.
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" class="map" role="group" aria-label="{attribute(name)}" {size}>']
    parts += [f'<text class="head" x="{x}" y="16">{escape(words)}</text>' for x, words in HEADS]
    parts += [_lane(lane, sheet.number, at, ways) for at, lane in enumerate(sheet.lanes)]
    parts += [_curve(curve, ways) for curve in sorted(sheet.curves, key=lambda one: (-one.width, one.y1, one.y2))]
    parts += [_row(row, ways) for row in sheet.rows]
    parts += [box_svg(box, ways) for box in sheet.boxes]
    return "\n".join((*parts, "</svg>"))


def lane_anchor(sheet: int, at: int) -> str:
    """Where on the page a lane begins."""
    return f"lane-{sheet}-{at}"


def _lane(lane: Lane, sheet: int, at: int, ways: Ways) -> str:
    words = fit(f"{lane.name} (shared OKR)" if lane.shared else lane.name, 80)
    place = ways.lane(lane)
    inner = f'<a href="{attribute(place)}">{words}</a>' if place else words
    line = f'<line class="rule" x1="372" x2="996" y1="{lane.y + 19:g}" y2="{lane.y + 19:g}"/>'
    return f'<text class="lane" id="{lane_anchor(sheet, at)}" x="372" y="{lane.y + 13:g}">{inner}</text>{line}'


def _row(row: Row, ways: Ways) -> str:
    y, x, middle = row.y + 13, row.x - 5, (row.from_x + row.x) / 2
    fan = f"M{row.from_x:g} {row.from_y:g}C{middle:g} {row.from_y:g} {middle:g} {y - 4:g} {x:g} {y - 4:g}"
    words = row.text if row.active or row.ticket is None else f"✓ {row.text}"
    whole = f"<title>{text(row.text)}</title>" if len(words) > ROW_FITS else ""
    inner = f'{whole}<text x="{row.x:g}" y="{y:g}">{fit(words, ROW_FITS)}</text>'
    place = ways.row(row)
    body = f'<a href="{attribute(place)}">{inner}</a>' if place else inner
    work = "" if row.ticket is None else f' data-work="{ways.number(row.ticket.ref)}"'
    kind = "work" if row.active else "done"
    return f'<g class="{kind}" data-of="{ways.number(row.of)}"{work}><path class="fan" d="{fan}"/>{body}</g>'


def _curve(one: Curve, ways: Ways) -> str:
    far = one.x1 - one.x2
    bend = far / 2 if far > 0 else 55
    second = one.x2 + bend if far > 0 else one.x2 - bend
    state = {"accepted": "", MISSING: "missing-link"}.get(one.state, word(one.state))
    classes = " ".join(filter(None, ("link", word(one.kind), state)))
    path = f"M{one.x1:g} {one.y1:g}C{one.x1 - bend:g} {one.y1:g} {second:g} {one.y2:g} {one.x2:g} {one.y2:g}"
    width = one.width if not state else min(one.width, 3.0)
    tip = f"{one.label} ({one.kind}, {one.state})"
    share = f", {one.share:.3g} %" if one.share is not None else ""
    drawn = f'<path class="{classes}" stroke-width="{width:.3g}" d="{path}"><title>{text(tip + share)}</title></path>'
    if state:
        x, y = (one.x1 + one.x2) / 2 - (0 if far > 0 else 40), (one.y1 + one.y2) / 2 + 5
        sign = "?" if one.state == "proposed" else "✕"
        drawn += f'<text class="cross{" asked" if sign == "?" else ""}" x="{x:g}" y="{y:g}">{sign}</text>'
    return f'<g data-from="{ways.number(one.of)}" data-to="{ways.number(one.to)}">{drawn}</g>'


def box_svg(box: Box, ways: Ways) -> str:
    """The box with its words, as a link where it leads somewhere."""
    classes = " ".join(filter(None, ("box", word(box.kind), "bad" if box.bad else "")))
    card = f'<rect class="card" x="{box.x:g}" y="{box.y:g}" width="{box.width:g}" height="{box.height:g}" rx="6"/>'
    lines = "".join(_box_line(box, number, *line) for number, line in enumerate(_lines(box)))
    way = _progress(box, box.progress) if box.progress else ""
    inner = f"<title>{text(_tip(box))}</title>{card}{lines}{way}{_badge(box, ways)}"
    place = ways.box(box)
    if place:
        inner = f'<a href="{attribute(place)}">{inner}</a>'
    lone = f' tabindex="0" role="img" aria-label="{attribute(_tip(box))}"' if ways.reachable(box) else ""
    return f'<g class="{classes}" data-box="{ways.number(box.key)}"{lone}>{inner}</g>'


def _tip(box: Box) -> str:
    progress = ""
    if box.progress is not None:
        measured, expected = (f"{part * 100:.0f} %" for part in box.progress)
        progress = f"{measured} of the way, {expected} of the cycle has passed"
    return ": ".join(filter(None, (box.shown.id, box.shown.title, box.bad, box.note, progress)))


def _lines(box: Box) -> Iterator[tuple[str, str, int]]:
    """Class, words and how many letters fit, from top to bottom."""
    fault = f"✕ {box.bad}"
    if box.kind in (MISSING, "loose"):
        yield "id", box.shown.id or "No key result", ID_FITS
        yield "fault", fault, NOTE_FITS
        return
    yield "id", box.shown.id, ID_FITS
    if box.shown.title and (box.kind == "organization" or not box.bad):
        yield "", box.shown.title, TITLE_FITS
    if box.bad:
        yield "fault", fault, NOTE_FITS
    if box.note:
        yield "soft", box.note, NOTE_FITS


def _box_line(box: Box, number: int, kind: str, words: str, fits: int) -> str:
    name = f' class="{kind}"' if kind else ""
    if kind == "soft" and box.kind == "key-result":
        x = box.x + box.width - 14
        return f'<text{name} x="{x:g}" y="{box.y + 18:g}" text-anchor="end">{fit(words, SHORT_FITS)}</text>'
    return f'<text{name} x="{box.x + 9:g}" y="{box.y + 18 + 18 * number:g}">{fit(words, fits)}</text>'


def _progress(box: Box, progress: Progress) -> str:
    """A bar for what is measured, and a tick where the cycle is: side by side, as they are never mixed."""
    x, y, whole = box.x + 9, box.y + box.height - 7, box.width - 18
    gone, expected = (whole * min(max(part, 0.0), 1.0) for part in progress)
    late = " behind" if progress.measured < progress.expected else ""
    return (
        f'<g class="progress{late}"><rect class="way" x="{x:g}" y="{y:g}" width="{whole:g}" height="3" rx="1.5"/>'
        f'<rect class="gone" x="{x:g}" y="{y:g}" width="{gone:.4g}" height="3" rx="1.5"/>'
        f'<path class="tick" d="M{x + expected:.4g} {y - 2:g}v7"/></g>'
    )


def _badge(box: Box, ways: Ways) -> str:
    """How many findings there are, on the corner."""
    count, severity = ways.found(box)
    if not count:
        return ""
    many = "99+" if count > 99 else str(count)
    width = 10 + 6 * len(many)
    x, y = box.x + box.width - width + 5, box.y - 7
    return (
        f'<g class="badge {word(severity)}"><rect x="{x:g}" y="{y:g}" width="{width}" height="16" rx="8"/>'
        f'<text x="{x + width / 2:g}" y="{y + 12:g}">{many}</text></g>'
    )


def fit(words: str, letters: int) -> str:
    """As much as fits, escaped."""
    return text(words if len(words) <= letters else f"{words[: letters - 1].rstrip()}…")


def text(words: str) -> str:
    """Escaped, and without the signs that XML forbids."""
    return escape("".join(sign if sign.isprintable() else " " for sign in words), quote=False)


def attribute(words: str) -> str:
    """Escaped within quotes."""
    return escape(words, quote=True)


def word(words: str) -> str:
    """A class name: letters and dashes only."""
    return "".join(sign for sign in words if sign.isalnum() or sign == "-")
