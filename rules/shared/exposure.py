"""Where a private key result can be seen by others: on tickets, and through what leads over it alone."""

from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from hub.model.initiative import Initiative
from hub.model.okr import KeyResult, LinkState
from hub.model.portfolio import Portfolio
from hub.model.private_names import squeezed
from rules.shared.doubts import MAY_NAME_KEY_RESULTS


class Exposed(NamedTuple):
    """A ticket that names a private key result outside its audience, and where: `label`, `field`, `text`, `title`."""

    ticket: Initiative
    key_result: KeyResult
    where: tuple[str, ...]


def private_ones(portfolio: Portfolio) -> tuple[KeyResult, ...]:
    """Every private key result, those of other cycles too."""
    return portfolio.okrs.private


def audience_of(portfolio: Portfolio, one: KeyResult) -> frozenset[str]:
    """The teams that may see it: those that are named, else those that hold it."""
    if one.audience:
        return frozenset(one.audience)
    if one.cycle == portfolio.cycle.id:
        return frozenset(portfolio.teams_of(one.id))
    other = portfolio.okrs.other_objectives.get((one.cycle, one.objective))
    return frozenset(other.teams if other else ())


def exposed(portfolio: Portfolio) -> Iterator[Exposed]:
    """Tickets in places of teams outside the audience, or of no team, that name a private key result."""
    names, private = portfolio.okrs.private_names, {one.id: one for one in reversed(private_ones(portfolio))}
    if not private:
        return
    audiences = {id_: audience_of(portfolio, one) for id_, one in private.items()}
    public = {name for k in portfolio.okrs.key_results.values() if not k.private for name in _names_of(k)}
    # A name of one plain word may stand in a title by chance.
    by_chance = {name for one in private.values() for name in (one.id, one.title) if name.isalpha()}
    ordinary = public | {squeezed(name) for name in by_chance}
    for ticket in portfolio.initiatives.values():
        found: dict[str, list[str]] = defaultdict(list)
        for name in ticket.key_result_mentions:
            for id_ in names.ids_named(name.raw) if squeezed(name.raw) not in public else ():
                found[id_].append(name.source.value)
        for key in names.names_in(ticket.title) - ordinary:
            for id_ in names.ids_named(key):
                found[id_].append("title")
        for id_, where in found.items():
            if portfolio.team_of.get(ticket.ref) not in audiences[id_]:
                yield Exposed(ticket, private[id_], tuple(dict.fromkeys(where)))


def may_expose(portfolio: Portfolio) -> Iterator[Initiative]:
    """Tickets outside an audience whose labels, fields or text were not read."""
    audiences = [audience_of(portfolio, one) for one in private_ones(portfolio)]
    seeing = frozenset.intersection(*audiences) if audiences else frozenset()
    for ticket in portfolio.initiatives.values() if audiences else ():
        if (
            ticket.missing_fields
            and ticket.missing_fields & MAY_NAME_KEY_RESULTS
            and portfolio.team_of.get(ticket.ref) not in seeing
        ):
            yield ticket


def _names_of(one: KeyResult) -> tuple[str, str]:
    return squeezed(one.id), squeezed(one.title)


def over_private_alone(portfolio: Portfolio) -> list[KeyResult]:
    """Public key results that lead to the organization's, and would not without private ones."""
    below: dict[str, list[str]] = defaultdict(list)
    public = {
        k.id: k
        for k in (*portfolio.overlapping_key_results.values(), *portfolio.okrs.key_results.values())
        if not k.private
    }
    for one in public.values():
        for link in one.aligns_to:
            if link.state is LinkState.ACCEPTED:
                below[link.key_result].append(one.id)
        for need in one.depends_on:
            if need.state is LinkState.ACCEPTED and need.key_result is not None:
                below[one.id].append(need.key_result)
    todo = [id_ for id_ in public if portfolio.objective_of(id_).of_organization]
    reached = set(todo)
    while todo:
        fresh = [id_ for id_ in below[todo.pop()] if id_ in public and id_ not in reached]
        reached.update(fresh)
        todo.extend(fresh)
    lost = (k for k in portfolio.okrs.key_results.values() if k.id in public and k.id in portfolio.reaching - reached)
    return [k for k in lost if portfolio.objective_of(k.id).standalone is None]
