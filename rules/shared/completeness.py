"""What rules ask of all tickets together: whether any of them was read in part, and so may say more."""

from typing import NamedTuple

from hub.model.portfolio import Portfolio
from rules.shared.key_results import is_work_incomplete, once
from rules.shared.verdicts import incompleteness_reason

LINK_FIELDS = frozenset({"blocked_by", "blocks", "parent", "text"})


class Unread(NamedTuple):
    """Whether work that serves any key result, a link of any ticket, or what any ticket serves may not be known."""

    work: bool
    links: bool
    tickets: bool


@once
def unread(portfolio: Portfolio) -> Unread:
    """Of the whole portfolio: where one of these changes, what absence means changes for everything."""
    partly_read = portfolio.partly_read.values()
    return Unread(
        is_work_incomplete(portfolio),
        any(ticket.missing_fields & LINK_FIELDS for ticket in partly_read),
        any(incompleteness_reason(portfolio, ticket) for ticket in partly_read),
    )
