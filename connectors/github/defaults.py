"""What common names of statuses and priorities mean when the configuration says nothing."""

from hub.model.initiative import PriorityBand, StatusCategory

STATUSES: dict[str, StatusCategory] = {
    **dict.fromkeys(
        ("Todo", "To do", "Backlog", "Ready", "New", "No status", "Planned", "Next", "Triage"), StatusCategory.TO_DO
    ),
    **dict.fromkeys(
        ("In progress", "In review", "Doing", "Started", "Blocked", "In development", "Testing", "Review"),
        StatusCategory.IN_PROGRESS,
    ),
    **dict.fromkeys(
        ("Done", "Closed", "Complete", "Completed", "Shipped", "Released", "Cancelled", "Canceled"), StatusCategory.DONE
    ),
}

PRIORITIES: dict[str, PriorityBand] = {
    **dict.fromkeys(("P0", "Urgent", "Highest", "Critical", "Blocker"), PriorityBand.HIGHEST),
    **dict.fromkeys(("P1", "High", "Major"), PriorityBand.HIGH),
    **dict.fromkeys(("P2", "Medium", "Normal"), PriorityBand.MEDIUM),
    **dict.fromkeys(("P3", "P4", "Low", "Lowest", "Minor", "Trivial"), PriorityBand.LOW),
}
