"""Which issues to read again at each pull, for their issue fields may have changed without a trace.

GitHub does not say whether a change of an issue field moves the issue's `updatedAt`; nothing may depend on it.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence

from hub.model.initiative import Initiative

AT_ONCE = 100
"""So many of those that people are asked to change, and as many of the others, at each pull.

The next pull goes on from there. That is 4 requests and about 35 points of the 5,000 of an hour.
"""


def next_to_recheck(tickets: Iterable[Initiative], positions: Sequence[str]) -> tuple[list[str], tuple[str, ...]]:
    """The ids of issues that are next, and where to go on; `positions` are those of the last pull.

    Open ones that name no key result go in a round of their own: they are what people are asked to change.
    """
    urgent: list[str] = []
    others: list[str] = []
    for ticket in tickets:
        if not ticket.reference_only:
            is_settled = ticket.key_result_mentions or ticket.status.ended or ticket.exempt
            (others if is_settled else urgent).append(ticket.id)
    previous = (*positions, "", "")
    rounds = [_next(sorted(ids), after) for ids, after in zip((urgent, others), previous, strict=False)]
    return [id_ for ids in rounds for id_ in ids], tuple(ids[-1] if ids else "" for ids in rounds)


def _next(ids: Sequence[str], after: str) -> Sequence[str]:
    """Those behind `after`, and then from the beginning again, each at most once."""
    start = bisect_right(ids, after)
    return (*ids[start:], *ids[:start])[:AT_ONCE]
