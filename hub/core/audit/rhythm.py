"""Shared OKRs and their rhythm: who hosts, how often they meet, when they last did, who has work for it."""

from collections.abc import Iterable, Sequence
from datetime import date

from hub.core.audit.naming import count_work, key_result_refs, sorted_findings, team_ref
from hub.core.audit.values import SharedOkr
from hub.model.finding import Finding, SubjectKind
from hub.model.initiative import Ref
from hub.model.okr import Objective
from hub.model.portfolio import Portfolio

# Twice the interval without a meeting is no slip of the calendar any more.
MAX_MISSED_INTERVALS = 2


def shared_okrs(portfolio: Portfolio, findings: Iterable[Finding], *, synced: bool) -> tuple[SharedOkr, ...]:
    """Every objective that two or more teams hold, by id."""
    known = list(findings)
    shared = (o for _, o in sorted(portfolio.okrs.objectives.items()) if o.shared)
    return tuple(_shared(portfolio, objective, known, synced=synced) for objective in shared)


def last_joint_check_in(portfolio: Portfolio, objective: Objective) -> date | None:
    """The last check-in of any of its key results at which at least two of its teams were."""
    teams = set(objective.teams)
    key_results = (portfolio.key_result(id_) for id_ in objective.key_results)
    days = (check_in.date for k in key_results for check_in in k.check_ins if len(teams & set(check_in.present)) > 1)
    return max((day for day in days if day <= portfolio.today), default=None)


def _shared(portfolio: Portfolio, objective: Objective, findings: Sequence[Finding], *, synced: bool) -> SharedOkr:
    last_joint, every = last_joint_check_in(portfolio, objective), objective.sync.every_days if objective.sync else None
    days = (portfolio.today - last_joint).days if last_joint else (portfolio.today - portfolio.cycle.start).days
    host = objective.sync.host if objective.sync else None
    own = {objective.id, *objective.key_results}
    related = (
        f for f in findings if f.subject.kind is not SubjectKind.TEAM and f.subject.id.partition(" -> ")[0] in own
    )
    return SharedOkr(
        id=objective.id,
        title=objective.title,
        key_results=key_result_refs(portfolio, objective.key_results),
        host=None if host is None else team_ref(portfolio, host),
        every_days=every,
        last_joint_check_in=last_joint,
        days_since=days if last_joint else None,
        overdue=days > MAX_MISSED_INTERVALS * (every or 7),
        work=tuple(
            (team_ref(portfolio, team), count_work(portfolio, _tickets(portfolio, objective, team)) if synced else None)
            for team in sorted(objective.teams)
        ),
        findings=sorted_findings(related),
    )


def _tickets(portfolio: Portfolio, objective: Objective, team: str) -> Iterable[Ref]:
    links = (link for id_ in objective.key_results for link in portfolio.served_by.get(id_, ()))
    return (link.initiative for link in links if portfolio.team_of.get(link.initiative) == team)
