"""What a rule would have said: earlier pictures judged with today's rule, settings and OKR files."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from hub.core.check import RuleSetting, check
from hub.core.mapping.build_portfolio import build_portfolio
from hub.model.finding import Finding
from hub.model.initiative import Snapshot
from hub.model.memory import DependencyHistory
from hub.model.okr import Okrs
from rules.base import Rule


@dataclass(frozen=True, slots=True)
class ReplayResult:
    """One picture: what the rule says of it today, and how that differs from what was reported then.

    `reported` is None where no run is known to have judged the picture; `gone` are fingerprints.
    """

    pulled_at: datetime
    tickets: int
    findings: tuple[Finding, ...]
    not_judged: int
    reported: int | None
    new: tuple[Finding, ...]
    dropped: tuple[str, ...]


def replay(
    snapshots: Iterable[Snapshot],
    okrs: Okrs,
    rule: Rule,
    setting: RuleSetting,
    *,
    reported: Mapping[datetime, frozenset[str]],
    history: DependencyHistory,
    workspace: str = "",
) -> Iterator[ReplayResult]:
    """Judge each picture as of its own day; `reported` holds the rule's fingerprints of the run that took it,
    `memory` since when each dependency is known."""
    switched_on = RuleSetting(setting.severity, off=False, options=setting.options)
    for snapshot in snapshots:
        portfolio = build_portfolio(snapshot, okrs, snapshot.pulled_at.date(), history, workspace)
        judgement = check(portfolio, [rule], {rule.name: switched_on})
        reported_before = reported.get(snapshot.pulled_at)
        now = {finding.fingerprint for finding in judgement.findings}
        yield ReplayResult(
            pulled_at=snapshot.pulled_at,
            tickets=len(portfolio.initiatives),
            findings=judgement.findings,
            not_judged=len(judgement.not_judged),
            reported=None if reported_before is None else len(reported_before),
            new=tuple(f for f in judgement.findings if f.fingerprint not in (reported_before or frozenset())),
            dropped=tuple(sorted((reported_before or frozenset()) - now)),
        )
