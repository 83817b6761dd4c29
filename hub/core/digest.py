"""What a team's weekly summary says: what is new, what is settled, how much of the work serves a goal. Never people."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from hub.core.audit.values import TeamCheck
from hub.core.standing import Standing
from hub.model.action import EARLIER
from hub.model.finding import Finding, Severity

SHOWN = 5
BEHIND = 0.1


@dataclass(frozen=True, slots=True)
class Told:
    """What the last summary rested on: findings by fingerprint, parts of the work, measured key results."""

    findings: frozenset[str] = frozenset()
    aligned: int | None = None
    active: int | None = None
    measured: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Moved:
    """A key result of the team: its measured part of the way now and at the last summary, and what is expected."""

    key_result: str
    measured: float | None
    before: float | None
    expected: float


@dataclass(frozen=True, slots=True)
class Digest:
    """One team's summary; `percent` and `percent_before` are of its active work, None without any.

    `new` are at most `SHOWN` findings, the most severe first, of `appeared` in all.
    """

    team: str
    name: str
    percent: int | None
    percent_before: int | None
    aligned: int
    active: int
    new: tuple[Finding, ...]
    appeared: int
    settled: int
    open: Mapping[Severity, int]
    moved: tuple[Moved, ...]


def digest(check: TeamCheck, standings: Sequence[Standing], before: Told | None) -> tuple[Digest | None, Told]:
    """The summary and what it rests on; no summary where nothing changed since the last, or nothing is worth saying.

    `check` is of the public audit, so that no private key result is among what it names. Where the last summary knew
    other fingerprints, nothing is told to be new or settled this once.
    """
    own = {one.key_result.id for one in check.key_results if not one.key_result.private}
    held = [one for one in standings if one.key_result.id in own]
    now = _told(check, held)
    if now == before or (before is None and not check.findings):
        return None, now
    known = before or Told()
    if EARLIER in known.findings:
        known = replace(known, findings=now.findings)
    fresh = [one for one in check.findings if one.fingerprint not in known.findings]
    ratio = check.ratio
    return Digest(
        team=check.team.id,
        name=check.team.name,
        percent=ratio.percent if ratio else None,
        percent_before=100 * (known.aligned or 0) // known.active if known.active else None,
        aligned=ratio.aligned if ratio else 0,
        active=ratio.active if ratio else 0,
        new=tuple(sorted(fresh, key=lambda one: (-one.severity, one.rule, one.subject.id))[:SHOWN]),
        appeared=len(fresh),
        settled=len(known.findings - now.findings),
        open=Counter(one.severity for one in check.findings),
        moved=tuple(_moved(held, known)),
    ), now


def _told(check: TeamCheck, held: Sequence[Standing]) -> Told:
    ratio = check.ratio
    measured = {one.key_result.id: round(one.measured, 4) for one in held if one.measured is not None}
    fingerprints = frozenset(one.fingerprint for one in check.findings)
    return Told(fingerprints, ratio.aligned if ratio else None, ratio.active if ratio else None, measured)


def _moved(held: Sequence[Standing], known: Told) -> list[Moved]:
    """Key results that moved or are well behind, the furthest behind first."""
    rows = [Moved(s.key_result.id, s.measured, known.measured.get(s.key_result.id), s.expected) for s in held]
    worth = [row for row in rows if row.measured != row.before or _behind(row) > BEHIND]
    return sorted(worth, key=lambda row: (-_behind(row), row.key_result))[:SHOWN]


def _behind(row: Moved) -> float:
    return row.expected - (row.measured or 0.0)
