"""Makes one value of a key result of what its tickets hold."""

import math
from collections.abc import Iterable
from typing import Any

from hub.model.errors import SourceError
from hub.model.measure import Measure

MAX_SUMMED = 5_000
"""So many tickets at most are added up: their values come a hundred at a time."""


def total(name: str, measure: Measure, values: Iterable[Any]) -> float:
    """The sum of a field over tickets, or its value on the only one; None stands for a field that is empty.

    Raises:
        SourceError: A value is no number, or the sum is too large for one; or, for `field`, there is not one ticket,
            or its field is empty.
    """
    found = list(values)
    if measure.field:
        if len(found) != 1:
            raise SourceError(name, f"`field` reads one ticket, and the query finds {len(found):,}")
        if found[0] is None:
            raise SourceError(name, f"the field {measure.field} of the ticket is empty")
    numbers = [number(name, measure, value) for value in found if value is not None]
    try:
        return math.fsum(numbers)
    except OverflowError:
        raise SourceError(name, f"the values of the field {measure.sum} add up to no number that can be held") from None


def number(name: str, measure: Measure, value: Any) -> float:
    """The value as a number; SourceError where it is none."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise SourceError(name, f"the field {measure.sum or measure.field} does not hold numbers")
    return float(value)
