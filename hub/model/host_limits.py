"""What processes learned of a host's limits, as they share it: pauses, and what is left for an account."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class HostPause:
    """Until when a host asked to be left alone: by all where `bucket` is empty, else at one endpoint or ticket."""

    bucket: str
    until: datetime


@dataclass(frozen=True, slots=True)
class HostLimit:
    """What is left of one limit for an account, which is a hash; the rest is as `connectors.http.rate_limit` has it."""

    account: str
    kind: str
    scope: str
    limit: int
    remaining: int
    resets_at: datetime

    def is_newer_than(self, other: "HostLimit") -> bool:
        """Whether the host said this later: in a later window, or in the same one with less left."""
        return (self.resets_at, -self.remaining) > (other.resets_at, -other.remaining)


@dataclass(frozen=True, slots=True)
class HostLimits:
    """All that is known of one host."""

    pauses: tuple[HostPause, ...] = ()
    limits: tuple[HostLimit, ...] = ()

    def newer_than(self, known: "HostLimits") -> "HostLimits":
        """The part of it that is not known yet."""
        ends = {pause.bucket: pause.until for pause in known.pauses}
        limits = {(limit.account, limit.kind): limit for limit in known.limits}
        return HostLimits(
            tuple(p for p in self.pauses if p.bucket not in ends or p.until > ends[p.bucket]),
            tuple(
                limit
                for limit in self.limits
                if (other := limits.get((limit.account, limit.kind))) is None or limit.is_newer_than(other)
            ),
        )
