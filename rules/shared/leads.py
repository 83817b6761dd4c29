"""The work behind a key result: whether there is any, and the one ticket that stands for it."""

from collections.abc import Iterator
from datetime import date

from hub.model.initiative import Initiative, Ref, StatusCategory
from hub.model.okr import KeyResult
from hub.model.portfolio import Portfolio


def work_on(portfolio: Portfolio, key_result: str) -> Iterator[Initiative]:
    """Active and finished tickets that serve the key result."""
    for link in portfolio.served_by.get(key_result, ()):
        initiative = portfolio.initiatives[link.initiative]
        if portfolio.is_active(link.initiative) or initiative.status is StatusCategory.DONE:
            yield initiative


def lead(portfolio: Portfolio, one: KeyResult) -> tuple[Ref, ...]:
    """Its teams' active ticket that has run longest, the first by name of several; none without one."""
    teams = portfolio.teams_of(one.id)
    refs = (link.initiative for link in portfolio.served_by.get(one.id, ()))
    active = [ref for ref in refs if portfolio.is_active(ref) and (not teams or portfolio.team_of.get(ref) in teams)]
    return tuple(sorted(active, key=lambda ref: (_since(portfolio.initiatives[ref]), ref))[:1])


def may_lead(portfolio: Portfolio, one: KeyResult) -> tuple[Ref, ...]:
    """Every ticket that a finding about the key result may stand on, so that none is withdrawn for a gap."""
    return tuple(sorted({link.initiative for link in portfolio.served_by.get(one.id, ())}))


def anything_unread(portfolio: Portfolio) -> bool:
    """Whether work that serves a key result may be among what was not read."""
    return bool(portfolio.gaps or portfolio.unread or portfolio.unread_keys or portfolio.uncertain)


def _since(one: Initiative) -> date:
    return one.start or (date.max if one.created is None else one.created.date())
