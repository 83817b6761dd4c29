"""What teams need of each other: needs that the OKR files state, joined with what the trackers show."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from hub.core.audit.naming import all_shown, ticket, who
from hub.core.audit.values import Dependence, Waiting
from hub.model.initiative import Ref
from hub.model.link import Answer
from hub.model.okr import KeyResult, LinkState, Need
from hub.model.portfolio import Portfolio
from rules.shared.dependencies import Link, State, are_apart, links_by_teams, needed_by, state_of


class _Sides(NamedTuple):
    """Which team waits for which, and the key results that the tickets of each serve."""

    waiting: str
    providing: str
    served: tuple[str, ...]
    provided: tuple[str, ...]


class _Stated(NamedTuple):
    """A need of a key result."""

    key_result: KeyResult
    need: Need


def dependences(portfolio: Portfolio) -> tuple[Dependence, ...]:
    """Each need once, with the tickets that show it; then what only tickets show, by teams and key results."""
    stated = _stated(portfolio)
    seen: dict[_Stated, list[Link]] = defaultdict(list)
    rest: dict[_Sides, list[Link]] = defaultdict(list)
    for links in links_by_teams(portfolio).values():
        for one in links:
            sides = _sides_of(portfolio, one)
            known = [each for each in stated if _covers(each, sides)]
            if known:
                seen[known[0]].append(one)
            else:
                rest[sides].append(one)
    found = [_declared(portfolio, one, seen[one]) for one in stated]
    found += [_found(portfolio, sides, rest[sides]) for sides in sorted(rest)]
    return tuple(found)


def _sides_of(portfolio: Portfolio, one: Link) -> _Sides:
    def served(ref: Ref) -> tuple[str, ...]:
        return tuple(sorted({link.key_result for link in portfolio.serves.get(ref, ())}))

    return _Sides(*one.teams, served(one.waiting), served(one.providing))


def _stated(portfolio: Portfolio) -> list[_Stated]:
    pairs = (_Stated(k, need) for k in portfolio.okrs.key_results.values() for need in k.depends_on)
    return sorted(pairs, key=lambda one: (one.key_result.id, one.need.team, one.need.key_result or ""))


def _covers(one: _Stated, sides: _Sides) -> bool:
    if one.need.team != sides.providing or one.key_result.id not in sides.served:
        return False
    return one.need.key_result is None or not sides.provided or one.need.key_result in sides.provided


def _declared(portfolio: Portfolio, one: _Stated, tickets: Sequence[Link]) -> Dependence:
    key_result, need = one
    state = state_of(portfolio, key_result, need)
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
        state=state,
        shared=_shared(portfolio, [key_result.id], need.team) if len(teams) > 1 else None,
        joined=state is LinkState.ACCEPTED,
        ranks=ranks,
        agree=_agree(*ranks),
        needed_by=need.needed_by,
        tickets=_waiting(portfolio, tickets),
    )


def _found(portfolio: Portfolio, sides: _Sides, tickets: Sequence[Link]) -> Dependence:
    first = [priority for one in tickets if (priority := portfolio.priorities.get(one.waiting)) is not None]
    last = [priority for one in tickets if (priority := portfolio.priorities.get(one.providing)) is not None]
    ranks = (min(first, default=None), max(last, default=None))
    return Dependence(
        waiting_teams=(who(portfolio, sides.waiting),),
        providing_team=who(portfolio, sides.providing),
        waiting=all_shown(portfolio, sides.served),
        providing=all_shown(portfolio, sides.provided),
        declared=False,
        state=_answer(portfolio, tickets),
        shared=_shared(portfolio, sides.served, sides.waiting, sides.providing),
        joined=all(one.state in (State.AGREED, State.PUT_OFF) for one in tickets),
        ranks=ranks,
        agree=_agree(*ranks),
        needed_by=min((day for one in tickets if (day := needed_by(portfolio, one, shown=True))), default=None),
        tickets=_waiting(portfolio, tickets),
    )


def _shared(portfolio: Portfolio, key_results: Iterable[str], *teams: str) -> str | None:
    objectives = {portfolio.objective_of(id_).id: portfolio.objective_of(id_) for id_ in key_results}
    held = (o for _, o in sorted(objectives.items()) if o.shared and set(teams) <= set(o.teams))
    return next((o.title for o in held), None)


def _answer(portfolio: Portfolio, tickets: Sequence[Link]) -> LinkState | None:
    """A no of one ticket is a no; a yes has to come from all."""
    said = {portfolio.answers.get(one.providing) for one in tickets}
    if any(answer is not None and answer.is_refusal for answer in said):
        return LinkState.DECLINED
    return LinkState.ACCEPTED if said == {Answer.ACCEPTED} else None


def _agree(waiting: int | None, providing: int | None) -> bool | None:
    return None if waiting is None or providing is None else not are_apart(waiting, providing)


def _waiting(portfolio: Portfolio, tickets: Iterable[Link]) -> tuple[Waiting, ...]:
    ordered = sorted(tickets, key=lambda one: (one.waiting, one.providing))
    found_by = {(one.waiting, one.providing): one.source for one in portfolio.dependencies} if ordered else {}
    return tuple(
        Waiting(ticket(portfolio, one.waiting), ticket(portfolio, one.providing), found_by[one.waiting, one.providing])
        for one in ordered
    )
