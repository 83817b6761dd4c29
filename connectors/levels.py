"""A ticket's level in the hierarchy where the tracker gives only the type's name."""

from functools import lru_cache

from connectors.names import plain_name

PARENT_TYPES = frozenset({"epic", "initiative", "feature", "capability", "theme", "saga"})
SUB_TASK_NAMES = frozenset({"unteraufgabe", "sous tâche", "subtarea", "sottotask", "サブタスク"})
"""What Jira calls its sub-tasks in other languages."""


@lru_cache(maxsize=1024)
def level_of_type(kind: str) -> int:
    """1 above the base level, -1 for parts of another ticket, else 0."""
    name = plain_name(kind)
    if name in PARENT_TYPES:
        return 1
    return -1 if name in SUB_TASK_NAMES or "subtask" in name.replace(" ", "") else 0
