"""When the next of many writes may go out, and what is left of the limits that hosts tell of."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

MINUTE, HOUR = 60.0, 3600.0


@dataclass(frozen=True, slots=True)
class RateLimitBudget:
    """What a host last said is left of one of its limits, and when all of it is there again."""

    kind: str
    limit: int
    remaining: int
    resets_at: datetime

    def remaining_at(self, now: datetime) -> int:
        """What is left as of now, as far as anybody knows."""
        return self.remaining if self.resets_at > now else self.limit


@dataclass(frozen=True, slots=True)
class RateLimitStatus:
    """What one connector may still spend at its host, as it was last told.

    `bucket` stands for the account that writes, "" while it is not known. `minute` and `hour` count the writes of that
    account, whoever made them; a limit of 0 is none.
    """

    connector: str
    host: str
    reported_at: datetime
    budgets: tuple[RateLimitBudget, ...] = ()
    bucket: str = ""
    per_minute: float = 0.0
    per_hour: int = 0
    minute: int = 0
    hour: int = 0


def next_slot(slots: Sequence[float], now: float, *, per_minute: float, per_hour: int) -> float:
    """The earliest moment, in seconds, at which one more keeps both limits; 0 means no limit.

    `taken` are the places of the last hour and those to come, the earliest first.
    """
    slot = now
    if slots and per_minute:
        slot = max(slot, slots[-1] + MINUTE / per_minute)
    if per_hour and len(slots) >= per_hour:
        slot = max(slot, slots[-per_hour] + HOUR)
    return slot
