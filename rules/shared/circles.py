"""Circles in a graph: the groups of nodes that all lead to each other."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from graphlib import CycleError, TopologicalSorter


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
