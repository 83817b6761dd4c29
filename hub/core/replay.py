"""What a rule would have said: earlier pictures judged with today's rule, settings and OKR files."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from hub.core.check import RuleSetting, check
from hub.core.mapping.build_portfolio import build_portfolio
from hub.model.finding import Finding
from hub.model.initiative import Snapshot
from hub.model.memory import Memory
from hub.model.okr import Okrs
from rules.base import Rule


@dataclass(frozen=True, slots=True)
class Replayed:
    """One picture: what the rule says of it today, and how that differs from what was reported then.

    `reported` is None where no run is known to have judged the picture; `gone` are fingerprints.
    """

    taken: datetime
    tickets: int
    findings: tuple[Finding, ...]
    not_judged: int
    reported: int | None
    new: tuple[Finding, ...]
    gone: tuple[str, ...]


def replay(
    pictures: Iterable[Snapshot],
    okrs: Okrs,
    rule: Rule,
    setting: RuleSetting,
    *,
    reported: Mapping[datetime, frozenset[str]],
    memory: Memory,
    workspace: str = "",
) -> Iterator[Replayed]:
    """Judge each picture as of its own day; `reported` holds the rule's fingerprints of the run that took it,
    `memory` since when each dependency is known."""
    switched_on = RuleSetting(setting.severity, off=False, options=setting.options)
    for picture in pictures:
        portfolio = build_portfolio(picture, okrs, picture.taken.date(), memory, workspace)
        judgement = check(portfolio, [rule], {rule.name: switched_on})
        before = reported.get(picture.taken)
        now = {finding.fingerprint for finding in judgement.findings}
        yield Replayed(
            taken=picture.taken,
            tickets=len(portfolio.initiatives),
            findings=judgement.findings,
            not_judged=len(judgement.not_judged),
            reported=None if before is None else len(before),
            new=tuple(f for f in judgement.findings if f.fingerprint not in (before or frozenset())),
            gone=tuple(sorted((before or frozenset()) - now)),
        )
