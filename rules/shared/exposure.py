"""Where a private key result can be seen by others: on tickets, and through what leads over it alone."""

from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from hub.model.initiative import Initiative
from hub.model.okr import KeyResult, LinkState
from hub.model.portfolio import Portfolio
from hub.model.private_names import squeezed
from rules.shared.doubts import KEY_RESULT_FIELDS


class PrivateLeak(NamedTuple):
    """A ticket that names a private key result outside its audience, and where: `label`, `field`, `text`, `title`."""

    ticket: Initiative
    key_result: KeyResult
    sources: tuple[str, ...]


def private_key_results(portfolio: Portfolio) -> tuple[KeyResult, ...]:
    """Every private key result, those of other cycles too."""
    return portfolio.okrs.private


def audience_of(portfolio: Portfolio, key_result: KeyResult) -> frozenset[str]:
    """The teams that may see it: those that are named, else those that hold it."""
    if key_result.audience:
        return frozenset(key_result.audience)
    if key_result.cycle == portfolio.cycle.id:
        return frozenset(portfolio.teams_of(key_result.id))
    other = portfolio.okrs.other_objectives.get((key_result.cycle, key_result.objective))
    return frozenset(other.teams if other else ())


def find_leaks(portfolio: Portfolio) -> Iterator[PrivateLeak]:
    """Tickets in places of teams outside the audience, or of no team, that name a private key result."""
    names, private = (
        portfolio.okrs.private_names,
        {key_result.id: key_result for key_result in reversed(private_key_results(portfolio))},
    )
    if not private:
        return
    audiences = {id_: audience_of(portfolio, key_result) for id_, key_result in private.items()}
    public = {name for k in portfolio.okrs.key_results.values() if not k.private for name in _names_of(k)}
    # A name of one plain word may stand in a title by chance.
    by_chance = {
        name for key_result in private.values() for name in (key_result.id, key_result.title) if name.isalpha()
    }
    ordinary = public | {squeezed(name) for name in by_chance}
    for ticket in portfolio.initiatives.values():
        sources_by_id: dict[str, list[str]] = defaultdict(list)
        for name in ticket.key_result_mentions:
            for id_ in names.ids_named(name.raw) if squeezed(name.raw) not in public else ():
                sources_by_id[id_].append(name.source.value)
        for key in names.names_in(ticket.title) - ordinary:
            for id_ in names.ids_named(key):
                sources_by_id[id_].append("title")
        for id_, sources in sources_by_id.items():
            if portfolio.team_of.get(ticket.ref) not in audiences[id_]:
                yield PrivateLeak(ticket, private[id_], tuple(dict.fromkeys(sources)))


def find_possible_leaks(portfolio: Portfolio) -> Iterator[Initiative]:
    """Tickets outside an audience whose labels, fields or text were not read."""
    audiences = [audience_of(portfolio, key_result) for key_result in private_key_results(portfolio)]
    seeing = frozenset.intersection(*audiences) if audiences else frozenset()
    for ticket in portfolio.initiatives.values() if audiences else ():
        if (
            ticket.missing_fields
            and ticket.missing_fields & KEY_RESULT_FIELDS
            and portfolio.team_of.get(ticket.ref) not in seeing
        ):
            yield ticket


def _names_of(key_result: KeyResult) -> tuple[str, str]:
    return squeezed(key_result.id), squeezed(key_result.title)


def aligned_only_through_private(portfolio: Portfolio) -> list[KeyResult]:
    """Public key results that lead to the organization's, and would not without private ones."""
    children: dict[str, list[str]] = defaultdict(list)
    public = {
        k.id: k
        for k in (*portfolio.overlapping_key_results.values(), *portfolio.okrs.key_results.values())
        if not k.private
    }
    for key_result in public.values():
        for link in key_result.aligns_to:
            if link.state is LinkState.ACCEPTED:
                children[link.key_result].append(key_result.id)
        for need in key_result.depends_on:
            if need.state is LinkState.ACCEPTED and need.key_result is not None:
                children[key_result.id].append(need.key_result)
    todo = [id_ for id_ in public if portfolio.objective_of(id_).of_organization]
    reached = set(todo)
    while todo:
        unvisited = [id_ for id_ in children[todo.pop()] if id_ in public and id_ not in reached]
        reached.update(unvisited)
        todo.extend(unvisited)
    dependent = (
        k for k in portfolio.okrs.key_results.values() if k.id in public and k.id in portfolio.reaching - reached
    )
    return [k for k in dependent if portfolio.objective_of(k.id).standalone is None]
