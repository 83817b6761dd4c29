"""What teams need of each other: needs that the OKR files state, joined with what the trackers show."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from hub.core.audit.naming import all_shown, ticket, who
from hub.core.audit.values import Dependence, Waiting
from hub.model.link import Dependency
from hub.model.okr import KeyResult, LinkState, Need
from hub.model.portfolio import Portfolio
from rules.sides import Sides, joined, sides_of
from rules.waiting import is_apart, open_dependencies

# Ranks of four bands fit each other while they are less than so many apart.
APART = 2


class _Stated(NamedTuple):
    """A need of a key result."""

    key_result: KeyResult
    need: Need


def dependences(portfolio: Portfolio) -> tuple[Dependence, ...]:
    """Each need once, with the tickets that show it; then what only tickets show, by teams and key results."""
    stated = _stated(portfolio)
    seen: dict[_Stated, list[Dependency]] = defaultdict(list)
    rest: dict[Sides, list[Dependency]] = defaultdict(list)
    for one in open_dependencies(portfolio):
        if isinstance(one, Dependency):
            sides = sides_of(portfolio, one)
            known = [each for each in stated if _covers(each, sides)]
            if known:
                seen[known[0]].append(one)
            else:
                rest[sides].append(one)
    found = [_declared(portfolio, one, seen[one]) for one in stated]
    found += [_found(portfolio, sides, rest[sides]) for sides in sorted(rest)]
    return tuple(found)


def _stated(portfolio: Portfolio) -> list[_Stated]:
    pairs = (_Stated(k, need) for k in portfolio.okrs.key_results.values() for need in k.depends_on)
    return sorted(pairs, key=lambda one: (one.key_result.id, one.need.team, one.need.key_result or ""))


def _covers(one: _Stated, sides: Sides) -> bool:
    if one.need.team != sides.providing or one.key_result.id not in sides.served:
        return False
    return one.need.key_result is None or not sides.provided or one.need.key_result in sides.provided


def _declared(portfolio: Portfolio, one: _Stated, tickets: Sequence[Dependency]) -> Dependence:
    key_result, need = one
    provider = portfolio.okrs.key_results.get(need.key_result or "")
    ranks = (need.priority, None if provider is None else provider.priority)
    teams = portfolio.teams_of(key_result.id)
    waiting = sorted(set(teams) - {need.team})
    return Dependence(
        waiting_teams=tuple(who(portfolio, team) for team in waiting),
        providing_team=who(portfolio, need.team),
        waiting=all_shown(portfolio, [key_result.id]),
        providing=all_shown(portfolio, [] if need.key_result is None else [need.key_result]),
        declared=True,
        state=need.state,
        shared=_shared(portfolio, [key_result.id], need.team) if len(teams) > 1 else None,
        joined=need.state is LinkState.ACCEPTED,
        ranks=ranks,
        agree=_agree(*ranks),
        needed_by=need.needed_by,
        tickets=_waiting(portfolio, tickets),
    )


def _found(portfolio: Portfolio, sides: Sides, tickets: Sequence[Dependency]) -> Dependence:
    first = [band for one in tickets if (band := portfolio.bands.get(one.waiting)) is not None]
    last = [band for one in tickets if (band := portfolio.bands.get(one.providing)) is not None]
    ranks = (min(first, default=None), max(last, default=None))
    return Dependence(
        waiting_teams=(who(portfolio, sides.waiting),),
        providing_team=who(portfolio, sides.providing),
        waiting=all_shown(portfolio, sides.served),
        providing=all_shown(portfolio, sides.provided),
        declared=False,
        state=_answer(portfolio, tickets),
        shared=_shared(portfolio, sides.served, sides.waiting, sides.providing),
        joined=joined(portfolio, sides),
        ranks=ranks,
        agree=_agree(*ranks),
        needed_by=min((d for t in tickets if (d := portfolio.initiatives[t.waiting].due) is not None), default=None),
        tickets=_waiting(portfolio, tickets),
    )


def _shared(portfolio: Portfolio, key_results: Iterable[str], *teams: str) -> str | None:
    objectives = {portfolio.objective_of(id_).id: portfolio.objective_of(id_) for id_ in key_results}
    held = (o for _, o in sorted(objectives.items()) if o.shared and set(teams) <= set(o.teams))
    return next((o.title for o in held), None)


def _answer(portfolio: Portfolio, tickets: Sequence[Dependency]) -> LinkState | None:
    """A no of one ticket is a no; a yes has to come from all."""
    said = {portfolio.answers.get(one.providing) for one in tickets}
    if LinkState.DECLINED in said:
        return LinkState.DECLINED
    return LinkState.ACCEPTED if said == {LinkState.ACCEPTED} else None


def _agree(waiting: int | None, providing: int | None) -> bool | None:
    return None if waiting is None or providing is None else not is_apart(waiting, providing, APART)


def _waiting(portfolio: Portfolio, tickets: Iterable[Dependency]) -> tuple[Waiting, ...]:
    ordered = sorted(tickets, key=lambda one: (one.waiting, one.providing))
    return tuple(
        Waiting(ticket(portfolio, one.waiting), ticket(portfolio, one.providing), one.found_by) for one in ordered
    )
