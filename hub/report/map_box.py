"""Draws a box of the alignment map: its name, what is wrong with it, how far it has come."""

from collections.abc import Iterator

from hub.core.lanes.values import MISSING, Box, Progress
from hub.report.map_ways import Ways
from hub.report.map_words import attribute, fit, text, word

# Letters that fit a line of each kind.
ID_FITS, TITLE_FITS, NOTE_FITS, SHORT_FITS = 32, 39, 42, 26


def box_svg(box: Box, ways: Ways) -> str:
    """The box with its words, as a link where it leads somewhere."""
    classes = " ".join(filter(None, ("box", word(box.kind), "bad" if box.bad else "")))
    card = f'<rect class="card" x="{box.x:g}" y="{box.y:g}" width="{box.width:g}" height="{box.height:g}" rx="6"/>'
    lines = "".join(_line(box, number, *line) for number, line in enumerate(_lines(box)))
    way = _way(box, box.progress) if box.progress else ""
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


def _line(box: Box, number: int, kind: str, words: str, fits: int) -> str:
    name = f' class="{kind}"' if kind else ""
    if kind == "soft" and box.kind == "key-result":
        x = box.x + box.width - 14
        return f'<text{name} x="{x:g}" y="{box.y + 18:g}" text-anchor="end">{fit(words, SHORT_FITS)}</text>'
    return f'<text{name} x="{box.x + 9:g}" y="{box.y + 18 + 18 * number:g}">{fit(words, fits)}</text>'


def _way(box: Box, progress: Progress) -> str:
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
    count, severity = ways.finding_badge(box)
    if not count:
        return ""
    many = "99+" if count > 99 else str(count)
    width = 10 + 6 * len(many)
    x, y = box.x + box.width - width + 5, box.y - 7
    return (
        f'<g class="badge {word(severity)}"><rect x="{x:g}" y="{y:g}" width="{width}" height="16" rx="8"/>'
        f'<text x="{x + width / 2:g}" y="{y + 12:g}">{many}</text></g>'
    )
