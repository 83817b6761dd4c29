"""When the next of many writes may go out: evenly spaced, and never more in an hour than allowed."""

from collections.abc import Sequence

MINUTE, HOUR = 60.0, 3600.0


def next_place(taken: Sequence[float], now: float, *, per_minute: float, per_hour: int) -> float:
    """The earliest moment, in seconds, at which one more keeps both limits; 0 means no limit.

    `taken` are the places of the last hour and those to come, the earliest first.
    """
    place = now
    if taken and per_minute:
        place = max(place, taken[-1] + MINUTE / per_minute)
    if per_hour and len(taken) >= per_hour:
        place = max(place, taken[-per_hour] + HOUR)
    return place
