"""How often somebody may try to sign in: few times a minute from one address, and not for ever from all."""

from limits import parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from starlette.requests import Request

FROM_ONE, FROM_ALL = "10/minute", "300/minute"


class Attempts:
    """Counts in memory: a restart forgives, which a guesser cannot bring about."""

    def __init__(self) -> None:
        self._limiter = MovingWindowRateLimiter(MemoryStorage())
        self._one, self._all = parse(FROM_ONE), parse(FROM_ALL)

    def allowed(self, request: Request) -> bool:
        """Count one more; false where it is too many."""
        address = request.client.host if request.client else ""
        return self._limiter.hit(self._one, "sign-in", address) and self._limiter.hit(self._all, "sign-in")
