"""Whether something that was not read could change which key results a ticket serves."""

from hub.model.initiative import Initiative, Ref
from hub.model.portfolio import Portfolio

MAY_NAME_KEY_RESULTS = frozenset({"labels", "fields", "text"})


def doubt(portfolio: Portfolio, initiative: Initiative) -> str | None:
    """Why the ticket may serve more than is known; None when all of it was read."""
    if initiative.ref in portfolio.undetermined:
        return portfolio.undetermined[initiative.ref]
    if initiative.parent is not None and (above := _unread_above(portfolio, initiative)) is not None:
        return f"{above}, which stands above it, was not read"
    sources = [s for one in portfolio.serves.get(initiative.ref, ()) if (s := one.inherited_from) is not None]
    asked = [initiative, *(i for s in sources if (i := portfolio.initiatives.get(s)) is not None)]
    if any(one.missing_fields and one.missing_fields & MAY_NAME_KEY_RESULTS for one in asked):
        return "a further key result may be named in what could not be read"
    return None


def _unread_above(portfolio: Portfolio, initiative: Initiative) -> Ref | None:
    """The ticket above that was not read: with it, this one may be no initiative of its own."""
    seen = {initiative.ref}
    here = initiative.parent
    while here is not None and here not in seen:
        if here not in portfolio.initiatives:
            return None if portfolio.readable(here) else here
        seen.add(here)
        here = portfolio.initiatives[here].parent
    return None
