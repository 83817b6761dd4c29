"""What a team's weekly summary says: what to do, what changed, and which key results are furthest behind."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from hub.core.insight.audit.rows import TeamCheck
from hub.core.insight.status import KeyResultStatus
from hub.core.insight.to_do import ChannelNames, to_do
from hub.model.action import EARLIER
from hub.model.finding import Severity
from hub.model.message import Line, Span
from hub.model.portfolio import Portfolio
from hub.model.service_state import DigestBaseline
from hub.model.urls import HELP_PAGE, team_page

MAX_BEHIND = 3
BEHIND_THRESHOLD = 0.1
SHORTER_TITLES = (28, 0)


@dataclass(frozen=True, slots=True)
class BehindKeyResult:
    """A key result well behind: its name, its measured part of the way, what is expected, and if no ticket moves it."""

    id: str
    name: Span
    measured: float
    expected: float
    idle: bool


@dataclass(frozen=True, slots=True)
class Digest:
    """One team's summary of a day.

    `to_do` is empty where nothing is to be done; `shorter` holds it with shorter titles, then with none; where it is
    the `same_to_do` as last time, it is not repeated. `since` is the day of the last summary, None where it is not
    known what changed. `behind` is empty where it is the same as last time. `before` and `now` are
    what the two rest on. `page` and `help` are addresses, empty without a hub address; `help` stands in a team's first
    summary alone.
    """

    team: str
    name: str
    today: date
    to_do: tuple[Line, ...]
    shorter: tuple[tuple[Line, ...], ...]
    same_to_do: bool
    since: date | None
    behind: tuple[BehindKeyResult, ...]
    before: DigestBaseline
    now: DigestBaseline
    page: str = ""
    help: str = ""

    @property
    def resolved(self) -> int:
        """How many points are gone."""
        return len(self.before.findings - self.now.findings)

    @property
    def new(self) -> int:
        """How many points have come."""
        return len(self.now.findings - self.before.findings)

    @property
    def after_a_week(self) -> bool:
        """Whether the last summary is one of last week."""
        return self.since is not None and _monday(self.today) - _monday(self.since) == timedelta(days=7)


def build_digest(
    check: TeamCheck,
    statuses: Sequence[KeyResultStatus],
    before: DigestBaseline | None,
    portfolio: Portfolio,
    *,
    hub_url: str = "",
    since: date | None = None,
) -> tuple[Digest | None, DigestBaseline]:
    """The summary and what it rests on; none where nothing is new and no list has changed.

    `check` is of the public audit, so that no private key result is among what it names. Where the last summary knew
    other fingerprints, nothing is called new or resolved this once.
    """
    known, names = before or DigestBaseline(), ChannelNames(portfolio, hub_url)
    items, behind = to_do(check.findings, check.team.id, names), _behind(check, statuses, names)
    now = _baseline(check, statuses, items, behind, known)
    is_comparable = EARLIER not in known.findings
    known = known if is_comparable else replace(known, findings=now.findings)
    same_lists = now.to_do == known.to_do and now.behind == known.behind
    is_first_and_empty = before is None and not (items or now.findings)
    if is_first_and_empty or (same_lists and now.findings == known.findings):
        return None, now
    result = Digest(
        team=check.team.id,
        name=check.team.name,
        today=portfolio.today,
        to_do=items,
        shorter=_shorter(check, portfolio, hub_url),
        same_to_do=bool(items) and now.to_do == known.to_do,
        since=since if before is not None and is_comparable else None,
        behind=() if now.behind == known.behind else behind,
        page=names.page(team_page(check.team.id)),
        help="" if known.introduced else names.page(HELP_PAGE),
        before=known,
        now=now,
    )
    return result, now


def _shorter(check: TeamCheck, portfolio: Portfolio, hub_url: str) -> tuple[tuple[Line, ...], ...]:
    return tuple(
        to_do(check.findings, check.team.id, ChannelNames(portfolio, hub_url, longest=longest))
        for longest in SHORTER_TITLES
    )


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _baseline(
    check: TeamCheck,
    statuses: Sequence[KeyResultStatus],
    items: tuple[Line, ...],
    behind: tuple[BehindKeyResult, ...],
    before: DigestBaseline,
) -> DigestBaseline:
    ratio, own = check.ratio, _own(check)
    return DigestBaseline(
        findings=frozenset(finding.fingerprint for finding in check.findings if finding.severity >= Severity.WARNING),
        linked=ratio.active - ratio.without if ratio else None,
        active=ratio.active if ratio else None,
        measured={
            key_result_status.key_result.id: round(key_result_status.measured, 4)
            for key_result_status in statuses
            if key_result_status.key_result.id in own and key_result_status.measured is not None
        },
        to_do=_hash(*("".join(span.text for span in thing) for thing in items)),
        behind=_hash(
            *(
                f"{behind_key_result.id} {behind_key_result.measured:.4f} {behind_key_result.idle}"
                for behind_key_result in behind
            )
        ),
        introduced=before.introduced,
    )


def _behind(check: TeamCheck, statuses: Sequence[KeyResultStatus], names: ChannelNames) -> tuple[BehindKeyResult, ...]:
    """The key results well behind of which something is measured, the furthest behind first."""
    own = _own(check)
    rows = [
        BehindKeyResult(s.key_result.id, names.key_result(s.key_result.id), s.measured, s.expected, _idle(s))
        for s in statuses
        if s.key_result.id in own
        and s.has_pace
        and s.measured is not None
        and s.expected - s.measured > BEHIND_THRESHOLD
    ]
    return tuple(sorted(rows, key=lambda row: (row.measured - row.expected, row.id))[:MAX_BEHIND])


def _idle(status: KeyResultStatus) -> bool:
    return status.work is not None and not (status.work.in_progress or status.work.done)


def _own(check: TeamCheck) -> frozenset[str]:
    """The team's key results that may be named, shared ones included."""
    return frozenset(key_result.key_result.id for key_result in check.key_results if not key_result.key_result.private)


def _hash(*lines: str) -> str:
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16] if lines else ""
