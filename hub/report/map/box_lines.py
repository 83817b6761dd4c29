"""The lines of words in the boxes of the alignment map, and how high a box of them is."""

from collections.abc import Iterator, Sequence

from hub.report.map.lanes import MapLane
from hub.report.map.nodes import MISSING, UNLINKED, MapNode, count_text
from hub.report.map.shapes import BoxLine, Progress
from hub.report.map.text_width import cut_text, wrap_text

LINE_HEIGHTS = {"title": 17.0, "share": 17.0}
LINE, PADDING, BAR = 15.0, 7.0, 9.0
# What is kept free beside words on both sides of a box.
MARGIN = 9.0
MOST_TITLE_LINES, MOST_WORD_LINES, MOST_SHARES = 3, 2, 8


def node_lines(node: MapNode) -> tuple[BoxLine, ...]:
    """The title, and in one line what is wrong or worth a note."""
    if node.kind in (MISSING, UNLINKED):
        return (BoxLine("fault", f"✕ {node.problem}"),)
    title = BoxLine("title", node.key_result.title or node.key_result.id)
    if node.problem:
        return title, BoxLine("fault", f"✕ {', '.join(filter(None, (node.problem, node.note)))}")
    return (title, BoxLine("soft", node.note)) if node.note else (title,)


def organization_lines(lane: MapLane, running_cycle: str, width: float) -> tuple[BoxLine, ...]:
    """Title, faults, owners, shares side by side, and the rest of the facts, each wrapped to what fits."""
    return tuple(_organization_lines(lane, running_cycle, width - 2 * MARGIN))


def card_lines(lane: MapLane) -> tuple[BoxLine, ...]:
    """The same in two lines, for a folded one: the title, and what is wrong or who owns it."""
    title = BoxLine("title", lane.key_result.title or lane.key_result.id)
    return title, BoxLine("fault", f"✕ {lane.problem}") if lane.problem else BoxLine("soft", _owners(lane))


def _organization_lines(lane: MapLane, running_cycle: str, width: float) -> Iterator[BoxLine]:
    yield from _wrapped("title", lane.key_result.title or lane.key_result.id, width, MOST_TITLE_LINES)
    if lane.problem:
        yield from _wrapped("fault", f"✕ {lane.problem}", width, MOST_WORD_LINES)
    for fact in organization_facts(lane, running_cycle):
        if fact.part is not None:
            yield fact
        else:
            yield from _wrapped(fact.kind, fact.text, width, MOST_WORD_LINES)


def organization_facts(lane: MapLane, running_cycle: str) -> Iterator[BoxLine]:
    """Owners, shares, who contributes without one, the objective, what stands beside it, and its progress."""
    if owners := _owners(lane):
        yield BoxLine("owner", owners)
    shares = [(name, share) for name, share in lane.contributions if share is not None]
    for name, share in shares[:MOST_SHARES]:
        yield BoxLine("share", f"{cut_text(name, 150, 'share')} {share:g} %", min(max(share, 0.0), 100.0) / 100)
    if len(shares) > MOST_SHARES:
        yield BoxLine("soft", f"and {len(shares) - MOST_SHARES} more shares")
    if others := ", ".join(name for name, share in lane.contributions if share is None):
        yield BoxLine("soft", f"{'Also contribute' if shares else 'Contribute'}: {others}")
    if lane.objective:
        cycle = "" if lane.cycle == running_cycle else f" ({lane.cycle})"
        yield BoxLine("soft", f"Objective: {lane.objective}{cycle}")
    teams, key_results = count_beside(lane)
    yield BoxLine("soft", f"{key_results} of {teams}, {count_text(lane.active, 'active ticket')}")
    if lane.progress:
        yield BoxLine("soft", progress_text(lane.progress))


def count_beside(lane: MapLane) -> tuple[str, str]:
    """How many teams have a part in it, and how many key results they have there."""
    teams = len({team for group in lane.groups for team in group.teams})
    key_results = {node.key for group in lane.groups for node in group.entries if node.kind in ("key-result", "repeat")}
    return count_text(teams, "team"), count_text(len(key_results), "key result")


def progress_text(progress: Progress) -> str:
    """Both numbers, which are never mixed."""
    measured, expected = (f"{part * 100:.0f} %" for part in progress)
    return f"{measured} of the way, {expected} of the cycle has passed"


def _owners(lane: MapLane) -> str:
    if not lane.owners:
        return ""
    return f"Owner{'s' if len(lane.owners) > 1 else ''}: {', '.join(lane.owners)}"


def _wrapped(kind: str, text: str, width: float, most: int) -> Iterator[BoxLine]:
    yield from (BoxLine(kind, line) for line in wrap_text(text, width, kind, most))


def line_height(line: BoxLine) -> float:
    """How far the next line is below it."""
    return LINE_HEIGHTS.get(line.kind, LINE)


def box_height(lines: Sequence[BoxLine], progress: Progress | None) -> float:
    """What a box with these lines needs, with the bar of its progress."""
    return 2 * PADDING + sum(map(line_height, lines)) + (BAR if progress else 0.0)
