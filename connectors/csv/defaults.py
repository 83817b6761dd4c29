"""What common names of statuses and priorities mean when the configuration says nothing."""

from hub.model.initiative import PriorityBand, StatusCategory

_TO_DO = "to do|todo|backlog|ready|new|open|reopened|no status|planned|next|triage|selected for development"
_RUNNING = "in progress|in review|doing|started|blocked|in development|testing|review|waiting"
_DONE = "done|closed|resolved|complete|completed|shipped|released|cancelled|canceled|won't do|merged"

STATUSES: dict[str, StatusCategory] = {
    **dict.fromkeys(_TO_DO.split("|"), StatusCategory.TO_DO),
    **dict.fromkeys(_RUNNING.split("|"), StatusCategory.IN_PROGRESS),
    **dict.fromkeys(_DONE.split("|"), StatusCategory.DONE),
}

PRIORITIES: dict[str, PriorityBand] = {
    **dict.fromkeys(("highest", "blocker", "critical", "urgent", "p0"), PriorityBand.HIGHEST),
    **dict.fromkeys(("high", "major", "p1"), PriorityBand.HIGH),
    **dict.fromkeys(("medium", "normal", "moderate", "p2"), PriorityBand.MEDIUM),
    **dict.fromkeys(("low", "lowest", "minor", "trivial", "p3", "p4", "p5"), PriorityBand.LOW),
}
