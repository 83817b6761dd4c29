"""Values on tickets that try to name a key result and miss one that runs, and where a ticket gets its values from."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping

from hub.model.initiative import Ref
from hub.model.link import KeyResultLink, UnresolvedName, UnresolvedReason
from hub.model.okr import KeyResult
from hub.model.portfolio import Portfolio
from hub.model.typed import match_key

Values = dict[str, list[UnresolvedName]]


def upwards(portfolio: Portfolio, ref: Ref) -> Iterator[Ref]:
    """The ticket, then those above it that it inherits from; a ticket that is only context is passed over."""
    seen: set[Ref] = set()
    here: Ref | None = ref
    while here is not None and here not in seen and here not in portfolio.okrs.okr_id_by_ticket:
        seen.add(here)
        initiative = portfolio.initiatives.get(here)
        if initiative is None:
            return
        if not initiative.reference_only:
            yield here
        here = initiative.parent if initiative.inherits else None


def serves_current(portfolio: Portfolio, ref: Ref) -> bool:
    """Whether the ticket serves a key result whose cycle is not over."""
    served = (portfolio.key_result(link.key_result) for link in portfolio.serves.get(ref, ()))
    return any(not portfolio.has_ended(key_result) for key_result in served)


def left_over(portfolio: Portfolio, ref: Ref) -> tuple[KeyResultLink, ...]:
    """What names key results of ended cycles on a ticket that serves a current one: to be removed."""
    if ref not in portfolio.other_cycle_links or not serves_current(portfolio, ref):
        return ()
    named = portfolio.other_cycle_links[ref]
    return tuple(link for link in named if portfolio.has_ended(portfolio.okrs.other_key_results[link.key_result]))


def ended_alone(portfolio: Portfolio, ref: Ref) -> tuple[KeyResult, ...]:
    """The key results of ended cycles that the ticket serves or names, itself or the nearest above it, and no others.

    Empty as well where a value is to be corrected first.
    """
    served = [portfolio.key_result(link.key_result) for link in portfolio.serves.get(ref, ())]
    if not (served or portfolio.other_cycle_links) or not all(map(portfolio.has_ended, served)):
        return ()
    sources = [ref] if served else list(upwards(portfolio, ref))
    if any(here in portfolio.unresolved_names for here in sources):
        return ()
    beside = next((links for here in sources if (links := portfolio.other_cycle_links.get(here))), ())
    every = (*served, *(portfolio.okrs.other_key_results[link.key_result] for link in beside))
    return every if all(map(portfolio.has_ended, every)) else ()


def wrong_values(portfolio: Portfolio) -> dict[Ref, Values]:
    """For each ticket the values that miss, by what is written; one value may stand in several places."""
    missed = (
        {ref for ref in portfolio.unresolved_names if portfolio.is_active(ref)} if portfolio.unresolved_names else set()
    )
    for ref in portfolio.active if portfolio.unresolved_names else ():
        if not portfolio.serves.get(ref):
            missed.update(here for here in upwards(portfolio, ref) if here in portfolio.unresolved_names)
    found: dict[Ref, Values] = defaultdict(lambda: defaultdict(list))
    for ref in (one for one in portfolio.unresolved_names if one in missed):
        for name in portfolio.unresolved_names[ref]:
            found[ref][match_key(name.raw)].append(name)
    for ref in portfolio.other_cycle_links:
        for link in left_over(portfolio, ref) if portfolio.is_active(ref) else ():
            name = UnresolvedName(
                ref, link.source, link.raw, UnresolvedReason.ENDED, _successor(portfolio, link.key_result)
            )
            found[ref][link.key_result].append(name)
    return found


def _successor(portfolio: Portfolio, ended: str) -> tuple[str, ...]:
    goes_on = portfolio.okrs.other_key_results[ended].replaced_by
    return (goes_on,) if goes_on is not None and goes_on in portfolio.okrs.key_results else ()


def work_below(portfolio: Portfolio, wrong: Mapping[Ref, Values]) -> Counter[Ref]:
    """How many active tickets lie below each ticket with a wrong value."""
    found: Counter[Ref] = Counter()
    for ref, one in portfolio.initiatives.items() if wrong else ():
        if one.parent is not None and portfolio.is_active(ref):
            found.update([here for here in upwards(portfolio, ref) if here in wrong and here != ref])
    return found
