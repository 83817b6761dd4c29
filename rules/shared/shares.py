"""Which stated shares of a key result are summed."""

from collections.abc import Sequence

from hub.model.link import LinkKind
from hub.model.okr import Contribution

TOLERANCE = 0.5
"""Shares are stated in whole percent or so; what rounding leaves is no fault."""


def summed_contributions(
    contributions: Sequence[Contribution], tolerance: float = TOLERANCE
) -> tuple[Contribution, ...]:
    """Those with a share that count towards the 100 %.

    An indirect contribution is named and not summed, whatever share stands beside it, unless people evidently meant it
    to be: where it makes the total 100, or where nobody contributes directly.
    """
    stated = tuple(contribution for contribution in contributions if contribution.share is not None)
    direct = tuple(contribution for contribution in stated if contribution.kind is LinkKind.DIRECT)
    adds_up = round(abs(total_share(stated) - 100), 6) <= tolerance
    return stated if adds_up or not direct else direct


def total_share(contributions: Sequence[Contribution]) -> float:
    """Their sum in percent."""
    return round(sum(contribution.share or 0 for contribution in contributions), 6)
