"""What common names of priorities mean when the configuration says nothing."""

from hub.model.initiative import PriorityBand

PRIORITIES: dict[str, PriorityBand] = {
    **dict.fromkeys(("highest", "blocker", "critical", "urgent", "p0", "p1"), PriorityBand.HIGHEST),
    **dict.fromkeys(("high", "major", "p2"), PriorityBand.HIGH),
    **dict.fromkeys(("medium", "normal", "moderate", "p3"), PriorityBand.MEDIUM),
    **dict.fromkeys(("low", "lowest", "minor", "trivial", "p4", "p5"), PriorityBand.LOW),
}
