"""Whether something that was not read could change which key results a ticket serves."""

from hub.model.initiative import Initiative, Ref
from hub.model.portfolio import Portfolio

KEY_RESULT_FIELDS = frozenset({"labels", "fields", "text"})


def incompleteness_reason(portfolio: Portfolio, initiative: Initiative) -> str | None:
    """Why the ticket may serve more than is known; None when all of it was read."""
    if initiative.ref in portfolio.undetermined:
        return portfolio.undetermined[initiative.ref]
    if initiative.parent is not None and (ancestor := _missing_ancestor(portfolio, initiative)) is not None:
        return f"{ancestor}, which stands above it, was not read"
    sources = [
        s
        for key_result_link in portfolio.serves.get(initiative.ref, ())
        if (s := key_result_link.inherited_from) is not None
    ]
    tickets = [initiative, *(i for s in sources if (i := portfolio.initiatives.get(s)) is not None)]
    if any(ticket.missing_fields and ticket.missing_fields & KEY_RESULT_FIELDS for ticket in tickets):
        return "a further key result may be named in what could not be read"
    return None


def _missing_ancestor(portfolio: Portfolio, initiative: Initiative) -> Ref | None:
    """The ticket above that was not read: with it, this one may be no initiative of its own."""
    visited = {initiative.ref}
    current = initiative.parent
    while current is not None and current not in visited:
        if current not in portfolio.initiatives:
            return None if portfolio.readable(current) else current
        visited.add(current)
        current = portfolio.initiatives[current].parent
    return None
