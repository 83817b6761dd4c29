"""Which tickets count in the running cycle, and which a team keeps out of it."""

from hub.core.labels import EXEMPT
from hub.model.initiative import Initiative, StatusCategory
from hub.model.okr import Cycle, Team


def active_in(initiative: Initiative, cycle: Cycle) -> bool:
    """To do and dated into the cycle, or in progress and not dated out of it."""
    if initiative.context or initiative.status is StatusCategory.DONE:
        return False
    dated = initiative.start is not None or initiative.due is not None
    if not dated:
        return initiative.status is StatusCategory.IN_PROGRESS
    return cycle.overlaps(initiative.start, initiative.due)


def exempt_reason(initiative: Initiative, team: Team | None) -> str | None:
    """Why the ticket is exempt, in the words of its label or of its team's list; None when it is not."""
    labels = {label.casefold() for label in initiative.labels}
    if EXEMPT in labels:
        return f"it carries the label {EXEMPT}"
    if team is None:
        return None
    for kind in team.exempt:
        by_label = kind.label is not None and kind.label.casefold() in labels
        by_kind = kind.kind is not None and kind.kind.casefold() == initiative.kind.casefold()
        if by_label or by_kind:
            return kind.reason
    return None
