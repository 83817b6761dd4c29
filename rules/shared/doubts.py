"""Whether something that was not read could change which key results a ticket serves."""

from hub.model.initiative import Initiative
from hub.model.portfolio import Portfolio

MAY_NAME_KEY_RESULTS = frozenset({"labels", "fields", "text"})


def doubt(portfolio: Portfolio, initiative: Initiative) -> str | None:
    """Why the ticket may serve more than is known; None when all of it was read."""
    if initiative.ref in portfolio.uncertain:
        return portfolio.uncertain[initiative.ref]
    sources = {one.inherited_from for one in portfolio.serves.get(initiative.ref, ())}
    asked = [initiative, *(i for s in sources if s is not None and (i := portfolio.initiatives.get(s)) is not None)]
    if any(one.unread & MAY_NAME_KEY_RESULTS for one in asked):
        return "a further key result may be named in what could not be read"
    return None
