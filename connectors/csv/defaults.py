"""What common names of statuses mean when the configuration says nothing."""

from hub.model.initiative import StatusCategory

_TO_DO = "to do|todo|backlog|ready|new|open|reopened|no status|planned|next|triage|selected for development"
_RUNNING = "in progress|in review|doing|started|blocked|in development|testing|review|waiting"
_DONE = "done|closed|resolved|complete|completed|shipped|released|merged"

STATUSES: dict[str, StatusCategory] = {
    **dict.fromkeys(_TO_DO.split("|"), StatusCategory.TO_DO),
    **dict.fromkeys(_RUNNING.split("|"), StatusCategory.IN_PROGRESS),
    **dict.fromkeys(_DONE.split("|"), StatusCategory.DONE),
}
