"""A web application over a picture that a test makes up, and readers of it by real HTTP."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

import httpx
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from hub.core.checking.redaction import VisibleKeyResults, visible_to
from hub.model.errors import HubError
from hub.model.finding import Waiver
from hub.model.initiative import Gap, Initiative
from hub.model.okr import Okrs
from hub.model.service_state import Run
from hub.sandbox.server import serve
from hub.store.base import StoredSource
from hub.usecases.assess import RuleContext, StoredState, build_assessment
from hub.web.app import make_app
from hub.web.auth.authenticators import forbidden, sign_in_required
from hub.web.page import Role, Viewer
from hub.web.snapshot import PortfolioSnapshot, build_snapshot
from hub.web.snapshot_cache import SnapshotCache, WebDependencies
from rules.registry import all_rules
from tests.builders import TODAY, acme_okrs

NOW = datetime(2026, 11, 16, 9, tzinfo=UTC)
RULES = all_rules()
# A busy machine may take a while for the first snapshot.
PATIENCE = 60.0


def read_of(*initiatives: Initiative, gaps: tuple[Gap, ...] = ()) -> tuple[StoredSource, ...]:
    """The tickets by their trackers, as the state would give them back."""
    return tuple(
        StoredSource(
            name,
            NOW,
            tuple(ticket for ticket in initiatives if ticket.ref.connector == name),
            tuple(gap for gap in gaps if gap.connector == name),
        )
        for name in ("github", "jira")
    )


@dataclass
class FakeSnapshotSource:
    """A `SnapshotSource`: what is there may be changed, and `fault` is raised where there is one."""

    okrs: Okrs = field(default_factory=acme_okrs)
    remembered: StoredState = field(default_factory=lambda: StoredState(read_of()))
    waivers: tuple[Waiver, ...] = ()
    today: date = TODAY
    number: int = 1
    fault: HubError | None = None

    def version(self) -> str:
        self._may_fail()
        return str(self.number)

    def visible_to(self, teams: frozenset[str]) -> VisibleKeyResults:
        self._may_fail()
        return visible_to(self.okrs, teams)

    def build(self, visible: VisibleKeyResults, version: str) -> PortfolioSnapshot:
        self._may_fail()
        by = RuleContext(NOW, self.today, RULES, waivers=self.waivers)
        return build_snapshot(build_assessment(self.okrs, self.remembered, by, visible), version)

    def _may_fail(self) -> None:
        if self.fault is not None:
            raise self.fault


class ByHeader:
    """Believes what a request says of itself: `X-Role`, `X-Teams`; nobody without a role gets in."""

    async def authenticate(self, request: Request) -> Viewer | Response:
        role = request.headers.get("x-role")
        if role is None:
            return sign_in_required(request, can_sign_in=True)
        if role == "stranger":
            return forbidden(request)
        return Viewer("Ada", Role(role), frozenset(filter(None, request.headers.get("x-teams", "").split(","))))


def a_site(looks: FakeSnapshotSource, **parts: object) -> WebDependencies:
    """A site whose readers say who they are."""
    return WebDependencies(SnapshotCache(looks), ByHeader(), lambda: NOW, **parts)  # type: ignore[arg-type]


@contextmanager
def reading(
    site: WebDependencies, *routes: APIRouter, role: str | None = "viewer", teams: str = ""
) -> Iterator[httpx.Client]:
    """A reader of the site, over loopback."""
    who = {"x-role": role, "x-teams": teams} if role else {}
    with (
        serve(make_app(site, routes)) as running,
        httpx.Client(base_url=running.url, headers=who, timeout=PATIENCE) as client,
    ):
        yield client


def a_run(number: int = 1, status: str = "done", **summary: object) -> Run:
    """A run of today; what is named is what it came to."""
    return Run(number, NOW, NOW, status, {}, summary)


def anew(site: WebDependencies) -> None:
    """Look for something new, and wait for the windows that it asks for."""
    site.snapshots._paused_until = 0.0
    site.snapshots.refresh()
    for _ in range(2):  # What is stale is found out first, and built then.
        site.snapshots._pool.submit(lambda: None).result()
