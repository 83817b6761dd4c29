"""What the web application is made of: the parts that the service puts together and hands in."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from starlette.requests import Request
from starlette.responses import Response

from hub.model.pacing import RateLimitStatus
from hub.model.service_state import SchedulerState
from hub.web.snapshot_cache import SnapshotCache
from hub.web.viewer import Role, Viewer


class Authenticator(Protocol):
    """Authenticates requests. For an unknown user the result is a response: the sign-in page or a refusal."""

    async def authenticate(self, request: Request) -> Viewer | Response:
        """The viewer who sent the request, or the response to send instead."""
        ...


class LoopbackAuth:
    """No authentication: for a service that listens on loopback only. Private key results stay redacted."""

    async def authenticate(self, request: Request) -> Viewer | Response:
        """Whoever reaches the machine's own address runs programs on it, and may do what they could do there."""
        return Viewer(role=Role.ADMIN)


@dataclass(frozen=True)
class WebDependencies:
    """The parts. `trigger_run` asks for a run now; `workspace` is the name in the header of the pages.

    `scheduler_state` says what is being done, where there is a scheduler, and `rate_limits` what hosts said remains;
    neither raises.
    """

    snapshots: SnapshotCache
    authenticator: Authenticator
    now: Callable[[], datetime]
    workspace: str = "main"
    trigger_run: Callable[[], None] = lambda: None
    scheduler_state: Callable[[], SchedulerState | None] = lambda: None
    rate_limits: Callable[[], Sequence[RateLimitStatus]] = lambda: ()
