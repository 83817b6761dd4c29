"""Windows that a test makes up, and pages of them as people read them: pure values, no server."""

import re
from dataclasses import replace
from datetime import datetime, timedelta
from html import unescape
from typing import Any

from hub.core.checking.redaction import visible_to
from hub.core.insight.run_summary import Share, TrendPoint
from hub.model.initiative import Gap, Initiative
from hub.model.okr import Contribution, Okrs, Visibility
from hub.usecases.assess import StoredState
from hub.web.page import MakePage, Page, PageParams, Viewer, render_body
from hub.web.snapshot import PortfolioSnapshot
from tests.builders import a_key_result, acme_okrs
from tests.hub.web.served_snapshot import NOW, FakeSnapshotSource, read_of

SECRET, SECRET_TITLE = "zz-secret-deal", "Buy the rival Zanzibar"


def a_snapshot(
    *initiatives: Initiative,
    okrs: Okrs | None = None,
    gaps: tuple[Gap, ...] = (),
    teams: tuple[str, ...] = (),
    remembered: dict[str, Any] | None = None,
    **changes: Any,
) -> PortfolioSnapshot:
    """What readers of these teams see after a run; `remembered` is what else the state knows."""
    known = StoredState(read_of(*initiatives, gaps=gaps), **(remembered or {}))
    looks = FakeSnapshotSource(okrs=okrs or acme_okrs(), remembered=known)
    return replace(looks.build(visible_to(looks.okrs, teams), "1"), **changes)


def with_a_secret() -> Okrs:
    """The usual OKRs, and a private key result of the product team."""
    okrs = acme_okrs()
    secret = a_key_result(
        SECRET, "adoption", title=SECRET_TITLE, visibility=Visibility.PRIVATE, current=40.0, audience=("product",)
    )
    held = replace(okrs.objectives["adoption"], key_results=("dau", SECRET))
    shares = (Contribution("product", share=60.0), Contribution("platform", share=40.0))
    top = replace(okrs.key_results["revenue"], contributions=shares)
    return replace(
        okrs,
        objectives={**okrs.objectives, "adoption": held},
        key_results={**okrs.key_results, "revenue": top, SECRET: secret},
    )


def ask(make: MakePage, snapshot: PortfolioSnapshot, path: dict[str, str] | None = None, **query: str) -> Page:
    return make(snapshot, Viewer(), PageParams(path or {}, query))


def html(page: Page, snapshot: PortfolioSnapshot) -> str:
    return render_body(page, {"snapshot": snapshot, "admin": False})


def words(page: Page, snapshot: PortfolioSnapshot) -> str:
    """What people read, without the marks around it."""
    bare = re.sub(r"<title>.*?</title>", " ", html(page, snapshot), flags=re.DOTALL)
    told = " ".join(unescape(re.sub(r"<[^>]+>", " ", bare)).split())
    return re.sub(r" (?=[.,:)])", "", told).replace("( ", "(")


def points(count: int, *, rules: dict[str, int] | None = None, **changes: Any) -> tuple[TrendPoint, ...]:
    """So many runs, an hour apart, in which the product team aligned one ticket more each time."""
    return tuple(
        replace(_point(number, NOW + timedelta(hours=number), rules or {}), **changes) for number in range(count)
    )


def _point(number: int, at: datetime, rules: dict[str, int]) -> TrendPoint:
    share = {"product": Share(count := 100, min(number, count)), "platform": Share(0, 0)}
    severities = {"error": number, "warning": 2, "info": 0}
    return TrendPoint(number + 1, at, "2026-Q4", True, share, Share(count, 50), rules, severities, {})
