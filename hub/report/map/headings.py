"""The headings of teams on the alignment map, and what opens and folds the parts of it."""

from hub.report.map.lanes import MapLane, TeamGroup
from hub.report.map.nodes import count_text
from hub.report.map.shapes import Fold, Lane

# The left edge and the width of the column of work, where what folds a team stands, too.
WORK_COLUMN = (668.0, 328.0)
THINNEST, WIDEST = 1.5, 12.0


def lane_fold(lane: MapLane, y: float, *, faded: bool) -> Fold:
    """What folds an open organization key result."""
    x, name = WORK_COLUMN[0] + WORK_COLUMN[1] - 50, lane.key_result.title or lane.key_result.id
    return Fold(lane.key, lane.key, x, y, 50, 18, ("Fold",), opened=True, name=f"Fold {name}", faded=faded)


def group_fold(group: TeamGroup, lane: MapLane, y: float, *, folded: bool, faded: bool) -> Fold:
    """What opens or folds a team, with counts of what is folded."""
    counts = [count_text(group.key_results, "key result")] if group.key_results else []
    others = len(group.entries) - group.key_results
    counts += [count_text(group.active, "active ticket")] if group.active else []
    counts += [count_text(others, "fault")] if others else []
    words = ", ".join(counts)
    text, width = (words, 260.0) if folded else ("Fold", 50.0)
    name = f"{words} of {group.name}" if folded else f"Fold {group.name}"
    return Fold(
        group.key, lane.key, WORK_COLUMN[0], y + 1, width, 18, (text,), opened=not folded, name=name, faded=faded
    )


def heading(lane: MapLane, group: TeamGroup, y: float, *, faded: bool) -> Lane:
    """The name of a team with its part, and the line that says the same."""
    share = group.share
    roles = ["owner"] if group.owner else []
    roles += [f"{share:g} %"] if share is not None else []
    roles += ["contributes"] if share is None and group.contribution and not group.owner else []
    roles += ["no key result linked"] if not group.entries else []
    return Lane(
        group.name,
        y,
        len(group.teams) > 1,
        group.teams,
        group.key,
        lane.key,
        lane.id if group.owner or group.contribution else "",
        ", ".join(roles),
        group.owner,
        group.contribution,
        _width(share),
        faded,
    )


def _width(share: float | None) -> float:
    return THINNEST if share is None else THINNEST + (WIDEST - THINNEST) * min(max(share, 0.0), 100.0) / 100
