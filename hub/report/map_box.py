"""Draws a box of the alignment map: its name, what is wrong with it, how far it has come."""

from collections.abc import Iterator

from hub.core.lanes.values import MISSING, Box, Progress
from hub.report.map_ways import MapLinks
from hub.report.map_words import css_name, escape_attribute, escape_text, fit_text

# Letters that fit a line of each kind.
ID_FITS, TITLE_FITS, NOTE_FITS, SHORT_FITS = 32, 39, 42, 26


def box_svg(box: Box, links: MapLinks) -> str:
    """The box with its words, as a link where it leads somewhere."""
    classes = " ".join(filter(None, ("box", css_name(box.kind), "bad" if box.problem else "")))
    card = f'<rect class="card" x="{box.x:g}" y="{box.y:g}" width="{box.width:g}" height="{box.height:g}" rx="6"/>'
    lines = "".join(_line(box, number, *line) for number, line in enumerate(_lines(box)))
    progress_bar = _progress_bar(box, box.progress) if box.progress else ""
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
    if box.kind in (MISSING, "unlinked"):
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


def _line(box: Box, number: int, kind: str, words: str, fits: int) -> str:
    name = f' class="{kind}"' if kind else ""
    if kind == "soft" and box.kind == "key-result":
        x = box.x + box.width - 14
        return f'<text{name} x="{x:g}" y="{box.y + 18:g}" text-anchor="end">{fit_text(words, SHORT_FITS)}</text>'
    return f'<text{name} x="{box.x + 9:g}" y="{box.y + 18 + 18 * number:g}">{fit_text(words, fits)}</text>'


def _progress_bar(box: Box, progress: Progress) -> str:
    """A bar for what is measured, and a tick where the cycle is: side by side, as they are never mixed."""
    x, y, bar_width = box.x + 9, box.y + box.height - 7, box.width - 18
    done_width, expected = (bar_width * min(max(part, 0.0), 1.0) for part in progress)
    late = " behind" if progress.measured < progress.expected else ""
    return (
        f'<g class="progress{late}">'
        f'<rect class="progress-track" x="{x:g}" y="{y:g}" width="{bar_width:g}" height="3" rx="1.5"/>'
        f'<rect class="progress-done" x="{x:g}" y="{y:g}" width="{done_width:.4g}" height="3" rx="1.5"/>'
        f'<path class="tick" d="M{x + expected:.4g} {y - 2:g}v7"/></g>'
    )


def _badge(box: Box, links: MapLinks) -> str:
    """How many findings there are, on the corner."""
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
