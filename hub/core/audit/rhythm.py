"""Shared OKRs and their rhythm: who hosts, how often they meet, when they last did, who has work for it."""

from collections.abc import Iterable, Sequence
from datetime import date

from hub.core.audit.naming import all_shown, count_work, sorted_findings, who
from hub.core.audit.values import SharedOkr
from hub.model.finding import Finding, SubjectKind
from hub.model.initiative import Ref
from hub.model.okr import Objective
from hub.model.portfolio import Portfolio

# Twice the interval without a meeting is no slip of the calendar any more.
MISSED = 2


def shared_okrs(portfolio: Portfolio, findings: Iterable[Finding], *, synced: bool) -> tuple[SharedOkr, ...]:
    """Every objective that two or more teams hold, by id."""
    known = list(findings)
    shared = (o for _, o in sorted(portfolio.okrs.objectives.items()) if o.shared)
    return tuple(_shared(portfolio, one, known, synced=synced) for one in shared)


def last_joint(portfolio: Portfolio, objective: Objective) -> date | None:
    """The last check-in of any of its key results at which at least two of its teams were."""
    teams = set(objective.teams)
    held = (portfolio.key_result(id_) for id_ in objective.key_results)
    days = (one.date for k in held for one in k.check_ins if len(teams & set(one.present)) > 1)
    return max((day for day in days if day <= portfolio.today), default=None)


def _shared(portfolio: Portfolio, one: Objective, findings: Sequence[Finding], *, synced: bool) -> SharedOkr:
    joint, every = last_joint(portfolio, one), one.sync.every_days if one.sync else None
    days = (portfolio.today - joint).days if joint else (portfolio.today - portfolio.cycle.start).days
    host = one.sync.host if one.sync else None
    own = {one.id, *one.key_results}
    about = (f for f in findings if f.subject.kind is not SubjectKind.TEAM and f.subject.id.partition(" -> ")[0] in own)
    return SharedOkr(
        id=one.id,
        title=one.title,
        key_results=all_shown(portfolio, one.key_results),
        host=None if host is None else who(portfolio, host),
        every_days=every,
        joint=joint,
        days_since=days if joint else None,
        overdue=days > MISSED * (every or 7),
        work=tuple(
            (who(portfolio, team), count_work(portfolio, _tickets(portfolio, one, team)) if synced else None)
            for team in sorted(one.teams)
        ),
        findings=sorted_findings(about),
    )


def _tickets(portfolio: Portfolio, one: Objective, team: str) -> Iterable[Ref]:
    links = (link for id_ in one.key_results for link in portfolio.served_by.get(id_, ()))
    return (link.initiative for link in links if portfolio.team_of.get(link.initiative) == team)
