"""Draws one sheet of the alignment map as SVG; colours come from the page by class names, every text is escaped."""

from collections.abc import Iterator
from html import escape

from hub.core.lanes.values import MISSING, Box, Curve, Lane, Row, Sheet
from hub.report.audit.addresses import safe_address

# Letters that fit a line of each kind.
ID_FITS, TITLE_FITS, NOTE_FITS, ROW_FITS = 32, 39, 42, 45
HEADS = ((4, "Organization key results"), (372, "Key results of teams"), (684, "Work"))

STYLE = """
.map { width: 100%; height: auto; font-family: system-ui, sans-serif; }
.map text { fill: var(--text); font-size: 12px; } .map .soft { fill: var(--soft); font-size: 11px; }
.map .id { font-weight: 600; font-size: 12.5px; } .map .lane { font-weight: 700; font-size: 13px; }
.map .head { fill: var(--soft); font-size: 12px; font-weight: 600; }
.map rect { fill: var(--card); stroke: var(--line-strong); rx: 5px; }
.map .organization rect { fill: var(--top); stroke: var(--accent); }
.map .bad rect { stroke: var(--bad); stroke-width: 2; } .map .missing rect { stroke-dasharray: 5 4; fill: none; }
.map .bad .fault { fill: var(--bad); font-weight: 600; font-size: 11px; }
.map .link { fill: none; stroke: var(--accent); stroke-opacity: .55; } .map .indirect { stroke-dasharray: 7 5; }
.map .proposed { stroke: var(--warn); stroke-dasharray: 2 5; stroke-opacity: 1; }
.map .missing-link, .map .declined { stroke: var(--bad); stroke-dasharray: 3 5; stroke-opacity: .9; }
.map .cross { fill: var(--bad); font-size: 15px; font-weight: 700; text-anchor: middle; }
.map .rule { stroke: var(--line); } .map .fan { stroke: var(--line-strong); fill: none; }
.map .done text { fill: var(--soft); }
"""


def map_svg(sheet: Sheet, of: int = 1) -> str:
    """The sheet as an SVG element; `of` is how many there are. The table beside it says the same in words."""
    name = "Alignment map" if of == 1 else f"Alignment map, sheet {sheet.number} of {of}"
    size = f'viewBox="0 0 {sheet.width:g} {sheet.height:g}" width="{sheet.width:g}" height="{sheet.height:g}"'
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" class="map" role="img" aria-label="{_attribute(name)}" {size}>']
    parts += [f'<text class="head" x="{x}" y="16">{escape(words)}</text>' for x, words in HEADS]
    parts += [_lane(lane) for lane in sheet.lanes]
    parts += [_curve(curve) for curve in sorted(sheet.curves, key=lambda one: (-one.width, one.y1, one.y2))]
    parts += [_row(row) for row in sheet.rows]
    parts += [_box(box) for box in sheet.boxes]
    return "\n".join((*parts, "</svg>"))


def _lane(lane: Lane) -> str:
    words = f"{lane.name} (shared OKR)" if lane.shared else lane.name
    line = f'<line class="rule" x1="372" x2="996" y1="{lane.y + 19:g}" y2="{lane.y + 19:g}"/>'
    return f'<text class="lane" x="372" y="{lane.y + 13:g}">{_fit(words, 80)}</text>{line}'


def _box(box: Box) -> str:
    classes = " ".join(filter(None, (_word(box.kind), "bad" if box.bad else "")))
    tip = ": ".join(filter(None, (box.shown.id, box.shown.title, box.bad, box.note)))
    rect = f'<rect x="{box.x:g}" y="{box.y:g}" width="{box.width:g}" height="{box.height:g}"/>'
    lines = "".join(_line(box, number, *line) for number, line in enumerate(_lines(box)))
    return f'<g class="{classes}"><title>{_text(tip)}</title>{rect}{lines}</g>'


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


def _line(box: Box, number: int, kind: str, words: str, fits: int) -> str:
    name = f' class="{kind}"' if kind else ""
    if kind == "soft" and box.kind == "key-result":
        return (
            f'<text{name} x="{box.x + box.width - 8:g}" y="{box.y + 18:g}" text-anchor="end">{_fit(words, 26)}</text>'
        )
    return f'<text{name} x="{box.x + 9:g}" y="{box.y + 18 + 18 * number:g}">{_fit(words, fits)}</text>'


def _row(row: Row) -> str:
    y, x, middle = row.y + 13, row.x - 5, (row.from_x + row.x) / 2
    fan = f"M{row.from_x:g} {row.from_y:g} C{middle:g} {row.from_y:g} {middle:g} {y - 4:g} {x:g} {y - 4:g}"
    words = row.text if row.active or row.ticket is None else f"✓ {row.text}"
    inner = f'<title>{_text(row.text)}</title><text x="{row.x:g}" y="{y:g}">{_fit(words, ROW_FITS)}</text>'
    url = safe_address(row.ticket.url) if row.ticket else None
    body = f'<a href="{_attribute(url)}">{inner}</a>' if url else inner
    return f'<path class="fan" d="{fan}"/><g class="{"work" if row.active else "done"}">{body}</g>'


def _curve(one: Curve) -> str:
    far = one.x1 - one.x2
    bend = far / 2 if far > 0 else 55
    second = one.x2 + bend if far > 0 else one.x2 - bend
    state = {"accepted": "", MISSING: "missing-link"}.get(one.state, _word(one.state))
    classes = " ".join(filter(None, ("link", _word(one.kind), state)))
    path = f"M{one.x1:g} {one.y1:g} C{one.x1 - bend:g} {one.y1:g} {second:g} {one.y2:g} {one.x2:g} {one.y2:g}"
    width = one.width if not state else min(one.width, 3.0)
    tip = f"{one.label} ({one.kind}, {one.state})"
    share = f", {one.share:.3g} %" if one.share is not None else ""
    drawn = f'<path class="{classes}" stroke-width="{width:g}" d="{path}"><title>{_text(tip + share)}</title></path>'
    if not state:
        return drawn
    x, y = (one.x1 + one.x2) / 2 - (0 if far > 0 else 40), (one.y1 + one.y2) / 2 + 5
    return f'{drawn}<text class="cross" x="{x:g}" y="{y:g}">{"?" if one.state == "proposed" else "✕"}</text>'


def _fit(words: str, letters: int) -> str:
    return _text(words if len(words) <= letters else f"{words[: letters - 1].rstrip()}…")


def _text(words: str) -> str:
    """Escaped, and without the signs that XML forbids."""
    return escape("".join(sign if sign.isprintable() else " " for sign in words), quote=False)


def _attribute(words: str) -> str:
    return escape(words, quote=True)


def _word(words: str) -> str:
    """A class name: letters and dashes only."""
    return "".join(sign for sign in words if sign.isalnum() or sign == "-")
