"""A vertical link that leads in a circle, to nothing that is open, or that nobody has answered for long.

## Why it matters

What hangs on a broken link counts for nothing, although it looks aligned. The other side of a link that stays proposed
may not know of it. A link to a cycle that overlaps the running one, such as the year's, is sound.

## Fails

```toml
[[objective]]
id = "adoption"
title = "Daily use"
teams = ["product"]
key_result = [
  { id = "dau", title = "500,000 daily users", aligns_to = [{ key_result = "wau" }] },
  { id = "wau", title = "900,000 weekly users", aligns_to = [{ key_result = "dau" }] },
]
```

## Passes

```toml
[[objective]]
id = "adoption"
title = "Daily use"
teams = ["product"]
key_result = [{ id = "dau", title = "500,000 daily users" }]
```

## How to fix

Take the link out, or let it lead to an open key result. A proposed one: write `state = "accepted"` or `"declined"`.

## Options

- `proposed_days = 10`: working days in which a link may stay proposed, from `since` or from the day it was first seen.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from graphlib import CycleError, TopologicalSorter

from hub.model.finding import Facts, NotJudged, Severity, Verdict
from hub.model.message import Advice
from hub.model.okr import Alignment, KeyResult, LinkState, Phase
from hub.model.portfolio import Portfolio, alignment_key
from hub.model.progress import working_days_between
from rules.base import Evidence, Options, Unit, rule
from rules.shared.verdicts import day_text, key_result_list, key_result_span, key_result_subject, line, texts


def find_link_cycles(graph: Mapping[str, Sequence[str]]) -> list[tuple[str, ...]]:
    """Each group of two or more nodes that all lead to each other; circles that meet are one group."""
    group_of = {node: node for node in graph}
    while True:
        edges: dict[str, set[str]] = defaultdict(set)
        for node, targets in graph.items():
            edges[group_of[node]] |= {group_of[to] for to in targets if to in group_of} - {group_of[node]}
        try:
            TopologicalSorter(edges).prepare()
        except CycleError as error:
            members = set(error.args[1])
            first = min(members)
            group_of = {node: first if group in members else group for node, group in group_of.items()}
        else:
            break
    groups: dict[str, list[str]] = defaultdict(list)
    for node in sorted(group_of):
        groups[group_of[node]].append(node)
    return sorted(tuple(group) for group in groups.values() if len(group) > 1)


Ids = tuple[str, ...]
FAULT_TEXTS = {
    "cycle": "are linked in a circle",
    "itself": "is linked to itself",
    "unknown": "is linked to a key result that doesn't exist",
    "closed": "is linked to a key result of a cycle that has ended",
    "given_up": "is linked to a key result that was closed without being reached",
    "no_overlap": "is linked to a key result of a cycle that doesn't overlap",
    "proposed": "has a link that nobody has accepted or declined",
}


def advise(facts: Facts) -> Advice:
    """Which link it is, and what ends the fault."""
    fault, ids = str(facts["fault"]), key_result_list(texts(facts["key_results"]))
    since = f" since {day_text(facts['since'])}" if facts["since"] else ""
    named = line(": ", key_result_span(str(facts["parent"]))) if facts["parent"] and fault != "itself" else ()
    do = "Its holder: accept it or decline it." if fault == "proposed" else "Fix the link, or remove it."
    return Advice(line(ids, f" {FAULT_TEXTS[fault]}{since}", named, "."), (), (line(do),))


@rule(
    Severity.ERROR,
    evidence=Evidence.PRESENCE,
    advise=advise,
    needs_tickets=False,
    options={"proposed_days": 10},
    public_facts=("fault",),
    unit=Unit.OKRS,
)
def broken_alignment_graph(portfolio: Portfolio, options: Options) -> Iterator[Verdict | NotJudged]:
    """Judge every vertical link that was not declined, and every circle of them once."""
    nodes = {**portfolio.overlapping_key_results, **portfolio.okrs.key_results}
    today, days = portfolio.today, options["proposed_days"]
    for link_cycle in find_link_cycles(
        {result.id: [to.key_result for to in _links(result)] for result in nodes.values()}
    ):
        if any(id_ in portfolio.okrs.key_results for id_ in link_cycle):
            yield _verdict(portfolio, link_cycle, "cycle")
    for result in portfolio.okrs.key_results.values():
        for link in _links(result):
            since = link.since or portfolio.first_seen.get(alignment_key(result, link))
            if (fault := _fault(portfolio, result, link)) is not None:
                yield _verdict(portfolio, (result.id,), fault, link.key_result)
            elif link.state is LinkState.PROPOSED and working_days_between(since or today, today) > days:
                yield _verdict(portfolio, (result.id,), "proposed", link.key_result, since)


def _links(result: KeyResult) -> list[Alignment]:
    """Its links that are accepted or may still be."""
    return [link for link in result.aligns_to if link.state is not LinkState.DECLINED]


def _fault(portfolio: Portfolio, result: KeyResult, link: Alignment) -> str | None:
    """What is wrong with a link for itself; None where it leads to an open key result."""
    other = portfolio.okrs.other_key_results.get(link.key_result)
    if link.key_result in portfolio.okrs.key_results:
        return "itself" if link.key_result == result.id else None
    if link.key_result in portfolio.okrs.closed_key_results:
        return "given_up"
    if other is None:
        return "unknown"
    cycle = portfolio.okrs.cycles[other.cycle]
    overlap_fault = None if portfolio.cycle.overlaps(cycle.start, cycle.end) else "no_overlap"
    return "closed" if cycle.phase is Phase.CLOSED else overlap_fault


def _verdict(portfolio: Portfolio, ids: Ids, fault: str, parent: str = "", since: date | None = None) -> Verdict:
    return Verdict(
        subject=key_result_subject(min(map(portfolio.key_result, ids), key=lambda k: (k.private, k.id))),
        facts={
            "fault": fault,
            "key_results": tuple(map(portfolio.key_result_fact, ids)),
            "parent": portfolio.key_result_fact(parent) if parent else None,
            "since": since,
        },
        affects=tuple(map(portfolio.key_result_fact, ids)),
        identity=("link", ids[0], parent, fault) if parent else (fault, *ids),
        severity=Severity.WARNING if fault == "proposed" else None,
    )
