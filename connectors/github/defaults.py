"""What common names of statuses mean when the configuration says nothing."""

from hub.model.initiative import StatusCategory

STATUSES: dict[str, StatusCategory] = {
    **dict.fromkeys(
        ("Todo", "To do", "Backlog", "Ready", "New", "No status", "Planned", "Next", "Triage"), StatusCategory.TO_DO
    ),
    **dict.fromkeys(
        ("In progress", "In review", "Doing", "Started", "Blocked", "In development", "Testing", "Review"),
        StatusCategory.IN_PROGRESS,
    ),
    **dict.fromkeys(("Done", "Closed", "Complete", "Completed", "Shipped", "Released"), StatusCategory.DONE),
}
