"""Values on tickets that try to name a key result and miss one that runs, and where a ticket gets its values from."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping

from hub.model.initiative import Ref
from hub.model.link import KeyResultLink, UnresolvedName, UnresolvedReason
from hub.model.okr import KeyResult
from hub.model.portfolio import Portfolio
from hub.model.typed import match_key

Values = dict[str, list[UnresolvedName]]


def self_and_ancestors(portfolio: Portfolio, ref: Ref) -> Iterator[Ref]:
    """The ticket, then those above it that it inherits from; a ticket that is only context is passed over."""
    visited: set[Ref] = set()
    current: Ref | None = ref
    while current is not None and current not in visited and current not in portfolio.okrs.okr_id_by_ticket:
        visited.add(current)
        initiative = portfolio.initiatives.get(current)
        if initiative is None:
            return
        if not initiative.reference_only:
            yield current
        current = initiative.parent if initiative.inherits else None


def serves_current(portfolio: Portfolio, ref: Ref) -> bool:
    """Whether the ticket serves a key result whose cycle is not over."""
    served = (portfolio.key_result(link.key_result) for link in portfolio.serves.get(ref, ()))
    return any(not portfolio.has_ended(key_result) for key_result in served)


def obsolete_links(portfolio: Portfolio, ref: Ref) -> tuple[KeyResultLink, ...]:
    """What names key results of ended cycles on a ticket that serves a current one: to be removed."""
    if ref not in portfolio.other_cycle_links or not serves_current(portfolio, ref):
        return ()
    named = portfolio.other_cycle_links[ref]
    return tuple(link for link in named if portfolio.has_ended(portfolio.okrs.other_key_results[link.key_result]))


def only_ended_key_results(portfolio: Portfolio, ref: Ref) -> tuple[KeyResult, ...]:
    """The key results of ended cycles that the ticket serves or names, itself or the nearest above it, and no others.

    Empty as well where a value is to be corrected first.
    """
    served = [portfolio.key_result(link.key_result) for link in portfolio.serves.get(ref, ())]
    if not (served or portfolio.other_cycle_links) or not all(map(portfolio.has_ended, served)):
        return ()
    sources = [ref] if served else list(self_and_ancestors(portfolio, ref))
    if any(source in portfolio.unresolved_names for source in sources):
        return ()
    other_cycle_links = next((links for source in sources if (links := portfolio.other_cycle_links.get(source))), ())
    every = (*served, *(portfolio.okrs.other_key_results[link.key_result] for link in other_cycle_links))
    return every if all(map(portfolio.has_ended, every)) else ()


def wrong_values(portfolio: Portfolio) -> dict[Ref, Values]:
    """For each ticket the values that miss, by what is written; one value may stand in several places."""
    missed = (
        {ref for ref in portfolio.unresolved_names if portfolio.is_active(ref)} if portfolio.unresolved_names else set()
    )
    for ref in portfolio.active if portfolio.unresolved_names else ():
        if not portfolio.serves.get(ref):
            missed.update(
                source for source in self_and_ancestors(portfolio, ref) if source in portfolio.unresolved_names
            )
    values: dict[Ref, Values] = defaultdict(lambda: defaultdict(list))
    for ref in (ref for ref in portfolio.unresolved_names if ref in missed):
        for name in portfolio.unresolved_names[ref]:
            values[ref][match_key(name.raw)].append(name)
    for ref in portfolio.other_cycle_links:
        for link in obsolete_links(portfolio, ref) if portfolio.is_active(ref) else ():
            name = UnresolvedName(
                ref, link.source, link.raw, UnresolvedReason.ENDED, _successor(portfolio, link.key_result)
            )
            values[ref][link.key_result].append(name)
    return values


def _successor(portfolio: Portfolio, ended: str) -> tuple[str, ...]:
    successor = portfolio.okrs.other_key_results[ended].replaced_by
    return (successor,) if successor is not None and successor in portfolio.okrs.key_results else ()


def count_affected_work(portfolio: Portfolio, wrong: Mapping[Ref, Values]) -> Counter[Ref]:
    """How many active tickets lie below each ticket with a wrong value."""
    counts: Counter[Ref] = Counter()
    for ref, ticket in portfolio.initiatives.items() if wrong else ():
        if ticket.parent is not None and portfolio.is_active(ref):
            counts.update(
                [source for source in self_and_ancestors(portfolio, ref) if source in wrong and source != ref]
            )
    return counts
