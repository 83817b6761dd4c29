"""Three of the hub's questions answered over one graph in the obvious way, beside the hub: what a script would do.

Run: python -m benchmarks.judge_networkx [--sizes 10000 100000] [--times 3]
"""

import argparse
from collections.abc import Mapping
from itertools import chain
from typing import Any

import networkx as nx

from benchmarks import portfolio as synthetic
from benchmarks.judge import company
from benchmarks.measure import machine, median_of, table
from hub.core.checking.check import check
from hub.core.mapping.build_portfolio import build_portfolio
from hub.model.finding import SubjectKind
from hub.model.initiative import Snapshot, StatusCategory
from hub.model.okr import Okrs
from rules.registry import ALL_RULES

QUESTIONS = ("initiative-without-key-result", "initiative-on-unaligned-key-result", "dependency-without-shared-okr")


def judge(snapshot: Snapshot, okrs: Okrs) -> Mapping[str, set[Any]]:
    """Open tickets that lead to no key result, key results with open work that lead to no organization's, team pairs.

    A pair is of two teams of which one waits for the other and which share no objective.
    """
    graph = a_graph(snapshot, okrs)
    tickets = list(chain.from_iterable(pulled.initiatives for pulled in snapshot.pulled))
    organization = {id_ for id_, kr in okrs.key_results.items() if not okrs.objectives[kr.objective].teams}
    without, unaligned, pairs = set(), set(), set()
    owner = {owned.casefold(): team.id for team in okrs.teams.values() for owned in team.owns}
    for ticket in tickets:
        if ticket.status is StatusCategory.DONE or "bug" in ticket.labels:
            continue
        served = nx.descendants(graph, str(ticket.ref)) & okrs.key_results.keys()
        if not served:
            without.add(str(ticket.ref))
        elif not nx.descendants(graph, str(ticket.ref)) & organization:
            unaligned |= served - organization
        mine = owner[f"{ticket.ref.connector}:{ticket.containers[0]}".casefold()]
        for blocker in ticket.blocked_by:
            other = graph.nodes[str(blocker)].get("team")
            if other != mine and not any({mine, other} <= set(o.teams) for o in okrs.objectives.values()):
                pairs.add((mine, other))
    return dict(zip(QUESTIONS, (without, unaligned, pairs), strict=True))


def a_graph(snapshot: Snapshot, okrs: Okrs) -> "nx.DiGraph[str]":
    """From tickets to their parents and the key results that they name, and on to the organization's key results."""
    graph: nx.DiGraph[str] = nx.DiGraph()
    owner = {owned.casefold(): team.id for team in okrs.teams.values() for owned in team.owns}
    for ticket in chain.from_iterable(pulled.initiatives for pulled in snapshot.pulled):
        place = f"{ticket.ref.connector}:{ticket.containers[0]}".casefold()
        graph.add_node(str(ticket.ref), team=owner[place])
        named = [mention.raw for mention in ticket.key_result_mentions if mention.raw in okrs.key_results]
        above = [str(ticket.parent)] if ticket.parent is not None and not named else []
        graph.add_edges_from((str(ticket.ref), to) for to in (*named, *above))
    for key_result in okrs.key_results.values():
        graph.add_edges_from((key_result.id, link.key_result) for link in key_result.aligns_to)
    return graph


def hub_subjects(snapshot: Snapshot, okrs: Okrs) -> Mapping[str, set[Any]]:
    """The same three questions asked of the hub, which also weighs dates, exemptions, answers and what is unread."""
    rules = [rule for rule in ALL_RULES if rule.name in QUESTIONS]
    findings = check(build_portfolio(snapshot, okrs, synthetic.TODAY), rules).findings
    subjects: dict[str, set[Any]] = {name: set() for name in QUESTIONS}
    for finding in findings:
        subjects[finding.rule].add(finding.subject)
    return subjects


def rows(size: int, times: int) -> list[tuple[object, ...]]:
    """Both over the same made-up company."""
    snapshot, okrs = company(size)
    ours, hub_seconds = median_of(times, lambda: hub_subjects(snapshot, okrs))
    _, whole_seconds = median_of(times, lambda: check(build_portfolio(snapshot, okrs, synthetic.TODAY), ALL_RULES))
    theirs, graph_seconds = median_of(times, lambda: judge(snapshot, okrs))
    tickets = {subject.id for subject in ours[QUESTIONS[0]] if subject.kind is SubjectKind.INITIATIVE}
    assert tickets <= theirs[QUESTIONS[0]], "the hub asks about a ticket that leads to a key result"
    count = len(ALL_RULES)
    return [
        (f"networkx, {len(QUESTIONS)} questions", f"{size:,}", f"{graph_seconds:.2f}", "-"),
        (f"hub, {len(QUESTIONS)} rules", f"{size:,}", f"{hub_seconds:.2f}", _ratio(graph_seconds, hub_seconds)),
        (f"hub, all {count} rules", f"{size:,}", f"{whole_seconds:.2f}", _ratio(graph_seconds, whole_seconds)),
    ]


def _ratio(other: float, hub: float) -> str:
    return f"{other / hub:.1f}x as fast"


def main() -> None:
    """Read the command line and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--times", type=int, default=3, help="medians of so many runs")
    args = parser.parse_args()
    print(f"{machine()}; medians of {args.times}; 2,000 key results, 200 teams\n")
    head = ("way", "tickets", "processor seconds", "hub is")
    print(table(head, [row for size in args.sizes for row in rows(size, args.times)]))


if __name__ == "__main__":
    main()
