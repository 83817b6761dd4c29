"""Tables that follow from the OKRs and the day alone: names, overlapping cycles, and what leads to the organization."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from hub.model.okr import KeyResult, LinkState, Need, Okrs, Phase
from hub.model.text import match_key

Needs = tuple[tuple[str, Need], ...]


@dataclass(frozen=True, slots=True)
class OkrTables:
    """Worked out once, however often tickets are mapped with them; see the functions of these names.

    `named` are the key results by every word that names them, `public` those of the cycle that are not private.
    """

    overlapping: Mapping[str, KeyResult]
    named: Mapping[str, tuple[str, ...]]
    public: Mapping[str, KeyResult]
    by_team: Mapping[str, tuple[str, ...]]
    supports: Mapping[str, Needs]
    organization: tuple[KeyResult, ...]
    reaching: frozenset[str]

    @classmethod
    def of(cls, okrs: Okrs, today: date) -> "OkrTables":
        """Linear in the number of key results and their links."""
        overlapping, organization = overlapping_key_results(okrs), organization_key_results(okrs, today)
        return cls(
            overlapping,
            _names(okrs, overlapping),
            {k.id: k for k in okrs.key_results.values() if not k.private},
            key_results_by_team(okrs),
            supports(okrs),
            organization,
            reaching(okrs, organization),
        )


def key_results_by_team(okrs: Okrs) -> dict[str, tuple[str, ...]]:
    """The key results that each team holds, alone or shared, in file order."""
    by_team: dict[str, list[str]] = defaultdict(list)
    for objective in okrs.objectives.values():
        for team in objective.teams:
            by_team[team].extend(objective.key_results)
    return {team: tuple(ids) for team, ids in by_team.items()}


def supports(okrs: Okrs) -> dict[str, tuple[tuple[str, Need], ...]]:
    """For each providing key result: the key results that wait for it, and the need each stated."""
    waiting: dict[str, list[tuple[str, Need]]] = defaultdict(list)
    for key_result in okrs.key_results.values():
        for need in key_result.depends_on:
            if need.key_result is not None:
                waiting[need.key_result].append((key_result.id, need))
    return {provider: tuple(needs) for provider, needs in waiting.items()}


def overlapping_key_results(okrs: Okrs) -> dict[str, KeyResult]:
    """Key results of other cycles that links may lead to: of a cycle that overlaps the running one and is not closed.

    One whose id stands in the running cycle, too, is not meant by it.
    """
    running = okrs.cycle
    overlapping_cycles = {
        cycle.id
        for cycle in okrs.cycles.values()
        if cycle.phase is not Phase.CLOSED and running.overlaps(cycle.start, cycle.end)
    }
    return {
        k.id: k
        for k in okrs.other_key_results.values()
        if k.cycle in overlapping_cycles
        and k.id not in okrs.key_results
        and (k.cycle, k.objective) in okrs.other_objectives
    }


def organization_key_results(okrs: Okrs, today: date) -> tuple[KeyResult, ...]:
    """The organization's key results of every cycle that contains today, the running cycle's first.

    Those of the running cycle count even where it does not contain the day; a closed cycle's do not.
    """
    organization = [k for k in okrs.key_results.values() if okrs.objectives[k.objective].of_organization]
    for other in okrs.other_key_results.values():
        cycle = okrs.cycles[other.cycle]
        objective = okrs.other_objectives.get((other.cycle, other.objective))
        runs = cycle.contains(today) and cycle.phase is not Phase.CLOSED
        if objective is not None and objective.of_organization and runs and other.id not in okrs.key_results:
            organization.append(other)
    return tuple(organization)


def reaching(okrs: Okrs, top: Sequence[KeyResult]) -> frozenset[str]:
    """Every key result from which accepted links lead to one of `top`, those included.

    A vertical link leads upwards, also to key results of cycles alongside, such as the year's; a horizontal
    one leads from the key result that supports to the one that is supported. Circles end nowhere.
    """
    other = overlapping_key_results(okrs)
    supporters: dict[str, list[str]] = defaultdict(list)
    for key_result in (*okrs.key_results.values(), *other.values()):
        for link in key_result.aligns_to:
            if link.state is LinkState.ACCEPTED:
                supporters[link.key_result].append(key_result.id)
        for need in key_result.depends_on:
            if need.key_result is not None and need.state is LinkState.ACCEPTED:
                supporters[key_result.id].append(need.key_result)
    todo = [k.id for k in top]
    reached = set(todo)
    while todo:
        new = [k for k in supporters[todo.pop()] if k not in reached]
        reached.update(new)
        todo.extend(new)
    return frozenset(reached)


def with_past_check_ins(okrs: Okrs, today: date) -> Okrs:
    """The OKRs with what is dated after the day apart; the same value where nothing is."""

    def past(key_results: Mapping[str, KeyResult]) -> Mapping[str, KeyResult]:
        split = {
            id_: _split_check_ins(key_result, today)
            for id_, key_result in key_results.items()
            if any(check_in.date > today for check_in in key_result.check_ins)
        }
        return {**key_results, **split} if split else key_results

    key_results, other = past(okrs.key_results), past(okrs.other_key_results)
    if key_results is okrs.key_results and other is okrs.other_key_results:
        return okrs
    return replace(okrs, key_results=key_results, other_key_results=other)


def _split_check_ins(key_result: KeyResult, today: date) -> KeyResult:
    past = tuple(check_in for check_in in key_result.check_ins if check_in.date <= today)
    future = tuple(check_in for check_in in key_result.check_ins if check_in.date > today)
    return replace(key_result, check_ins=past, future_check_ins=future)


def _names(okrs: Okrs, overlapping: Mapping[str, KeyResult]) -> dict[str, tuple[str, ...]]:
    """Every word that names a key result of the cycle or of one alongside: its id first, else its whole title, else the
    key or the address of the ticket that it is kept as.
    """
    titles: dict[str, list[str]] = defaultdict(list)
    for key_result in (*okrs.key_results.values(), *overlapping.values()):
        titles[match_key(key_result.title)].append(key_result.id)
    named = _named_by_tickets(okrs, {**overlapping, **okrs.key_results})
    named |= {title: tuple(ids) for title, ids in titles.items()}
    return named | {id_.casefold(): (id_,) for id_ in (*overlapping, *okrs.key_results)}


def _named_by_tickets(okrs: Okrs, key_results: Mapping[str, KeyResult]) -> dict[str, tuple[str, ...]]:
    """Of two trackers that share a key, a word may mean either; what is private has no other name than its own."""
    named: dict[str, tuple[str, ...]] = {}
    for word, id_ in names_of_tickets(okrs):
        if id_ in key_results and not key_results[id_].private:
            named[word] = tuple(dict.fromkeys((*named.get(word, ()), id_)))
    return named


def names_of_tickets(okrs: Okrs) -> Iterator[tuple[str, str]]:
    """The keys and addresses of tickets that OKRs are kept as, each with the OKR's id."""
    for ref, id_ in okrs.okr_id_by_ticket.items():
        yield match_key(ref.key), id_
        if (ticket := okrs.okr_tickets.get(ref)) is not None and ticket.url:
            yield match_key(ticket.url), id_
